"""How many minutes of a hold its work took."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of holds that were settled before it is not known."""
    op.invoke(Lift("append_only", "hold_ending"))
    with op.batch_alter_table("hold_ending") as table:
        table.add_column(sa.Column("settled_minutes", sa.Integer(), nullable=True))
        table.create_check_constraint(
            op.f("ck_hold_ending_settled_minutes"),
            "settled_minutes IS NULL OR (settled_minutes >= 0 AND \"end\" = 'settled')",
        )
    op.invoke(Impose("append_only", "hold_ending"))


def downgrade() -> None:
    """Forget it."""
    op.invoke(Lift("append_only", "hold_ending"))
    with op.batch_alter_table("hold_ending") as table:
        table.drop_constraint(op.f("ck_hold_ending_settled_minutes"), type_="check")
        table.drop_column("settled_minutes")
    op.invoke(Impose("append_only", "hold_ending"))
