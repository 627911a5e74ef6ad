"""Amendments, and the invoices and credit notes for what they cost more or less."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("subscription", "package", "month")


def upgrade() -> None:
    """Nothing was amended before."""
    op.create_table(
        "amendment",
        sa.Column("id", Id, nullable=False),
        sa.Column("specification_id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("difference_minor", sa.Integer(), nullable=False),
        sa.Column("agreed_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("amended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_amendment_price_minor")),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_amendment_{table}_id_{table}"))
            for table in ("specification", "subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint("specification_id", name=op.f("uq_amendment_specification_id")),
    )
    op.create_index(op.f("ix_amendment_subscription_id"), "amendment", ["subscription_id"])
    op.invoke(Impose("append_only", "amendment"))
    for bill in ("invoice", "credit_note"):
        op.invoke(Lift("append_only", bill))
        with op.batch_alter_table(bill) as table:
            table.add_column(sa.Column("amendment_id", Id, nullable=True))
            table.create_foreign_key(op.f(f"fk_{bill}_amendment_id_amendment"), "amendment", ["amendment_id"], ["id"])
            table.create_unique_constraint(op.f(f"uq_{bill}_amendment_id"), ["amendment_id"])
    list_again((*KINDS, "amendment"))
    for bill in ("invoice", "credit_note"):
        op.invoke(Impose("append_only", bill))


def list_again(kinds: tuple[str, ...]) -> None:
    """Let an invoice be of these kinds and of no other."""
    quoted = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("invoice") as table:
        table.drop_constraint(op.f("ck_invoice_invoicekind_known"), type_="check")
        table.create_check_constraint(op.f("ck_invoice_invoicekind_known"), f"kind IN ({quoted})")


def downgrade() -> None:
    """Forget the amendments and what was billed for them; what they cut stays cut."""
    for bill in ("credit_note", "invoice"):
        op.invoke(Lift("append_only", bill))
        op.invoke(Lift("append_only", f"{bill}_line"))
        own = f"SELECT id FROM {bill} WHERE amendment_id IS NOT NULL"
        op.execute(f"DELETE FROM {bill}_line WHERE {bill}_id IN ({own})")
        op.execute(f"DELETE FROM {bill} WHERE amendment_id IS NOT NULL")
        op.invoke(Impose("append_only", f"{bill}_line"))
    list_again(KINDS)
    for bill in ("credit_note", "invoice"):
        with op.batch_alter_table(bill) as table:
            table.drop_constraint(op.f(f"uq_{bill}_amendment_id"), type_="unique")
            table.drop_constraint(op.f(f"fk_{bill}_amendment_id_amendment"), type_="foreignkey")
            table.drop_column("amendment_id")
        op.invoke(Impose("append_only", bill))
    op.invoke(Lift("append_only", "amendment"))
    op.drop_table("amendment")
