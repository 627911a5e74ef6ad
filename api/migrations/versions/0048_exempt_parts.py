"""The part of a plan's price that is exempt from VAT, and the ground of lines that are."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

CHECK = "ck_plan_version_exempt"
LINES = ("invoice_line", "credit_note_line")


def upgrade() -> None:
    """Nothing was exempt before."""
    with op.batch_alter_table("plan_version") as table:
        table.add_column(sa.Column("exempt_percent", sa.Integer(), nullable=True))
        table.add_column(sa.Column("exempt_ground", sa.String(length=200), nullable=True))
    op.execute("UPDATE plan_version SET exempt_percent = 0, exempt_ground = ''")
    with op.batch_alter_table("plan_version") as table:
        table.alter_column("exempt_percent", existing_type=sa.Integer(), nullable=False)
        table.alter_column("exempt_ground", existing_type=sa.String(length=200), nullable=False)
        table.create_check_constraint(
            op.f(CHECK), "exempt_percent BETWEEN 0 AND 100 AND (exempt_percent = 0) = (exempt_ground = '')"
        )
    for name in LINES:
        op.add_column(name, sa.Column("exempt_ground", sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Forget what is exempt; the lines keep their amounts."""
    for name in LINES:
        op.drop_column(name, "exempt_ground")
    with op.batch_alter_table("plan_version") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.drop_column("exempt_ground")
        table.drop_column("exempt_percent")
