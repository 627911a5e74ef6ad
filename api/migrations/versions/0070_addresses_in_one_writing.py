"""Addresses of mail have their domains in readable letters, as mail domains have (D4)."""

import re
from contextlib import suppress

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
DOMAIN = re.compile(rf"(?:{LABEL}\.)+(?!\d){LABEL}")
FREE = [("seller", "email"), ("seller", "reminder_email"), ("entity", "email")]
APPEND_ONLY = [("manager_address", "email"), ("mail_bounce", "address")]
OF_WHICH_ONE_STAYS = [
    ("contact_address", "value", "recorded_at", "twin.contact_id = {0}.contact_id AND twin.kind = {0}.kind"),
    ("paper_address", "email", "since", "twin.client_id = {0}.client_id"),
]
"""Each with the moment whose earliest stays, and what makes two of its rows one."""
SUBJECTS = ("reminder_id", "warning_id", "notice_id", "mailing_id", "objection_reminder_id", "own_purchase_id")
THAT_ALL_STAY = [
    ("person", "email", "1 = 1"),
    ("letter", "recipient", " OR ".join(f"twin.{one} = letter.{one}" for one in SUBJECTS)),
]
"""Each with what lets no two rows have one address: then the second keeps its writing."""


def upgrade() -> None:
    """Two writings of a contact's address become one, known since the earlier; snapshots that hold them are dropped."""
    for table, column in FREE:
        _rewrite(table, column)
    for table, column in APPEND_ONLY:
        op.invoke(Lift("append_only", table))
        _rewrite(table, column)
        op.invoke(Impose("append_only", table))
    for table, column, since, same in OF_WHICH_ONE_STAYS:
        twin = f"SELECT 1 FROM {table} AS twin WHERE {same.format(table)} AND twin.{column}"
        later = (
            f"DELETE FROM {table} WHERE {column} = :old AND EXISTS ({twin} = :new AND twin.{since} <= {table}.{since})"
        )
        rest = f"DELETE FROM {table} WHERE {column} = :new AND EXISTS ({twin} = :old)"
        _rewrite(table, column, first=(later, rest))
    for table, column, same in THAT_ALL_STAY:
        taken = f"SELECT 1 FROM {table} AS twin WHERE twin.{column} = :new AND ({same})"
        _rewrite(table, column, where=f"NOT EXISTS ({taken})")
    op.execute("DELETE FROM client_snapshot")


def _rewrite(table: str, column: str, *, first: tuple[str, ...] = (), where: str = "1 = 1") -> None:
    connection = op.get_bind()
    stored = sa.text(f"SELECT DISTINCT {column} FROM {table}")
    changed = [(one, _one_writing(one)) for one in connection.execute(stored).scalars().all()]
    rewriting = f"UPDATE {table} SET {column} = :new WHERE {column} = :old AND {where}"
    for old, new in changed:
        if new != old:
            for statement in (*first, rewriting):
                parameters = {"old": old, "new": new}
                connection.execute(sa.text(statement), parameters)


def _one_writing(address: str) -> str:
    name, at, domain = address.rpartition("@")
    with suppress(UnicodeError):
        readable = domain.encode("idna").decode("idna")
        if DOMAIN.fullmatch(readable):
            return f"{name}{at}{readable}"
    return address


def downgrade() -> None:
    """Nothing is taken back: the release before takes this writing too."""
