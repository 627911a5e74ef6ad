"""People who sign in to the pages."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLES = ("admin", "sales", "desk", "engineer", "accountant", "auditor", "client", "client_admin")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody may sign in yet: who comes first becomes the administrator."""
    role = sa.Enum(*ROLES, name="personrole_known", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "person",
        sa.Column("id", Id, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", role, nullable=False),
        sa.Column("client_id", Id, nullable=True),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("totp_secret", sa.String(64), nullable=False),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(role IN ('client', 'client_admin')) = (client_id IS NOT NULL)", name=op.f("ck_person_of_a_client")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_person_client_id_client")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_index(op.f("ix_person_client_id"), "person", ["client_id"])
    op.create_table(
        "person_session",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("waits_for_code", sa.Boolean(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_person_session_token_sha256")),
    )
    op.create_index(op.f("ix_person_session_person_id"), "person_session", ["person_id"])
    op.create_table(
        "sign_in_link",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_in_link_token_sha256")),
    )
    op.create_index(op.f("ix_sign_in_link_person_id"), "sign_in_link", ["person_id"])
    op.create_table(
        "failed_sign_in",
        sa.Column("id", Id, nullable=False),
        sa.Column("email_sha256", sa.String(64), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("failed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    op.create_index("ix_failed_sign_in_email", "failed_sign_in", ["email_sha256", "failed_at"])
    op.create_index("ix_failed_sign_in_place", "failed_sign_in", ["place", "failed_at"])
    op.invoke(Impose("append_only", "failed_sign_in"))


def downgrade() -> None:
    """Let nobody in."""
    op.invoke(Lift("append_only", "failed_sign_in"))
    for table in ("failed_sign_in", "sign_in_link", "person_session", "person"):
        op.drop_table(table)
