"""Payments, the parts of them that were put to invoices, and their reversals."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = ("payment", "payment_part", "payment_reversal")
ONCE = ("seller_id", "entity_id", "paid_on", "number", "amount_minor", "currency", "revision")
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing was paid before but what is marked as paid by hand, and that stays."""
    op.create_table(
        "payment",
        sa.Column("id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("entity_id", Id, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_received")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_payment_client_id_client")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_payment_entity_id_entity")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_payment_seller_id_seller")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint(*ONCE, name="uq_payment_once"),
    )
    op.create_index(op.f("ix_payment_client_id"), "payment", ["client_id"], unique=False)
    op.create_table(
        "payment_part",
        sa.Column("id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("invoice_id", Id, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_part_put")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_payment_part_invoice_id_invoice")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_part_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_part")),
    )
    op.create_index(op.f("ix_payment_part_invoice_id"), "payment_part", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_payment_part_payment_id"), "payment_part", ["payment_id"], unique=False)
    op.create_table(
        "payment_reversal",
        sa.Column("id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("reversed_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_reversal_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_reversal")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_payment_reversal_payment_id")),
    )
    for name in TABLES:
        op.invoke(Impose("append_only", name))


def downgrade() -> None:
    """Forget what was paid; what it marked as paid stays."""
    for name in reversed(TABLES):
        op.invoke(Lift("append_only", name))
        op.drop_table(name)
