"""Scans of agreements, which renew a contract or add to it, beside those of contracts (P2)."""

from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

KNOWN = ("contract", "act", "statement")


def upgrade() -> None:
    """What came back before stays of the contract, act or statement that it was added to."""
    op.invoke(Lift("append_only", "signed_scan"))
    _list_again((KNOWN[0], "agreement", *KNOWN[1:]))
    op.invoke(Impose("append_only", "signed_scan"))


def downgrade() -> None:
    """Forget the scans of agreements; their bytes stay in the store."""
    op.invoke(Lift("append_only", "signed_scan"))
    op.execute("DELETE FROM signed_scan WHERE \"of\" = 'agreement'")
    _list_again(KNOWN)
    op.invoke(Impose("append_only", "signed_scan"))


def _list_again(kinds: tuple[str, ...]) -> None:
    """Let a scan be of these kinds of papers and of no other."""
    quoted = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("signed_scan") as table:
        table.drop_constraint(op.f("ck_signed_scan_scanof_known"), type_="check")
        table.create_check_constraint(op.f("ck_signed_scan_scanof_known"), f'"of" IN ({quoted})')
