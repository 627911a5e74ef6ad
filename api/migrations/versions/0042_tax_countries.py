"""The country by whose law a seller is taxed."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sellers were Russian."""
    with op.batch_alter_table("seller") as table:
        table.add_column(sa.Column("country", sa.String(length=2), nullable=True))
    op.execute("UPDATE seller SET country = 'RU'")
    with op.batch_alter_table("seller") as table:
        table.alter_column("country", existing_type=sa.String(length=2), nullable=False)


def downgrade() -> None:
    """Forget the countries."""
    with op.batch_alter_table("seller") as table:
        table.drop_column("country")
