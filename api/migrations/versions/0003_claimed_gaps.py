"""Claims of the gap before a continuous renewal."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing was claimed before."""
    op.create_table(
        "gap_claim",
        sa.Column("id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("served_from", sa.Date(), nullable=False),
        sa.Column("claimed_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_gap_claim_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_claim")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_gap_claim_subscription_id")),
    )
    op.invoke(Impose("append_only", "gap_claim"))


def downgrade() -> None:
    """Forget the claims."""
    op.invoke(Lift("append_only", "gap_claim"))
    op.drop_table("gap_claim")
