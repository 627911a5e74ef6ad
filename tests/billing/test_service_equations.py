"""Reconciling finds each month whose acts of service are not what the journal says that it served (E4, M4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from api.journeys import cancel_subscription, sell_subscription
from billing.bookkeeping import entries_of
from billing.journal import Entry, Operation
from billing.money_equations import ALWAYS
from billing.service_equations import service_breaches
from contracts.money import Money
from contracts.parties import Seller
from tests.builders import a_client, a_plan, a_seller, an_order, closed, its_catalogue, moment

ONE = Money(1)


def told(session: Session) -> tuple[Seller, list[Entry]]:
    """A year whose October is closed and whose November is not, and one that was cancelled in October; the entries."""
    its_catalogue(session)
    a_plan(session)
    seller = a_seller(session)
    for name in ("Ромашка", "Лютик"):
        own = a_client(session, name)
        order = an_order(seller, own, starts_on=date(2026, 10, 1))
        sold = sell_subscription(session, order, at=moment("2026-09-28 12:00")).sale.subscription
        if name == "Лютик":
            cancel_subscription(
                session, sold.id, date(2026, 10, 20), "Котова", "Закрытие", at=moment("2026-10-05 12:00")
            )
        closed(session, seller, own, date(2026, 10, 1))
    return seller, list(entries_of(session, seller, ALWAYS))


def in_october(entry: Entry) -> bool:
    return entry.on.month == 10


def of_tax(entry: Entry) -> bool:
    return in_october(entry) and entry.operation is Operation.REVENUE_TAX


BOTH = {"2026-0001", "2026-0002"}
SAID_OTHERWISE: dict[str, tuple[Callable[[Entry], bool], Callable[[Entry], Entry], set[str]]] = {
    "amount": (in_october, lambda entry: replace(entry, amount=entry.amount + ONE), BOTH),
    "tax": (of_tax, lambda entry: replace(entry, amount=entry.amount + ONE), BOTH),
    "credit note": (
        lambda entry: in_october(entry) and entry.amount.minor < 0,
        lambda entry: replace(entry, amount=Money(0)),
        {"2026-0002"},
    ),
    "contract": (in_october, lambda entry: replace(entry, voucher=replace(entry.voucher, contract_id=99)), BOTH),
    "month": (in_october, lambda entry: replace(entry, on=date(2026, 9, 30)), BOTH),
    "open month": (lambda entry: not in_october(entry), lambda entry: replace(entry, amount=entry.amount + ONE), set()),
}
"""Which entries of the journal say something else, what, and the invoices whose month is named then."""


def test_what_the_journal_says_otherwise_is_named_by_month_and_invoice(session: Session) -> None:
    seller, entries = told(session)
    assert list(service_breaches(session, seller, entries)) == []
    for chosen, changed, numbers in SAID_OTHERWISE.values():
        other = [changed(one) if chosen(one) else one for one in entries]
        found = list(service_breaches(session, seller, other))
        assert {one.equation for one in found} <= {"E4"}
        assert {one.subject.rsplit(" ", 1)[1] for one in found} == numbers
