"""Specifications: what a subscription is from one day to another, so that it can be amended and cancelled."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """What was sold before is one specification over the whole term."""
    op.create_table(
        "specification",
        sa.Column("id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("plan_version_id", Id, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_specification_term")),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_specification_{table}_id_{table}"))
            for table in ("subscription", "client", "seller", "plan_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specification")),
        sa.UniqueConstraint("subscription_id", "starts_on", name=op.f("uq_specification_subscription_id_starts_on")),
    )
    op.create_index(op.f("ix_specification_client_id"), "specification", ["client_id"])
    op.create_index(op.f("ix_specification_plan_version_id"), "specification", ["plan_version_id"])
    op.execute(
        "INSERT INTO specification"
        " (subscription_id, client_id, seller_id, plan_version_id, starts_on, ends_on, recorded_at)"
        " SELECT id, client_id, seller_id, plan_version_id, starts_on, ends_on, sold_at FROM subscription ORDER BY id"
    )
    op.invoke(Lift("no_overlap", "coverage"))
    with op.batch_alter_table("coverage") as table:
        table.add_column(sa.Column("specification_id", Id, nullable=True))
    op.execute(
        "UPDATE coverage SET specification_id ="
        " (SELECT id FROM specification WHERE specification.subscription_id = coverage.subscription_id)"
    )
    op.drop_index(op.f("ix_coverage_subscription_id"), "coverage")
    with op.batch_alter_table("coverage") as table:
        table.alter_column("specification_id", existing_type=Id, nullable=False)
        table.create_foreign_key(
            op.f("fk_coverage_specification_id_specification"), "specification", ["specification_id"], ["id"]
        )
        table.drop_constraint(op.f("uq_coverage_subscription_id_registration_id"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_coverage_specification_id_registration_id"), ["specification_id", "registration_id"]
        )
        table.drop_constraint(op.f("ck_coverage_term"), type_="check")
        table.create_check_constraint(op.f("ck_coverage_term"), "ends_on >= starts_on")
        table.drop_constraint(op.f("fk_coverage_subscription_id_subscription"), type_="foreignkey")
        table.drop_column("subscription_id")
    op.invoke(Impose("no_overlap", "coverage"))


def downgrade() -> None:
    """Keep what the first specification of each subscription covers, as far as it does."""
    op.invoke(Lift("no_overlap", "coverage"))
    op.execute(
        "DELETE FROM coverage WHERE specification_id NOT IN (SELECT specification.id FROM specification"
        " JOIN subscription ON subscription.id = subscription_id"
        " WHERE specification.starts_on = subscription.starts_on AND specification.ends_on > specification.starts_on)"
    )
    with op.batch_alter_table("coverage") as table:
        table.add_column(sa.Column("subscription_id", Id, nullable=True))
    op.execute(
        "UPDATE coverage SET subscription_id ="
        " (SELECT subscription_id FROM specification WHERE specification.id = coverage.specification_id)"
    )
    with op.batch_alter_table("coverage") as table:
        table.alter_column("subscription_id", existing_type=Id, nullable=False)
        table.create_foreign_key(
            op.f("fk_coverage_subscription_id_subscription"), "subscription", ["subscription_id"], ["id"]
        )
        table.drop_constraint(op.f("uq_coverage_specification_id_registration_id"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_coverage_subscription_id_registration_id"), ["subscription_id", "registration_id"]
        )
        table.drop_constraint(op.f("ck_coverage_term"), type_="check")
        table.create_check_constraint(op.f("ck_coverage_term"), "ends_on > starts_on")
        table.drop_constraint(op.f("fk_coverage_specification_id_specification"), type_="foreignkey")
        table.drop_column("specification_id")
    op.create_index(op.f("ix_coverage_subscription_id"), "coverage", ["subscription_id"])
    op.invoke(Impose("no_overlap", "coverage"))
    op.drop_table("specification")
