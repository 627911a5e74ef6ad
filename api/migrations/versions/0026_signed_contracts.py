"""What the last reasons of the desk rest on: signed contracts, payment, contacts."""

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

UNPAID = sa.String(40)
CHECKS = {
    "ck_plan_version_unpaid_known": "unpaid IN ('deny', 'approve')",
    "ck_plan_version_register_check_days": "register_check_days BETWEEN 1 AND 366",
}
CONTACTS = {
    "client_contact": "SELECT created_at FROM client WHERE client.id = client_contact.client_id",
    "contact_address": "SELECT coalesce(min(created_at), (SELECT min(created_at) FROM client)) FROM client_contact"
    " JOIN client ON client.id = client_contact.client_id WHERE client_contact.contact_id = contact_address.contact_id",
}
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """No plan asked for anything before. Contacts count as known since the first client for whom they speak was."""
    with op.batch_alter_table("plan_version") as table:
        table.add_column(sa.Column("requires_signature", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("unpaid", UNPAID, nullable=True))
        table.add_column(sa.Column("named_contacts_only", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("register_check_days", sa.Integer(), nullable=True))
    op.execute("UPDATE plan_version SET requires_signature = false, unpaid = 'deny', named_contacts_only = false")
    with op.batch_alter_table("plan_version") as table:
        for name in ("requires_signature", "named_contacts_only"):
            table.alter_column(name, existing_type=sa.Boolean(), nullable=False)
        table.alter_column("unpaid", existing_type=UNPAID, nullable=False)
        for name, check in CHECKS.items():
            table.create_check_constraint(op.f(name), check)
    for name, known_since in CONTACTS.items():
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
        op.execute(f"UPDATE {name} SET recorded_at = ({known_since})")
        with op.batch_alter_table(name) as table:
            table.alter_column("recorded_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_table(
        "contract_signing",
        sa.Column("id", Id, nullable=False),
        sa.Column("contract_id", Id, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_signing_contract_id_contract")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_signing")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_contract_signing_contract_id")),
    )
    op.invoke(Impose("append_only", "contract_signing"))


def downgrade() -> None:
    """Forget who signed."""
    op.invoke(Lift("append_only", "contract_signing"))
    op.drop_table("contract_signing")
    for name in CONTACTS:
        with op.batch_alter_table(name) as table:
            table.drop_column("recorded_at")
    with op.batch_alter_table("plan_version") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(name), type_="check")
        for name in ("register_check_days", "named_contacts_only", "unpaid", "requires_signature"):
            table.drop_column(name)
