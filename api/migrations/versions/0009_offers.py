"""Certificates of free periods and renewal offers among the papers; promotions, and which one was sold."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('contract', 'invoice', 'act', 'statement', 'credit_note')"
AFTER = "kind IN ('contract', 'invoice', 'act', 'statement', 'credit_note', 'certificate', 'offer')"


Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two kinds of paper more; nothing was sold under a promotion before."""
    _allow(AFTER)
    op.create_table(
        "plan_promotion",
        sa.Column("id", Id, nullable=False),
        sa.Column("plan_version_id", Id, nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("pay_months", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column(
            "applies_to",
            sa.Enum(
                "new_sale",
                "renewal",
                "both",
                name="promotionfor_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("pay_months >= 1 AND term_months >= pay_months", name=op.f("ck_plan_promotion_months")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_plan_promotion_price_minor")),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_plan_promotion_days")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_plan_promotion_plan_version_id_plan_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_promotion")),
        sa.UniqueConstraint("plan_version_id", "code", name=op.f("uq_plan_promotion_plan_version_id_code")),
    )
    op.invoke(Impose("append_only", "plan_promotion"))
    with op.batch_alter_table("subscription") as table:
        table.add_column(sa.Column("promotion_id", Id, nullable=True))
        table.create_foreign_key(
            op.f("fk_subscription_promotion_id_plan_promotion"), "plan_promotion", ["promotion_id"], ["id"]
        )
        table.create_index(op.f("ix_subscription_promotion_id"), ["promotion_id"])


def downgrade() -> None:
    """Forget the promotions and the papers of the new kinds."""
    with op.batch_alter_table("subscription") as table:
        table.drop_index(op.f("ix_subscription_promotion_id"))
        table.drop_constraint(op.f("fk_subscription_promotion_id_plan_promotion"), type_="foreignkey")
        table.drop_column("promotion_id")
    op.invoke(Lift("append_only", "plan_promotion"))
    op.drop_table("plan_promotion")
    op.execute("DELETE FROM paper WHERE kind IN ('certificate', 'offer')")
    _allow(BEFORE)


def _allow(kinds: str) -> None:
    name = op.f("ck_paper_paperkind_known")
    with op.batch_alter_table("paper") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, kinds)
