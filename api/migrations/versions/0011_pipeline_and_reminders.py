"""Who looks after a client, keys of the calendar of what ends, and reminders with their letters."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLES = ("admin", "sales", "accountant", "desk", "verdict", "client")


def list_roles(roles: tuple[str, ...]) -> None:
    """Let a key have these roles and no other."""
    quoted = ", ".join(f"'{role}'" for role in roles)
    with op.batch_alter_table("api_key") as batch:
        batch.drop_constraint(op.f("ck_api_key_role_known"), type_="check")
        batch.create_check_constraint(op.f("ck_api_key_role_known"), f"role IN ({quoted})")


def add_texts(table: str, texts: dict[str, tuple[int, str]]) -> None:
    """Add columns of text, by their names, of a length, with what stands in them so far."""
    with op.batch_alter_table(table) as batch:
        for name, (length, _) in texts.items():
            batch.add_column(sa.Column(name, sa.String(length), nullable=True))
    op.execute(f"UPDATE {table} SET " + ", ".join(f"{name} = '{value}'" for name, (_, value) in texts.items()))
    with op.batch_alter_table(table) as batch:
        for name, (length, _) in texts.items():
            batch.alter_column(name, existing_type=sa.String(length), nullable=False)


def upgrade() -> None:
    """Nobody looked after a client before; sellers remind on the usual days from now on, once mail is set up."""
    list_roles((*ROLES, "calendar"))
    add_texts("client", {"manager": (200, "")})
    add_texts("seller", {"reminder_days": (60, "60 30 7 0"), "reminder_email": (254, "")})
    op.create_table(
        "reminder",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days_before >= 0", name=op.f("ck_reminder_days_before")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_reminder_client_id_client")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_reminder_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("subscription_id", "days_before", name=op.f("uq_reminder_subscription_id_days_before")),
    )
    op.create_index(op.f("ix_reminder_client_id"), "reminder", ["client_id"])
    create_letter()
    op.invoke(Impose("append_only", "reminder"))


def create_letter() -> None:
    """The table of the letters."""
    states = ("queued", "sent", "failed", "withdrawn")
    state = sa.Enum(*states, name="letterstate_known", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "letter",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("reminder_id", Id, nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("sender_name", sa.String(300), nullable=False),
        sa.Column("reply_to", sa.String(254), nullable=False),
        sa.Column("subject", sa.String(500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("message_key", sa.String(120), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("problem", sa.String(1000), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_letter_sent")),
        sa.CheckConstraint("state <> 'failed' OR problem <> ''", name=op.f("ck_letter_problem")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_letter_client_id_client")),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminder.id"], name=op.f("fk_letter_reminder_id_reminder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("reminder_id", "recipient", name=op.f("uq_letter_reminder_id_recipient")),
    )
    op.create_index(op.f("ix_letter_client_id"), "letter", ["client_id"])
    op.create_index("ix_letter_state", "letter", ["state", "id"])


def downgrade() -> None:
    """Forget it all; keys of the calendar are gone."""
    op.drop_table("letter")
    op.invoke(Lift("append_only", "reminder"))
    op.drop_table("reminder")
    for table, columns in (("seller", ("reminder_days", "reminder_email")), ("client", ("manager",))):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
    op.execute("DELETE FROM api_key WHERE role = 'calendar'")
    list_roles(ROLES)
