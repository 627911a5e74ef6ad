"""Overrides: service that a person approved for a time."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """None was given before."""
    op.create_table(
        "service_override",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("service_id", Id, nullable=True),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("ticket", sa.String(length=100), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until_at > given_at", name=op.f("ck_service_override_span")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_service_override_client_id_client")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_override_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_override")),
    )
    op.create_index(op.f("ix_service_override_client_id"), "service_override", ["client_id"], unique=False)
    op.create_table(
        "service_override_ending",
        sa.Column("id", Id, nullable=False),
        sa.Column("override_id", Id, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["override_id"],
            ["service_override.id"],
            name=op.f("fk_service_override_ending_override_id_service_override"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_override_ending")),
        sa.UniqueConstraint("override_id", name=op.f("uq_service_override_ending_override_id")),
    )
    for table in ("service_override", "service_override_ending"):
        op.invoke(Impose("append_only", table))


def downgrade() -> None:
    """Forget them."""
    for table in ("service_override_ending", "service_override"):
        op.invoke(Lift("append_only", table))
        op.drop_table(table)
