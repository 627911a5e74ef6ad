"""The hours of what was taken over: an opening balance in place of the months gone by, and the coming months in full.

A usage period that began before the day of the book gives only what the book says is left of it; every later one gives
its included minutes, as if it had been sold here (H5).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from contracts.appending import append_all
from contracts.book import BalanceKey, Book, RowRefusal
from contracts.booked_parties import Booked, rows_of
from contracts.catalogue import PlanVersion
from contracts.errors import Refusal
from contracts.policies import IncludedPer
from contracts.subscriptions import FreePeriod
from contracts.terms import ONE_DAY, Term, next_month
from contracts.told_sales import SoldElsewhere
from entitlements.granting import LONGEST_GRANT_MINUTES, included, usage_policy
from entitlements.grants import Grant
from entitlements.hours_facts import GrantKind
from entitlements.statements import Statement
from entitlements.usage import UsageGrant, UsagePolicy, usage_grants
from entitlements.work import WorkEntry

OPENING = "opening balance"


def open_subscriptions(
    session: Session, sold: Sequence[SoldElsewhere], *, on: date, at: datetime
) -> tuple[int, list[RowRefusal]]:
    """Give the new subscriptions what is left of their hours and the minutes to come; how many minutes were left.

    Refuses HOURS_NOT_OPEN for a balance of what has not begun, HOURS_OVER for one that is over by the day,
    MINUTES_WRONG, MONTH_CLOSED where the day lies in a closed month, and BOOK_DIFFERS where a known one was opened with
    other hours.
    """
    opening = _Opening(session, sold, on, at)
    faults, grants, minutes = [], [], 0
    for one in sold:
        try:
            if one.is_new:
                given = list(opening.grants(one))
                minutes += sum(grant["minutes"] for grant in given if grant["reason"])
                grants += given
            else:
                opening.require_same(one)
        except Refusal as wrong:
            faults.append((one.row, wrong))
    append_all(session, Grant, grants)
    return minutes, faults


class _Opening:
    """The plans of subscriptions, the closed months of their clients, the balances with which they were opened."""

    def __init__(self, session: Session, sold: Sequence[SoldElsewhere], on: date, at: datetime) -> None:
        self._on, self._at = on, at
        self._versions = {
            version_id: session.get_one(PlanVersion, version_id) for version_id in {one.plan_version_id for one in sold}
        }
        self._opened = opened_pools(session, [one.client_id for one in sold])
        keys = [_opening_key(one.id) for one in sold if not one.is_new]
        columns = select(col(Grant.source_key), col(Grant.minutes))
        self._known = {row.source_key: row.minutes for row in rows_of(session, columns, Grant.source_key, keys)}

    def grants(self, one: SoldElsewhere) -> Iterator[dict[str, Any]]:
        """The columns of its grants."""
        if self._opened.get((one.client_id, one.seller_id), date.min) > self._on:
            opened = self._opened[one.client_id, one.seller_id]
            raise Refusal("MONTH_CLOSED", field="client", value=self._on, allowed=f"from {opened}")
        version = self._versions[one.plan_version_id]
        pool, source = (one.client_id, one.seller_id), f"subscription:{one.id}"
        from_on = self._on if one.minutes_left is None else self._on + ONE_DAY
        current: UsageGrant | None = None
        months = len(list(one.term.months()))
        for usage in usage_grants(one.term, months, usage_policy(version)):
            if usage.term.starts_on >= from_on:
                yield {**included(pool, usage, version.rollover_cap_minutes, source, one.id, self._at), "reason": ""}
            elif self._on in usage.term:
                current = usage
        if one.minutes_left is not None:
            yield from self._left(one, version, current)

    def _left(self, one: SoldElsewhere, version: PlanVersion, current: UsageGrant | None) -> Iterator[dict[str, Any]]:
        """What is left of the usage period, which burns or rolls over with it, unless it is said to last otherwise."""
        left = _require_minutes(one.minutes_left)
        if one.term.starts_on > self._on:
            raise Refusal("HOURS_NOT_OPEN", field="hours_left", value=left, starts_on=one.term.starts_on)
        if one.hours_until is None and self._on >= one.term.ends_on:
            raise Refusal("HOURS_OVER", field="hours_until", value=one.term.last_day, allowed=f"from {self._on}")
        period = _period(one.term, version.included_per, self._on)
        ends_on = period.ends_on if one.hours_until is None else one.hours_until + ONE_DAY
        if ends_on <= self._on:
            raise Refusal("HOURS_OVER", field="hours_until", value=one.hours_until, allowed=f"from {self._on}")
        rolls_until = current.rollover_ends_on if current is not None and ends_on == period.ends_on else None
        usage = UsageGrant(Term(self._on, ends_on), left, rolls_until)
        cap = version.rollover_cap_minutes
        grant = included((one.client_id, one.seller_id), usage, cap, "", one.id, self._at)
        if left:
            yield grant | {"source_key": _opening_key(one.id), "reason": OPENING}

    def require_same(self, one: SoldElsewhere) -> None:
        """Raises `Refusal("BOOK_DIFFERS")` when a known one was opened with other hours than the file says."""
        known = self._known.get(_opening_key(one.id))
        if known is not None and one.minutes_left is not None and known != one.minutes_left:
            raise Refusal("BOOK_DIFFERS", field="hours_left", value=one.minutes_left, allowed=known)


def _opening_key(subscription_id: int) -> str:
    return f"subscription:{subscription_id}:opening"


def _require_minutes(minutes: int | None) -> int:
    if minutes is None or not 0 <= minutes <= LONGEST_GRANT_MINUTES:
        raise Refusal("MINUTES_WRONG", field="hours_left", value=minutes, allowed=f"0 to {LONGEST_GRANT_MINUTES}")
    return minutes


def _period(term: Term, per: IncludedPer, on: date) -> Term:
    """The usage period that holds the day; the last one when the term is over."""
    if per is IncludedPer.TERM:
        return term
    return term.month_at(on) if per is IncludedPer.SUBSCRIPTION_MONTH else term.calendar_month_at(on)


def opened_pools(session: Session, client_ids: Sequence[int]) -> dict[tuple[int, int], date]:
    """The first open day of each of the clients' pools with a seller of which a month was ever closed."""
    months = select(col(Statement.client_id), col(Statement.seller_id), func.max(col(Statement.month)).label("month"))
    months = months.group_by(col(Statement.client_id), col(Statement.seller_id))
    rows = rows_of(session, months, Statement.client_id, client_ids)
    return {(row.client_id, row.seller_id): next_month(row.month) for row in rows}


