"""Who was told about objections, the letters that told it, and how what is due is found."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEWS = ("last_day", "decision_soon", "decision_due", "decided")
BEFORE = (
    "CASE WHEN mailing_id IS NOT NULL THEN notice_id IS NULL"
    " AND reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
    " WHEN notice_id IS NOT NULL THEN"
    " reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
    " WHEN digest_id IS NULL THEN (reminder_id IS NULL) <> (warning_id IS NULL) AND client_id IS NOT NULL"
    " ELSE reminder_id IS NULL AND warning_id IS NULL AND client_id IS NULL END"
)
AFTER = (
    "CASE WHEN objection_reminder_id IS NOT NULL THEN mailing_id IS NULL AND notice_id IS NULL"
    " AND reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
    + BEFORE.removeprefix("CASE")
)
TOLD = "SELECT id FROM letter WHERE objection_reminder_id IS NOT NULL"
BOUNCED = f"SELECT id FROM mail_bounce WHERE letter_id IN ({TOLD})"


def upgrade() -> None:
    """Nobody was told before; what was decided in the last week and what waits is told by the next worker."""
    op.create_table(
        "objection_reminder",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column(
            "news",
            sa.Enum(*NEWS, name="objectionnews_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("statement_id", Id, nullable=True),
        sa.Column("objection_id", Id, nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(news = 'last_day') = (statement_id IS NOT NULL) AND (statement_id IS NULL) = (objection_id IS NOT NULL)",
            name=op.f("ck_objection_reminder_about"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_objection_reminder_{column}_{table}"))
            for column, table in (
                ("client_id", "client"),
                ("statement_id", "statement"),
                ("objection_id", "line_reply"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_reminder")),
        sa.UniqueConstraint("statement_id", "news", name=op.f("uq_objection_reminder_statement_id_news")),
        sa.UniqueConstraint("objection_id", "news", name=op.f("uq_objection_reminder_objection_id_news")),
    )
    op.invoke(Impose("append_only", "objection_reminder"))
    with op.batch_alter_table("letter") as table:
        table.add_column(sa.Column("objection_reminder_id", Id, nullable=True))
        table.create_foreign_key(
            op.f("fk_letter_objection_reminder_id_objection_reminder"),
            "objection_reminder",
            ["objection_reminder_id"],
            ["id"],
        )
        table.create_unique_constraint(
            op.f("uq_letter_objection_reminder_id_recipient"), ["objection_reminder_id", "recipient"]
        )
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.create_check_constraint(op.f("ck_letter_subject_matter"), AFTER)
    op.create_index("ix_statement_object_until", "statement", ["seller_id", "object_until"])
    op.create_index("ix_objection_decision_decided_at", "objection_decision", ["decided_at"])
    op.create_index("ix_line_reply_stance", "line_reply", ["seller_id", "stance", "id"])
    op.drop_index(op.f("ix_line_reply_seller_id"), table_name="line_reply")


def downgrade() -> None:
    """Forget who was told, the letters, and which of them came back."""
    op.create_index(op.f("ix_line_reply_seller_id"), "line_reply", ["seller_id"])
    op.drop_index("ix_line_reply_stance", table_name="line_reply")
    op.drop_index("ix_objection_decision_decided_at", table_name="objection_decision")
    op.drop_index("ix_statement_object_until", table_name="statement")
    came_back = ("mail_bounce", "address_clearance")
    for name in came_back:
        op.invoke(Lift("append_only", name))
    op.execute(f"DELETE FROM address_clearance WHERE bounce_id IN ({BOUNCED})")
    op.execute(f"DELETE FROM mail_bounce WHERE letter_id IN ({TOLD})")
    for name in came_back:
        op.invoke(Impose("append_only", name))
    op.execute("DELETE FROM letter WHERE objection_reminder_id IS NOT NULL")
    with op.batch_alter_table("letter") as table:
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.create_check_constraint(op.f("ck_letter_subject_matter"), BEFORE)
        table.drop_constraint(op.f("uq_letter_objection_reminder_id_recipient"), type_="unique")
        table.drop_constraint(op.f("fk_letter_objection_reminder_id_objection_reminder"), type_="foreignkey")
        table.drop_column("objection_reminder_id")
    op.invoke(Lift("append_only", "objection_reminder"))
    op.drop_table("objection_reminder")
