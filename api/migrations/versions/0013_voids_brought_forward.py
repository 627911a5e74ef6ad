"""The void of a grant can be brought forward."""

from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The earliest day of several holds."""
    unique("uq_grant_void_grant_id", "uq_grant_void_grant_id_voided_on", ["grant_id", "voided_on"])


def downgrade() -> None:
    """Keep the earliest void of each grant."""
    op.invoke(Lift("append_only", "grant_void"))
    op.execute(
        "DELETE FROM grant_void WHERE voided_on >"
        " (SELECT min(voided_on) FROM grant_void AS own WHERE own.grant_id = grant_void.grant_id)"
    )
    op.invoke(Impose("append_only", "grant_void"))
    unique("uq_grant_void_grant_id_voided_on", "uq_grant_void_grant_id", ["grant_id"])


def unique(old: str, new: str, columns: list[str]) -> None:
    """Let other columns be told apart."""
    op.invoke(Lift("append_only", "grant_void"))
    with op.batch_alter_table("grant_void") as table:
        table.drop_constraint(op.f(old), type_="unique")
        table.create_unique_constraint(op.f(new), columns)
    op.invoke(Impose("append_only", "grant_void"))
