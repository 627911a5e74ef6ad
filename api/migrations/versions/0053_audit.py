"""Who changed what, when, with before and after."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """What was changed before is in the rows alone."""
    op.create_table(
        "audit_entry",
        sa.Column("id", Id, nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caller", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("action", sa.String(200), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_caller"), "audit_entry", ["caller"])
    op.create_index("ix_audit_entry_done_at", "audit_entry", ["done_at"])
    op.invoke(Impose("append_only", "audit_entry"))


def downgrade() -> None:
    """Forget it."""
    op.invoke(Lift("append_only", "audit_entry"))
    op.drop_table("audit_entry")
