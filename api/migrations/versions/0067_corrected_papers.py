"""Papers that correct others: why they were issued, and by whom (P2)."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Papers that are there correct none."""
    with op.batch_alter_table("paper") as table:
        table.add_column(sa.Column("reason", sa.String(500), nullable=True))
        table.add_column(sa.Column("issued_by", sa.String(200), nullable=True))
    op.execute("UPDATE paper SET reason = '', issued_by = ''")
    with op.batch_alter_table("paper") as table:
        table.alter_column("reason", existing_type=sa.String(500), nullable=False)
        table.alter_column("issued_by", existing_type=sa.String(200), nullable=False)


def downgrade() -> None:
    """Forget the reasons; corrected papers stay further revisions."""
    with op.batch_alter_table("paper") as table:
        table.drop_column("issued_by")
        table.drop_column("reason")
