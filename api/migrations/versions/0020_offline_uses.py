"""What desks did on offline passes, and who looked at it."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing was done offline before."""
    op.create_table(
        "offline_use",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("work_entry_id", Id, nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("problem", sa.String(60), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("pass_kid", sa.String(43), nullable=False),
        sa.Column("pass_issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(work_entry_id IS NULL) = (problem <> '')", name=op.f("ck_offline_use_booked")),
        sa.CheckConstraint("needs_person OR (in_time AND problem = '')", name=op.f("ck_offline_use_needs_person")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_offline_use_client_id_client")),
        sa.ForeignKeyConstraint(
            ["work_entry_id"], ["work_entry.id"], name=op.f("fk_offline_use_work_entry_id_work_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_use")),
        sa.UniqueConstraint(
            "client_id", "source", "external_id", name=op.f("uq_offline_use_client_id_source_external_id")
        ),
    )
    op.create_index(op.f("ix_offline_use_needs_person"), "offline_use", ["needs_person"])
    op.create_index(op.f("ix_offline_use_work_entry_id"), "offline_use", ["work_entry_id"])
    op.create_table(
        "offline_review",
        sa.Column("id", Id, nullable=False),
        sa.Column("offline_use_id", Id, nullable=False),
        sa.Column("reviewed_by", sa.String(200), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["offline_use_id"], ["offline_use.id"], name=op.f("fk_offline_review_offline_use_id_offline_use")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_review")),
        sa.UniqueConstraint("offline_use_id", name=op.f("uq_offline_review_offline_use_id")),
    )
    for table in ("offline_use", "offline_review"):
        op.invoke(Impose("append_only", table))


def downgrade() -> None:
    """Forget what was done offline; the work itself stays booked."""
    for table in ("offline_review", "offline_use"):
        op.invoke(Lift("append_only", table))
        op.drop_table(table)
