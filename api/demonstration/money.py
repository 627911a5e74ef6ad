"""What the clients of the demonstration pay: every invoice of the summer but one client's, in part, twice, too much."""

from datetime import date, timedelta

from sqlmodel import col, select

from api.database import transaction
from api.demonstration.stage import Stage, moment
from billing.bills import Invoice
from billing.taking_payments import Put, Received, take_payment
from contracts.money import Money

ENTERED_ON = date(2026, 10, 2)
LATE = "lighthouse"
"""Who has not paid yet."""


def pay_what_was_invoiced(stage: Stage) -> None:
    """The payments of the summer are entered: each four days after its invoice.

    The harbour paid a thousand too much, which stays its advance; the pier paid half, and the rest a week later.
    """
    with transaction(stage.engine) as session:
        summer = select(Invoice).where(Invoice.issued_on < date(2026, 9, 1), Invoice.client_id != stage.clients[LATE])
        for invoice in session.exec(summer.order_by(col(Invoice.id))).all():
            paid = [invoice.total]
            if invoice.client_id == stage.clients["pier"]:
                half = invoice.total.share(1, 2)
                paid = [half, invoice.total - half]
            if invoice.client_id == stage.clients["harbour"]:
                paid = [invoice.total + Money(100_000)]
            for weeks, amount in enumerate(paid):
                received = Received(
                    invoice.seller_id,
                    invoice.entity_id,
                    str(100 + invoice.sequence),
                    invoice.issued_on + timedelta(days=4, weeks=weeks),
                    amount,
                    f"Оплата по счёту {invoice.number} от {invoice.issued_on:%d.%m.%Y}",
                )
                take_payment(session, received, [Put(invoice.id)], at=moment(ENTERED_ON, "10:00"))
