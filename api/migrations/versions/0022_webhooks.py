"""Endpoints of webhooks, the messages to them, and every attempt to hand one over."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody is told of anything yet."""
    create_endpoint()
    create_delivery()
    op.create_table(
        "webhook_attempt",
        sa.Column("id", Id, nullable=False),
        sa.Column("delivery_id", Id, nullable=False),
        sa.Column("attempted_at", Moment, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(300), nullable=False),
        sa.Column("took_milliseconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_delivery.id"], name=op.f("fk_webhook_attempt_delivery_id_webhook_delivery")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
    )
    op.create_index(op.f("ix_webhook_attempt_delivery_id"), "webhook_attempt", ["delivery_id"])
    op.invoke(Impose("append_only", "webhook_attempt"))


def create_endpoint() -> None:
    """The table of the endpoints."""
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", Id, nullable=False),
        sa.Column("url", sa.String(1000), nullable=False),
        sa.Column("kinds", sa.String(400), nullable=False),
        sa.Column("secret", sa.String(100), nullable=False),
        sa.Column("previous_secret", sa.String(100), nullable=False),
        sa.Column("previous_until", Moment, nullable=True),
        sa.Column("queued_until", Id, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("failing_since", Moment, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", Moment, nullable=True),
        sa.Column("disabled_at", Moment, nullable=True),
        sa.Column("disabled_reason", sa.String(300), nullable=False),
        sa.CheckConstraint("(disabled_at IS NULL) = (disabled_reason = '')", name=op.f("ck_webhook_endpoint_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )


def create_delivery() -> None:
    """The table of the messages."""
    states = ("queued", "taken", "parked", "withdrawn")
    state = sa.Enum(*states, name="deliverystate_known", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "webhook_delivery",
        sa.Column("id", Id, nullable=False),
        sa.Column("endpoint_id", Id, nullable=False),
        sa.Column("change_id", Id, nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", Moment, nullable=True),
        sa.Column("taken_at", Moment, nullable=True),
        sa.CheckConstraint("(state = 'taken') = (taken_at IS NOT NULL)", name=op.f("ck_webhook_delivery_taken")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["client_change.id"], name=op.f("fk_webhook_delivery_change_id_client_change")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_delivery_endpoint_id_webhook_endpoint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("endpoint_id", "change_id", name=op.f("uq_webhook_delivery_endpoint_id_change_id")),
    )
    op.create_index(op.f("ix_webhook_delivery_change_id"), "webhook_delivery", ["change_id"])
    op.create_index("ix_webhook_delivery_state", "webhook_delivery", ["state", "endpoint_id", "attempts", "id"])


def downgrade() -> None:
    """Forget the endpoints and all that was sent."""
    op.invoke(Lift("append_only", "webhook_attempt"))
    for table in ("webhook_attempt", "webhook_delivery", "webhook_endpoint"):
        op.drop_table(table)
