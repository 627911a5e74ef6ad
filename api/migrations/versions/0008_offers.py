"""Certificates of free periods and renewal offers among the papers."""

from alembic import op

revision = "0008"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('contract', 'invoice', 'act', 'statement')"
AFTER = "kind IN ('contract', 'invoice', 'act', 'statement', 'certificate', 'offer')"


def upgrade() -> None:
    """Two kinds of paper more."""
    _allow(AFTER)


def downgrade() -> None:
    """Forget the papers of the new kinds."""
    op.execute("DELETE FROM paper WHERE kind IN ('certificate', 'offer')")
    _allow(BEFORE)


def _allow(kinds: str) -> None:
    name = op.f("ck_paper_paperkind_known")
    with op.batch_alter_table("paper") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, kinds)
