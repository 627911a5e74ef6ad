"""What plans promise besides hours: due times by priority, channels, support lines, counts, separate prices."""

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
    with op.batch_alter_table("plan_service") as table:
        for name in COUNTED:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
        for name, check in CHECKS.items():
            table.create_check_constraint(op.f(name), check)
    create_uses()


COUNTED = ("included_count", "count_months", "price_minor")
CHECKS = {
    "ck_plan_service_count": "included_count >= 1 AND count_months IN (1, 3, 6, 12)",
    "ck_plan_service_counted": "(included_count IS NULL) = (count_months IS NULL)",
    "ck_plan_service_price_minor": "price_minor >= 0",
    "ck_plan_service_priced": "price_minor IS NULL OR (included_count IS NULL AND NOT draws_hours)",
}


def create_uses() -> None:
    """The tables of uses of counted services, and of those that were given back."""
    op.create_table(
        "service_use",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=True),
        sa.Column("free_period_id", Id, nullable=True),
        sa.Column("service", sa.String(60), nullable=False),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("ticket", sa.String(100), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(subscription_id IS NULL) <> (free_period_id IS NULL)", name=op.f("ck_service_use_cover")),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_service_use_{table}_id_{table}"))
            for table in ("client", "seller", "subscription", "free_period", "decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_use")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_service_use_decision_id")),
    )
    for column in ("client_id", "subscription_id", "free_period_id"):
        op.create_index(op.f(f"ix_service_use_{column}"), "service_use", [column])
    op.create_table(
        "service_use_return",
        sa.Column("id", Id, nullable=False),
        sa.Column("use_id", Id, nullable=False),
        sa.Column("returned_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["use_id"], ["service_use.id"], name=op.f("fk_service_use_return_use_id_service_use")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_use_return")),
        sa.UniqueConstraint("use_id", name=op.f("uq_service_use_return_use_id")),
    )
    for name in ("service_use", "service_use_return"):
        op.invoke(Impose("append_only", name))


def downgrade() -> None:
    """Forget the promises; what was offered for separate payment alone is no part of any plan."""
    for name in ("service_use_return", "service_use"):
        op.invoke(Lift("append_only", name))
        op.drop_table(name)
    op.execute("DELETE FROM plan_service WHERE price_minor IS NOT NULL")
    with op.batch_alter_table("plan_service") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(name), type_="check")
        for name in COUNTED:
            table.drop_column(name)
    op.invoke(Lift("append_only", "plan_due_time"))
    op.drop_table("plan_due_time")
    with op.batch_alter_table("plan_version") as table:
        table.drop_constraint(op.f("ck_plan_version_highest_line"), type_="check")
        for name in ("highest_line", "channels", "desk_hours"):
            table.drop_column(name)
