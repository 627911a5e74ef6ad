"""The offer's sheet is what the engine would do: its choices, the VAT of the invoice, the packages (P1, S5)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select, update

from api.journeys import renew_subscription
from contracts.catalogue import Registration
from contracts.money import Money
from contracts.parties import SellerTaxMode
from contracts.policies import LapseRenewal
from contracts.renewing import offer_renewal
from contracts.subscriptions import Subscription
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.drawing_offer import draw_offer
from documents.issuing import issue_offer
from documents.offer import PackageSheet
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from documents.words import Language
from tests.builders import a_plan, moment, refused
from tests.documents.market import Market, sheet_of

RUNNING, LAPSED = moment("2027-06-01 10:00"), moment("2027-11-01 10:00")


def a_year(market: Market, plan: str = "its-prof") -> Subscription:
    """A year from the 1st of October 2026."""
    return market.sell(plan).sale.subscription


@pytest.mark.parametrize("at", [RUNNING, LAPSED])
def test_its_choices_are_those_of_the_engine_with_the_vat_inside_s5(market: Market, at: datetime) -> None:
    old = a_year(market)
    sheet, offered = draw_offer(market.session, old.id, at=at), offer_renewal(market.session, old.id, at=at)
    for printed, choice in zip(sheet.choices, offered.choices, strict=True):
        same = ("kind", "term_months", "term", "serves_from", "price", "gap", "total", "lost_days", "lost_money")
        assert [getattr(printed, name) for name in same] == [getattr(choice, name) for name in same]
        vat = choice.price.share(22, 122) + choice.gap.share(22, 122)  # a line each
        assert (printed.is_open, printed.vat) == (choice.is_open, vat)
    assert (sheet.issued_on, sheet.valid_until) == (offered.on, offered.valid_until)
    assert sheet.has_lapsed is (at is LAPSED)


@pytest.mark.parametrize("policy", list(LapseRenewal))
@pytest.mark.parametrize("mode", [TaxMode.GENERAL, TaxMode.SIMPLIFIED_EXEMPT])
def test_the_invoice_of_the_renewal_asks_for_what_the_offer_said_e4(
    market: Market, policy: LapseRenewal, mode: TaxMode
) -> None:
    """To the kopeck, VAT and lines included, also where the gap is paid."""
    prices = [{"term_months": 12, "price": "33816.00", "after_break": "40572.00"}]
    plain: dict[str, Any] = {"lapse_renewal": policy, "prices": prices}
    a_plan(market.session, "lapsing", **plain)
    market.session.exec(update(SellerTaxMode).values(mode=mode))
    old = a_year(market, "lapsing")
    licence = {"exempt_percent": 33, "exempt_ground": "ст. 149 НК РФ"}
    a_plan(market.session, "lapsing", valid_from="2027-10-01", **plain, **licence)  # what is renewed is on this one
    [said] = draw_offer(market.session, old.id, at=LAPSED).open_choices
    sold = renew_subscription(market.session, old.id, None, at=LAPSED)
    invoice = sheet_of(sold.papers[1])
    assert (invoice.total, invoice.vat, invoice.by_rate) == (said.total, said.vat, said.by_rate)
    assert len(invoice.by_rate) == (2 if mode is TaxMode.GENERAL else 1)
    assert sold.sale.subscription.term == said.term


def test_it_names_the_contract_the_plan_the_copies_and_the_term_that_is_renewed(market: Market) -> None:
    old = a_year(market)
    sheet = draw_offer(market.session, old.id, at=RUNNING)
    assert (sheet.contract.number, sheet.plan, sheet.term) == ("2026-0001", "1С:ИТС ПРОФ", old.term)
    assert [one.number for one in sheet.registrations] == list(market.customer.registrations)
    assert (sheet.seller.inn, sheet.client.inn) == (market.seller.inn, market.customer.entity.inn)
    assert draw_offer(market.session, old.id, at=RUNNING, language=Language.EN).plan == "1C:ITS PROF"


def test_packages_are_offered_with_their_last_day_and_the_price_of_an_hour_h8(market: Market) -> None:
    sheet = draw_offer(market.session, a_year(market).id, at=RUNNING)
    year = Term(date(2027, 6, 1), date(2028, 6, 1))
    assert [package.code for package in sheet.packages] == ["hours-20", "hours-30", "hours-50"]
    assert sheet.packages[0] == PackageSheet("hours-20", 1200, Money(6_175_000), year, 12)
    assert [package.hour_price for package in sheet.packages] == [Money(308_750), Money(302_250), Money(292_500)]


def test_copies_surrendered_before_the_new_term_are_not_offered_and_without_any_there_is_no_offer_s1(
    market: Market,
) -> None:
    old = a_year(market)
    gone = update(Registration).values(surrendered_on=old.ends_on + timedelta(days=1))
    market.session.exec(gone)
    assert draw_offer(market.session, old.id, at=RUNNING).registrations != ()
    market.session.exec(update(Registration).values(surrendered_on=old.ends_on))
    sheet = draw_offer(market.session, old.id, at=RUNNING)
    assert (sheet.registrations, sheet.choices) == ((), ())
    with refused(market.session, "NOTHING_TO_OFFER", field="subscription_id", value=old.id):
        issue_offer(market.session, old.id, at=RUNNING)


def test_a_further_offer_is_the_next_revision_and_both_are_kept_p2(market: Market) -> None:
    old = a_year(market)
    papers = [issue_offer(market.session, old.id, at=RUNNING, language=one) for one in (None, Language.EN, None)]
    assert [(paper.revision, paper.language, paper.number) for paper in papers] == [
        (1, "ru", f"2026-0001-{old.id}-1"),
        (2, "en", f"2026-0001-{old.id}-2"),
        (3, "ru", f"2026-0001-{old.id}-3"),
    ]
    sheets = [sheet_of(paper) for paper in papers]
    assert [sheet.number for sheet in sheets] == [paper.number for paper in papers]
    assert [sheet.plan for sheet in sheets] == ["1С:ИТС ПРОФ", "1C:ITS PROF", "1С:ИТС ПРОФ"]
    assert replace(sheets[0], number="") == draw_offer(market.session, old.id, at=RUNNING)


def test_what_is_renewed_or_has_no_list_price_is_not_offered_on_paper_s5(market: Market) -> None:
    agreed = market.sell("service-8h", registrations=(), price=Money(7_200_000)).sale.subscription
    with refused(market.session, "NOTHING_TO_OFFER", field="subscription_id", value=agreed.id):
        issue_offer(market.session, agreed.id, at=RUNNING)
    old = a_year(market)
    successor = renew_subscription(market.session, old.id, None, at=RUNNING).sale.subscription
    assert draw_offer(market.session, old.id, at=RUNNING).choices == ()
    with refused(market.session, "ALREADY_RENEWED", successor_id=successor.id):
        issue_offer(market.session, old.id, at=RUNNING)
    with refused(market.session, "SUBSCRIPTION_UNKNOWN", field="subscription_id"):
        issue_offer(market.session, successor.id + 1, at=RUNNING)
    assert market.session.exec(select(Paper).where(Paper.kind == PaperKind.OFFER)).all() == []
