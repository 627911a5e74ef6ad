"""What a code of the vendor's register meant before stays, for questions about what was known (D1, S8)."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

EVER = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    """What a code means counts as known since ever: nobody kept since when."""
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("vendor_code") as table:
        table.add_column(sa.Column("recorded_at", moment, nullable=True))
        table.drop_constraint(op.f("uq_vendor_code_code"), type_="unique")
    op.execute(sa.update(sa.table("vendor_code", sa.column("recorded_at", moment))).values(recorded_at=EVER))
    with op.batch_alter_table("vendor_code") as table:
        table.alter_column("recorded_at", existing_type=moment, nullable=False)
    op.create_index("ix_vendor_code_code_id", "vendor_code", ["code", "id"])
    op.invoke(Impose("append_only", "vendor_code"))


def downgrade() -> None:
    """Keep of each code what it means today."""
    op.invoke(Lift("append_only", "vendor_code"))
    op.execute("DELETE FROM vendor_code WHERE id NOT IN (SELECT max(id) FROM vendor_code GROUP BY code)")
    op.drop_index("ix_vendor_code_code_id", table_name="vendor_code")
    with op.batch_alter_table("vendor_code") as table:
        table.drop_column("recorded_at")
        table.create_unique_constraint(op.f("uq_vendor_code_code"), ["code"])
