"""A client's state as other systems are told it, and what differs between two of them (rule D12)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from contracts.standing import Standing
from entitlements.answers import CoverView, Decision, HoursView, Question
from entitlements.case_states import CaseState
from entitlements.clocks import SERVING
from entitlements.covers import ClientFacts, Cover, CoverKind
from entitlements.decision import decide
from entitlements.hours import account
from entitlements.next_change import next_change
from entitlements.objection_states import ObjectionState
from entitlements.warned_hours import Look, ServedPool, Warned, latest_pools, look_at_hours

STEADY_PERCENT = 10
"""How far, in percent of what was given, hours must come back before running low is told anew."""


class ChangeKind(StrEnum):
    """What a change was; every change is CLIENT_CHANGED too."""

    CLIENT_CHANGED = "client.changed"
    SUBSCRIPTION_SOLD = "subscription.sold"
    SUBSCRIPTION_RENEWED = "subscription.renewed"
    SUBSCRIPTION_AMENDED = "subscription.amended"
    SUBSCRIPTION_CANCELLED = "subscription.cancelled"
    FREE_PERIOD_GIVEN = "free_period.given"
    STANDING_CHANGED = "standing.changed"
    BLOCK_RAISED = "block.raised"
    BLOCK_ENDED = "block.ended"
    HOLD_PLACED = "hold.placed"
    HOLD_ENDED = "hold.ended"
    HOLD_LAPSED = "hold.lapsed"
    CASE_OPENED = "case.opened"
    CASE_DECIDED = "case.decided"
    OBJECTION_OPENED = "objection.opened"
    OBJECTION_DECIDED = "objection.decided"
    HOURS_LOW = "hours.low"
    HOURS_EXHAUSTED = "hours.exhausted"
    HOURS_RESTORED = "hours.restored"
    HOURS_WARNED = "hours.warned"
    MONTH_CLOSED = "month.closed"


class Level(StrEnum):
    """How far the hours with a seller are used up."""

    PLENTY = "plenty"
    LOW = "low"
    EXHAUSTED = "exhausted"

    @property
    def rank(self) -> int:
        """The place from plenty to exhausted."""
        return list(Level).index(self)


class CoverMark(Struct, frozen=True, array_like=True):
    """What is remembered of a cover, so that the next change of it is known by its kind."""

    standing: Standing
    parts: int
    has_successor: bool
    cancelled_on: date | None
    stopped_from: tuple[datetime, ...]
    """When each block begins that is not over."""


class Marks(Struct, frozen=True, array_like=True):
    """What is remembered of a client."""

    covers: dict[str, CoverMark] = {}
    """By kind and id: "subscription 12"."""
    holds: dict[int, datetime] = {}
    """When each live hold lapses, by its id."""
    closed_until: dict[int, datetime | None] = {}
    """The bound of the last closed month, by the seller's id."""
    levels: dict[int, Level] = {}
    """By the seller's id; none where nothing is served or no hours are given."""
    cases: dict[int, CaseState] = {}
    """The state of each over-limit case of the open months, by its id."""
    objections: dict[int, ObjectionState] = {}
    """The state of each objection to a line of a statement, by its id (P6)."""
    warned: dict[int, Warned] = {}
    """The last warning about the hours with each seller, by the seller's id (H13)."""


_NOTHING = Marks()


class ClientState(Struct, frozen=True):
    """Every cover with its standing and the hours with each seller, at a moment and a `state_version`."""

    client_id: int
    state_version: int
    at: datetime
    valid_until: datetime | None
    covers: tuple[CoverView, ...]
    hours: dict[int, HoursView]
    """By the seller's id."""
    marks: Marks


def each_cover(facts: ClientFacts, at: datetime) -> list[Decision]:
    """What would be decided on each subscription and free period alone; of an amended one the part that serves."""
    return [decide(replace(facts, covers=tuple(parts)), Question(at)) for parts in _parts(facts).values()]


def _parts(facts: ClientFacts) -> dict[tuple[CoverKind, int], list[Cover]]:
    parts: dict[tuple[CoverKind, int], list[Cover]] = {}
    for cover in facts.covers:
        parts.setdefault((cover.kind, cover.id), []).append(cover)
    return parts


