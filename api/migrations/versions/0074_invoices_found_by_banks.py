"""Invoices are found by their entity and by their number, as lines of banks ask for them."""

from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

INDEXES = {"ix_invoice_entity_id": "entity_id", "ix_invoice_number": "number"}


def upgrade() -> None:
    """Each line of a bank's file read all invoices of its seller."""
    for name, column in INDEXES.items():
        op.create_index(name, "invoice", [column])


def downgrade() -> None:
    """Read them all again."""
    for name in INDEXES:
        op.drop_index(name, table_name="invoice")
