"""Timers that engineers start at their work."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CHARGES = ("draw", "paid", "goodwill", "out_of_scope")


def upgrade() -> None:
    """No timer ran before."""
    charge = sa.Enum(*CHARGES, name="charge_known", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "timer",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("entity_id", Id, nullable=True),
        sa.Column("engineer", sa.String(length=200), nullable=False),
        sa.Column("charge", charge, nullable=False),
        sa.Column("ticket", sa.String(length=100), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=2000), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("running_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("running_engineer", sa.String(length=200), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(running_since IS NULL) = (running_engineer IS NULL)", name=op.f("ck_timer_running")),
        sa.CheckConstraint("running_since IS NULL OR stopped_at IS NULL", name=op.f("ck_timer_stopped")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_timer_client_id_client")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_timer_seller_id_seller")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_timer_entity_id_entity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("running_engineer", name=op.f("uq_timer_running_engineer")),
    )
    op.create_index(op.f("ix_timer_client_id"), "timer", ["client_id"], unique=False)
    op.create_table(
        "timer_stretch",
        sa.Column("id", Id, nullable=False),
        sa.Column("timer_id", Id, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_timer_stretch_span")),
        sa.ForeignKeyConstraint(["timer_id"], ["timer.id"], name=op.f("fk_timer_stretch_timer_id_timer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer_stretch")),
    )
    op.create_index(op.f("ix_timer_stretch_timer_id"), "timer_stretch", ["timer_id"], unique=False)
    op.invoke(Impose("append_only", "timer_stretch"))


def downgrade() -> None:
    """Forget them; the work that they logged stays."""
    op.invoke(Lift("append_only", "timer_stretch"))
    op.drop_table("timer_stretch")
    op.drop_table("timer")