def state_of(
    facts: ClientFacts,
    at: datetime,
    before: ClientState | None = None,
    objections: Mapping[int, ObjectionState] = {},
) -> ClientState:
    """The client's state at a moment; what was told before decides only when running low and warnings are told again.

    Objections are no facts of the desk's answer, so they come beside them.
    """
    views = [decision for decision in each_cover(facts, at) if decision.cover is not None]
    covers = tuple(view.cover for view in views if view.cover is not None)
    hours = {view.cover.seller_id: view.hours for view in views if view.cover is not None and view.hours is not None}
    old = before.marks if before is not None else _NOTHING
    look = look_at_hours(served_pools(facts, views), old.warned, at)
    marks = Marks(
        {f"{view.kind} {view.id}": _cover_mark(facts, view, at) for view in covers},
        {
            reserve.hold_id: reserve.expires_at
            for pool in facts.pools.values()
            for reserve in pool.reserves
            if reserve.is_live(at)
        },
        {seller_id: pool.since for seller_id, pool in facts.pools.items()},
        {seller_id: _level(*served, old.levels.get(seller_id)) for seller_id, served in _served(facts, covers, hours)},
        {case.id: case.state(at) for case in facts.cases},
        dict(objections),
        look.warned,
    )
    return ClientState(facts.client_id, facts.state_version, at, _until(facts, look, at), covers, hours, marks)


def _until(facts: ClientFacts, look: Look, at: datetime) -> datetime | None:
    """The next instant at which the state changes by the clock alone: that of the facts, or of a waiting warning."""
    accounts = {seller_id: account(pool, at) for seller_id, pool in facts.pools.items()}
    instants = (next_change(facts, accounts, at), look.due_at)
    return min((instant for instant in instants if instant is not None), default=None)


def _cover_mark(facts: ClientFacts, view: CoverView, at: datetime) -> CoverMark:
    parts = _parts(facts)[view.kind, view.id]
    stops = {stop.from_at for part in parts for stop in part.stops if stop.until_at is None or at < stop.until_at}
    return CoverMark(
        view.standing,
        len(parts),
        any(part.has_successor for part in parts),
        next((part.cancelled_on for part in parts if part.cancelled_on is not None), None),
        tuple(sorted(stops)),
    )


def served_pools(facts: ClientFacts, views: Iterable[Decision]) -> dict[int, ServedPool]:
    """The hours with each seller that serves now, by the seller's id."""
    plans = {(plan.code, plan.version): plan for plan in facts.plans.values()}
    return latest_pools(
        ServedPool(view.cover.seller_id, view.hours, plans[view.cover.plan_code, view.cover.plan_version])
        for view in views
        if view.cover is not None and view.hours is not None and view.cover.standing in SERVING
    )


def _served(
    facts: ClientFacts, covers: tuple[CoverView, ...], hours: dict[int, HoursView]
) -> Iterator[tuple[int, tuple[HoursView, int]]]:
    """The hours with each seller that serves and gives any, with the share from which its plan calls them low."""
    shares = {(plan.code, plan.version): plan.low_balance_percent for plan in facts.plans.values()}
    for cover in covers:
        if cover.standing in SERVING and hours[cover.seller_id].given_minutes:
            yield cover.seller_id, (hours[cover.seller_id], shares[cover.plan_code, cover.plan_version])


def _level(hours: HoursView, low_percent: int, before: Level | None) -> Level:
    """The level of the hours; a level once told stays until so much came back that it cannot hover round its bound."""
    taken, given = 100 * (hours.used_minutes + hours.held_minutes), hours.given_minutes
    steady = {Level.LOW: low_percent, Level.EXHAUSTED: 100}
    if hours.available_minutes <= 0:
        return Level.EXHAUSTED
    if before is Level.EXHAUSTED and taken >= (steady[before] - STEADY_PERCENT) * given:
        return Level.EXHAUSTED
    if taken >= low_percent * given:
        return Level.LOW
    if before in steady and taken >= (low_percent - STEADY_PERCENT) * given:
        return Level.LOW
    return Level.PLENTY


