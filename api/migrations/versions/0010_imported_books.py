"""Subscriptions and free periods that were taken over from another system, and saved mappings of files."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing was taken over before."""
    op.create_table(
        "imported_subscription",
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("external_id", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_imported_subscription_subscription_id_subscription")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_imported_subscription_seller_id_seller")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_subscription")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_imported_subscription_subscription_id")),
        sa.UniqueConstraint("seller_id", "external_id", name=op.f("uq_imported_subscription_seller_id_external_id")),
    )
    op.create_table(
        "imported_free_period",
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("free_period_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["free_period_id"], ["free_period.id"], name=op.f("fk_imported_free_period_free_period_id_free_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_free_period")),
        sa.UniqueConstraint("free_period_id", name=op.f("uq_imported_free_period_free_period_id")),
    )
    op.create_table(
        "saved_mapping",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_mapping")),
        sa.UniqueConstraint("name", name=op.f("uq_saved_mapping_name")),
    )
    for table in ("imported_subscription", "imported_free_period"):
        op.invoke(Impose("append_only", table))


def downgrade() -> None:
    """Forget them."""
    op.drop_table("saved_mapping")
    for table in ("imported_free_period", "imported_subscription"):
        op.invoke(Lift("append_only", table))
        op.drop_table(table)
