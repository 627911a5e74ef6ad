"""What plans promise besides hours: due times by priority, channels, support lines."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing was promised before."""
    with op.batch_alter_table("plan_version") as table:
        table.add_column(sa.Column("desk_hours", sa.String(11), nullable=True))
        table.add_column(sa.Column("channels", sa.String(100), nullable=True))
        table.add_column(sa.Column("highest_line", sa.Integer(), nullable=True))
    op.execute("UPDATE plan_version SET desk_hours = '09:00-18:00', channels = ''")
    with op.batch_alter_table("plan_version") as table:
        table.alter_column("desk_hours", existing_type=sa.String(11), nullable=False)
        table.alter_column("channels", existing_type=sa.String(100), nullable=False)
        table.create_check_constraint(op.f("ck_plan_version_highest_line"), "highest_line BETWEEN 1 AND 4")
    op.create_table(
        "plan_due_time",
        sa.Column("id", Id, nullable=False),
        sa.Column("plan_version_id", Id, nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_en", sa.String(100), nullable=False),
        sa.Column("respond_minutes", sa.Integer(), nullable=False),
        sa.Column("resolve_minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint("respond_minutes BETWEEN 1 AND 14400", name=op.f("ck_plan_due_time_respond_minutes")),
        sa.CheckConstraint(
            "resolve_minutes BETWEEN respond_minutes AND 14400", name=op.f("ck_plan_due_time_resolve_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_plan_due_time_plan_version_id_plan_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_due_time")),
        sa.UniqueConstraint("plan_version_id", "priority", name=op.f("uq_plan_due_time_plan_version_id_priority")),
    )
    op.invoke(Impose("append_only", "plan_due_time"))


def downgrade() -> None:
    """Forget the promises."""
    op.invoke(Lift("append_only", "plan_due_time"))
    op.drop_table("plan_due_time")
    with op.batch_alter_table("plan_version") as table:
        table.drop_constraint(op.f("ck_plan_version_highest_line"), type_="check")
        for name in ("highest_line", "channels", "desk_hours"):
            table.drop_column(name)
