"""Contacts and mail domains that were withdrawn stay, for questions about the time before (D1, D4)."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

WHAT = {"client_contact": "contact_id", "client_domain": "domain"}
"""What a client names in each of the tables."""
NAMED = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    """What is named stays so since the moment that is recorded; what was withdrawn is known from the audit alone."""
    for table, what in WHAT.items():
        with op.batch_alter_table(table) as altered:
            altered.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
            altered.drop_constraint(op.f(f"uq_{table}_client_id_{what}"), type_="unique")
        columns = ["client_id", what]
        op.create_index(f"uq_{table}_named", table, columns, unique=True, sqlite_where=NAMED, postgresql_where=NAMED)
    op.create_index(op.f("ix_client_domain_client_id"), "client_domain", ["client_id"])
    for table, what in WHAT.items():
        _put_back(table, what)


def _put_back(table: str, what: str) -> None:
    """The rows that were deleted until now, each with the moment at which it was."""
    connection = op.get_bind()
    instant = sa.DateTime(timezone=True)
    entries = sa.text(
        "SELECT audit_entry.done_at, audit_entry.changes FROM audit_entry WHERE id IN"
        " (SELECT entry_id FROM audited_table WHERE table_name = :table_name) ORDER BY id"
    ).columns(done_at=instant)
    moments = (sa.column(name, instant) for name in ("recorded_at", "withdrawn_at"))
    into = sa.table(table, sa.column("client_id"), sa.column(what), *moments)
    for entry in connection.execute(entries, {"table_name": table}).all():
        gone = [one["before"] for one in json.loads(entry.changes) if one["table"] == table and one["after"] is None]
        rows = [
            {
                "client_id": row["client_id"],
                what: row[what],
                "recorded_at": datetime.fromisoformat(row["recorded_at"]).astimezone(UTC),
                "withdrawn_at": entry.done_at,
            }
            for row in gone
            if row is not None
        ]
        if rows:
            connection.execute(sa.insert(into), rows)


def downgrade() -> None:
    """Forget whom nobody names any more."""
    op.drop_index(op.f("ix_client_domain_client_id"), table_name="client_domain")
    for table, what in WHAT.items():
        op.execute(f"DELETE FROM {table} WHERE withdrawn_at IS NOT NULL")
        op.drop_index(f"uq_{table}_named", table_name=table)
        with op.batch_alter_table(table) as altered:
            altered.drop_column("withdrawn_at")
            altered.create_unique_constraint(op.f(f"uq_{table}_client_id_{what}"), ["client_id", what])
