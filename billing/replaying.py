"""Replaying a client's past months under another plan version, or under its own with a setting otherwise (rule H15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from billing.month import plan_terms
from billing.month_draft import Terms
from billing.previewing import forgiveness_of
from billing.replay import Months, PricedDays, Replay, ReplayedMonth, TriedPlan, sum_of
from contracts.amending import amendments_of
from contracts.catalogue import Plan, PlanVersion
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.money import Money
from contracts.on_sale import term_prices
from contracts.parties import Client, Seller
from contracts.subscriptions import Specification, Subscription
from contracts.terms import Term, boundary, first_of_month, next_month
from entitlements.client_facts import read_facts
from entitlements.hours import local_day
from entitlements.hours_facts import HoursFacts
from entitlements.redeciding import redecided
from entitlements.replay import Trial, tried_facts
from entitlements.statements import Statement
from entitlements.trying_plans import record_of, trial_of

MOST_MONTHS = 36
"""How many months can be replayed at once."""
USUAL_MONTHS = 12
"""How many are replayed when nobody says how many."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What to try: a plan version, the client's own ones without it; settings by name.

    In place of one subscription, or of those on a held plan, else of those that `trial_of` finds.
    """

    version: PlanVersion | None = None
    settings: Mapping[str, Any] | None = None
    subscription_id: int | None = None
    held_plan_id: int | None = None


def months_between(first: date | None, last: date | None, seller: Seller, at: datetime) -> Term:
    """The days from the first of one month to the last of another, the running one at the latest.

    Without a last month up to the running one, without a first one a year. Raises `Refusal("MONTHS_OUT_OF_RANGE")`,
    naming the months allowed.
    """
    running = first_of_month(local_day(at, seller.time_zone))
    last = first_of_month(last or running)
    first = first_of_month(first or boundary(last, 1 - USUAL_MONTHS))
    latest = min(running, boundary(first, MOST_MONTHS - 1))
    if first > running:
        raise Refusal("MONTHS_OUT_OF_RANGE", field="from", value=f"{first:%Y-%m}", allowed=f"up to {running:%Y-%m}")
    if not first <= last <= latest:
        allowed = f"{first:%Y-%m} to {latest:%Y-%m}"
        raise Refusal("MONTHS_OUT_OF_RANGE", field="to", value=f"{last:%Y-%m}", allowed=allowed)
    return Term(first, next_month(last))


def seller_to_replay(session: Session, client_id: int, seller_id: int | None) -> Seller:
    """The seller named, else the only one that has sold the client a subscription.

    Raises `Refusal` with CLIENT_UNKNOWN, SELLER_UNKNOWN, SELLER_REQUIRED or NOTHING_TO_REPLAY.
    """
    known_row(session, Client, client_id)
    if seller_id is None:
        sold = select(Subscription.seller_id).where(Subscription.client_id == client_id).distinct()
        sellers = sorted(session.exec(sold))
        if not sellers:
            raise Refusal("NOTHING_TO_REPLAY", field="client_id", value=client_id)
        if len(sellers) > 1:
            raise Refusal("SELLER_REQUIRED", field="seller_id", value=None, allowed=sellers)
        seller_id = sellers[0]
    return known_row(session, Seller, seller_id)


def replay(
    session: Session, client_id: int, seller: Seller, span: Term, tried: Tried, *, asked: Term | None = None
) -> Replay:
    """The client's months with a seller as they were and under the plan that is tried; nothing is written.

    A month that is not closed is told as it stands; questions are those of the days `asked`, else of all. Raises as
    `trial_of` and `redecided`, or `Refusal("MIXED_CURRENCIES")`.
    """
    chosen = {"subscription_id": tried.subscription_id, "held_plan_id": tried.held_plan_id}
    trial = trial_of(session, client_id, seller.id, tried.version, tried.settings or {}, **chosen)
    record = record_of(session, client_id, seller.id, trial.subscription_ids)
    held = read_facts(session, client_id, from_zero=True)
    pools = [facts.pools[seller.id] for facts in (held, tried_facts(held, trial, record))]
    months = list(span.calendar_months())
    accounts = _months(session, pools, months, trial)
    prices = [_priced(session, client_id, seller.id, one) for one in (None, (trial, tried.version))]
    answers = tuple(redecided(session, client_id, trial, record, asked or span, seller.time_zone))
    closed = _closed(session, client_id, seller.id, span)
    replayed = []
    for month in months:
        forgiven = forgiveness_of(session, client_id, seller.id, month.starts_on)
        own = [one for one in answers if one.asked_on in month]
        told = [{one.request: one.held for one in own}, {one.request: one.tried for one in own}]
        sides = [
            drawn.side(month, forgiven, sum_of([one.within(month) for one in priced]), said)
            for drawn, priced, said in zip(accounts, prices, told, strict=True)
        ]
        worked = sum(record.works[entry_id].minutes for entry_id in accounts[0].entry_ids(month))
        replayed.append(ReplayedMonth(month, month.starts_on in closed, worked, *sides))
    differing = tuple(one for one in answers if one.differs)
    return Replay(client_id, seller.id, span, _told(session, tried, trial), tuple(replayed), differing, len(answers))


def _months(session: Session, pools: Sequence[HoursFacts], months: Sequence[Term], trial: Trial) -> list[Months]:
    terms = plan_terms(session)
    for one in trial.exchanges.values():
        plan = one.tried.plan
        rate = None if plan.overage_rate_minor is None else Money(plan.overage_rate_minor, plan.currency)
        terms[plan.plan_version_id] = Terms(rate, 0)
    bounds = [*(month.starts_on for month in months), months[-1].ends_on]
    return [Months.of(pool, bounds, terms) for pool in pools]


def _priced(
    session: Session, client_id: int, seller_id: int, tried: tuple[Trial, PlanVersion | None] | None
) -> list[PricedDays]:
    """The days that subscriptions serve, each with the price of its term, as agreed; the list price of what is tried.

    A version that is tried in its own place keeps the agreed price.
    """
    trial, version = tried if tried is not None else (None, None)
    prices = {} if version is None else term_prices(session, version)
    sold = select(Subscription).where(Subscription.client_id == client_id, Subscription.seller_id == seller_id)
    priced = []
    for subscription in session.exec(sold.order_by(col(Subscription.id))):
        amended = {one.specification_id: one.price_minor for one in amendments_of(session, subscription)}
        own = select(Specification).where(Specification.subscription_id == subscription.id)
        for part in session.exec(own.order_by(col(Specification.starts_on))):
            if part.starts_on >= part.ends_on:
                continue
            price: Money | None = Money(amended.get(part.id, subscription.price_minor), subscription.currency)
            is_tried = trial is not None and subscription.id in trial.subscription_ids
            if is_tried and version is not None and version.id != part.plan_version_id:
                listed = prices.get(subscription.term_months)
                price = None if listed is None else listed.continuous
            priced.append(PricedDays(Term(part.starts_on, part.ends_on), subscription.term, price))
    return priced


def _closed(session: Session, client_id: int, seller_id: int, span: Term) -> set[date]:
    closed = select(col(Statement.month)).where(Statement.client_id == client_id, Statement.seller_id == seller_id)
    return set(session.exec(closed.where(Statement.month >= span.starts_on, Statement.month < span.ends_on)))


def _told(session: Session, tried: Tried, trial: Trial) -> TriedPlan:
    version = tried.version
    code = None if version is None else session.get_one(Plan, version.plan_id).code
    settings = {name: str(value) for name, value in (tried.settings or {}).items()}
    number = None if version is None else version.version
    return TriedPlan(code, number, settings, tuple(sorted(trial.subscription_ids)))
