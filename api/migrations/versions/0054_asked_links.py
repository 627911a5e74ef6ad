"""One-time links that are asked for by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has asked yet."""
    op.create_table(
        "asked_link",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_asked_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_link")),
    )
    op.create_index(op.f("ix_asked_link_person_id"), "asked_link", ["person_id"])
    op.create_index("ix_asked_link_taken_at", "asked_link", ["taken_at", "id"])


def downgrade() -> None:
    """Forget who asked."""
    op.drop_table("asked_link")
