"""The certificate's sheet is that of the free period and the hours that were given with it (P1, S1–S3)."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from api.journeys import sell_subscription, start_free_period
from contracts.policies import Purchase
from contracts.subscriptions import FreePeriod
from contracts.terms import Term
from documents.certificate import CertificateSheet, FreeMinutesSheet
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from documents.parties import RegistrationSheet
from entitlements.granting import given_for_free_period
from tests.builders import a_plan, a_registration, an_order, moment, refused
from tests.documents.market import Market, sheet_of

BOUGHT = date(2026, 3, 15)
AT = moment("2026-03-20 23:30")


def a_copy(market: Market, **changes: Any) -> str:
    """A copy of the market's client, bought on 15.03.2026."""
    return a_registration(market.session, market.customer.entity, **({"bought_on": BOUGHT} | changes)).number


def started(market: Market, number: str, plan: str = "its-prof") -> tuple[FreePeriod, CertificateSheet]:
    """A free period of the copy without a sale, and its certificate."""
    free = start_free_period(market.session, market.seller.id, number, plan, at=AT)
    return free, market.sheet(PaperKind.CERTIFICATE, free.id)


def test_it_names_copy_owner_seller_term_and_what_comes_after_s1(market: Market) -> None:
    number = a_copy(market)
    free, sheet = started(market, number)
    entity, seller = market.customer.entity, market.seller
    assert (sheet.number, sheet.issued_on, sheet.plan) == (number, date(2026, 3, 20), "1С:ИТС ПРОФ")
    assert sheet.registration == RegistrationSheet(number, "1С:Бухгалтерия 8 ПРОФ", entity.name)
    assert (sheet.owner.name, sheet.owner.inn, sheet.seller.inn) == (entity.name, entity.inn, seller.inn)
    assert (sheet.term, sheet.months, sheet.purchase) == (free.term, 3, Purchase.BOX)
    assert (sheet.term.last_day, sheet.paid_from) == (date(2026, 6, 14), date(2026, 6, 15))
    assert [service.name for service in sheet.services][:2] == ["Линия консультаций", "Обновления программ"]


@pytest.mark.parametrize(("purchase", "months"), [(Purchase.UPGRADE, 3), (Purchase.PLUS_ITS, 6)])
def test_it_says_what_brought_the_free_period_and_how_many_months_s1(
    market: Market, purchase: Purchase, months: int
) -> None:
    old = a_copy(market, product_code="accounting-basic") if purchase is Purchase.UPGRADE else None
    _, sheet = started(market, a_copy(market, purchase=purchase, replaces=old))
    assert (sheet.purchase, sheet.months) == (purchase, months)


def test_without_hours_it_prints_none_and_with_hours_those_that_were_given_s3(market: Market) -> None:
    a_plan(market.session, "generous", free_box_months=3, free_minutes=90)
    bare, (free, given) = started(market, a_copy(market))[1], started(market, a_copy(market), "generous")
    assert bare.minutes == ()
    assert given.minutes == tuple(FreeMinutesSheet(month, 90) for month in free.term.months())
    assert sum(grant.minutes for grant in given_for_free_period(market.session, free)) == 270


def test_the_hours_of_one_free_period_are_not_taken_for_those_of_another_s3(market: Market) -> None:
    """The ids 1 and 11 begin alike."""
    a_plan(market.session, "generous", free_box_months=3, free_minutes=90)
    all_free = [started(market, a_copy(market), "generous")[0] for _ in range(11)]
    assert len(given_for_free_period(market.session, all_free[0])) == 3


def test_a_closed_month_gave_nothing_and_the_certificate_says_so_s3(market: Market) -> None:
    """What was given is printed, not what the plan gives in general."""
    a_plan(market.session, "generous", free_box_months=3, free_minutes=90)
    market.sell("support", starts_on=date(2026, 10, 1))
    market.close()
    number = a_copy(market, bought_on=date(2026, 9, 15))
    free = start_free_period(market.session, market.seller.id, number, "generous", at=moment("2026-11-03 12:00"))
    sheet = market.sheet(PaperKind.CERTIFICATE, free.id)
    assert sheet.minutes == (
        FreeMinutesSheet(Term(date(2026, 11, 1), date(2026, 11, 15)), 90),
        FreeMinutesSheet(Term(date(2026, 11, 15), date(2026, 12, 15)), 90),
    )


def test_terms_that_start_on_the_1st_leave_days_between_which_it_names_t3(market: Market) -> None:
    a_plan(market.session, "aligned", alignment="first_of_month", free_box_months=3)
    _, sheet = started(market, a_copy(market), "aligned")
    assert (sheet.term.ends_on, sheet.paid_from) == (date(2026, 6, 15), date(2026, 7, 1))


def test_a_sale_issues_the_certificate_of_each_free_period_that_it_grants_s1(market: Market) -> None:
    numbers = (a_copy(market), a_copy(market), *market.customer.registrations)
    order = an_order(market.seller, market.customer, "its-prof", registrations=numbers)
    sold = sell_subscription(market.session, order, at=AT)
    assert [paper.kind for paper in sold.papers] == ["contract", "invoice", "certificate", "certificate"]
    assert {sheet_of(paper).number for paper in sold.papers[2:]} == set(numbers[:2])


def test_a_second_attempt_issues_no_second_certificate_s1(market: Market) -> None:
    number = a_copy(market)
    started(market, number)
    with refused(market.session, "FREE_PERIOD_USED", starts_on=BOUGHT, last_day=date(2026, 6, 14)):
        started(market, number)
    assert len(market.session.exec(select(Paper).where(Paper.kind == PaperKind.CERTIFICATE)).all()) == 1


def test_an_english_client_gets_an_english_certificate(market: Market) -> None:
    market.customer.client.locale = "en"
    free, sheet = started(market, a_copy(market))
    paper = market.session.exec(select(Paper).where(Paper.subject_id == free.id, Paper.kind == "certificate")).one()
    assert (paper.language, sheet.plan) == ("en", "1C:ITS PROF")
