"""The main registration of what a subscription covers."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what was covered before, the first registration is the main one."""
    op.invoke(Lift("no_overlap", "coverage"))
    with op.batch_alter_table("coverage") as table:
        table.add_column(sa.Column("is_main", sa.Boolean(), nullable=True))
    op.execute(
        "UPDATE coverage SET is_main = registration_id ="
        " (SELECT min(registration_id) FROM coverage AS own WHERE own.specification_id = coverage.specification_id)"
    )
    with op.batch_alter_table("coverage") as table:
        table.alter_column("is_main", existing_type=sa.Boolean(), nullable=False)
    op.invoke(Impose("no_overlap", "coverage"))


def downgrade() -> None:
    """Forget which is the main one."""
    op.invoke(Lift("no_overlap", "coverage"))
    with op.batch_alter_table("coverage") as table:
        table.drop_column("is_main")
    op.invoke(Impose("no_overlap", "coverage"))
