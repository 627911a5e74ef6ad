"""Seals of closed months, a chain for each client and seller."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlmodel import Session

from api.migrations.operations import Impose, Lift
from documents.sealing import seals_to_come

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """What was closed and printed before is sealed as it is now; its papers stay as they are."""
    seals = op.create_table(
        "statement_seal",
        sa.Column("id", Id, nullable=False),
        sa.Column("statement_id", Id, nullable=False),
        sa.Column("paper_id", Id, nullable=False),
        sa.Column("previous_sha256", sa.String(64), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_seal_statement_id_statement")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_statement_seal_paper_id_paper")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_seal")),
        sa.UniqueConstraint("paper_id", name=op.f("uq_statement_seal_paper_id")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_statement_seal_statement_id")),
    )
    op.create_index(op.f("ix_statement_seal_sha256"), "statement_seal", ["sha256"])
    now = datetime.now(UTC)
    with Session(op.get_bind()) as session:
        for seal in seals_to_come(session):
            op.get_bind().execute(seals.insert(), {**seal, "sealed_at": now})
    op.invoke(Impose("append_only", "statement_seal"))


def downgrade() -> None:
    """Forget the seals."""
    op.invoke(Lift("append_only", "statement_seal"))
    op.drop_table("statement_seal")
