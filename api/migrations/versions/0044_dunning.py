"""How sellers dun what is not paid in time, the steps that were taken, and their letters."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

TABLES = ("dunning_ladder", "dunning_step", "dunning_taken")
NOTICES = ("reminder", "demand", "last_notice")
EFFECTS = ("none", "block", "lift")
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = (
    "CASE WHEN digest_id IS NULL THEN (reminder_id IS NULL) <> (warning_id IS NULL) AND client_id IS NOT NULL"
    " ELSE reminder_id IS NULL AND warning_id IS NULL AND client_id IS NULL END"
)
AFTER = (
    "CASE WHEN notice_id IS NOT NULL THEN"
    " reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
    " WHEN digest_id IS NULL THEN (reminder_id IS NULL) <> (warning_id IS NULL) AND client_id IS NOT NULL"
    " ELSE reminder_id IS NULL AND warning_id IS NULL AND client_id IS NULL END"
)


def one_of(table: str, kind: str, values: tuple[str, ...]) -> sa.Enum:
    """A column that takes these values and no other."""
    name = op.f(f"ck_{table}_{kind}_known")
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Nobody was dunned before."""
    op.create_table(
        "dunning_ladder",
        sa.Column("id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_dunning_ladder_seller_id_seller")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_ladder")),
    )
    op.create_index(op.f("ix_dunning_ladder_seller_id"), "dunning_ladder", ["seller_id"], unique=False)
    op.create_table(
        "dunning_step",
        sa.Column("id", Id, nullable=False),
        sa.Column("ladder_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("notice", one_of("dunning_step", "dunningnotice", NOTICES), nullable=True),
        sa.Column("effect", one_of("dunning_step", "dunningeffect", EFFECTS), nullable=False),
        sa.CheckConstraint("working_days > 0", name=op.f("ck_dunning_step_after")),
        sa.ForeignKeyConstraint(
            ["ladder_id"], ["dunning_ladder.id"], name=op.f("fk_dunning_step_ladder_id_dunning_ladder")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_step")),
        sa.UniqueConstraint("ladder_id", "position", name=op.f("uq_dunning_step_ladder_id_position")),
    )
    op.create_table(
        "dunning_taken",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("invoice_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("notice", one_of("dunning_taken", "dunningnotice", NOTICES), nullable=True),
        sa.Column("effect", one_of("dunning_taken", "dunningeffect", EFFECTS), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("left_minor", sa.Integer(), nullable=False),
        sa.Column("block_id", Id, nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_dunning_taken_{name}_id_{name}"))
            for name in ("client", "invoice", "block")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_taken")),
        sa.UniqueConstraint("invoice_id", "position", name=op.f("uq_dunning_taken_invoice_id_position")),
        sa.UniqueConstraint("block_id", name=op.f("uq_dunning_taken_block_id")),
    )
    op.create_index(op.f("ix_dunning_taken_client_id"), "dunning_taken", ["client_id"], unique=False)
    for name in TABLES:
        op.invoke(Impose("append_only", name))
    with op.batch_alter_table("letter") as table:
        table.add_column(sa.Column("notice_id", Id, nullable=True))
        table.create_foreign_key(op.f("fk_letter_notice_id_dunning_taken"), "dunning_taken", ["notice_id"], ["id"])
        table.create_unique_constraint(op.f("uq_letter_notice_id_recipient"), ["notice_id", "recipient"])
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.create_check_constraint(op.f("ck_letter_subject_matter"), AFTER)


def downgrade() -> None:
    """Forget the steps and their letters; blocks that they raised, and what was mailed, stay."""
    op.execute("DELETE FROM letter WHERE notice_id IS NOT NULL")
    with op.batch_alter_table("letter") as table:
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.drop_constraint(op.f("uq_letter_notice_id_recipient"), type_="unique")
        table.drop_constraint(op.f("fk_letter_notice_id_dunning_taken"), type_="foreignkey")
        table.drop_column("notice_id")
        table.create_check_constraint(op.f("ck_letter_subject_matter"), BEFORE)
    for name in reversed(TABLES):
        op.invoke(Lift("append_only", name))
        op.drop_table(name)
