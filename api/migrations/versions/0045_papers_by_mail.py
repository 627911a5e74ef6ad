"""Papers by mail: where a client's papers go, what was mailed together, and links that open a paper without a key."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("paper_mailing", "mailed_paper", "paper_link", "link_revocation")
STATES = ("queued", "sent", "failed", "withdrawn")
BEFORE = (
    "CASE WHEN notice_id IS NOT NULL THEN"
    " reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
    " WHEN digest_id IS NULL THEN (reminder_id IS NULL) <> (warning_id IS NULL) AND client_id IS NOT NULL"
    " ELSE reminder_id IS NULL AND warning_id IS NULL AND client_id IS NULL END"
)
AFTER = (
    "CASE WHEN mailing_id IS NOT NULL THEN notice_id IS NULL"
    " AND reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
    + BEFORE.removeprefix("CASE")
)


def upgrade() -> None:
    """No papers were mailed before; letters were Russian unless they said otherwise, which nobody kept."""
    create_mailings()
    create_links()
    with op.batch_alter_table("letter") as table:
        table.add_column(sa.Column("language", sa.String(2), nullable=True))
        table.add_column(sa.Column("mailing_id", Id, nullable=True))
        table.add_column(sa.Column("links_end_on", sa.Date(), nullable=True))
    op.execute("UPDATE letter SET language = 'ru'")
    with op.batch_alter_table("letter") as table:
        table.alter_column("language", existing_type=sa.String(2), nullable=False)
        table.create_foreign_key(op.f("fk_letter_mailing_id_paper_mailing"), "paper_mailing", ["mailing_id"], ["id"])
        table.create_unique_constraint(op.f("uq_letter_mailing_id_recipient"), ["mailing_id", "recipient"])
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.create_check_constraint(op.f("ck_letter_subject_matter"), AFTER)
        table.create_check_constraint(op.f("ck_letter_links"), "links_end_on IS NULL OR mailing_id IS NOT NULL")
        table.create_index("ix_letter_message_key", ["message_key"])
    _allow((*STATES, "stopped"))
    for name in TABLES:
        op.invoke(Impose("append_only", name))


def create_mailings() -> None:
    """The tables of addresses and of mailings."""
    op.create_table(
        "paper_address",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column(
            "way",
            sa.Enum("attachment", "link", name="paperway_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_paper_address_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_address")),
        sa.UniqueConstraint("client_id", "email", name=op.f("uq_paper_address_client_id_email")),
    )
    op.create_table(
        "paper_mailing",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason = '' OR asked_by <> ''", name=op.f("ck_paper_mailing_asked")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_paper_mailing_client_id_client")),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_paper_mailing_seller_id_seller")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_mailing")),
    )
    op.create_index(op.f("ix_paper_mailing_client_id"), "paper_mailing", ["client_id"])
    op.create_table(
        "mailed_paper",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("mailing_id", Id, nullable=False),
        sa.Column("paper_id", Id, nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("copy_number >= 1", name=op.f("ck_mailed_paper_copy_number")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_mailed_paper_client_id_client")),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["paper_mailing.id"], name=op.f("fk_mailed_paper_mailing_id_paper_mailing")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_mailed_paper_paper_id_paper")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailed_paper")),
        sa.UniqueConstraint("paper_id", "copy_number", name=op.f("uq_mailed_paper_paper_id_copy_number")),
    )
    op.create_index(op.f("ix_mailed_paper_mailing_id"), "mailed_paper", ["mailing_id"])


def create_links() -> None:
    """The tables of links and of what took them back."""
    op.create_table(
        "paper_link",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("letter_id", Id, nullable=False),
        sa.Column("paper_id", Id, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_paper_link_{table}_id_{table}"))
            for table in ("client", "letter", "paper")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_paper_link_token_sha256")),
    )
    op.create_index(op.f("ix_paper_link_letter_id"), "paper_link", ["letter_id"])
    op.create_table(
        "link_revocation",
        sa.Column("id", Id, nullable=False),
        sa.Column("client_id", Id, nullable=False),
        sa.Column("letter_id", Id, nullable=False),
        sa.Column("revoked_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_link_revocation_{table}_id_{table}")
            )
            for table in ("client", "letter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_revocation")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_link_revocation_letter_id")),
    )


def downgrade() -> None:
    """Forget the mailings, their letters and their links; what was mailed stays mailed."""
    for name in reversed(TABLES):
        op.invoke(Lift("append_only", name))
    for name in ("link_revocation", "paper_link"):
        op.drop_table(name)
    op.execute("DELETE FROM letter WHERE mailing_id IS NOT NULL")
    op.execute("UPDATE letter SET state = 'withdrawn' WHERE state = 'stopped'")
    _allow(STATES)
    with op.batch_alter_table("letter") as table:
        table.drop_index("ix_letter_message_key")
        table.drop_constraint(op.f("ck_letter_links"), type_="check")
        table.drop_constraint(op.f("ck_letter_subject_matter"), type_="check")
        table.create_check_constraint(op.f("ck_letter_subject_matter"), BEFORE)
        table.drop_constraint(op.f("uq_letter_mailing_id_recipient"), type_="unique")
        table.drop_constraint(op.f("fk_letter_mailing_id_paper_mailing"), type_="foreignkey")
        for column in ("links_end_on", "mailing_id", "language"):
            table.drop_column(column)
    for name in ("mailed_paper", "paper_mailing", "paper_address"):
        op.drop_table(name)


def _allow(states: tuple[str, ...]) -> None:
    name = op.f("ck_letter_letterstate_known")
    with op.batch_alter_table("letter") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"state IN ({', '.join(repr(state) for state in states)})")
