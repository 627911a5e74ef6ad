"""Cancellations, and the credit notes for what they give back."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SERIES = ("contract", "statement", "act", "invoice")
PAPERS = ("contract", "invoice", "act", "statement")
FACTS = ("cancellation", "credit_note", "credit_note_line")


def known(name: str, values: tuple[str, ...]) -> sa.Enum:
    """A closed list of values as a column stores it."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def list_again(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    """Let a column take these values and no other."""
    quoted = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{name}"), f"{column} IN ({quoted})")


def upgrade() -> None:
    """Nothing was cancelled before."""
    with op.batch_alter_table("subscription") as table:
        table.add_column(sa.Column("cancelled_on", sa.Date(), nullable=True))
        table.create_check_constraint(op.f("ck_subscription_cancelled_on"), "cancelled_on < ends_on")
    list_again("number_series", "series", "series_known", (*SERIES, "credit_note"))
    list_again("paper", "kind", "paperkind_known", (*PAPERS, "credit_note"))
    op.create_table(
        "cancellation",
        sa.Column("id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("refund_minor", sa.Integer(), nullable=False),
        sa.Column("cancelled_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("refund_minor >= 0", name=op.f("ck_cancellation_refund_minor")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_cancellation_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_cancellation_subscription_id")),
    )
    create_credit_note()
    op.create_table(
        "credit_note_line",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("supplied_from", sa.Date(), nullable=False),
        sa.Column("supplied_until", sa.Date(), nullable=False),
        sa.Column("quantity_minutes", sa.Integer(), nullable=True),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("tax_percent", sa.Integer(), nullable=True),
        sa.Column("tax_minor", sa.Integer(), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("credit_note_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_credit_note_line_credit_note_id_credit_note")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note_line")),
        sa.UniqueConstraint("credit_note_id", "position", name=op.f("uq_credit_note_line_credit_note_id_position")),
    )
    for fact in FACTS:
        op.invoke(Impose("append_only", fact))


def create_credit_note() -> None:
    """The table of the notes themselves."""
    modes = ("general", "simplified_exempt", "simplified_5", "simplified_7")
    op.create_table(
        "credit_note",
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("total_minor", sa.Integer(), nullable=False),
        sa.Column("tax_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("entity_id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("tax_mode", known("taxmode_known", modes), nullable=False),
        sa.Column("invoice_id", Id, nullable=False),
        sa.Column("cancellation_id", Id, nullable=True),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_credit_note_{table}_id_{table}"))
            for table in ("seller", "client", "entity", "contract", "invoice", "cancellation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("seller_id", "year", "sequence", name=op.f("uq_credit_note_seller_id_year_sequence")),
        sa.UniqueConstraint("cancellation_id", name=op.f("uq_credit_note_cancellation_id")),
    )
    for column in ("client_id", "contract_id", "invoice_id"):
        op.create_index(op.f(f"ix_credit_note_{column}"), "credit_note", [column])


def downgrade() -> None:
    """Forget the cancellations; what they cut stays cut."""
    for fact in reversed(FACTS):
        op.invoke(Lift("append_only", fact))
        op.drop_table(fact)
    op.execute("DELETE FROM paper WHERE kind = 'credit_note'")
    op.execute("DELETE FROM number_series WHERE series = 'credit_note'")
    list_again("paper", "kind", "paperkind_known", PAPERS)
    list_again("number_series", "series", "series_known", SERIES)
    with op.batch_alter_table("subscription") as table:
        table.drop_constraint(op.f("ck_subscription_cancelled_on"), type_="check")
        table.drop_column("cancelled_on")
