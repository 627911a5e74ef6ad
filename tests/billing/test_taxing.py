"""A seller is taxed by its country's law, in a mode from a day on that no paper has reached (M2)."""

from datetime import date
from typing import Any

from sqlmodel import Session

from billing.invoicing import invoice_subscription, taxation
from billing.taxing import take_in_seller, tax_from
from contracts.tax_modes import TaxMode
from tests.builders import a_client, a_plan, a_sale, a_seller, an_inn, its_catalogue, moment, refused

SOLD_AT = moment("2026-09-20 12:00")


def test_another_mode_begins_on_its_day_and_one_entered_twice_counts_once_m2(session: Session) -> None:
    seller = a_seller(session)
    for mode in (TaxMode.SIMPLIFIED_7, TaxMode.SIMPLIFIED_5):
        tax_from(session, seller.id, mode, date(2027, 1, 1))
    taxed = taxation(session, seller.id)
    assert len(taxed.modes) == 2
    assert taxed.mode_on(date(2026, 12, 31)) is TaxMode.GENERAL
    assert taxed.mode_on(date(2027, 1, 1)) is TaxMode.SIMPLIFIED_5


def test_no_mode_begins_on_a_day_that_a_paper_has_reached_m2(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    seller, other = a_seller(session), a_seller(session, "other")
    sale = a_sale(session, seller, a_client(session), at=SOLD_AT, term_months=3)
    assert invoice_subscription(session, sale.subscription, at=SOLD_AT).issued_on == date(2026, 9, 20)
    allowed = [date(2026, 9, 21)]
    with refused(session, "TAXED_ALREADY", field="taxed_from", allowed=allowed):
        tax_from(session, seller.id, TaxMode.SIMPLIFIED_5, date(2026, 9, 20))
    tax_from(session, seller.id, TaxMode.SIMPLIFIED_5, allowed[0])
    tax_from(session, other.id, TaxMode.SIMPLIFIED_5, date(2026, 9, 20))
    early = a_seller(session, "early").id
    with refused(session, "TAX_RATE_UNKNOWN", field="taxed_from", value=date(2024, 6, 1)):
        tax_from(session, early, TaxMode.SIMPLIFIED_5, date(2024, 6, 1))
    with refused(session, "SELLER_UNKNOWN"):
        tax_from(session, 99, TaxMode.GENERAL, date(2027, 1, 1))


def test_a_seller_goes_by_the_working_days_of_its_country_d10(session: Session) -> None:
    for code, country, inn in (("north", "RU", an_inn()), ("berlin", "DE", "DE136695976")):
        terms: dict[str, Any] = {"tax_mode": TaxMode.GENERAL, "taxed_from": date(2026, 1, 1)}
        seller = take_in_seller(session, code, {"name": code, "inn": inn, "country": country}, **terms)
        assert seller.calendar == country


def test_a_seller_of_a_country_without_rates_is_not_taken_in_m2(session: Session) -> None:
    requisites = {"name": "SARL Vent", "inn": "FR40303265045", "country": "FR"}
    with refused(session, "TAX_COUNTRY_UNKNOWN", field="country"):
        take_in_seller(session, "vent", requisites, tax_mode=TaxMode.GENERAL, taxed_from=date(2026, 1, 1))
