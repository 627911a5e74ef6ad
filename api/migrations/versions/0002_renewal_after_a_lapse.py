"""Renewal after a lapse: the first day of service, and what is paid for the gap before a term."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was sold before serves from its first day, and no gap was paid."""
    with op.batch_alter_table("subscription") as table:
        table.add_column(sa.Column("serves_from", sa.Date(), nullable=True))
        table.add_column(sa.Column("gap_minor", sa.Integer(), nullable=True))
    op.execute("UPDATE subscription SET serves_from = starts_on, gap_minor = 0")
    with op.batch_alter_table("subscription") as table:
        table.alter_column("serves_from", existing_type=sa.Date(), nullable=False)
        table.alter_column("gap_minor", existing_type=sa.Integer(), nullable=False)
        table.create_check_constraint(
            op.f("ck_subscription_serves_from"), "serves_from >= starts_on AND serves_from < ends_on"
        )
        table.create_check_constraint(op.f("ck_subscription_gap_minor"), "gap_minor >= 0")


def downgrade() -> None:
    """Forget both."""
    with op.batch_alter_table("subscription") as table:
        table.drop_constraint(op.f("ck_subscription_gap_minor"), type_="check")
        table.drop_constraint(op.f("ck_subscription_serves_from"), type_="check")
        table.drop_column("gap_minor")
        table.drop_column("serves_from")
