"""The way to a visit, in the plan and beside the work; how much goodwill a plan lets engineers give;
single entries that clients approve."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

CHECK = "ck_work_entry_travel_minutes"
TABLES = ("goodwill_allowance", "entry_reply")
STANCE = sa.Enum("objected", "approved", name="entrystance_known", native_enum=False, create_constraint=True, length=40)
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """No plan billed a way before, none was recorded; no plan set a limit to goodwill or asked for approval."""
    with op.batch_alter_table("plan_version") as table:
        table.add_column(sa.Column("bills_travel", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("goodwill_minutes", sa.Integer(), nullable=True))
        table.add_column(sa.Column("entry_approval", sa.Boolean(), nullable=True))
    op.execute("UPDATE plan_version SET bills_travel = false, entry_approval = false")
    with op.batch_alter_table("plan_version") as table:
        for name in ("bills_travel", "entry_approval"):
            table.alter_column(name, existing_type=sa.Boolean(), nullable=False)
        table.create_check_constraint(op.f("ck_plan_version_goodwill_minutes"), "goodwill_minutes >= 0")
    op.invoke(Lift("append_only", "work_entry"))
    with op.batch_alter_table("work_entry") as table:
        table.add_column(sa.Column("travel_minutes", sa.Integer(), nullable=True))
    op.execute("UPDATE work_entry SET travel_minutes = 0")
    with op.batch_alter_table("work_entry") as table:
        table.alter_column("travel_minutes", existing_type=sa.Integer(), nullable=False)
        table.create_index(op.f("ix_work_entry_engineer"), ["engineer", "started_at"])
        table.create_check_constraint(op.f(CHECK), "travel_minutes = 0 OR (travel_minutes > 0) = (worked_minutes > 0)")
    op.invoke(Impose("append_only", "work_entry"))
    op.create_table(
        "goodwill_allowance",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("allowed_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_goodwill_allowance_allowed")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_goodwill_allowance_client_id_client")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_goodwill_allowance_seller_id_seller")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goodwill_allowance")),
    )
    op.create_index(
        op.f("ix_goodwill_allowance_pool"), "goodwill_allowance", ["client_id", "seller_id", "month"], unique=False
    )
    op.create_table(
        "entry_reply",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("work_entry_id", Id, nullable=False),
        sa.Column("stance", STANCE, nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(text = '') = (stance = 'approved')", name=op.f("ck_entry_reply_text")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_entry_reply_client_id_client")),
        sa.ForeignKeyConstraint(
            ["work_entry_id"], ["work_entry.id"], name=op.f("fk_entry_reply_work_entry_id_work_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_reply")),
        sa.UniqueConstraint("work_entry_id", name=op.f("uq_entry_reply_work_entry_id")),
    )
    op.create_index(op.f("ix_entry_reply_client_id"), "entry_reply", ["client_id"], unique=False)
    for name in TABLES:
        op.invoke(Impose("append_only", name))


def downgrade() -> None:
    """Forget the ways, what was allowed, and what clients said to entries."""
    for name in TABLES:
        op.invoke(Lift("append_only", name))
        op.drop_table(name)
    op.invoke(Lift("append_only", "work_entry"))
    with op.batch_alter_table("work_entry") as table:
        table.drop_index(op.f("ix_work_entry_engineer"))
        table.drop_constraint(op.f(CHECK), type_="check")
        table.drop_column("travel_minutes")
    op.invoke(Impose("append_only", "work_entry"))
    with op.batch_alter_table("plan_version") as table:
        table.drop_constraint(op.f("ck_plan_version_goodwill_minutes"), type_="check")
        table.drop_column("entry_approval")
        table.drop_column("goodwill_minutes")
        table.drop_column("bills_travel")