def kinds_of_change(before: ClientState | None, after: ClientState) -> tuple[ChangeKind, ...]:
    """What happened between two states; a client that was never told of had nothing."""
    old, new = before.marks if before is not None else _NOTHING, after.marks
    found = {ChangeKind.CLIENT_CHANGED, *_of_covers(old, new), *_of_holds(old, new, after.at), *_of_hours(old, new)}
    found |= {*_of_cases(old, new), *_of_objections(old, new)}
    if new_warnings(before, after):
        found.add(ChangeKind.HOURS_WARNED)
    closed = old.closed_until
    if any(until not in (None, closed.get(seller_id)) for seller_id, until in new.closed_until.items()):
        found.add(ChangeKind.MONTH_CLOSED)
    return tuple(kind for kind in ChangeKind if kind in found)


def new_warnings(before: ClientState | None, after: ClientState) -> dict[int, Warned]:
    """What was warned of between two states, by the seller's id (H13)."""
    old = before.marks if before is not None else _NOTHING
    return {seller_id: one for seller_id, one in after.marks.warned.items() if one != old.warned.get(seller_id)}


def _of_covers(old: Marks, new: Marks) -> Iterator[ChangeKind]:
    added = [key.partition(" ")[0] for key in new.covers.keys() - old.covers.keys()]
    renewed = sum(_newly(old, key, mark) for key, mark in new.covers.items())
    if renewed:
        yield ChangeKind.SUBSCRIPTION_RENEWED
    if added.count(CoverKind.SUBSCRIPTION) > renewed:
        yield ChangeKind.SUBSCRIPTION_SOLD
    if CoverKind.FREE_PERIOD in added:
        yield ChangeKind.FREE_PERIOD_GIVEN
    for key, mark in new.covers.items():
        known = old.covers.get(key)
        if mark.cancelled_on is not None and (known is None or known.cancelled_on != mark.cancelled_on):
            yield ChangeKind.SUBSCRIPTION_CANCELLED
        if known is not None and mark.parts > known.parts:
            yield ChangeKind.SUBSCRIPTION_AMENDED
        if known is not None and mark.standing is not known.standing:
            yield ChangeKind.STANDING_CHANGED
        stopped, before = set(mark.stopped_from), set(known.stopped_from if known is not None else ())
        if stopped - before:
            yield ChangeKind.BLOCK_RAISED
        if before - stopped:
            yield ChangeKind.BLOCK_ENDED


def _newly(old: Marks, key: str, mark: CoverMark) -> bool:
    """Whether the cover has got a successor since."""
    return mark.has_successor and not (key in old.covers and old.covers[key].has_successor)


def _of_holds(old: Marks, new: Marks, at: datetime) -> Iterator[ChangeKind]:
    if new.holds.keys() - old.holds.keys():
        yield ChangeKind.HOLD_PLACED
    for hold_id in old.holds.keys() - new.holds.keys():
        yield ChangeKind.HOLD_LAPSED if old.holds[hold_id] <= at else ChangeKind.HOLD_ENDED


def _of_cases(old: Marks, new: Marks) -> Iterator[ChangeKind]:
    for case_id, state in new.cases.items():
        if case_id not in old.cases:
            yield ChangeKind.CASE_OPENED
        if state is not CaseState.NEW and state is not old.cases.get(case_id):
            yield ChangeKind.CASE_DECIDED


def _of_objections(old: Marks, new: Marks) -> Iterator[ChangeKind]:
    for objection_id, state in new.objections.items():
        if objection_id not in old.objections:
            yield ChangeKind.OBJECTION_OPENED
        if state is not ObjectionState.UNDECIDED and state is not old.objections.get(objection_id):
            yield ChangeKind.OBJECTION_DECIDED


def _of_hours(old: Marks, new: Marks) -> Iterator[ChangeKind]:
    """One kind for each seller at most: an entry that crosses several bounds is told by the last of them."""
    for seller_id, level in new.levels.items():
        before = old.levels.get(seller_id, Level.PLENTY)
        if level.rank > before.rank:
            yield ChangeKind.HOURS_LOW if level is Level.LOW else ChangeKind.HOURS_EXHAUSTED
        elif level is Level.PLENTY and before is not Level.PLENTY:
            yield ChangeKind.HOURS_RESTORED
