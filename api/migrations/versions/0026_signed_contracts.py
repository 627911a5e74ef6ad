"""What the last reasons of the desk rest on: signed contracts."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None

UNPAID = sa.String(40)
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """No plan asked for a signature before, and every plan refused a client that did not pay."""
    with op.batch_alter_table("plan_version") as table:
        table.add_column(sa.Column("requires_signature", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("unpaid", UNPAID, nullable=True))
    op.execute("UPDATE plan_version SET requires_signature = false, unpaid = 'deny'")
    with op.batch_alter_table("plan_version") as table:
        table.alter_column("requires_signature", existing_type=sa.Boolean(), nullable=False)
        table.alter_column("unpaid", existing_type=UNPAID, nullable=False)
        table.create_check_constraint(op.f("ck_plan_version_unpaid_known"), "unpaid IN ('deny', 'approve')")
    op.create_table(
        "contract_signing",
        sa.Column("id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_signing_contract_id_contract")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_signing")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_contract_signing_contract_id")),
    )
    op.invoke(Impose("append_only", "contract_signing"))


def downgrade() -> None:
    """Forget who signed."""
    op.invoke(Lift("append_only", "contract_signing"))
    op.drop_table("contract_signing")
    with op.batch_alter_table("plan_version") as table:
        table.drop_constraint(op.f("ck_plan_version_unpaid_known"), type_="check")
        for name in ("unpaid", "requires_signature"):
            table.drop_column(name)
