"""Reconciliation acts, with a series of their own."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0040"
down_revision = "0036"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SERIES = ("contract", "statement", "act", "invoice", "credit_note")
PAPERS = ("contract", "invoice", "act", "statement", "credit_note", "certificate", "offer")


def list_again(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    """Let a column take these values and no other."""
    quoted = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_{name}"), f"{column} IN ({quoted})")


def upgrade() -> None:
    """Nothing was reconciled before."""
    list_again("number_series", "series", "series_known", (*SERIES, "reconciliation"))
    list_again("paper", "kind", "paperkind_known", (*PAPERS, "reconciliation"))
    op.create_table(
        "reconciliation_act",
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("entity_id", Id, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        *(
            sa.Column(f"{name}_minor", sa.Integer(), nullable=False)
            for name in ("opening", "debit", "credit", "closing")
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_reconciliation_act_span")),
        sa.CheckConstraint(
            "opening_minor + debit_minor - credit_minor = closing_minor", name=op.f("ck_reconciliation_act_closing")
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_reconciliation_act_{table}_id_{table}")
            )
            for table in ("seller", "client", "entity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_act")),
        sa.UniqueConstraint(
            "seller_id", "year", "sequence", name=op.f("uq_reconciliation_act_seller_id_year_sequence")
        ),
    )
    for column in ("client_id", "entity_id"):
        op.create_index(op.f(f"ix_reconciliation_act_{column}"), "reconciliation_act", [column])
    op.invoke(Impose("append_only", "reconciliation_act"))


def downgrade() -> None:
    """Forget the reconciliation acts and their papers."""
    op.invoke(Lift("append_only", "reconciliation_act"))
    op.drop_table("reconciliation_act")
    op.execute("DELETE FROM paper WHERE kind = 'reconciliation'")
    op.execute("DELETE FROM number_series WHERE series = 'reconciliation'")
    list_again("paper", "kind", "paperkind_known", PAPERS)
    list_again("number_series", "series", "series_known", SERIES)
