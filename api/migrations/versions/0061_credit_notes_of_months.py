"""Credit notes of months that only take back, and of one reason to several invoices."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("credit_note", "credit_note_line")
REASONS = ("cancellation", "amendment", "statement")
STATEMENT = "fk_credit_note_statement_id_statement"
LINE = "fk_credit_note_line_statement_line_id_statement_line"


def upgrade() -> None:
    """What was issued stays as it is: also the invoice below zero of a month that only took back."""
    for name in TABLES:
        op.invoke(Lift("append_only", name))
    with op.batch_alter_table("credit_note") as table:
        table.add_column(sa.Column("statement_id", Id, nullable=True))
        table.create_foreign_key(op.f(STATEMENT), "statement", ["statement_id"], ["id"])
        for reason in REASONS[:2]:
            table.drop_constraint(op.f(f"uq_credit_note_{reason}_id"), type_="unique")
        for reason in REASONS:
            table.create_unique_constraint(
                op.f(f"uq_credit_note_{reason}_id_invoice_id"), [f"{reason}_id", "invoice_id"]
            )
    with op.batch_alter_table("credit_note_line") as table:
        table.add_column(sa.Column("statement_line_id", Id, nullable=True))
        table.create_foreign_key(op.f(LINE), "statement_line", ["statement_line_id"], ["id"])
    op.create_index(op.f("ix_credit_note_line_statement_line_id"), "credit_note_line", ["statement_line_id"])
    for name in TABLES:
        op.invoke(Impose("append_only", name))


def downgrade() -> None:
    """Forget the credit notes of months, and of each other reason all but the one to the latest invoice."""
    for name in TABLES:
        op.invoke(Lift("append_only", name))
    later = " OR ".join(f"other.{reason}_id = credit_note.{reason}_id" for reason in REASONS[:2])
    gone = (
        "SELECT id FROM credit_note WHERE statement_id IS NOT NULL OR EXISTS"
        f" (SELECT 1 FROM credit_note AS other WHERE other.id < credit_note.id AND ({later}))"
    )
    op.execute(f"DELETE FROM credit_note_line WHERE credit_note_id IN ({gone})")
    op.execute(f"DELETE FROM credit_note WHERE id IN ({gone})")
    op.drop_index(op.f("ix_credit_note_line_statement_line_id"), table_name="credit_note_line")
    with op.batch_alter_table("credit_note_line") as table:
        table.drop_constraint(op.f(LINE), type_="foreignkey")
        table.drop_column("statement_line_id")
    with op.batch_alter_table("credit_note") as table:
        for reason in REASONS:
            table.drop_constraint(op.f(f"uq_credit_note_{reason}_id_invoice_id"), type_="unique")
        for reason in REASONS[:2]:
            table.create_unique_constraint(op.f(f"uq_credit_note_{reason}_id"), [f"{reason}_id"])
        table.drop_constraint(op.f(STATEMENT), type_="foreignkey")
        table.drop_column("statement_id")
    for name in TABLES:
        op.invoke(Impose("append_only", name))
