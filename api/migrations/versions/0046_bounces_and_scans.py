"""Letters that came back, addresses that are trusted again, and scans of signed papers."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("mail_bounce", "address_clearance", "signed_scan")


def upgrade() -> None:
    """Nothing came back before, as far as anybody wrote down."""
    create_bounces()
    create_scans()
    for name in TABLES:
        op.invoke(Impose("append_only", name))


def create_bounces() -> None:
    """The tables of bounces and clearances."""
    op.create_table(
        "mail_bounce",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=True),
        sa.Column("letter_id", Id, nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("said", sa.String(1000), nullable=False),
        sa.Column("report_sha256", sa.String(64), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status <> ''", name=op.f("ck_mail_bounce_status")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_mail_bounce_client_id_client")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_mail_bounce_letter_id_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_bounce")),
        sa.UniqueConstraint("letter_id", "report_sha256", name=op.f("uq_mail_bounce_letter_id_report_sha256")),
    )
    op.create_index(op.f("ix_mail_bounce_address"), "mail_bounce", ["address"])
    op.create_table(
        "address_clearance",
        sa.Column("id", Id, nullable=False),
        sa.Column("bounce_id", Id, nullable=False),
        sa.Column("cleared_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bounce_id"], ["mail_bounce.id"], name=op.f("fk_address_clearance_bounce_id_mail_bounce")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_clearance")),
        sa.UniqueConstraint("bounce_id", name=op.f("uq_address_clearance_bounce_id")),
    )


def create_scans() -> None:
    """The table of scans."""
    op.create_table(
        "signed_scan",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("of", _one_of("scanof_known", "contract", "act", "statement"), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("format", _one_of("scanformat_known", "pdf", "jpg", "png"), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("store_key", sa.String(200), nullable=False),
        sa.Column("added_by", sa.String(200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("revision >= 1 AND size_bytes > 0", name=op.f("ck_signed_scan_revision")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_signed_scan_client_id_client")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_signed_scan_seller_id_seller")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_scan")),
        sa.UniqueConstraint("of", "subject_id", "revision", name=op.f("uq_signed_scan_of_subject_id_revision")),
    )
    op.create_index(op.f("ix_signed_scan_client_id"), "signed_scan", ["client_id"])


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    """Forget what came back; the bytes of scans stay in the store."""
    for name in reversed(TABLES):
        op.invoke(Lift("append_only", name))
        op.drop_table(name)
