"""The way to a visit, in the plan and beside the work."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

CHECK = "ck_work_entry_travel_minutes"


def upgrade() -> None:
    """No plan billed a way before, and none was recorded."""
    with op.batch_alter_table("plan_version") as table:
        table.add_column(sa.Column("bills_travel", sa.Boolean(), nullable=True))
    op.execute("UPDATE plan_version SET bills_travel = false")
    with op.batch_alter_table("plan_version") as table:
        table.alter_column("bills_travel", existing_type=sa.Boolean(), nullable=False)
    op.invoke(Lift("append_only", "work_entry"))
    with op.batch_alter_table("work_entry") as table:
        table.add_column(sa.Column("travel_minutes", sa.Integer(), nullable=True))
    op.execute("UPDATE work_entry SET travel_minutes = 0")
    with op.batch_alter_table("work_entry") as table:
        table.alter_column("travel_minutes", existing_type=sa.Integer(), nullable=False)
        table.create_check_constraint(op.f(CHECK), "travel_minutes = 0 OR (travel_minutes > 0) = (worked_minutes > 0)")
    op.invoke(Impose("append_only", "work_entry"))


def downgrade() -> None:
    """Forget the ways."""
    op.invoke(Lift("append_only", "work_entry"))
    with op.batch_alter_table("work_entry") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.drop_column("travel_minutes")
    op.invoke(Impose("append_only", "work_entry"))
    with op.batch_alter_table("plan_version") as table:
        table.drop_column("bills_travel")
