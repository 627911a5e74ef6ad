"""The months of the pipeline, counted by the database, are those of its lines counted one by one (S4, S9, S11)."""

from collections import Counter
from datetime import date

from sqlmodel import Session

from api.journeys import amend_subscription, cancel_subscription, renew_subscription
from billing.ending import ending
from billing.ending_months import EndingMonth, ending_months
from billing.pipeline import Chosen
from contracts.amending import Change
from contracts.money import Money
from contracts.terms import first_of_month
from tests.builders import a_client, a_plan, a_sale, a_seller, its_catalogue, moment

AT = moment("2026-10-05 10:00")
SPAN = Chosen(date(2026, 10, 1), date(2027, 11, 30))


def counted(session: Session, month: date) -> EndingMonth:
    """The month as its lines tell it."""
    lines = [line for line in ending(session, SPAN, at=AT) if first_of_month(line.last_day) == month]
    sums = {line.last_price.currency: Money(0, line.last_price.currency) for line in lines}
    for line in lines:
        sums[line.last_price.currency] += line.last_price
    renewed = Counter(line.renewed for line in lines)[True]
    return EndingMonth(month, len(lines), renewed, tuple(sums[currency] for currency in sorted(sums)))


def test_months_are_counted_as_their_lines_are_s4_s9_s11(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    a_plan(session, "euro", currency="EUR")
    seller = a_seller(session)

    def sold(plan: str = "support", starts_on: date = date(2026, 10, 1), months: int = 12) -> int:
        at = moment("2026-10-01 10:00")
        changes = {"starts_on": starts_on, "term_months": months}
        return a_sale(session, seller, a_client(session), plan, at=at, **changes).subscription.id

    _, renewed, again, cancelled, amended = (sold() for _ in range(5))
    sold("euro"), sold(months=1), sold(starts_on=date(2026, 10, 31), months=1)
    renew_subscription(session, renewed, None, at=AT)
    never = renew_subscription(session, again, None, at=AT).sale.subscription
    cancel_subscription(session, never.id, date(2027, 9, 30), "Котова", "Передумали", at=AT)
    renewed_before = next(one.renewed for one in ending_months(session, SPAN) if one.month == date(2027, 9, 1))
    renew_subscription(session, again, None, at=AT)
    cancel_subscription(session, cancelled, date(2026, 12, 31), "Котова", "Закрываются", at=AT)
    change = Change(date(2026, 11, 1), "Котова", "Больше работы", price=Money(24_000_00))
    amend_subscription(session, amended, change, at=AT)
    change = Change(date(2026, 12, 1), "Котова", "Меньше работы", price=Money(18_000_00))
    amend_subscription(session, amended, change, at=AT)
    found = ending_months(session, SPAN)
    assert found == [counted(session, one.month) for one in found]
    assert [one.month for one in found][:: len(found) - 1] == [date(2026, 10, 1), date(2027, 11, 1)]
    (september,) = (one for one in found if one.month == date(2027, 9, 1))
    assert (september.ends, renewed_before, september.renewed) == (5, 1, 2)
    assert september.sums == (Money(12_000_00, "EUR"), Money(54_000_00))
