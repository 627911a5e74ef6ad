"""What is on sale on a day: the version in force, its terms and prices, and the days on which it may start (T2, T3)."""

from datetime import date

import pytest
from sqlmodel import Session

from contracts.money import Money
from contracts.on_sale import package_on_sale, plan_in_force, price_of_term, require_aligned
from contracts.terms import aligned
from tests.builders import a_plan, its_catalogue, refused

MAY_3 = date(2026, 5, 3)


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


def test_the_version_in_force_is_the_last_one_valid_by_the_day(session: Session) -> None:
    first, second = (a_plan(session, valid_from=day) for day in ("2026-01-01", "2026-05-03"))
    again = a_plan(session, valid_from="2026-05-03", included_minutes=90)
    assert plan_in_force(session, "support", date(2026, 5, 2))[1] is first
    assert plan_in_force(session, "support", MAY_3)[1] is again
    assert [version.version for version in (first, second, again)] == [1, 2, 3]


def test_a_version_published_for_an_earlier_day_does_not_push_out_a_later_one(session: Session) -> None:
    late = a_plan(session, valid_from="2026-05-01")
    a_plan(session, valid_from="2026-02-01")
    assert plan_in_force(session, "support", MAY_3)[1] is late


def test_a_plan_that_is_unknown_or_not_yet_on_sale_is_refused(session: Session) -> None:
    a_plan(session, valid_from="2026-05-04")
    allowed = ["its-industry", "its-prof", "its-techno", "service-8h", "support"]
    with refused(session, "PLAN_UNKNOWN", field="plan", value="gold", allowed=allowed):
        plan_in_force(session, "gold", MAY_3)
    with refused(session, "PLAN_NOT_ON_SALE", field="plan", value="support", on=MAY_3):
        plan_in_force(session, "support", MAY_3)


def test_a_term_has_its_list_price_unless_another_is_agreed(session: Session) -> None:
    _, version = plan_in_force(session, "its-prof", MAY_3)
    assert price_of_term(session, version, 12, None) == Money(3_381_600)
    assert price_of_term(session, version, 12, Money(0)) == Money(0)


def test_a_price_that_cannot_be_charged_is_refused(session: Session) -> None:
    _, version = plan_in_force(session, "its-techno", MAY_3)
    with refused(session, "TERM_NOT_ON_SALE", field="term_months", value=24, allowed=[1, 3, 6, 12]):
        price_of_term(session, version, 24, Money(1))
    with refused(session, "PRICE_REQUIRED", field="price"):
        price_of_term(session, version, 12, None)
    with refused(session, "CURRENCY_WRONG", field="currency", value="USD", allowed=["RUB"]):
        price_of_term(session, version, 12, Money(1, "USD"))
    with refused(session, "PRICE_NEGATIVE", field="price", value="-0.01"):
        price_of_term(session, version, 12, Money(-1))


@pytest.mark.parametrize(
    ("alignment", "earliest", "start"),
    [
        ("any_day", date(2026, 5, 31), date(2026, 5, 31)),
        ("first_of_month", date(2026, 5, 1), date(2026, 5, 1)),
        ("first_of_month", date(2026, 5, 2), date(2026, 6, 1)),
        ("first_of_month", date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_a_start_is_brought_to_the_first_day_that_the_plan_allows_t3(
    session: Session, alignment: str, earliest: date, start: date
) -> None:
    version = a_plan(session, alignment=alignment)
    assert aligned(version.alignment, earliest) == start
    require_aligned(version, start)


def test_a_start_that_is_not_aligned_is_refused_with_the_days_around_it_t3(session: Session) -> None:
    version = a_plan(session, alignment="first_of_month")
    allowed = [date(2026, 12, 1), date(2027, 1, 1)]
    with refused(session, "START_NOT_ALIGNED", field="starts_on", value=date(2026, 12, 31), allowed=allowed):
        require_aligned(version, date(2026, 12, 31))


def test_a_package_is_on_sale_by_its_code_h8(session: Session) -> None:
    package = package_on_sale(session, "hours-20")
    assert (package.minutes, package.price_minor, package.life_months) == (1200, 6_175_000, 12)
    with refused(session, "PACKAGE_UNKNOWN", field="package", allowed=["hours-20", "hours-30", "hours-50"]):
        package_on_sale(session, "hours-99")
