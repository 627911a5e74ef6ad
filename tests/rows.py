"""Rows of any table, for tests of the schema itself; tests of the trade use builders that sell and log work."""

from datetime import UTC, date, datetime, timedelta
from enum import Enum
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel

from api.schema import Rule, metadata

Row = TypeVar("Row", bound=SQLModel)

NOW = datetime(2026, 5, 3, 9, 12, tzinfo=UTC)
_NUMBERS = count(1)
_ONE_OF_SEVERAL: dict[str, dict[str, Any]] = {
    "offline_use": {"problem": "WORK_IN_FUTURE", "needs_person": True},
    "payment_mark": {"due_on": NOW.date()},
}
"""What rows need although each of its columns may be empty."""
MORE_THAN_NONE = {"worked_minutes", "respond_minutes"}
"""Minutes of which there are none too few."""
_ONE_OF_TWO = {
    *(("service_use", "subscription_id"), ("shadow_plan", "client_id")),
    ("act_line", "invoice_line_id"),
    *(("letter", "reminder_id"), ("letter", "client_id"), ("objection_reminder", "statement_id")),
}
"""References of which each row needs one or the other."""


def model_of(table: str) -> type[SQLModel]:
    """The class that describes a table."""
    return next(mapper.class_ for mapper in SQLModel._sa_registry.mappers if mapper.local_table.name == table)


def lift(session: Session, rule: Rule) -> None:
    """Take away the triggers of a rule, as who owns the database can."""
    connection = session.connection()
    for statement in rule.lifting(connection.dialect.name):
        connection.exec_driver_sql(statement)


def put_row(session: Session, model: type[Row], **given: Any) -> Row:
    """A row that every CHECK and foreign key accepts, with rows of its own for all that it must refer to."""
    values = _ONE_OF_SEVERAL.get(model.__tablename__, {}) | given
    for column in metadata.tables[model.__tablename__].columns:
        field = model.model_fields[column.name]
        needless = column.nullable and (model.__tablename__, column.name) not in _ONE_OF_TWO
        if column.name in values or needless or (column.name == "id" and field.annotation is int):
            continue
        if column.foreign_keys:
            (key,) = column.foreign_keys
            values[column.name] = put_row(session, model_of(key.column.table.name)).id
        elif field.is_required():
            values[column.name] = _value(column.name, field.annotation, column.type)
    row = model(**values)
    session.add(row)
    session.flush()
    return row


def _value(name: str, kind: type, stored: TypeEngine[Any]) -> Any:
    later = timedelta(days=30 if name.startswith(("ends_", "expires_", "until_")) else 0)
    if issubclass(kind, Enum):
        return next(iter(kind))
    if issubclass(kind, datetime):
        return NOW + later
    if issubclass(kind, date):
        return NOW.date() + later
    if issubclass(kind, str):
        return str(next(_NUMBERS))[-(getattr(stored, "length", None) or 9) :]
    return 0 if name.endswith("_minutes") and name not in MORE_THAN_NONE else 1
