"""Who looks after a client, and keys that only read the calendar of what ends."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0005"
branch_labels = None
depends_on = None


ROLES = ("admin", "sales", "accountant", "desk", "verdict", "client")


def list_roles(roles: tuple[str, ...]) -> None:
    """Let a key have these roles and no other."""
    quoted = ", ".join(f"'{role}'" for role in roles)
    with op.batch_alter_table("api_key") as batch:
        batch.drop_constraint(op.f("ck_api_key_role_known"), type_="check")
        batch.create_check_constraint(op.f("ck_api_key_role_known"), f"role IN ({quoted})")


def upgrade() -> None:
    """Nobody looked after a client before."""
    list_roles((*ROLES, "calendar"))
    with op.batch_alter_table("client") as table:
        table.add_column(sa.Column("manager", sa.String(200), nullable=True))
    op.execute("UPDATE client SET manager = ''")
    with op.batch_alter_table("client") as table:
        table.alter_column("manager", existing_type=sa.String(200), nullable=False)


def downgrade() -> None:
    """Forget it; keys of the calendar are gone."""
    op.execute("DELETE FROM api_key WHERE role = 'calendar'")
    list_roles(ROLES)
    with op.batch_alter_table("client") as table:
        table.drop_column("manager")
