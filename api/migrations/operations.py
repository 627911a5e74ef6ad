"""The rules of `api.schema` in Alembic's terms: a migration imposes and lifts them, autogenerate finds what lacks.

In a migration: `op.invoke(Impose("append_only", "grant"))`.
"""

from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import UpgradeOps
from alembic.runtime.plugins import Plugin
from alembic.util import DispatchPriority, PriorityDispatchResult

from api.schema import Rule, rules

PLUGIN = "abonement.rules"
_FOUND = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    " UNION ALL SELECT conname FROM pg_constraint WHERE contype = 'x'"
    " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


class Impose(MigrateOperation):
    """From here on the database holds a rule."""

    def __init__(self, kind: str, table: str) -> None:
        self.rule = Rule(kind, table)

    def reverse(self) -> "Lift":
        """The operation that undoes this one."""
        return Lift(self.rule.kind, self.rule.table)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """How a comparison of the database with the code names it."""
        return "impose", self.rule.kind, self.rule.table


class Lift(MigrateOperation):
    """From here on the database no longer holds a rule."""

    def __init__(self, kind: str, table: str) -> None:
        self.rule = Rule(kind, table)

    def reverse(self) -> Impose:
        """The operation that undoes this one."""
        return Impose(self.rule.kind, self.rule.table)


@Operations.implementation_for(Impose)
def _impose(operations: Operations, operation: Impose) -> None:
    for statement in operation.rule.imposing(operations.get_bind().dialect.name).values():
        operations.execute(statement)


@Operations.implementation_for(Lift)
def _lift(operations: Operations, operation: Lift) -> None:
    for statement in operation.rule.lifting(operations.get_bind().dialect.name):
        operations.execute(statement)


@renderers.dispatch_for(Impose)
@renderers.dispatch_for(Lift)
def _render(context: AutogenContext, operation: Impose | Lift) -> str:
    name = type(operation).__name__
    context.imports.add(f"from {__name__} import {name}")
    return f'op.invoke({name}("{operation.rule.kind}", "{operation.rule.table}"))'


def _compare(context: AutogenContext, upgrade: UpgradeOps, _: set[str | None]) -> PriorityDispatchResult:
    """The rules that the database should hold and does not."""
    connection = context.connection
    assert connection is not None
    dialect = connection.dialect.name
    found = set(connection.exec_driver_sql(_FOUND[dialect]).scalars())
    lacking = (rule for rule in rules() if not rule.imposing(dialect).keys() <= found)
    upgrade.ops.extend(Impose(rule.kind, rule.table) for rule in lacking)
    return PriorityDispatchResult.CONTINUE


Plugin(PLUGIN).add_autogenerate_comparator(_compare, "schema", priority=DispatchPriority.LAST)
