"""What other systems are told: when each client's state is due, and the feed of changes."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Every client that there is falls due at once, so that the feed begins with the state of all."""
    with op.batch_alter_table("client") as table:
        table.add_column(sa.Column("tell_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE client SET tell_at = created_at")
    op.create_index(op.f("ix_client_tell_at"), "client", ["tell_at"])
    op.create_table(
        "client_change",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("state_version", sa.Integer(), nullable=False),
        sa.Column("kinds", sa.String(400), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_change_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_change")),
    )
    op.create_index("ix_client_change_latest", "client_change", ["client_id", "id"])
    op.invoke(Impose("append_only", "client_change"))


def downgrade() -> None:
    """Forget what was told."""
    op.invoke(Lift("append_only", "client_change"))
    op.drop_table("client_change")
    op.drop_index(op.f("ix_client_tell_at"), table_name="client")
    with op.batch_alter_table("client") as table:
        table.drop_column("tell_at")
