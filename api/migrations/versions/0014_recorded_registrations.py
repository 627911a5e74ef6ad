"""Since when each registration, and its surrender, is known."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was taken in before counts as known since its client was."""
    with op.batch_alter_table("registration") as table:
        table.add_column(sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("surrendered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE registration SET recorded_at = (SELECT created_at FROM client WHERE client.id = registration.client_id)"
    )
    with op.batch_alter_table("registration") as table:
        table.alter_column("recorded_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    """Forget since when."""
    with op.batch_alter_table("registration") as table:
        table.drop_column("surrendered_at")
        table.drop_column("recorded_at")
