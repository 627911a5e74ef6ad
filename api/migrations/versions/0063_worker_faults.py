"""The last fault of each duty of the worker."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing was kept before."""
    op.create_table(
        "worker_fault",
        sa.Column("id", Id, nullable=False),
        sa.Column("duty", sa.String(40), nullable=False),
        sa.Column("problem", sa.String(200), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_fault")),
        sa.UniqueConstraint("duty", name=op.f("uq_worker_fault_duty")),
    )


def downgrade() -> None:
    """Forget them; they are in the logs."""
    op.drop_table("worker_fault")
