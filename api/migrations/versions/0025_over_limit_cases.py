"""Over-limit cases: requests beyond the hours that wait for a manager."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("over_limit_case", "held_request", "over_limit_case_change", "held_request_ending")


def upgrade() -> None:
    """None was opened before."""
    op.create_table(
        "over_limit_case",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_over_limit_case_client_id_client")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_over_limit_case_seller_id_seller")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_over_limit_case")),
        sa.UniqueConstraint(
            "client_id", "seller_id", "month", name=op.f("uq_over_limit_case_client_id_seller_id_month")
        ),
    )
    op.create_index(op.f("ix_over_limit_case_seller_id"), "over_limit_case", ["seller_id"], unique=False)
    op.create_table(
        "held_request",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("decision_id", sa.String(length=36), nullable=False),
        sa.Column("ticket", sa.String(length=100), nullable=False),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("hold_hours", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("hold_hours > 0", name=op.f("ck_held_request_hold_hours")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_held_request_minutes")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["over_limit_case.id"], name=op.f("fk_held_request_case_id_over_limit_case")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_held_request_decision_id_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_request")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_held_request_decision_id")),
    )
    op.create_index(op.f("ix_held_request_case_id"), "held_request", ["case_id"], unique=False)
    op.create_table(
        "over_limit_case_change",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "watch",
                "bill",
                "refuse",
                "forgiven",
                "invoiced",
                name="casestate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("invoice", sa.String(length=60), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(invoice = '') = (state <> 'invoiced')", name=op.f("ck_over_limit_case_change_invoice")),
        sa.CheckConstraint("position > 0", name=op.f("ck_over_limit_case_change_position")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["over_limit_case.id"], name=op.f("fk_over_limit_case_change_case_id_over_limit_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_over_limit_case_change")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_over_limit_case_change_case_id_position")),
    )
    op.create_table(
        "held_request_ending",
        sa.Column("id", Id, nullable=False),
        sa.Column("held_request_id", Id, nullable=False),
        sa.Column(
            "end",
            sa.Enum(
                "closed", "released", name="requestend_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("hold_id", Id, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(\"end\" = 'released') = (hold_id IS NOT NULL)", name=op.f("ck_held_request_ending_hold")),
        sa.ForeignKeyConstraint(
            ["held_request_id"], ["held_request.id"], name=op.f("fk_held_request_ending_held_request_id_held_request")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_held_request_ending_hold_id_hold")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_request_ending")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_held_request_ending_hold_id")),
        sa.UniqueConstraint("held_request_id", name=op.f("uq_held_request_ending_held_request_id")),
    )
    for table in TABLES:
        op.invoke(Impose("append_only", table))


def downgrade() -> None:
    """Forget them."""
    for table in reversed(TABLES):
        op.invoke(Lift("append_only", table))
        op.drop_table(table)
