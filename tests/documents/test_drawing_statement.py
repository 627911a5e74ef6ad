"""The statement's sheet is the closed month: what was given, used and left, for whom, under what (P5, E3)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from api.journeys import sell_subscription, start_free_period
from contracts.enrolling import NewRegistration, add_client, add_entity, add_registration
from contracts.money import Money
from contracts.policies import Purchase
from contracts.terms import Term
from documents.drawing_statement import draw_statement
from documents.entry_lines import PaidFrom
from documents.lines import RateTotal
from documents.paper_kinds import PaperKind
from documents.parties import ContractReference, PartySheet
from documents.statement import AllowedSheet, ForecastSheet, GoodwillSheet, HoldSheet, PoolSheet
from entitlements.goodwill import allow_goodwill
from entitlements.hours_facts import Charge
from tests.builders import Customer, a_client, a_plan, a_registration, an_inn, an_order, held, moment
from tests.documents.market import NOVEMBER, OCTOBER, Market
from tests.documents.reading import whole_text
from tests.documents.samples import statement


def test_it_names_contract_plans_and_registrations_of_the_month(market: Market) -> None:
    sold = market.sell()
    market.sell("its-prof", contract_id=sold.sale.contract.id)
    for day in (date(2026, 9, 1), NOVEMBER):  # a month before and a month after
        other = (a_registration(market.session, market.customer.entity).number,)
        terms = {"starts_on": day, "term_months": 1, "price": Money(100), "registrations": other}
        market.sell("its-techno", contract_id=sold.sale.contract.id, **terms)
    neighbour = replace(market, customer=a_client(market.session, "Лютик"))
    neighbour.sell("its-techno", price=Money(100))
    sheet = market.statement()
    assert sheet.contract == ContractReference(sold.sale.contract.number, date(2026, 9, 20))
    assert sheet.plans == ("1С:ИТС ПРОФ", "support")
    assert [one.number for one in sheet.registrations] == list(market.customer.registrations)
    assert (sheet.term, sheet.issued_on) == (Term.calendar_month(OCTOBER), date(2026, 10, 31))


@pytest.mark.parametrize(("month", "signed_on"), [(8, 20), (9, 20), (10, 31)])
def test_it_stands_under_the_latest_contract_signed_by_the_end_of_the_month(
    market: Market, month: int, signed_on: int
) -> None:
    a_plan(market.session, "later")
    market.sell()
    order = an_order(market.seller, market.customer, "later", starts_on=NOVEMBER)
    sell_subscription(market.session, order, at=moment("2026-10-31 12:00"))
    market.work(f"2026-{month:02}-10 10:00", 15, charge=Charge.GOODWILL)
    contract = market.statement(date(2026, month, 1)).contract
    assert contract is not None
    assert contract.signed_on.day == signed_on


def test_it_names_the_entity_that_signed(market: Market) -> None:
    second = add_entity(market.session, market.customer.id, {"name": "ООО «Лютик»", "inn": an_inn()})
    replace(market, customer=replace(market.customer, entity=second)).sell()
    assert market.statement().client.name == "ООО «Лютик»"


def test_a_month_without_charges_has_no_vat_and_no_tax_mode(market: Market) -> None:
    market.sell()
    market.work("2026-10-05 10:00", 30)
    sheet = market.statement()
    assert (sheet.total, sheet.vat, sheet.by_rate, sheet.tax_mode) == (Money(0), Money(0), (), None)


def test_its_total_is_that_of_the_act_at_each_rate_e4(market: Market) -> None:
    market.sell()
    market.work("2026-10-05 10:00", 90)
    done = market.close()
    sheet = market.sheet(PaperKind.STATEMENT, done.statement.id)
    assert done.act is not None
    assert (sheet.total, sheet.vat) == (done.act.total, done.act.tax)
    assert sheet.by_rate == market.sheet(PaperKind.ACT, done.act.id).by_rate
    assert sheet.by_rate == (RateTotal(22, Money(24_344), Money(135_000)),)
    assert sheet.object_until_on == done.statement.object_until


def test_minutes_that_roll_over_pass_from_one_pool_to_the_other_h6(market: Market) -> None:
    a_plan(market.session, "rolling", included_minutes=480, rollover_cap_minutes=480, rollover_periods=1)
    market.sell("rolling")
    market.work("2026-10-05 10:00", 300)
    assert market.statement().pools == (
        PoolSheet(PaidFrom.ROLLOVER, 0, 0, 180, 0, 0, 180),
        PoolSheet(PaidFrom.INCLUDED, 0, 480, -180, 300, 0, 0),
    )
    market.work("2026-11-05 10:00", 120)
    assert market.statement(NOVEMBER).pools == (
        PoolSheet(PaidFrom.ROLLOVER, 180, 0, 480, 120, 60, 480),
        PoolSheet(PaidFrom.INCLUDED, 0, 480, -480, 0, 0, 0),
    )


def test_it_shows_the_days_of_the_month_and_the_forecast_h13(market: Market) -> None:
    market.sell()
    market.work("2026-10-20 10:00", 30)
    told = market.statement().burn_down
    assert told is not None
    assert (told.left_minutes, told.forecast) == ((60,) * 19 + (30,) * 12, ForecastSheet(20, 30))
    market.work("2026-11-02 10:00", 60)
    market.work("2026-11-03 10:00", 240)
    told = market.statement(NOVEMBER).burn_down
    assert told is not None
    assert told.forecast == ForecastSheet(20, 240, date(2026, 12, 8))


def test_the_pace_of_a_short_month_reaches_into_the_one_before_h13(market: Market) -> None:
    market.sell()
    market.work("2026-12-30 10:00", 45)
    market.close(date(2026, 12, 1))
    market.work("2027-01-20 10:00", 30)
    told = market.statement(date(2027, 1, 1)).burn_down
    assert told is not None
    assert told.forecast is not None
    assert told.forecast.drawn_minutes == 75


def test_a_month_without_hours_has_no_picture(market: Market) -> None:
    market.work("2026-10-05 10:00", 30, charge=Charge.GOODWILL, seller_id=market.seller.id)
    assert market.statement().burn_down is None


def test_pools_that_are_not_those_of_the_statement_are_never_drawn_e3(market: Market) -> None:
    market.sell()
    done = market.close()
    with pytest.raises(ValueError, match=r"given_minutes .*E3"):
        draw_statement(market.session, done.statement, replace(done.month, after=done.month.before))


def test_a_client_with_a_free_period_alone_gets_a_statement_s1(market: Market) -> None:
    new = NewRegistration("800555000", "accounting-prof", Purchase.BOX, OCTOBER)
    registration = add_registration(market.session, market.customer.entity.id, new, at=moment("2026-10-01"))
    start_free_period(market.session, market.seller.id, registration.number, "its-prof", at=moment("2026-10-02 12:00"))
    sheet = market.statement()
    assert (sheet.contract, sheet.plans) == (None, ("1С:ИТС ПРОФ",))
    assert [one.number for one in sheet.registrations] == ["800555000"]
    assert sheet.client.name == market.customer.entity.name


def test_a_client_without_contract_or_entity_gets_a_statement(market: Market) -> None:
    client = add_client(market.session, "Без договора", at=moment("2026-10-01"))
    market = replace(market, customer=Customer(client, market.customer.entity, ()))
    market.work("2026-10-05 10:00", 30, charge=Charge.GOODWILL, seller_id=market.seller.id)
    sheet = market.statement()
    assert (sheet.contract, sheet.plans, sheet.registrations, sheet.pools) == (None, (), (), ())
    english = {"name_en": "Bez dogovora", "full_name_en": "Bez dogovora (Без договора)"}
    assert sheet.client == PartySheet("Без договора", **english)
    assert (sheet.minutes_from(PaidFrom.FREE), sheet.total) == (30, Money(0))


def test_the_goodwill_of_the_month_is_shown_where_a_plan_sets_a_limit_h9(market: Market, render: Any) -> None:
    a_plan(market.session, "generous", goodwill_minutes=30)
    market.sell("generous")
    said = {"allowed_by": "Орлова Н. В.", "reason": "Наша ошибка", "at": moment("2026-10-05 09:00")}
    allow_goodwill(market.session, market.customer.id, market.seller.id, OCTOBER, 15, **said)
    market.work("2026-10-05 10:00", 40, charge=Charge.GOODWILL)
    sheet = market.statement()
    assert sheet.goodwill == GoodwillSheet(40, 30, (AllowedSheet("Орлова Н. В.", 15, "Наша ошибка"),))
    words = {
        "ru": "За счёт исполнителя в этом месяце: 40 мин из 30 мин по плану. Разрешено ещё 15 мин: Орлова Н. В.",
        "en": "Goodwill in this month: 40 min of 30 min by the plan. Allowed 15 min more by Орлова Н. В.",
    }
    for language, said_so in words.items():
        assert said_so in whole_text(render("statement", sheet, language))
    assert market.statement(NOVEMBER).goodwill is None


def test_what_was_reserved_when_the_month_ended_is_shown_d5(market: Market) -> None:
    """A hold that lapsed before, one that was placed after, and one of another seller are not that month's."""
    market.sell()
    for at, hours in (("2026-10-05 10:00", 24), ("2026-10-30 10:00", 72), ("2026-11-01 10:00", 72)):
        held(market.session, market.customer, at, 15, hold_hours=hours)
    (shown,) = market.statement().holds
    assert (shown.minutes, shown.until_on) == (15, date(2026, 11, 2))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "ru",
            (
                "По организациям",
                "АО «Мельница»",
                "Зарезервировано на конец месяца: 1 ч, обращение SD-7, по 03.11.2026.",
            ),
        ),
        (
            "en",
            ("By company", "АО «Мельница»", "Reserved at the end of the month: 1 h, request SD-7, until 03.11.2026."),
        ),
    ],
)
def test_parts_and_reserves_are_printed_h8_d5(render: Any, language: str, words: tuple[str, ...]) -> None:
    plain = statement(6)
    entries = tuple(
        replace(one, entity="АО «Мельница»" if place % 2 else "") for place, one in enumerate(plain.entries)
    )
    sheet = replace(plain, entries=entries, holds=(HoldSheet("SD-7", 60, date(2026, 11, 3)),))
    text = whole_text(render("statement", sheet, language))
    assert [word for word in words if word not in text] == []
    assert text.count("Хлебозавод № 4") == whole_text(render("statement", plain, language)).count("Хлебозавод № 4") + 1
