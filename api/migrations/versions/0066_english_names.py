"""What English papers call a party and who signs for it."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0064"
branch_labels = None
depends_on = None

TABLES = ("seller", "entity")
NAMES = {"name_en": 300, "signatory_name_en": 200, "signatory_post_en": 200, "signatory_basis_en": 200}


def upgrade() -> None:
    """Nobody has named themselves in English yet."""
    for table in TABLES:
        with op.batch_alter_table(table) as altered:
            for name, longest in NAMES.items():
                altered.add_column(sa.Column(name, sa.String(longest), nullable=False, server_default=""))
        with op.batch_alter_table(table) as altered:
            for name in NAMES:
                altered.alter_column(name, server_default=None)


def downgrade() -> None:
    """Forget the English names."""
    for table in TABLES:
        with op.batch_alter_table(table) as altered:
            for name in NAMES:
                altered.drop_column(name)
