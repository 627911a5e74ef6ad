"""What the vendor's register answers, and the plans that its codes mean."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing was asked before."""
    op.create_table(
        "vendor_code",
        sa.Column("id", Id, nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("plan_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_vendor_code_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_code")),
        sa.UniqueConstraint("code", name=op.f("uq_vendor_code_code")),
    )
    op.create_index(op.f("ix_vendor_code_plan_id"), "vendor_code", ["plan_id"])
    op.create_table(
        "register_answer",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("registration_id", Id, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("observed_at <= recorded_at", name=op.f("ck_register_answer_observed_at")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_register_answer_client_id_client")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_register_answer_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_answer")),
    )
    op.create_index(op.f("ix_register_answer_client_id"), "register_answer", ["client_id"])
    op.create_index("ix_register_answer_latest", "register_answer", ["registration_id", "observed_at", "id"])
    op.create_table(
        "register_period",
        sa.Column("id", Id, nullable=False),
        sa.Column("answer_id", Id, nullable=False),
        sa.Column("code", sa.String(60), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "partner",
            sa.Enum(
                "own", "other", "unknown", name="partner_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_register_period_term")),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["register_answer.id"], name=op.f("fk_register_period_answer_id_register_answer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_period")),
    )
    op.create_index(op.f("ix_register_period_answer_id"), "register_period", ["answer_id"])
    for table in ("register_answer", "register_period"):
        op.invoke(Impose("append_only", table))


def downgrade() -> None:
    """Forget what was answered."""
    for table in ("register_period", "register_answer"):
        op.invoke(Lift("append_only", table))
        op.drop_table(table)
    op.drop_table("vendor_code")
