"""The whole schema: every table of the product, and the rules that tables cannot state and triggers hold.

A broken rule is an `IntegrityError` on both databases, and its text carries the rule's name: `append_only`, also of a
paper that is `kept`, or `coverage_no_overlap`.
"""

# ruff: noqa: F401 - each import adds its tables to the metadata

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import SQLModel

import api.audit
import api.keys
import api.people
import api.worker_faults
import billing.bank_lines
import billing.bills
import billing.dunning
import billing.engineer_rates
import billing.month_runs
import billing.payments
import billing.reconciliation_acts
import contracts.catalogue
import contracts.due_times
import contracts.imported
import contracts.numbering
import contracts.parties
import contracts.register_answers
import contracts.saved_mappings
import contracts.subscriptions
import documents.bounces
import documents.forms
import documents.letters
import documents.mailings
import documents.objection_reminders
import documents.papers
import documents.scans
import documents.seals
import entitlements.changes
import entitlements.client_facts
import entitlements.decision_log
import entitlements.entry_replies
import entitlements.goodwill_allowances
import entitlements.grants
import entitlements.holds
import entitlements.hour_warnings
import entitlements.objections
import entitlements.offline_uses
import entitlements.over_limit_cases
import entitlements.overrides
import entitlements.receipt_keys
import entitlements.shadow_plans
import entitlements.statements
import entitlements.timers
import entitlements.uses
import entitlements.webhooks
import entitlements.work

metadata = SQLModel.metadata


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of one table that its columns and constraints cannot state: `append_only`, `kept` or `no_overlap`."""

    kind: str
    table: str

    def imposing(self, dialect: str) -> dict[str, str]:
        """The DDL that imposes the rule: a statement for each trigger, constraint or function, by its name."""
        return _STATEMENTS[self.kind, dialect](self.table)

    def lifting(self, dialect: str) -> list[str]:
        """The DDL that lifts the rule again."""
        return [
            f'ALTER TABLE "{self.table}" DROP CONSTRAINT {name}'
            if ddl.startswith("ALTER TABLE")
            else f"DROP TRIGGER {name}" + (f' ON "{self.table}"' if dialect == "postgresql" else "")
            for name, ddl in self.imposing(dialect).items()
            if name != "refuse_change"  # other tables use it too
        ]


def append_only_tables() -> list[str]:
    """The names of the tables of facts, whose rows are only ever inserted."""
    return sorted(table.name for table in metadata.tables.values() if table.info.get("append_only"))


def rules() -> list[Rule]:
    """Every rule of the schema."""
    facts = (Rule("append_only", table) for table in append_only_tables())
    return [*facts, Rule("kept", "paper"), Rule("no_overlap", "coverage")]


_REFUSE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'append_only: %', TG_TABLE_NAME"
    " USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;"
    " END $$"
)


def _append_only(table: str) -> dict[str, str]:
    """For each statement, not each row: so it sees TRUNCATE, and MERGE or ON CONFLICT before they find a row."""
    name = f"{table}_append_only"
    return {
        "refuse_change": _REFUSE,
        name: f'CREATE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"'
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    }


def _append_only_on_sqlite(table: str) -> dict[str, str]:
    """REPLACE asks the DELETE trigger only under recursive_triggers; who has it off may therefore not even insert."""
    unguarded = "WHEN (SELECT recursive_triggers FROM pragma_recursive_triggers) = 0"
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append_only: {table}'); END"
    return {
        f"{table}_no_update": f'CREATE TRIGGER {table}_no_update BEFORE UPDATE ON "{table}" {refuse}',
        f"{table}_no_delete": f'CREATE TRIGGER {table}_no_delete BEFORE DELETE ON "{table}" {refuse}',
        f"{table}_no_replace": f'CREATE TRIGGER {table}_no_replace BEFORE INSERT ON "{table}" {unguarded} {refuse}',
    }


def _kept(table: str) -> dict[str, str]:
    """No row goes; until it is printed only what `kept_but` names changes, and from then on nothing.

    The columns that stay are not named, so that the rule holds for those that a later migration adds.
    """
    may = ", ".join(f"'{name}'" for name in metadata.tables[table].info["kept_but"])
    changed = " IS DISTINCT FROM ".join(f"to_jsonb({row}) - ARRAY[{may}]" for row in ("OLD", "NEW"))
    return {
        "refuse_change": _REFUSE,
        f"{table}_no_delete": f'CREATE TRIGGER {table}_no_delete BEFORE DELETE OR TRUNCATE ON "{table}"'
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"{table}_kept": f'CREATE TRIGGER {table}_kept BEFORE UPDATE ON "{table}" FOR EACH ROW'
        f" WHEN (OLD.state = 'rendered' OR {changed}) EXECUTE FUNCTION refuse_change()",
    }


def _kept_on_sqlite(table: str) -> dict[str, str]:
    """The key is looked at by itself, because it can be changed under the names of the row id too."""
    known = metadata.tables[table]
    stays = ", ".join(f'"{column.name}"' for column in known.columns if column.name not in known.info["kept_but"])
    others = {name: ddl for name, ddl in _append_only_on_sqlite(table).items() if not name.endswith("_no_update")}
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append_only: {table}'); END"
    printed = "WHEN OLD.state = 'rendered' OR OLD.id IS NOT NEW.id"
    return others | {
        f"{table}_kept": f'CREATE TRIGGER {table}_kept BEFORE UPDATE OF {stays} ON "{table}" {refuse}',
        f"{table}_printed": f'CREATE TRIGGER {table}_printed BEFORE UPDATE ON "{table}" {printed} {refuse}',
    }


def _no_overlap(table: str) -> dict[str, str]:
    """Ranges of one number stand in for equality, which GiST has only through an extension (S6)."""
    name = f"{table}_no_overlap"
    same = ", ".join(f"int8range({key}, {key}, '[]') WITH &&" for key in ("registration_id", "plan_kind_id"))
    return {
        name: f'ALTER TABLE "{table}" ADD CONSTRAINT {name}'
        f" EXCLUDE USING gist ({same}, daterange(starts_on, ends_on) WITH &&)"
    }


def _no_overlap_on_sqlite(table: str) -> dict[str, str]:
    refuse = (
        f"BEGIN SELECT RAISE(ABORT, '{table}_no_overlap') FROM \"{table}\" WHERE id IS NOT NEW.id"
        " AND registration_id = NEW.registration_id AND plan_kind_id = NEW.plan_kind_id"
        " AND starts_on < NEW.ends_on AND NEW.starts_on < ends_on"
        " AND starts_on < ends_on AND NEW.starts_on < NEW.ends_on; END"
    )
    return {
        f"{table}_no_overlap_{event}": f'CREATE TRIGGER {table}_no_overlap_{event} BEFORE {event} ON "{table}" {refuse}'
        for event in ("insert", "update")
    }


_STATEMENTS: dict[tuple[str, str], Callable[[str], dict[str, str]]] = {
    ("append_only", "postgresql"): _append_only,
    ("append_only", "sqlite"): _append_only_on_sqlite,
    ("kept", "postgresql"): _kept,
    ("kept", "sqlite"): _kept_on_sqlite,
    ("no_overlap", "postgresql"): _no_overlap,
    ("no_overlap", "sqlite"): _no_overlap_on_sqlite,
}
