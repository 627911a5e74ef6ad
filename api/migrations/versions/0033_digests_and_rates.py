"""The monthly digest to account managers, and what an hour of an engineer costs."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = "(reminder_id IS NULL) <> (warning_id IS NULL)"
AFTER = (
    "CASE WHEN digest_id IS NULL THEN (reminder_id IS NULL) <> (warning_id IS NULL) AND client_id IS NOT NULL"
    " ELSE reminder_id IS NULL AND warning_id IS NULL AND client_id IS NULL END"
)


def upgrade() -> None:
    """Nobody had a digest or a rate before."""
    op.create_table(
        "engineer_rate",
        sa.Column("id", Id, nullable=False),
        sa.Column("engineer", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("hour_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("hour_minor >= 0", name=op.f("ck_engineer_rate_hour_minor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engineer_rate")),
    )
    op.create_index("ix_engineer_rate_engineer", "engineer_rate", ["engineer", "valid_from"])
    op.invoke(Impose("append_only", "engineer_rate"))
    op.create_table(
        "manager_digest",
        sa.Column("id", Id, nullable=False),
        sa.Column("manager", sa.String(200), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manager_digest")),
        sa.UniqueConstraint("manager", "month", name=op.f("uq_manager_digest_manager_month")),
    )
    op.invoke(Impose("append_only", "manager_digest"))
    with op.batch_alter_table("letter") as table:
        table.alter_column("client_id", existing_type=Id, nullable=True)
        table.add_column(sa.Column("digest_id", Id, nullable=True))
        table.create_foreign_key(op.f("fk_letter_digest_id_manager_digest"), "manager_digest", ["digest_id"], ["id"])
        table.create_unique_constraint(op.f("uq_letter_digest_id"), ["digest_id"])
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.create_check_constraint(op.f("ck_letter_subject_matter"), AFTER)


def downgrade() -> None:
    """Forget the digests and their letters; what was mailed stays mailed."""
    op.execute("DELETE FROM letter WHERE digest_id IS NOT NULL")
    with op.batch_alter_table("letter") as table:
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.drop_constraint(op.f("uq_letter_digest_id"), type_="unique")
        table.drop_constraint(op.f("fk_letter_digest_id_manager_digest"), type_="foreignkey")
        table.drop_column("digest_id")
        table.alter_column("client_id", existing_type=Id, nullable=False)
        table.create_check_constraint(op.f("ck_letter_subject_matter"), BEFORE)
    for name in ("manager_digest", "engineer_rate"):
        op.invoke(Lift("append_only", name))
        op.drop_table(name)