def open_free_periods(session: Session, free_period_ids: Sequence[int], *, on: date, at: datetime) -> None:
    """Give the free periods the minutes of their months to come (S3)."""
    columns = ("id", "client_id", "seller_id", "starts_on", "ends_on")
    stored = select(*(getattr(FreePeriod, name) for name in columns), col(PlanVersion.free_minutes)).join(PlanVersion)
    grants = []
    for row in rows_of(session, stored, FreePeriod.id, free_period_ids):
        term = Term(row.starts_on, row.ends_on)
        for usage in usage_grants(term, len(list(term.months())), UsagePolicy(row.free_minutes)):
            if usage.term.starts_on >= on:
                grants.append(included((row.client_id, row.seller_id), usage, 0, f"free_period:{row.id}", None, at))
    append_all(session, Grant, grants)


def open_balances(
    session: Session, book: Book, clients: Booked, seller_id: Callable[[str], int], *, on: date, at: datetime
) -> Booked:
    """Give what is left of packages and other hours that belong to no subscription, each to its last day (H8).

    They open a pool: one in which a month is closed, somebody worked or hours were given by other means is refused with
    POOL_OPEN. Refuses HOURS_OVER and MINUTES_WRONG, and BOOK_DIFFERS for a known balance of other minutes.
    """
    booked, made = Booked(), dict[BalanceKey, dict[str, Any]]()
    pools = _Pools(session, list(clients.ids.values()))
    for key, said in book.balances.items():
        seller, client, until = key
        if client not in clients.ids:
            continue
        try:
            pool = (clients.ids[client], seller_id(seller))
            source_key = f"opening:{pool[0]}:{pool[1]}:{until}"
            left = _require_minutes(said.values.get("minutes_left"))
            if source_key in pools.known:
                _require_known(left, pools.known[source_key])
                booked.known += 1
            else:
                pools.require_closed(pool)
                made |= {key: _package(pool, left, on, until, at) | {"source_key": source_key}} if left else {}
        except Refusal as wrong:
            booked.refuse(said, wrong)
    booked.store(session, Grant, made)
    return booked


def _require_known(left: int, known: int) -> None:
    if left != known:
        raise Refusal("BOOK_DIFFERS", field="hours_left", value=left, allowed=known)


def _package(pool: tuple[int, int], left: int, on: date, until: date, at: datetime) -> dict[str, Any]:
    if until < on:
        raise Refusal("HOURS_OVER", field="hours_until", value=until, allowed=f"from {on}")
    owner = {"client_id": pool[0], "seller_id": pool[1], "kind": GrantKind.PACKAGE, "minutes": left}
    return {**owner, "starts_on": on, "ends_on": until + ONE_DAY, "reason": OPENING, "recorded_at": at}


class _Pools:
    """The balances with which pools were opened, and the pools in which something else has happened."""

    def __init__(self, session: Session, client_ids: Sequence[int]) -> None:
        self.known: dict[str, int] = {}
        self._used = set(opened_pools(session, client_ids))
        columns = ("client_id", "seller_id", "source_key", "minutes", "subscription_id")
        given = select(*(getattr(Grant, name) for name in columns)).where(col(Grant.kind) != GrantKind.INCLUDED)
        for row in rows_of(session, given, Grant.client_id, client_ids):
            if row.source_key.startswith("opening:"):
                self.known[row.source_key] = row.minutes
            else:
                self._used.add((row.client_id, row.seller_id))
        worked = select(col(WorkEntry.client_id), col(WorkEntry.seller_id)).distinct()
        for row in rows_of(session, worked, WorkEntry.client_id, client_ids):
            self._used.add((row.client_id, row.seller_id))

    def require_closed(self, pool: tuple[int, int]) -> None:
        """Raises `Refusal("POOL_OPEN")` when hours were given or work was done in the pool already."""
        if pool in self._used:
            raise Refusal("POOL_OPEN", field="hours_left", client_id=pool[0])
