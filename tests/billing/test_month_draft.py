"""What a month adds to what is owed: overage and paid minutes at the price of the entry's plan (M1, M2, H9, E4)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import pytest

from billing.month_draft import OBJECTION_DAYS, Draft, Forgiveness, Terms, draft
from billing.tax import Taxation
from contracts.errors import Refusal
from contracts.money import Money
from contracts.tax_modes import TaxMode
from entitlements.hours_facts import Charge, Entry, GrantKind, HoursFacts, Lot, LotOrigin, Parts
from entitlements.months import Month, month_of
from entitlements.rounding import RoundingPolicy
from tests.builders import MOSCOW, moment

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
PLAN, OTHER = 7, 8
TERMS = {PLAN: Terms(Money.parse("2700.00"), 5), OTHER: Terms(Money.parse("1800.00"), 10)}
_ids = count(1)

GENERAL = Taxation("RU", ((date.min, TaxMode.GENERAL),))


def an_entry(day: int, minutes: int, **changes: Any) -> Entry:
    """Work on a day of October, which counts for as many minutes as were worked."""
    number, started_at = next(_ids), moment(f"2026-10-{day:02} 10:00")
    given: dict[str, Any] = {
        "id": number,
        "source": "desk",
        "external_id": f"SD-{number}",
        "revision": 1,
        "started_at": started_at,
        "counts_at": started_at,
        "counts_on": date(2026, 10, day),
        "weighted_hundredths": minutes * 100,
        "minimum_minutes": 0,
        "plan_version_id": PLAN,
        "ticket": "",
        "charge": Charge.DRAW,
        "reverses": None,
        "reversed_parts": None,
    }
    return Entry(**(given | changes))


def october(*entries: Entry, granted: int = 60) -> Month:
    """October over the entries, with so many minutes given."""
    lots = (Lot(LotOrigin.GRANT, 1, GrantKind.INCLUDED, granted, OCTOBER, NOVEMBER),) if granted else ()
    policies = {version_id: RoundingPolicy(quantum_minutes=1, minimum_minutes=0) for version_id in TERMS}
    facts = HoursFacts(time_zone=MOSCOW, since=None, lots=lots, entries=tuple(entries), reserves=(), policies=policies)
    opened = month_of(facts, 1, OCTOBER)
    assert opened is not None
    return opened


def drafted(*entries: Entry, terms: Mapping[int, Terms] = TERMS, granted: int = 60) -> Draft:
    return draft(october(*entries, granted=granted), terms, GENERAL, MOSCOW)


def amounts(found: Draft) -> list[tuple[int | None, str]]:
    """The minutes and the amount of each line, in order."""
    return [(line.quantity_minutes, str(line.amount)) for line in found.lines.values()]


def test_a_month_that_its_grants_pay_for_has_no_lines_e4() -> None:
    found = drafted(an_entry(5, 40), an_entry(6, 20))
    assert (found.lines, found.currency) == ({}, "RUB")


def test_overage_and_paid_work_are_charged_in_the_order_of_the_work() -> None:
    late, paid, early = an_entry(27, 45), an_entry(20, 7, charge=Charge.PAID), an_entry(5, 50)
    found = drafted(late, paid, early)
    assert list(found.lines) == [paid.id, late.id]
    assert amounts(found) == [(7, "315.00"), (35, "1575.00")]


@pytest.mark.parametrize("charge", [Charge.GOODWILL, Charge.OUT_OF_SCOPE])
def test_goodwill_and_work_out_of_scope_are_never_charged_h9(charge: Charge) -> None:
    assert drafted(an_entry(5, 600, charge=charge)).lines == {}


def test_each_entry_is_charged_at_the_price_of_its_own_plan() -> None:
    found = drafted(an_entry(5, 60), an_entry(6, 60, plan_version_id=OTHER), granted=0)
    assert amounts(found) == [(60, "2700.00"), (60, "1800.00")]


def test_forgiven_overage_keeps_its_minutes_and_costs_nothing_d6() -> None:
    over, paid = an_entry(5, 90), an_entry(6, 15, charge=Charge.PAID)
    found = draft(october(over, paid), TERMS, GENERAL, MOSCOW, Forgiveness(month=True))
    assert amounts(found) == [(30, "0.00"), (15, "675.00")]


@pytest.mark.parametrize(("forgiven", "month", "amount"), [(True, False, "0.00"), (False, True, "-4050.00")])
def test_what_takes_work_back_costs_what_that_work_did_d6(forgiven: bool, month: bool, amount: str) -> None:
    paid = Parts(included_minutes=30, overage_minutes=90)
    back = an_entry(5, 0, reverses=77, reversed_parts=paid)
    said = Forgiveness(month, frozenset({77} if forgiven else ()))
    found = draft(october(back, granted=0), TERMS, GENERAL, MOSCOW, said)
    assert amounts(found) == [(-90, amount)]


def test_a_reversal_of_a_closed_months_work_is_a_credit_taxed_by_the_day_of_the_work_h10() -> None:
    paid = Parts(included_minutes=30, overage_minutes=90)
    undone = an_entry(
        1, -120, started_at=moment("2025-12-30 10:00"), reverses=10**6, reversed_parts=paid, external_id="SD-old"
    )
    found = drafted(undone)
    [line] = found.lines.values()
    assert (line.quantity_minutes, str(line.amount), line.rate.percent) == (-90, "-4050.00", 20)
    assert str(line.tax) == "-675.00"


@pytest.mark.parametrize(
    ("terms", "plan_version_id"),
    [({}, PLAN), ({PLAN: Terms(None, 5)}, PLAN), (TERMS, None)],
    ids=["a plan nobody knows", "a plan without a price", "no plan"],
)
def test_a_charge_without_a_price_is_refused_and_named(terms: Mapping[int, Terms], plan_version_id: int | None) -> None:
    entry = an_entry(5, 61, plan_version_id=plan_version_id, charge=Charge.PAID)
    with pytest.raises(Refusal) as refusal:
        drafted(entry, terms=terms)
    assert (refusal.value.code, refusal.value.facts) == (
        "RATE_UNKNOWN",
        {"value": plan_version_id, "work_entry_id": entry.id},
    )


def test_work_without_a_price_that_grants_pay_for_needs_none() -> None:
    assert drafted(an_entry(5, 60), terms={}).lines == {}


def test_a_price_of_nothing_is_a_price() -> None:
    assert amounts(drafted(an_entry(5, 61), terms={PLAN: Terms(Money(0), 5)})) == [(1, "0.00")]


def test_two_currencies_in_one_month_are_refused_and_one_foreign_one_is_not() -> None:
    euro = {PLAN: Terms(Money(100_00, "EUR"), 5), OTHER: TERMS[OTHER]}
    assert drafted(an_entry(5, 61), terms=euro).currency == "EUR"
    with pytest.raises(Refusal) as refusal:
        drafted(an_entry(5, 61), an_entry(6, 61, plan_version_id=OTHER), terms=euro)
    assert (refusal.value.code, refusal.value.facts) == ("MIXED_CURRENCIES", {"value": ["EUR", "RUB"]})


@pytest.mark.parametrize(
    ("plans", "days"), [((), OBJECTION_DAYS), ((PLAN,), 5), ((PLAN, OTHER), 10), ((None,), OBJECTION_DAYS)]
)
def test_the_longest_time_to_object_of_the_months_plans_holds_p6(plans: tuple[int | None, ...], days: int) -> None:
    entries = [an_entry(5, 10, plan_version_id=version_id) for version_id in plans]
    assert drafted(*entries).objection_days == days


def test_the_order_of_typing_changes_no_line_h1() -> None:
    entries = [an_entry(5, 50), an_entry(12, 45), an_entry(20, 7, charge=Charge.PAID), an_entry(27, 30)]
    assert drafted(*entries).lines == drafted(*reversed(entries)).lines
    assert replace(drafted(*entries), month=october()) == replace(drafted(*reversed(entries)), month=october())
