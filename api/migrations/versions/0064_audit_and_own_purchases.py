"""What an entry of the audit is looked for by; what clients bought by themselves, and the letters about it."""

import json
from collections import Counter

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0064"
down_revision = "0063"
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


BEFORE = (
    "CASE WHEN objection_reminder_id IS NOT NULL THEN mailing_id IS NULL AND notice_id IS NULL"
    " AND reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
    " WHEN mailing_id IS NOT NULL THEN notice_id IS NULL"
    " AND reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
    " WHEN notice_id IS NOT NULL THEN"
    " reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
    " WHEN digest_id IS NULL THEN (reminder_id IS NULL) <> (warning_id IS NULL) AND client_id IS NOT NULL"
    " ELSE reminder_id IS NULL AND warning_id IS NULL AND client_id IS NULL END"
)
AFTER = (
    "CASE WHEN own_purchase_id IS NOT NULL THEN objection_reminder_id IS NULL AND mailing_id IS NULL"
    " AND notice_id IS NULL AND reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL"
    " AND client_id IS NOT NULL" + BEFORE.removeprefix("CASE")
)
TOLD = "SELECT id FROM letter WHERE own_purchase_id IS NOT NULL"
BOUNCED = f"SELECT id FROM mail_bounce WHERE letter_id IN ({TOLD})"


def upgrade() -> None:
    """Find the tables of what is noted already; of what clients bought before nobody is told."""
    _search()
    op.create_table(
        "own_purchase",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("invoice_id", Id, nullable=False),
        sa.Column("bought_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_own_purchase_{name}_id_{name}"))
            for name in ("client", "invoice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_purchase")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_own_purchase_invoice_id")),
    )
    op.create_index(op.f("ix_own_purchase_client_id"), "own_purchase", ["client_id"])
    op.invoke(Impose("append_only", "own_purchase"))
    with op.batch_alter_table("letter") as table:
        table.add_column(sa.Column("own_purchase_id", Id, nullable=True))
        table.create_foreign_key(op.f(PURCHASE), "own_purchase", ["own_purchase_id"], ["id"])
        table.create_unique_constraint(op.f("uq_letter_own_purchase_id_recipient"), ["own_purchase_id", "recipient"])
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.create_check_constraint(op.f("ck_letter_subject_matter"), AFTER)


PURCHASE = "fk_letter_own_purchase_id_own_purchase"


def _search() -> None:
    """What the audit is looked through by."""
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
    """Forget them: the tables are in the entries, the purchases in the invoices; who was told of those is lost."""
    came_back = ("mail_bounce", "address_clearance")
    for name in came_back:
        op.invoke(Lift("append_only", name))
    op.execute(f"DELETE FROM address_clearance WHERE bounce_id IN ({BOUNCED})")
    op.execute(f"DELETE FROM mail_bounce WHERE letter_id IN ({TOLD})")
    for name in came_back:
        op.invoke(Impose("append_only", name))
    op.execute("DELETE FROM letter WHERE own_purchase_id IS NOT NULL")
    with op.batch_alter_table("letter") as table:
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.create_check_constraint(op.f("ck_letter_subject_matter"), BEFORE)
        table.drop_constraint(op.f("uq_letter_own_purchase_id_recipient"), type_="unique")
        table.drop_constraint(op.f(PURCHASE), type_="foreignkey")
        table.drop_column("own_purchase_id")
    op.invoke(Lift("append_only", "own_purchase"))
    op.drop_table("own_purchase")
    op.drop_index("ix_audit_entry_caller_done_at_id", table_name="audit_entry")
    op.drop_index("ix_audit_entry_done_at_id", table_name="audit_entry")
    op.create_index("ix_audit_entry_done_at", "audit_entry", ["done_at"])
    op.create_index(op.f("ix_audit_entry_caller"), "audit_entry", ["caller"])
    op.invoke(Lift("append_only", "audited_table"))
    op.drop_table("audited_table")
