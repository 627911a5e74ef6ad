"""All that a desk's card of a client shows at a moment, read with a fixed number of selects (D1, D5, D11, H12)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlmodel import Session, col

from contracts.catalogue import Registration
from contracts.parties import ClientContact, Contact, ContactAddress, Seller
from contracts.register_answers import RegisterAnswer
from contracts.speaking import TODAY, speaks
from contracts.subscriptions import Block
from entitlements.answers import CaseView, CountView, CoverView, Decision, Question
from entitlements.calendar import YEARS, load_calendar
from entitlements.client_facts import current_facts, read_facts
from entitlements.client_state import each_cover
from entitlements.clocks import SERVING
from entitlements.covers import Approval, ClientFacts
from entitlements.decision import decide
from entitlements.desk import live_holds, reaches_back
from entitlements.forecast import Forecast, forecast, pace_starts_on
from entitlements.goodwill import GoodwillMonth, goodwill_of
from entitlements.holds import Hold
from entitlements.hours import account, local_day
from entitlements.statements import StatementLine
from entitlements.views import case_view
from entitlements.work import WorkEntry


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person who may ask for the client, with every address of theirs."""

    id: int
    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeskCard:
    """A client as the desk sees it at a moment.

    `views` is what would be decided on each cover alone, `counts` what is counted in those covers that serve,
    `overrides` what was approved by then and still holds, `forecasts` those of the pools that have a pace, `goodwill`
    what engineers may still give where a plan sets a limit, both by the seller's id, and `observed_at` when the
    vendor's register last answered for each registration number. Nothing but forecasts changes by the clock alone
    before `valid_until`.
    """

    facts: ClientFacts
    valid_until: datetime | None
    views: tuple[Decision, ...]
    counts: tuple[tuple[CoverView, CountView], ...]
    overrides: tuple[Approval, ...]
    speakers: tuple[Speaker, ...]
    holds: tuple[Hold, ...]
    blocks: tuple[Block, ...]
    cases: tuple[CaseView, ...]
    forecasts: Mapping[int, Forecast]
    goodwill: Mapping[int, GoodwillMonth]
    observed_at: Mapping[str, datetime]


def desk_card(session: Session, client_id: int, *, at: datetime) -> DeskCard:
    """The card of a known client at a moment, that may lie in a closed month; people and register as known by then."""
    facts = facts_at(session, client_id, at)
    views = each_cover(facts, at)
    return DeskCard(
        facts=facts,
        valid_until=_until([decide(facts, Question(at)), *views]),
        views=tuple(views),
        counts=tuple(_counts(views)),
        overrides=tuple(one for one in facts.approvals if one.from_at <= at < one.until_at),
        speakers=speakers(session, client_id, at),
        holds=tuple(live_holds(session, at=at, client_id=client_id)),
        blocks=_blocks(session, client_id, at),
        cases=_cases(facts, at),
        forecasts=forecasts(session, facts, at),
        goodwill=goodwill_of(session, client_id, _today(facts, at)),
        observed_at=_observed(session, client_id, at),
    )


def _until(decisions: Iterable[Decision]) -> datetime | None:
    return min((one.valid_until for one in decisions if one.valid_until is not None), default=None)


def _counts(views: Iterable[Decision]) -> Iterator[tuple[CoverView, CountView]]:
    for view in views:
        if view.cover is not None and view.cover.standing in SERVING:
            yield from ((view.cover, count) for count in view.counts)


def facts_at(session: Session, client_id: int, at: datetime) -> ClientFacts:
    """The client's facts for a moment, that may lie in a closed month (D1)."""
    facts = current_facts(session, client_id)
    return read_facts(session, client_id, before=at) if reaches_back(facts, at) else facts


def _today(facts: ClientFacts, at: datetime) -> date:
    """The day of the moment, of the sellers that serve the client."""
    return local_day(at, next((pool.time_zone for pool in facts.pools.values()), "Europe/Moscow"))


def _cases(facts: ClientFacts, at: datetime) -> tuple[CaseView, ...]:
    """The over-limit cases of the month that the moment lies in, with each seller (D6)."""
    days = ((seller_id, local_day(at, pool.time_zone)) for seller_id, pool in facts.pools.items())
    views = (case_view(facts, seller_id, on, at) for seller_id, on in days)
    return tuple(view for view in views if view is not None)


