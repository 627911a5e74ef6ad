"""An e-mail address may have its 254 characters wherever one is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

PLACES = {"contact_address": "value", "seller": "email", "entity": "email"}


def upgrade() -> None:
    """Longer ones were refused by PostgreSQL alone."""
    for name, column in PLACES.items():
        with op.batch_alter_table(name) as table:
            table.alter_column(column, existing_type=sa.String(length=200), type_=sa.String(length=254))


def downgrade() -> None:
    """Of addresses that are too long only the beginning fits."""
    for name, column in PLACES.items():
        op.execute(f"UPDATE {name} SET {column} = substr({column}, 1, 200)")
        with op.batch_alter_table(name) as table:
            table.alter_column(column, existing_type=sa.String(length=254), type_=sa.String(length=200))
