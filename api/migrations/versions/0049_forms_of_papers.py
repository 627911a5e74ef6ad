"""A seller's own form of papers."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """What was issued before is in the form of the house."""
    op.create_table(
        "paper_form",
        sa.Column("id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_paper_form_seller_id_seller")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_form")),
        sa.UniqueConstraint("seller_id", "version", name=op.f("uq_paper_form_seller_id_version")),
    )
    op.invoke(Impose("append_only", "paper_form"))
    with op.batch_alter_table("paper") as table:
        table.add_column(sa.Column("form_id", Id, nullable=True))
        table.create_foreign_key(op.f("fk_paper_form_id_paper_form"), "paper_form", ["form_id"], ["id"])


def downgrade() -> None:
    """Forget the forms."""
    with op.batch_alter_table("paper") as table:
        table.drop_constraint(op.f("fk_paper_form_id_paper_form"), type_="foreignkey")
        table.drop_column("form_id")
    op.invoke(Lift("append_only", "paper_form"))
    op.drop_table("paper_form")
