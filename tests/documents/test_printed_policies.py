"""P1, H3, H5–H8: the number that the contract prints for a policy of hours is the one that the engine counts with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from sqlmodel import func, select

from contracts.catalogue import PlanVersion
from contracts.enrolling import add_entity
from contracts.policies import FirstMonth, IncludedPer, RoundingScope
from contracts.subscriptions import Subscription
from entitlements.facts import hours_facts
from entitlements.grants import Grant
from entitlements.hours import account
from entitlements.hours_facts import GrantKind
from tests.builders import a_plan, an_inn, moment, worked
from tests.documents.market import Market, sheet_of
from tests.documents.reading import whole_text
from tests.rows import put_row

AT = moment("2026-11-01")
VISIT = {"code": "visit", "draws_hours": True, "minimum_minutes": 50}
REMOTE = {"code": "remote_work", "draws_hours": True}
EVENING, SUNDAY, MORNING = "2026-10-20 20:00", "2026-10-25 10:00", "2026-10-26 10:00"
Engine = Callable[[Market], Any]


@dataclass(frozen=True)
class Policy:
    """A setting of a plan, what it is set to, the sentence of the contract, and what the engine makes of it."""

    rule: str
    setting: str
    value: Any
    ru: str
    en: str
    engine: Engine
    expected: Any


@dataclass(frozen=True)
class PlanOfPolicies:
    """A plan that is sold from the 16th of October on, so that its first month is not whole."""

    policies: tuple[Policy, ...]
    services: tuple[dict[str, Any], ...] = (REMOTE,)
    more: dict[str, Any] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        own = {one.setting: one.value for one in self.policies if one.setting in PlanVersion.model_fields}
        return {**self.more, **own, "services": list(self.services)}


def grants(market: Market, kind: GrantKind) -> list[Grant]:
    """The grants of the plan that was sold last, and those of no plan."""
    last = select(func.max(Subscription.id)).scalar_subquery()
    own = select(Grant).where(Grant.kind == kind, func.coalesce(Grant.subscription_id, last) == last)
    return list(market.session.exec(own.order_by(Grant.starts_on)))


def given(kind: GrantKind) -> Engine:
    """The minutes of the first two grants of a kind."""

    def minutes(market: Market) -> list[int]:
        return [grant.minutes for grant in grants(market, kind)][:2]

    return minutes


def rolls(market: Market) -> set[tuple[int, date | None]]:
    """How many minutes of the first grant roll over, and until when."""
    first = grants(market, GrantKind.INCLUDED)[0]
    return {(first.rollover_cap_minutes, first.rollover_ends_on)}


def billed(*works: tuple[str, int], **more: Any) -> Engine:
    """The billed minutes of work at these moments, of one ticket."""

    def minutes(market: Market) -> int:
        with market.session.begin_nested() as trial:
            made = [worked(market.session, market.customer, *work, ticket="SD-1", **more) for work in works]
            ids = {one.entry.id for one in made}
            facts = hours_facts(market.session, market.customer.id, market.seller.id)
            lines = account(facts, AT).lines
            trial.rollback()
        return sum(line.billed_minutes for line in lines if line.entry_id in ids)

    return minutes


def shared(market: Market) -> int:
    """How many minutes of a package pay for the work of another company of the client."""
    with market.session.begin_nested() as trial:
        of = {"client_id": market.customer.id, "seller_id": market.seller.id, "kind": GrantKind.PACKAGE, "minutes": 60}
        put_row(market.session, Grant, **of, starts_on=date(2026, 10, 26), ends_on=date(2026, 10, 27))
        other = add_entity(
            market.session, market.customer.id, {"name": "ООО «Юг»", "inn": an_inn(), "kpp": "770901001"}
        )
        worked(market.session, market.customer, MORNING, 30, entity_id=other.id)
        facts = hours_facts(market.session, market.customer.id, market.seller.id)
        (line,) = account(facts, AT).lines
        trial.rollback()
    return line.parts.package_minutes


BY_CALENDAR = PlanOfPolicies(
    services=(REMOTE, VISIT),
    policies=(
        Policy(
            "H5", "included_minutes", 93, "В цену включено 1 ч 33 мин работы", "includes 1 h 33 min of specialists",
            given(GrantKind.INCLUDED), [48, 93],
        ),
        Policy(
            "H5", "included_per", "calendar_month", "на каждый календарный месяц", "for each calendar month",
            lambda market: given(GrantKind.INCLUDED)(market)[1], 93,
        ),
        Policy(
            "H5", "first_month", "pro_rata", "за неполный первый месяц — пропорционально дням",
            "in proportion to days for an incomplete first month",
            lambda market: given(GrantKind.INCLUDED)(market)[0], 48,
        ),
        Policy(
            "H6", "rollover_cap_minutes", 45, "переносятся: не более 45 мин", "roll over: no more than 45 min",
            rolls, {(45, date(2027, 1, 1))},
        ),
        Policy(
            "H6", "rollover_periods", 2, "не далее чем на 2 периода", "for no longer than 2 periods",
            rolls, {(45, date(2027, 1, 1))},
        ),
        Policy(
            "H7", "bonus_minutes", 75, "Исполнитель даёт ещё 1 ч 15 мин", "the Contractor gives 1 h 15 min more",
            given(GrantKind.BONUS), [75, 75],
        ),
        Policy(
            "H3", "quantum_minutes", 10, "в большую сторону до 10 мин", "up to a multiple of 10 min",
            billed((MORNING, 51)), 60,
        ),
        Policy(
            "H3", "minimum_minutes", 20, "но не менее 20 мин", "with a minimum of 20 min", billed((MORNING, 1)), 20
        ),
        Policy(
            "H3", "rounding_scope", "entry", "каждая работа округляется отдельно",
            "each piece of work is rounded separately", billed((MORNING, 5), ("2026-10-26 12:00", 5)), 40,
        ),
        Policy(
            "H3", "in_hours_percent", 110, "в рабочее время ×1,1", "×1.1 within working hours",
            billed((MORNING, 100)), 110,
        ),
        Policy(
            "H3", "out_of_hours_percent", 160, "вне рабочего времени ×1,6", "×1.6 outside them",
            billed((EVENING, 100)), 160,
        ),
        Policy(
            "H3", "weekend_percent", 250, "в выходные и праздники ×2,5", "×2.5 at weekends",
            billed((SUNDAY, 100)), 250,
        ),
        Policy(
            "H3", "services.visit.minimum_minutes", 50, "выезд специалиста — 50 мин",
            "выезд специалиста, 50 min", billed((MORNING, 5), service="visit"), 50,
        ),
        Policy(
            "H3", "bills_travel", True, "Дорога на выезд и обратно учитывается тоже, минута в минуту",
            "The way to a visit and back is billed as well, minute for minute",
            billed((SUNDAY, 40), service="visit", travel_minutes=40), 140,
        ),
    ),
)  # fmt: skip
BY_MONTH = PlanOfPolicies(
    policies=(
        Policy(
            "H5", "included_minutes", 120, "включено 2 ч работы", "includes 2 h of",
            given(GrantKind.INCLUDED), [120, 120],
        ),
        Policy(
            "H5", "included_per", "subscription_month", "на каждый месяц, считая от первого дня срока",
            "for each month counted from the first day of the term", given(GrantKind.INCLUDED), [120, 120],
        ),
        Policy(
            "H6", "rollover_periods", 0, "сгорают в конце периода, на который даны",
            "expire at the end of the period for which they were given", rolls, {(0, None)},
        ),
        Policy("H7", "bonus_minutes", 0, "Бонусных часов план не содержит", "no bonus", given(GrantKind.BONUS), []),
        Policy(
            "H3", "rounding_scope", "ticket", "все работы по одному обращению округляются вместе",
            "all work on one request is rounded together", billed((MORNING, 5), ("2026-10-27 12:00", 5)), 30,
        ),
        Policy(
            "H3", "out_of_hours_percent", 100, "не зависит от времени суток", "does not depend on the time of day",
            billed((EVENING, 60)), 60,
        ),
        Policy(
            "H3", "services.visit.minimum_minutes", None, "Отдельных минимумов по услугам нет",
            "No service has a minimum of its own", billed((MORNING, 5), service="visit"), 30,
        ),
        Policy(
            "H3", "bills_travel", False, "Дорога на выезд и обратно не учитывается",
            "The way to a visit and back is not billed", billed((MORNING, 30), travel_minutes=40), 30,
        ),
        Policy(
            "H8", "packages", None, "действуют для всех организаций Заказчика", "serve all companies of the Customer",
            shared, 30,
        ),
    ),
    more={"quantum_minutes": 30, "minimum_minutes": 30, "in_hours_percent": 100, "weekend_percent": 100},
)  # fmt: skip
BY_TERM = PlanOfPolicies(
    policies=(
        Policy("H5", "included_per", "term", "на весь срок", "for the whole term", given(GrantKind.INCLUDED), [600]),
        Policy(
            "H3", "rounding_scope", "ticket_day", "работы по одному обращению за один день округляются вместе",
            "work on one request within one day is rounded together",
            billed((MORNING, 5), ("2026-10-26 12:00", 5), ("2026-10-27 12:00", 5)), 30,
        ),
    ),
    more={"included_minutes": 600},
)  # fmt: skip
FULL_MONTH = PlanOfPolicies(
    policies=(
        Policy(
            "H5", "first_month", "full", "на каждый календарный месяц. Новое", "for each calendar month. A new request",
            given(GrantKind.INCLUDED), [60, 60],
        ),
    ),
    more={"included_per": "calendar_month"},
)  # fmt: skip
PLANS = {"calendar": BY_CALENDAR, "month": BY_MONTH, "term": BY_TERM, "full": FULL_MONTH}
SETTINGS = {
    "included_minutes",
    "rollover_cap_minutes",
    "rollover_periods",
    "bonus_minutes",
    "quantum_minutes",
    "minimum_minutes",
    "in_hours_percent",
    "out_of_hours_percent",
    "weekend_percent",
    "bills_travel",
}
CHOICES = {"included_per": IncludedPer, "first_month": FirstMonth, "rounding_scope": RoundingScope}


@pytest.mark.parametrize("name", PLANS)
def test_the_contract_prints_what_the_engine_counts_with_p1(
    market: Market, render: Callable[..., bytes], name: str
) -> None:
    plan = PLANS[name]
    a_plan(market.session, name, **plan.settings())
    if plan is BY_CALENDAR:  # what earns the bonus hour
        a_plan(market.session, "its-plain", kind="its", services=[{"code": "consultation_line"}])
        market.sell("its-plain", starts_on=date(2026, 10, 16))
    sheet = sheet_of(market.sell(name, starts_on=date(2026, 10, 16), term_months=3).papers[0])
    texts = {language: whole_text(render("contract", sheet, language)) for language in ("ru", "en")}
    for policy in plan.policies:
        assert policy.ru in texts["ru"], policy.setting
        assert policy.en in texts["en"], policy.setting
        assert policy.engine(market) == policy.expected, policy.setting


def test_every_policy_of_hours_and_every_choice_is_in_the_table_p1() -> None:
    said = {(one.setting, one.value) for plan in PLANS.values() for one in plan.policies}
    assert {setting for setting, _ in said} >= SETTINGS
    for setting, choices in CHOICES.items():
        assert {value for name, value in said if name == setting} == set(choices)
    hours = {
        name for name in PlanVersion.model_fields if name.endswith(("_minutes", "_percent", "_periods", "_travel"))
    }
    assert hours - SETTINGS == {
        "free_minutes",
        "overrun_percent",
        "low_balance_percent",
        "goodwill_minutes",
        "exempt_percent",
    }  # S3, D6, H13, H9, M2
