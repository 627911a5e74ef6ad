"""Papers that the database keeps as they were issued, with a digest of what each says (P2)."""

import hashlib
from typing import Any

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

ISSUED = "kind, subject_id, number, language, revision, sheet"


def upgrade() -> None:
    """What was issued before counts as it is now."""
    with op.batch_alter_table("paper") as table:
        table.add_column(sa.Column("issued_sha256", sa.String(64), nullable=True))
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("issued_digest", 6, _digest, deterministic=True)
        op.execute(f"UPDATE paper SET issued_sha256 = issued_digest({ISSUED})")
    else:
        issued = f"concat_ws(E'\\n', {ISSUED})"
        op.execute(f"UPDATE paper SET issued_sha256 = encode(sha256(convert_to({issued}, 'UTF8')), 'hex')")
    with op.batch_alter_table("paper") as table:
        table.alter_column("issued_sha256", existing_type=sa.String(64), nullable=False)
    op.invoke(Impose("kept", "paper"))


def downgrade() -> None:
    """Keep papers by the program alone."""
    op.invoke(Lift("kept", "paper"))
    with op.batch_alter_table("paper") as table:
        table.drop_column("issued_sha256")


def _digest(*issued: str | int) -> str:
    return hashlib.sha256("\n".join(map(str, issued)).encode()).hexdigest()
