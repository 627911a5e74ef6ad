"""Objections: what clients say to the lines of their statements, and what is decided."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0029"
down_revision = "0026"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("line_reply", "objection_comment", "objection_decision")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Nobody could object before."""
    op.create_table(
        "line_reply",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("statement_line_id", Id, nullable=False),
        sa.Column("stance", _choice("stance_known", "objected", "accepted"), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(text = '') = (stance = 'accepted')", name=op.f("ck_line_reply_text")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_line_reply_client_id_client")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_line_reply_seller_id_seller")),
        sa.ForeignKeyConstraint(
            ["statement_line_id"], ["statement_line.id"], name=op.f("fk_line_reply_statement_line_id_statement_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_reply")),
        sa.UniqueConstraint("statement_line_id", name=op.f("uq_line_reply_statement_line_id")),
    )
    op.create_index(op.f("ix_line_reply_client_id"), "line_reply", ["client_id"], unique=False)
    op.create_index(op.f("ix_line_reply_seller_id"), "line_reply", ["seller_id"], unique=False)
    op.create_table(
        "objection_comment",
        sa.Column("id", Id, nullable=False),
        sa.Column("objection_id", Id, nullable=False),
        sa.Column("side", _choice("side_known", "client", "staff"), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["line_reply.id"], name=op.f("fk_objection_comment_objection_id_line_reply")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_comment")),
    )
    op.create_index(op.f("ix_objection_comment_objection_id"), "objection_comment", ["objection_id"], unique=False)
    op.create_table(
        "objection_decision",
        sa.Column("id", Id, nullable=False),
        sa.Column("objection_id", Id, nullable=False),
        sa.Column("outcome", _choice("outcome_known", "rejected", "upheld"), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("standing_minutes", sa.Integer(), nullable=True),
        sa.Column("reversal_id", Id, nullable=True),
        sa.Column("entry_id", Id, nullable=True),
        sa.CheckConstraint(
            "CASE WHEN outcome = 'upheld' THEN standing_minutes IS NOT NULL AND reversal_id IS NOT NULL"
            " AND (entry_id IS NULL) = (standing_minutes = 0)"
            " ELSE standing_minutes IS NULL AND reversal_id IS NULL AND entry_id IS NULL END",
            name=op.f("ck_objection_decision_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["line_reply.id"], name=op.f("fk_objection_decision_objection_id_line_reply")
        ),
        sa.ForeignKeyConstraint(
            ["reversal_id"], ["work_entry.id"], name=op.f("fk_objection_decision_reversal_id_work_entry")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["work_entry.id"], name=op.f("fk_objection_decision_entry_id_work_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_decision")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_objection_decision_objection_id")),
        sa.UniqueConstraint("reversal_id", name=op.f("uq_objection_decision_reversal_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_objection_decision_entry_id")),
    )
    for table in TABLES:
        op.invoke(Impose("append_only", table))


def downgrade() -> None:
    """Forget them."""
    for table in reversed(TABLES):
        op.invoke(Lift("append_only", table))
        op.drop_table(table)
