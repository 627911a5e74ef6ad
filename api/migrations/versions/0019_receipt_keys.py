"""The keys that sign receipts and offline passes."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The first key is made when it is first needed."""
    op.create_table(
        "receipt_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kid", sa.String(43), nullable=False),
        sa.Column("public_key", sa.String(43), nullable=False),
        sa.Column("private_key", sa.String(43), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_from", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_receipt_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_receipt_key_kid")),
    )


def downgrade() -> None:
    """Without keys nothing can be proven that was signed."""
    op.drop_table("receipt_key")
