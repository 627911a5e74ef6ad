"""The payment clock: whether a seller follows payments, and until when a subscription is paid."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody followed payments before."""
    with op.batch_alter_table("seller") as table:
        table.add_column(sa.Column("payments_from", sa.Date(), nullable=True))
    op.create_table(
        "payment_mark",
        sa.Column("id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("paid_until", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(paid_until IS NULL) <> (due_on IS NULL)", name=op.f("ck_payment_mark_one_day")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_payment_mark_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_mark")),
    )
    op.create_index(op.f("ix_payment_mark_subscription_id"), "payment_mark", ["subscription_id"])
    op.invoke(Impose("append_only", "payment_mark"))


def downgrade() -> None:
    """Forget what was paid."""
    op.invoke(Lift("append_only", "payment_mark"))
    op.drop_table("payment_mark")
    with op.batch_alter_table("seller") as table:
        table.drop_column("payments_from")
