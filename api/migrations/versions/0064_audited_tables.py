"""What an entry of the audit is looked for by: its tables, its caller and its day, each with an index of its own."""

import json
from collections import Counter

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0064"
down_revision = "0061"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_ONCE = 1000
ENTRY = sa.table(
    "audit_entry",
    sa.column("id", Id),
    sa.column("done_at", sa.DateTime(timezone=True)),
    sa.column("caller", sa.String),
    sa.column("changes", sa.Text),
)


def upgrade() -> None:
    """Find the tables of what is noted already."""
    touched = op.create_table(
        "audited_table",
        sa.Column("id", Id, nullable=False),
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("table_name", sa.String(60), nullable=False),
        sa.Column("caller", sa.String(60), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audited_table_entry_id_audit_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audited_table")),
    )
    _fill(touched)
    op.create_index(op.f("ix_audited_table_entry_id"), "audited_table", ["entry_id"])
    op.create_index("ix_audited_table_table_name_done_at", "audited_table", ["table_name", "done_at", "entry_id"])
    columns = ["table_name", "caller", "done_at", "entry_id"]
    op.create_index("ix_audited_table_table_name_caller_done_at", "audited_table", columns)
    op.invoke(Impose("append_only", "audited_table"))
    op.drop_index(op.f("ix_audit_entry_caller"), table_name="audit_entry")
    op.drop_index("ix_audit_entry_done_at", table_name="audit_entry")
    op.create_index("ix_audit_entry_done_at_id", "audit_entry", ["done_at", "id"])
    op.create_index("ix_audit_entry_caller_done_at_id", "audit_entry", ["caller", "done_at", "id"])


def _fill(touched: sa.Table) -> None:
    connection, last = op.get_bind(), 0
    while some := connection.execute(
        sa.select(ENTRY).where(ENTRY.c.id > last).order_by(ENTRY.c.id).limit(AT_ONCE)
    ).all():
        last = some[-1].id
        rows = [
            {"entry_id": one.id, "table_name": name, "caller": one.caller, "done_at": one.done_at, "row_count": count}
            for one in some
            for name, count in Counter(change["table"] for change in json.loads(one.changes)).items()
        ]
        if rows:
            connection.execute(sa.insert(touched), rows)


def downgrade() -> None:
    """Forget them; they are in the entries, but for the number of rows that are not written out."""
    op.drop_index("ix_audit_entry_caller_done_at_id", table_name="audit_entry")
    op.drop_index("ix_audit_entry_done_at_id", table_name="audit_entry")
    op.create_index("ix_audit_entry_done_at", "audit_entry", ["done_at"])
    op.create_index(op.f("ix_audit_entry_caller"), "audit_entry", ["caller"])
    op.invoke(Lift("append_only", "audited_table"))
    op.drop_table("audited_table")
