"""The contract's sheet is that of the rows: every number is a setting of the plan version (P1)."""

from datetime import date
from typing import Any

from contracts.money import Money
from contracts.policies import Channel, IncludedPer, LapseRenewal, OverLimit, Refund, RoundingScope
from contracts.tax_modes import TaxMode
from documents.contract import HoursTerms, RenewalTerms, ServiceSheet
from documents.lines import RateTotal
from documents.parties import BankSheet, RegistrationSheet
from documents.promotion import PromotionSheet
from documents.scope import DueSheet, ScopeTerms
from tests.builders import BANK, a_plan
from tests.documents.market import OCTOBER, Market, sheet_of

UNUSUAL = {
    "included_minutes": 90,
    "included_per": "calendar_month",
    "first_month": "pro_rata",
    "rollover_cap_minutes": 45,
    "rollover_periods": 2,
    "quantum_minutes": 10,
    "minimum_minutes": 20,
    "rounding_scope": "ticket_day",
    "in_hours_percent": 110,
    "out_of_hours_percent": 160,
    "weekend_percent": 250,
    "over_limit": "block",
    "overrun_percent": 40,
    "overage_rate": "3100.00",
    "grace_days": 7,
    "lapse_renewal": "pay_gap",
    "refund": "unused_days",
    "payment_grace_days": 4,
    "objection_days": 8,
    "bonus_minutes": 75,
    "bills_travel": True,
    "prices": [
        {"term_months": 3, "price": "9000.00", "after_break": "10000.00"},
        {"term_months": 6, "price": "17000.00"},
    ],
}

ASKED: dict[str, Any] = {
    "requires_signature": True,
    "unpaid": "approve",
    "named_contacts_only": True,
    "register_check_days": 30,
    "entry_approval": True,
}
"""What a plan asks before it serves."""


def test_its_numbers_are_the_settings_of_the_plan_version_p1(market: Market) -> None:
    a_plan(market.session, "unusual", **UNUSUAL)
    market.seller.payment_days = 6
    sheet = sheet_of(market.sell("unusual", term_months=3).papers[0])
    assert sheet.hours == HoursTerms(
        included_minutes=90,
        per=IncludedPer.CALENDAR_MONTH,
        quantum_minutes=10,
        minimum_minutes=20,
        scope=RoundingScope.TICKET_DAY,
        over_limit=OverLimit.BLOCK,
        rollover_cap_minutes=45,
        rollover_periods=2,
        in_hours_percent=110,
        out_of_hours_percent=160,
        day_off_percent=250,
        hour_rate=Money(310_000),
        overrun_percent=40,
        first_month_pro_rata=True,
        bonus_minutes=75,
        bills_travel=True,
    )
    prices = (Money(900_000), Money(1_000_000))
    assert sheet.renewal == RenewalTerms(LapseRenewal.PAY_GAP, 7, Refund.UNUSED_DAYS, *prices)
    assert (sheet.payment_days, sheet.payment_grace_days, sheet.objection_days) == (6, 4, 8)


def test_it_prints_what_the_plan_promises_besides_hours_p1_d10(market: Market) -> None:
    due = {"priority": "high", "name": "Срочно", "name_en": "Urgent", "respond_minutes": 60, "resolve_minutes": 480}
    a_plan(
        market.session, "prompt", due_times=[due], desk_hours="08:00-20:00", channels=["chat"], highest_line=2, **ASKED
    )
    assert sheet_of(market.sell().papers[0]).scope == ScopeTerms()
    sheet = sheet_of(market.sell("prompt").papers[0])
    due_times = (DueSheet("Срочно", 60, 480),)
    assert sheet.scope == ScopeTerms("08:00-20:00", due_times, (Channel.CHAT,), "Специалисты", **ASKED)


def test_it_prints_what_is_counted_and_what_costs_extra_p1(market: Market) -> None:
    services = [{"code": "visit", "included_count": 1, "count_months": 3}, {"code": "disk", "price": "150.00"}]
    a_plan(market.session, "counted", services=services)
    sheet = sheet_of(market.sell("counted").papers[0])
    assert sheet.services == (
        ServiceSheet("Выезд специалиста", included_count=1, count_months=3),
        ServiceSheet("Диск 1С:ИТС", price=Money(15_000)),
    )


