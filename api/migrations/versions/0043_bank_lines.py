"""Lines of banks' statements, what was made of them, and further accounts of sellers."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLES = ("bank_account", "bank_line", "bank_line_step")
ONCE = ("account", "dated_on", "number", "amount_minor", "payer_key", "kind")
KINDS = ("received", "taken_back", "returned")
STEPS = ("matched", "assigned", "set_aside", "taken_back")
REASONS = (
    *("number_and_sum", "several_and_sum", "number_and_part", "number_and_more", "payer_and_sum", "recorded_by_hand"),
    *("payer_unknown", "payer_ambiguous", "payer_differs", "invoice_unknown", "invoice_paid", "currency_differs"),
    *("sum_differs", "several_fit", "nothing_fits", "payment_exists", "taken_back", "returned"),
)
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    """A column that takes these values and no other."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """No bank's file was read before."""
    op.create_table(
        "bank_account",
        sa.Column("id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("number", sa.String(length=34), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_bank_account_seller_id_seller")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_account_number")),
    )
    op.create_index(op.f("ix_bank_account_seller_id"), "bank_account", ["seller_id"], unique=False)
    op.create_table(
        "bank_line",
        sa.Column("id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("account", sa.String(length=34), nullable=False),
        sa.Column("kind", one_of(KINDS, op.f("ck_bank_line_banklinekind_known")), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payer_key", sa.String(length=300), nullable=False),
        sa.Column("payer_name", sa.String(length=300), nullable=False),
        sa.Column("payer_inn", sa.String(length=12), nullable=False),
        sa.Column("payer_kpp", sa.String(length=9), nullable=False),
        sa.Column("payer_account", sa.String(length=34), nullable=False),
        sa.Column("purpose", sa.String(length=1000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bank_line_moved")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_bank_line_seller_id_seller")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint(*ONCE, name="uq_bank_line_once"),
    )
    for column in ("payer_account", "seller_id"):
        op.create_index(op.f(f"ix_bank_line_{column}"), "bank_line", [column], unique=False)
    op.create_table(
        "bank_line_step",
        sa.Column("id", Id, nullable=False),
        sa.Column("bank_line_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", one_of(STEPS, op.f("ck_bank_line_step_bankstepkind_known")), nullable=False),
        sa.Column("rule", one_of(REASONS, op.f("ck_bank_line_step_matchreason_known")), nullable=True),
        sa.Column("payment_id", Id, nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_line_id"], ["bank_line.id"], name=op.f("fk_bank_line_step_bank_line_id_bank_line")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_bank_line_step_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line_step")),
        sa.UniqueConstraint("bank_line_id", "position", name=op.f("uq_bank_line_step_bank_line_id_position")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_bank_line_step_payment_id")),
    )
    for name in TABLES:
        op.invoke(Impose("append_only", name))


def downgrade() -> None:
    """Forget the lines; the payments that were made of them stay."""
    for name in reversed(TABLES):
        op.invoke(Lift("append_only", name))
        op.drop_table(name)
