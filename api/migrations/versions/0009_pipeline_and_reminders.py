"""Who looks after a client."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody looked after a client before."""
    with op.batch_alter_table("client") as table:
        table.add_column(sa.Column("manager", sa.String(200), nullable=True))
    op.execute("UPDATE client SET manager = ''")
    with op.batch_alter_table("client") as table:
        table.alter_column("manager", existing_type=sa.String(200), nullable=False)


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("client") as table:
        table.drop_column("manager")
