"""Registration numbers of digits are kept without spaces and without № or N before them (D4)."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A number whose one writing is another copy's already keeps its own; snapshots with old ones are dropped."""
    connection = op.get_bind()
    stored = connection.execute(sa.text("SELECT number, id FROM registration ORDER BY id"))
    numbers = {row.number: row.id for row in stored}
    for old, copy in list(numbers.items()):
        new = _one_writing(old)
        if new not in numbers:
            numbers[new] = copy
            changed = {"new": new, "copy": copy}
            connection.execute(sa.text("UPDATE registration SET number = :new WHERE id = :copy"), changed)
            op.execute("DELETE FROM client_snapshot")


def _one_writing(number: str) -> str:
    written = unicodedata.normalize("NFC", number).strip()
    digits = re.fullmatch(r"[№N]?([\s0-9]+)", written)
    return re.sub(r"\s", "", digits[1]) if digits else written


def downgrade() -> None:
    """Nothing is taken back: the release before takes this writing too."""
