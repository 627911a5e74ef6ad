"""Requisites of other countries: longer numbers, and where a party is."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

WIDER = {"inn": (12, 20), "bank_account": (20, 34), "bic": (9, 11)}
PLACES = {"country": (2, "RU"), "postcode": (20, ""), "city": (100, "")}
NEW = {"seller": ("postcode",), "entity": ("country", "postcode", "city")}


def upgrade() -> None:
    """Parties were Russian."""
    for name, new in NEW.items():
        with op.batch_alter_table(name) as table:
            for column, (before, after) in WIDER.items():
                table.alter_column(column, existing_type=sa.String(length=before), type_=sa.String(length=after))
            for column in new:
                table.add_column(sa.Column(column, sa.String(length=PLACES[column][0]), nullable=True))
        op.execute(f"UPDATE {name} SET " + ", ".join(f"{column} = '{PLACES[column][1]}'" for column in new))
        with op.batch_alter_table(name) as table:
            for column in new:
                table.alter_column(column, existing_type=sa.String(length=PLACES[column][0]), nullable=False)


def downgrade() -> None:
    """Forget where parties are; of numbers that are too long only the beginning fits."""
    for name, new in NEW.items():
        shorter = ", ".join(f"{column} = substr({column}, 1, {before})" for column, (before, _) in WIDER.items())
        op.execute(f"UPDATE {name} SET {shorter}")
        with op.batch_alter_table(name) as table:
            for column in reversed(new):
                table.drop_column(column)
            for column, (before, after) in WIDER.items():
                table.alter_column(column, existing_type=sa.String(length=after), type_=sa.String(length=before))
