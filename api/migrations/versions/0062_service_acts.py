"""Acts over what a month served of service that was paid ahead."""

from datetime import date

import sqlalchemy as sa
from alembic import op

from api.migrations.operations import Impose, Lift

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ACTS = ("act", "act_line")
MAIL = ("mailed_paper", "paper_link")
KIND = sa.Enum("month", "service", name="actkind_known", native_enum=False, create_constraint=True, length=40)
OF_STATEMENT = ["statement_id", "kind", "contract_id", "currency"]
LINE = "fk_act_line_invoice_line_id_invoice_line"


def upgrade() -> None:
    """What was issued stays as it is, and no month of a seller that was closed for anybody is acted after the fact."""
    with op.batch_alter_table("seller") as table:
        table.add_column(sa.Column("service_acts_from", sa.Date(), nullable=True))
    _begin_after_closed_months()
    for name in ACTS:
        op.invoke(Lift("append_only", name))
    with op.batch_alter_table("act") as table:
        table.add_column(sa.Column("kind", KIND, nullable=False, server_default="month"))
        table.drop_constraint(op.f("uq_act_statement_id"), type_="unique")
        table.create_unique_constraint(op.f(f"uq_act_{'_'.join(OF_STATEMENT)}"), OF_STATEMENT)
    with op.batch_alter_table("act") as table:
        table.alter_column("kind", existing_type=KIND, existing_nullable=False, server_default=None)
    with op.batch_alter_table("act_line") as table:
        table.add_column(sa.Column("invoice_line_id", Id, nullable=True))
        table.add_column(sa.Column("exempt_ground", sa.String(200), nullable=True))
        table.create_foreign_key(op.f(LINE), "invoice_line", ["invoice_line_id"], ["id"])
        table.create_check_constraint(
            op.f("ck_act_line_one_source"), "(statement_line_id IS NULL) <> (invoice_line_id IS NULL)"
        )
    op.create_index(op.f("ix_act_line_invoice_line_id"), "act_line", ["invoice_line_id"])
    for name in ACTS:
        op.invoke(Impose("append_only", name))


def _begin_after_closed_months() -> None:
    statement = sa.table("statement", sa.column("seller_id"), sa.column("month", sa.Date()))
    seller = sa.table("seller", sa.column("id"), sa.column("service_acts_from", sa.Date()))
    last = sa.select(statement.c.seller_id, sa.func.max(statement.c.month)).group_by(statement.c.seller_id)
    execute = op.get_bind().execute
    for seller_id, month in execute(last).all():
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        execute(seller.update().where(seller.c.id == seller_id).values(service_acts_from=following))


def downgrade() -> None:
    """Forget the acts of service with their papers, and that these were mailed."""
    for name in (*ACTS, *MAIL):
        op.invoke(Lift("append_only", name))
    gone = "(SELECT id FROM act WHERE kind = 'service')"
    papers = f"(SELECT id FROM paper WHERE kind = 'act' AND subject_id IN {gone})"
    for name in MAIL:
        op.execute(f"DELETE FROM {name} WHERE paper_id IN {papers}")
    op.execute(f"DELETE FROM paper WHERE id IN {papers}")
    op.execute(f"DELETE FROM act_line WHERE act_id IN {gone}")
    op.execute("DELETE FROM act WHERE kind = 'service'")
    op.drop_index(op.f("ix_act_line_invoice_line_id"), table_name="act_line")
    with op.batch_alter_table("act_line") as table:
        table.drop_constraint(op.f("ck_act_line_one_source"), type_="check")
        table.drop_constraint(op.f(LINE), type_="foreignkey")
        table.drop_column("exempt_ground")
        table.drop_column("invoice_line_id")
    with op.batch_alter_table("act") as table:
        table.drop_constraint(op.f(f"uq_act_{'_'.join(OF_STATEMENT)}"), type_="unique")
        table.create_unique_constraint(op.f("uq_act_statement_id"), ["statement_id"])
        table.drop_constraint(op.f("ck_act_actkind_known"), type_="check")
        table.drop_column("kind")
    with op.batch_alter_table("seller") as table:
        table.drop_column("service_acts_from")
    for name in (*ACTS, *MAIL):
        op.invoke(Impose("append_only", name))