def test_its_number_term_and_price_are_those_of_the_sale_e4(market: Market) -> None:
    market.seller.city = "Москва"
    sold = market.sell("its-prof")
    sheet, subscription = sheet_of(sold.papers[0]), sold.sale.subscription
    assert sold.papers[0].subject_id == subscription.id
    assert (sheet.number, sheet.signed_on, sheet.city) == (sold.sale.contract.number, date(2026, 9, 20), "Москва")
    assert (sheet.term, sheet.term_months, sheet.price) == (subscription.term, 12, Money(3_381_600))
    assert (sheet.plan, sheet.tax_mode) == ("1С:ИТС ПРОФ", TaxMode.GENERAL)
    assert sheet.by_rate == (RateTotal(22, sold.invoice.tax, subscription.price),)


def test_it_names_the_promotion_that_the_price_is_from_beside_the_list_price_p1(market: Market) -> None:
    sheet = sheet_of(market.sell("its-prof", promotion="8+4").papers[0])
    assert sheet.promotion == PromotionSheet("8+4", "8+4", 12, 8, Money(3_381_600))
    assert (sheet.price, sheet.renewal.continuous_price) == (Money(2_254_400), Money(3_381_600))
    assert sheet_of(market.sell().papers[0]).promotion is None


def test_it_names_the_parties_with_their_requisites(market: Market) -> None:
    sheet = sheet_of(market.sell().papers[0])
    seller, entity = market.seller, market.customer.entity
    named = (sheet.seller.name, sheet.seller.full_name, sheet.seller.inn, sheet.seller.kpp, sheet.seller.address)
    assert named == (seller.name, seller.full_name, seller.inn, seller.kpp, seller.address)
    account = ("bank_name", "bic", "bank_account", "correspondent_account")
    assert sheet.seller.bank == BankSheet(*(BANK[name] for name in account))
    assert sheet.seller.signatory_name == "Мартынюк Наталья Александровна"
    assert (sheet.client.name, sheet.client.inn, sheet.client.bank) == (entity.name, entity.inn, None)


def test_it_names_the_registrations_and_the_services_in_the_plans_words(market: Market) -> None:
    sheet = sheet_of(market.sell().papers[0])
    [number], user = market.customer.registrations, market.customer.entity.name
    assert sheet.registrations == (RegistrationSheet(number, "1С:Бухгалтерия 8 ПРОФ", user),)
    assert sheet.services == (
        ServiceSheet("Линия консультаций"),
        ServiceSheet("Удалённая работа специалиста", draws_hours=True),
        ServiceSheet("Выезд специалиста", draws_hours=True, minimum_minutes=60),
    )


def test_a_plan_for_every_product_names_no_registration_and_no_list_price(market: Market) -> None:
    sheet = sheet_of(market.sell("service-8h", registrations=(), price=Money(7_200_000)).papers[0])
    assert sheet.registrations == ()
    assert (sheet.price, sheet.renewal.continuous_price, sheet.renewal.price_after_break) == (
        Money(7_200_000),
        None,
        None,
    )


def test_an_english_client_gets_the_english_names(market: Market) -> None:
    market.customer.client.locale = "en"
    paper = market.sell("its-prof").papers[0]
    sheet = sheet_of(paper)
    assert (paper.language, sheet.plan, sheet.services[0].name) == ("en", "1C:ITS PROF", "Consultation line")


def test_a_sole_trader_is_told_by_its_inn_and_has_no_kpp_p3(market: Market) -> None:
    market.customer.entity.inn, market.customer.entity.kpp = "500100732259", ""
    sheet = sheet_of(market.sell().papers[0])
    assert (sheet.client.sole_trader, sheet.client.kpp, sheet.seller.sole_trader) == (True, None, False)


def test_a_second_subscription_of_a_contract_has_a_paper_of_its_own(market: Market) -> None:
    first = market.sell()
    second = market.sell("its-prof", contract_id=first.sale.contract.id, starts_on=OCTOBER)
    sheets = [sheet_of(sold.papers[0]) for sold in (first, second)]
    assert [sheet.number for sheet in sheets] == [first.sale.contract.number] * 2
    assert [sheet.plan for sheet in sheets] == ["support", "1С:ИТС ПРОФ"]
