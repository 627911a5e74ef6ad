"""Warnings that hours run short, at shares that plans set, their letters, and where managers read mail."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("hours_warning", "manager_address")


def upgrade() -> None:
    """Plans warn at the usual shares from now on; nobody was warned before."""
    with op.batch_alter_table("plan_version") as table:
        table.add_column(sa.Column("warning_percents", sa.String(40), nullable=True))
        table.add_column(sa.Column("warning_quiet_hours", sa.Integer(), nullable=True))
    op.execute("UPDATE plan_version SET warning_percents = '80 95 100', warning_quiet_hours = 4")
    with op.batch_alter_table("plan_version") as table:
        table.alter_column("warning_percents", existing_type=sa.String(40), nullable=False)
        table.alter_column("warning_quiet_hours", existing_type=sa.Integer(), nullable=False)
        table.create_check_constraint(
            op.f("ck_plan_version_warning_quiet_hours"), "warning_quiet_hours BETWEEN 0 AND 720"
        )
    create_tables()
    for name in TABLES:
        op.invoke(Impose("append_only", name))
    with op.batch_alter_table("letter") as table:
        table.alter_column("reminder_id", existing_type=Id, nullable=True)
        table.add_column(sa.Column("warning_id", Id, nullable=True))
        table.create_foreign_key(op.f("fk_letter_warning_id_hours_warning"), "hours_warning", ["warning_id"], ["id"])
        table.create_unique_constraint(op.f("uq_letter_warning_id_recipient"), ["warning_id", "recipient"])
        table.create_check_constraint(op.f("ck_letter_subject_matter"), "(reminder_id IS NULL) <> (warning_id IS NULL)")


def create_tables() -> None:
    """The tables of warnings and of managers' addresses."""
    numbers = ("percent", *(f"{name}_minutes" for name in ("given", "used", "held", "available", "overage")))
    op.create_table(
        "hours_warning",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("plan_version_id", Id, nullable=False),
        sa.Column("period_starts_on", sa.Date(), nullable=False),
        sa.Column("period_last_day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("runs_out_on", sa.Date(), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_hours_warning_percent")),
        sa.CheckConstraint(
            "given_minutes = used_minutes + held_minutes + available_minutes", name=op.f("ck_hours_warning_minutes")
        ),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_hours_warning_{table}_id_{table}"))
            for table in ("client", "seller", "plan_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_warning")),
        sa.UniqueConstraint(
            "client_id",
            "seller_id",
            "period_starts_on",
            "percent",
            name=op.f("uq_hours_warning_client_id_seller_id_period_starts_on_percent"),
        ),
    )
    op.create_index(op.f("ix_hours_warning_seller_id"), "hours_warning", ["seller_id"])
    op.create_table(
        "manager_address",
        sa.Column("id", Id, nullable=False),
        sa.Column("manager", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manager_address")),
    )
    op.create_index(op.f("ix_manager_address_manager"), "manager_address", ["manager"])


def downgrade() -> None:
    """Forget the warnings and their letters; what was mailed stays mailed."""
    op.execute("DELETE FROM letter WHERE warning_id IS NOT NULL")
    with op.batch_alter_table("letter") as table:
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.drop_constraint(op.f("uq_letter_warning_id_recipient"), type_="unique")
        table.drop_constraint(op.f("fk_letter_warning_id_hours_warning"), type_="foreignkey")
        table.drop_column("warning_id")
        table.alter_column("reminder_id", existing_type=Id, nullable=False)
    for name in TABLES:
        op.invoke(Lift("append_only", name))
        op.drop_table(name)
    with op.batch_alter_table("plan_version") as table:
        table.drop_constraint(op.f("ck_plan_version_warning_quiet_hours"), type_="check")
        table.drop_column("warning_quiet_hours")
        table.drop_column("warning_percents")
