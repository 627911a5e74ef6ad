"""The report is read from what was sold, renewed and cancelled: a cancelled renewal is no churn (S4, S5, S11)."""

from datetime import date

import pytest
from sqlalchemy import event
from sqlmodel import Session

from contracts.cancelling import cancel
from contracts.parties import Seller
from contracts.renewal_report import RenewalReport
from contracts.renewals import renewals_of
from contracts.renewing import renew
from contracts.subscriptions import Subscription
from tests.builders import a_client, a_plan, a_sale, a_seller, its_catalogue, moment, noon

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
AT = moment("2027-06-01 10:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    prices = [{"term_months": 1, "price": "100.00", "after_break": "120.00"}, {"term_months": 12, "price": "900.00"}]
    a_plan(session, grace_days=10, prices=prices)
    return a_seller(session)


def sold(session: Session, seller: Seller, name: str, starts_on: date = OCTOBER, months: int = 1) -> Subscription:
    """A subscription that ends on 31 October 2026 unless told otherwise."""
    customer = a_client(session, name)
    return a_sale(session, seller, customer, at=noon(starts_on), starts_on=starts_on, term_months=months).subscription


def told(report: RenewalReport) -> dict[str, list[str]]:
    groups = {outcome.value: group for outcome, group in report.outcomes.items()} | {"won_back": report.won_back}
    return {name: [line.client for line in group.lines] for name, group in groups.items() if group.lines}


def report(session: Session, seller: Seller, month: date, at: object = AT) -> dict[str, list[str]]:
    return told(renewals_of(session, seller, month, at=at))  # type: ignore[arg-type]


def test_each_end_is_told_with_what_became_of_it(session: Session, seller: Seller) -> None:
    one = {name: sold(session, seller, name) for name in ("Продлён", "Льготный", "Вернулся", "Ушёл")}
    gone = sold(session, seller, "Расторг", months=12)
    cancel(session, gone.id, date(2026, 10, 20), "Котова", "Закрытие", at=moment("2026-10-10 10:00"))
    renew(session, one["Продлён"].id, at=moment("2026-10-20 10:00"), term_months=1)
    renew(session, one["Льготный"].id, at=moment("2026-11-10 10:00"), term_months=1)
    renew(session, one["Вернулся"].id, at=moment("2026-12-05 10:00"), term_months=1)
    assert report(session, seller, OCTOBER) == {
        "renewed": ["Продлён", "Льготный"],
        "lapsed": ["Вернулся", "Ушёл"],
        "cancelled": ["Расторг"],
    }
    december = renewals_of(session, seller, DECEMBER, at=AT)
    assert [(line.client, str(line.following.price)) for line in december.won_back.lines if line.following] == [
        ("Вернулся", "120.00")
    ]


def test_a_month_that_is_not_over_tells_what_is_known(session: Session, seller: Seller) -> None:
    sold(session, seller, "Ушёл")
    assert report(session, seller, OCTOBER, moment("2026-10-31 23:59")) == {}
    assert report(session, seller, OCTOBER, moment("2026-11-01 00:00")) == {"in_grace": ["Ушёл"]}
    assert report(session, seller, OCTOBER, moment("2026-11-10 23:59")) == {"in_grace": ["Ушёл"]}
    assert report(session, seller, OCTOBER, moment("2026-11-11 00:00")) == {"lapsed": ["Ушёл"]}


def test_a_renewal_cancelled_before_its_first_day_is_no_churn_and_renews_nothing_s11(
    session: Session, seller: Seller
) -> None:
    one = sold(session, seller, "Передумал")
    first = renew(session, one.id, at=moment("2026-10-10 10:00"), term_months=1).subscription
    cancel(session, first.id, one.last_day, "Котова", "Передумал", at=moment("2026-10-11 10:00"))
    assert report(session, seller, OCTOBER) == {"lapsed": ["Передумал"]}
    assert report(session, seller, NOVEMBER) == {}
    renew(session, one.id, at=moment("2026-10-12 10:00"), term_months=12)
    assert report(session, seller, OCTOBER) == {"renewed": ["Передумал"]}


def test_a_renewed_contract_is_not_cancelled_nor_is_its_renewal_until_it_is(session: Session, seller: Seller) -> None:
    one = sold(session, seller, "Ромашка")
    following = renew(session, one.id, at=moment("2026-10-10 10:00"), term_months=12).subscription
    cancel(session, following.id, date(2026, 12, 10), "Котова", "Закрытие", at=moment("2026-12-01 10:00"))
    assert report(session, seller, OCTOBER) == {"renewed": ["Ромашка"]}
    assert report(session, seller, DECEMBER) == {"cancelled": ["Ромашка"]}


def test_who_comes_back_after_a_cancellation_is_won_back(session: Session, seller: Seller) -> None:
    one = sold(session, seller, "Ромашка", months=12)
    cancel(session, one.id, date(2026, 10, 20), "Котова", "Закрытие", at=moment("2026-10-10 10:00"))
    renew(session, one.id, at=moment("2026-11-10 10:00"), term_months=1)
    assert report(session, seller, OCTOBER) == {"cancelled": ["Ромашка"]}
    assert report(session, seller, NOVEMBER)["won_back"] == ["Ромашка"]


def test_sellers_are_reported_apart_and_by_one_select(session: Session, seller: Seller) -> None:
    south = a_seller(session, "south")
    sold(session, seller, "А")
    sold(session, south, "Б")
    assert report(session, south, OCTOBER) == {"lapsed": ["Б"]}
    asked: list[object] = []

    def count(*statement: object) -> None:
        asked.append(statement[2])

    event.listen(session.get_bind(), "before_cursor_execute", count)
    try:
        renewals_of(session, seller, OCTOBER, at=AT)
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", count)
    assert len(asked) == 1
