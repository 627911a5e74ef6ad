"""From which mail domains a client writes."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """No domain is known at first."""
    op.create_table(
        "client_domain",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("domain", sa.String(253), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_domain_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_domain")),
        sa.UniqueConstraint("client_id", "domain", name=op.f("uq_client_domain_client_id_domain")),
    )
    op.create_index(op.f("ix_client_domain_domain"), "client_domain", ["domain"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("client_domain")
