"""The answers to requests that were not served are found by client and moment."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

NAME = "ix_decision_unserved"
UNSERVED = sa.text("decision IN ('deny', 'needs_approval')")


def upgrade() -> None:
    """An index of those alone: most answers are not in it, so writing them costs nothing more."""
    op.create_index(NAME, "decision", ["client_id", "asked_at"], sqlite_where=UNSERVED, postgresql_where=UNSERVED)


def downgrade() -> None:
    """The same answers are found among all of the client."""
    op.drop_index(NAME, table_name="decision")
