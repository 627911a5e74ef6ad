"""A contract's calendar: every dated event of its life, and the proof that usage months tile each term (T1, T5)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from contracts.succession import succeeded
from contracts.terms import Term


class EventKind(StrEnum):
    """What begins or ends on a day; `cancelled` is the last day of service that a cancellation named.

    A successor's term begins with `renewal_start`, any other with `term_start`; `service_start` stands only where the
    service begins later than the term (S5).
    """

    FREE_PERIOD_START = "free_period_start"
    FREE_PERIOD_LAST_DAY = "free_period_last_day"
    TERM_START = "term_start"
    RENEWAL_START = "renewal_start"
    SERVICE_START = "service_start"
    MONTH_START = "month_start"
    AMENDMENT = "amendment"
    EXPIRING = "expiring"
    CANCELLED = "cancelled"
    LAST_DAY = "last_day"
    GRACE_LAST_DAY = "grace_last_day"


@dataclass(frozen=True, slots=True)
class Event:
    """A day of the calendar; what begins on it names its own last day, what ends or is only noticed on it names none.

    It is a subscription's, or the free period's of a registration.
    """

    on: date
    kind: EventKind
    last_day: date | None = None
    subscription_id: int | None = None
    registration_number: str | None = None


@dataclass(frozen=True, slots=True)
class SoldTerm:
    """A subscription: its term, the months it was sold for, its first day of service, and its plan's days of grace and
    of notice."""

    subscription_id: int
    plan_code: str
    term: Term
    term_months: int
    serves_from: date
    grace_days: int
    expiring_days: int
    predecessor_id: int | None = None
    cancelled_on: date | None = None
    amended_on: tuple[date, ...] = ()

    @property
    def last_day(self) -> date:
        """The last day of service."""
        return self.term.last_day if self.cancelled_on is None else self.cancelled_on


@dataclass(frozen=True, slots=True)
class FreeTerm:
    """The free period of a registration."""

    registration_number: str
    term: Term

    def gap_days(self, paid_from: date, today: date) -> int:
        """The days without service between it, or today when it is over, and the paid start (T3)."""
        return max((paid_from - max(self.term.ends_on, today)).days, 0)


@dataclass(frozen=True, slots=True)
class Tiling:
    """A sold term beside its usage months."""

    sold: SoldTerm
    months: tuple[Term, ...]

    @property
    def days(self) -> int:
        """How many days the months hold in all."""
        return sum(month.days for month in self.months)

    @property
    def tiles(self) -> bool:
        """Whether the months are as many as were sold, hold as many days as the term and leave no seam open (T1).

        The first starts with the term, each other one where the one before it ended, and the last ends with the term.
        """
        term = self.sold.term
        starts = [*(month.starts_on for month in self.months), term.ends_on]
        ends = [term.starts_on, *(month.ends_on for month in self.months)]
        return starts == ends and self.days == term.days and len(self.months) == self.sold.term_months


@dataclass(frozen=True, slots=True)
class ContractCalendar:
    """The events in the order of their days, the tiling of each term, and the free periods."""

    events: tuple[Event, ...]
    tilings: tuple[Tiling, ...]
    free: tuple[FreeTerm, ...]


def contract_calendar(sold: Iterable[SoldTerm], free: Iterable[FreeTerm]) -> ContractCalendar:
    """The calendar of a contract; on one day free periods come first, then the terms as they are given."""
    free = tuple(free)
    tilings = tuple(Tiling(one, tuple(one.term.months())) for one in sold)
    renewed = _renewed([tiling.sold for tiling in tilings])
    events = [event for one in free for event in _free_events(one)]
    for tiling in tilings:
        events += _begins(tiling)
        events += _ends(tiling.sold, has_successor=tiling.sold.subscription_id in renewed)
    return ContractCalendar(tuple(sorted(events, key=lambda event: event.on)), tilings, free)


def _free_events(free: FreeTerm) -> Iterator[Event]:
    number, last_day = free.registration_number, free.term.last_day
    yield Event(free.term.starts_on, EventKind.FREE_PERIOD_START, last_day, registration_number=number)
    yield Event(last_day, EventKind.FREE_PERIOD_LAST_DAY, registration_number=number)


def _renewed(sold: list[SoldTerm]) -> set[int]:
    never_served = {one.subscription_id for one in sold if one.cancelled_on and one.cancelled_on < one.term.starts_on}
    return succeeded({one.subscription_id: one.predecessor_id for one in sold}, never_served)


def _begins(tiling: Tiling) -> Iterator[Event]:
    """What begins in a term, up to the last day of service."""
    sold, term, last_day = tiling.sold, tiling.sold.term, tiling.sold.last_day
    start = EventKind.TERM_START if sold.predecessor_id is None else EventKind.RENEWAL_START
    begins = [(term.starts_on, start, last_day)]
    if sold.serves_from > term.starts_on:
        begins.append((sold.serves_from, EventKind.SERVICE_START, last_day))
    begins += [(day, EventKind.AMENDMENT, last_day) for day in sold.amended_on]
    begins += [(month.starts_on, EventKind.MONTH_START, min(month.last_day, last_day)) for month in tiling.months]
    return (Event(on, kind, until, sold.subscription_id) for on, kind, until in begins if on <= last_day)


def _ends(sold: SoldTerm, *, has_successor: bool) -> Iterator[Event]:
    """The end of a term with what goes before and after it; a cancellation has neither notice nor grace."""
    if sold.cancelled_on is not None:
        yield Event(sold.cancelled_on, EventKind.CANCELLED, subscription_id=sold.subscription_id)
        return
    if not has_successor:
        noticed_on = max(sold.serves_from, sold.last_day - timedelta(days=sold.expiring_days))
        yield Event(noticed_on, EventKind.EXPIRING, subscription_id=sold.subscription_id)
    yield Event(sold.last_day, EventKind.LAST_DAY, subscription_id=sold.subscription_id)
    if sold.grace_days > 0:
        grace_last_day = sold.last_day + timedelta(days=sold.grace_days)
        yield Event(grace_last_day, EventKind.GRACE_LAST_DAY, subscription_id=sold.subscription_id)
