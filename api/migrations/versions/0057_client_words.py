"""The words of clients' names, by whose first letters a client is found."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0054"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Word = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
AT_ONCE = 5000
NAMES = """
SELECT id, name FROM client
UNION ALL SELECT client_id, name FROM entity
UNION ALL SELECT client_id, full_name FROM entity
"""


def upgrade() -> None:
    """Keep the words of the names that there are."""
    op.create_table(
        "client_word",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("word", Word, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_word_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_word")),
        sa.UniqueConstraint("word", "client_id", name=op.f("uq_client_word_word_client_id")),
    )
    op.create_index(op.f("ix_client_word_client_id"), "client_word", ["client_id"])
    words = sa.table("client_word", sa.column("client_id", Id), sa.column("word", Word))
    connection = op.get_bind()
    rows = connection.execute(sa.text(NAMES)).all()
    kept = list(dict.fromkeys((client_id, word) for client_id, name in rows for word in _words(name)))
    for start in range(0, len(kept), AT_ONCE):
        some = [{"client_id": client_id, "word": word} for client_id, word in kept[start : start + AT_ONCE]]
        connection.execute(sa.insert(words), some)


def _words(name: str) -> list[str]:
    """The words as they are searched: one case, е for ё."""
    key = unicodedata.normalize("NFC", name).casefold().replace("ё", "е")
    return [word[:60] for word in re.findall(r"\w+", key)]


def downgrade() -> None:
    """Forget them; they are in the names."""
    op.drop_table("client_word")
