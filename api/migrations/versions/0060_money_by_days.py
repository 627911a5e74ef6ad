"""Money that goes back to clients, and parts of payments that credit notes freed."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0060"
down_revision = "0057"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("payment", "payment_part")
RETURNS = "fk_payment_returns_id_payment"


def upgrade() -> None:
    """Nothing was paid back before; what credit notes had freed was said nowhere, and is said by rows of their days."""
    for name in TABLES:
        op.invoke(Lift("append_only", name))
    with op.batch_alter_table("payment") as table:
        table.add_column(sa.Column("returns_id", Id, nullable=True))
        table.create_foreign_key(op.f(RETURNS), "payment", ["returns_id"], ["id"])
        table.drop_constraint(op.f("ck_payment_received"), type_="check")
        table.create_check_constraint(
            op.f("ck_payment_received"), "amount_minor <> 0 AND (amount_minor > 0) = (returns_id IS NULL)"
        )
    op.create_index(op.f("ix_payment_returns_id"), "payment", ["returns_id"], unique=False)
    with op.batch_alter_table("payment_part") as table:
        table.drop_constraint(op.f("ck_payment_part_put"), type_="check")
        table.create_check_constraint(op.f("ck_payment_part_put"), "amount_minor <> 0")
    _free_what_was_credited()
    for name in TABLES:
        op.invoke(Impose("append_only", name))


def _free_what_was_credited() -> None:
    """Each credit note frees what is put to its invoice beyond what it left of it: first what was put last.

    What was put after a credit note was never more than that. Of what was reversed nothing is put, so nothing is freed.
    """
    execute = op.get_bind().execute
    part = sa.table("payment_part", *map(sa.column, ("id", "payment_id", "invoice_id", "amount_minor", "put_at")))
    note = sa.table("credit_note", *map(sa.column, ("id", "invoice_id", "total_minor", "issued_at")))
    invoice = sa.table("invoice", *map(sa.column, ("id", "total_minor")))
    reversal = sa.table("payment_reversal", sa.column("payment_id"))
    credited, taken_back = sa.select(note.c.invoice_id), sa.select(reversal.c.payment_id)
    worth = {row.id: row.total_minor for row in execute(sa.select(invoice).where(invoice.c.id.in_(credited)))}
    put: dict[int, list[list[int]]] = defaultdict(list)
    own = sa.select(part).where(part.c.invoice_id.in_(credited), part.c.payment_id.not_in(taken_back))
    for row in execute(own.order_by(part.c.id)):
        put[row.invoice_id].append([row.payment_id, row.amount_minor])
    for row in execute(sa.select(note).order_by(note.c.id)).all():
        worth[row.invoice_id] -= row.total_minor
        over = sum(minor for _, minor in put[row.invoice_id]) - max(worth[row.invoice_id], 0)
        for last in reversed(put[row.invoice_id]):
            freed = min(over, last[1])
            if freed > 0:
                over, last[1] = over - freed, last[1] - freed
                of = {"payment_id": last[0], "invoice_id": row.invoice_id, "amount_minor": -freed}
                execute(part.insert().values(**of, put_at=row.issued_at))


def downgrade() -> None:
    """Forget what was paid back and what was freed."""
    for name in (*TABLES, "payment_reversal"):
        op.invoke(Lift("append_only", name))
    op.execute("DELETE FROM payment_part WHERE amount_minor < 0")
    back = "(SELECT id FROM payment WHERE amount_minor < 0)"
    op.execute(f"DELETE FROM payment_reversal WHERE payment_id IN {back}")
    op.execute("DELETE FROM payment WHERE amount_minor < 0")
    with op.batch_alter_table("payment_part") as table:
        table.drop_constraint(op.f("ck_payment_part_put"), type_="check")
        table.create_check_constraint(op.f("ck_payment_part_put"), "amount_minor > 0")
    op.drop_index(op.f("ix_payment_returns_id"), table_name="payment")
    with op.batch_alter_table("payment") as table:
        table.drop_constraint(op.f("ck_payment_received"), type_="check")
        table.create_check_constraint(op.f("ck_payment_received"), "amount_minor > 0")
        table.drop_constraint(op.f(RETURNS), type_="foreignkey")
        table.drop_column("returns_id")
    for name in (*TABLES, "payment_reversal"):
        op.invoke(Impose("append_only", name))