def speakers(session: Session, client_id: int, at: datetime = TODAY) -> tuple[Speaker, ...]:
    """The people who might ask for a client at a moment, in the order in which they were recorded."""
    own = (col(ContactAddress.contact_id) == col(Contact.id)) & (col(ContactAddress.recorded_at) <= at)
    reached = select(col(Contact.id), col(Contact.name), col(ContactAddress.value)).select_from(Contact)
    reached = reached.join(ClientContact).outerjoin(ContactAddress, own)
    reached = reached.where(col(ClientContact.client_id) == client_id, speaks(ClientContact, at))
    people: dict[tuple[int, str], list[str]] = {}
    for row in _rows(session, reached.order_by(col(Contact.id), col(ContactAddress.value))):
        people.setdefault((row.id, row.name), []).extend([row.value] if row.value is not None else [])
    return tuple(Speaker(contact_id, name, tuple(addresses)) for (contact_id, name), addresses in people.items())


def _rows(session: Session, query: Any) -> list[Row[Any]]:
    return list(session.execute(query))


def _blocks(session: Session, client_id: int, at: datetime) -> tuple[Block, ...]:
    """The blocks that stop service at the moment, of the client, a contract or a subscription."""
    raised = select(Block).where(col(Block.client_id) == client_id, col(Block.from_at) <= at)
    for end in (col(Block.until_at), col(Block.lifted_at)):
        raised = raised.where(or_(end.is_(None), end > at))
    return tuple(session.execute(raised.order_by(col(Block.id))).scalars())


def _observed(session: Session, client_id: int, at: datetime) -> dict[str, datetime]:
    latest = func.max(col(RegisterAnswer.observed_at)).label("observed_at")
    answered = select(col(Registration.number), latest).join(
        RegisterAnswer, col(RegisterAnswer.registration_id) == col(Registration.id)
    )
    answered = answered.where(col(RegisterAnswer.client_id) == client_id, col(RegisterAnswer.recorded_at) <= at)
    answered = answered.group_by(col(Registration.number)).order_by(col(Registration.number))
    return {row.number: row.observed_at for row in _rows(session, answered)}


def forecasts(session: Session, facts: ClientFacts, at: datetime) -> dict[int, Forecast]:
    """The forecast of each of the client's pools that has a pace, by the seller's id (H13)."""
    if not facts.pools or not YEARS[1] <= at.year < YEARS[-1]:
        return {}  # no calendar knows the working days round the moment
    countries = select(col(Seller.id), col(Seller.calendar)).where(col(Seller.id).in_(facts.pools))
    calendars = {
        row.id: load_calendar(row.calendar, facts.pools[row.id].time_zone) for row in _rows(session, countries)
    }
    on = {seller_id: local_day(at, pool.time_zone) for seller_id, pool in facts.pools.items()}
    since = min(pace_starts_on(calendars[seller_id], on[seller_id]) for seller_id in facts.pools)
    closed, made = closed_minutes(session, facts.client_id, since), {}
    for seller_id, pool in facts.pools.items():
        opened = date.min if pool.since is None else local_day(pool.since, pool.time_zone)
        before = {day: minutes for day, minutes in closed[seller_id].items() if day < opened}
        made[seller_id] = forecast(account(pool, at), before, calendars[seller_id])
    return {seller_id: one for seller_id, one in made.items() if one is not None}


def closed_minutes(session: Session, client_id: int, since: date) -> dict[int, dict[date, int]]:
    """What closed months drew of each seller's hours, or charged beyond them, day by day from a day on."""
    drawn = col(StatementLine.billed_minutes) - col(StatementLine.paid_minutes) - col(StatementLine.free_minutes)
    counted = select(col(WorkEntry.seller_id), col(WorkEntry.counts_on), func.sum(drawn).label("minutes"))
    counted = counted.join(StatementLine, col(StatementLine.work_entry_id) == col(WorkEntry.id))
    counted = counted.where(col(WorkEntry.client_id) == client_id, col(WorkEntry.counts_on) >= since)
    minutes: dict[int, dict[date, int]] = defaultdict(dict)
    for row in _rows(session, counted.group_by(col(WorkEntry.seller_id), col(WorkEntry.counts_on))):
        minutes[row.seller_id][row.counts_on] = int(row.minutes)
    return minutes
