"""Shadow plans: plan versions that run beside the live ones."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("shadow_plan", "shadow_plan_ending")
SUBJECTS = {"seller_id": "seller", "client_id": "client", "subscription_id": "subscription", "held_plan_id": "plan"}


def upgrade() -> None:
    """There was none before."""
    op.create_table(
        "shadow_plan",
        sa.Column("id", Id, nullable=False),
        *(sa.Column(name, Id, nullable=name != "seller_id") for name in SUBJECTS),
        sa.Column("plan_version_id", Id, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_shadow_plan_span")),
        sa.CheckConstraint("(client_id IS NULL) <> (held_plan_id IS NULL)", name=op.f("ck_shadow_plan_subject")),
        sa.CheckConstraint(
            "subscription_id IS NULL OR client_id IS NOT NULL", name=op.f("ck_shadow_plan_subscription")
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_shadow_plan_{name}_{table}"))
            for name, table in {**SUBJECTS, "plan_version_id": "plan_version"}.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadow_plan")),
    )
    op.create_index(op.f("ix_shadow_plan_client_id"), "shadow_plan", ["client_id"])
    op.create_table(
        "shadow_plan_ending",
        sa.Column("id", Id, nullable=False),
        sa.Column("shadow_plan_id", Id, nullable=False),
        sa.Column("ended_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shadow_plan_id"], ["shadow_plan.id"], name=op.f("fk_shadow_plan_ending_shadow_plan_id_shadow_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadow_plan_ending")),
        sa.UniqueConstraint("shadow_plan_id", name=op.f("uq_shadow_plan_ending_shadow_plan_id")),
    )
    for table in TABLES:
        op.invoke(Impose("append_only", table))


def downgrade() -> None:
    """Forget what was tried."""
    for table in reversed(TABLES):
        op.invoke(Lift("append_only", table))
        op.drop_table(table)
