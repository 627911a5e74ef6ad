"""Amounts of money of 64 bits."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

AMOUNTS = {
    "act": ("total", "tax"),
    "act_line": ("price", "amount", "tax"),
    "amendment": ("price", "difference"),
    "cancellation": ("refund",),
    "credit_note": ("total", "tax"),
    "credit_note_line": ("price", "amount", "tax"),
    "dunning_taken": ("left",),
    "engineer_rate": ("hour",),
    "hour_package": ("price",),
    "invoice": ("total", "tax"),
    "invoice_line": ("price", "amount", "tax"),
    "plan_price": ("price", "after_break"),
    "plan_promotion": ("price",),
    "plan_service": ("price",),
    "plan_version": ("overage_rate",),
    "reconciliation_act": ("opening", "debit", "credit", "closing"),
    "statement": ("total",),
    "statement_line": ("rate", "amount"),
    "subscription": ("price", "gap"),
}


def upgrade() -> None:
    """More than 21 million in kopecks or tiyn did not fit; SQLite's integers always had 64 bits."""
    _alter(sa.BigInteger())


def downgrade() -> None:
    """Back to 32 bits; an amount that does not fit stops it."""
    _alter(sa.Integer())


def _alter(kind: sa.types.TypeEngine[int]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, names in AMOUNTS.items():
            for name in names:
                op.alter_column(table, f"{name}_minor", type_=kind)
