"""How the hours of clients went down, month by month: closed months as they were closed, open ones as they stand."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from msgspec.structs import astuple
from sqlalchemy import or_
from sqlmodel import Session, col, select

from contracts.parties import Client, Seller
from contracts.terms import ONE_DAY, first_of_month, next_month
from entitlements.facts import facts_of_pools
from entitlements.grants import Grant
from entitlements.hours import HoursAccount, account, day_starts_at, local_day
from entitlements.hours_facts import HoursFacts
from entitlements.roll_forward import RollForward, roll_forward
from entitlements.statements import Statement
from entitlements.work import WorkEntry

CHUNK = 500
"""The pools of how many clients are read at once."""


@dataclass(frozen=True, slots=True)
class PoolMonth:
    """A client's hours with a seller over a calendar month: opening + given − used − burnt = closing (E3).

    A month that runs is told up to the end of the day. `closing_minutes` of `moved` is what was left.
    """

    client_id: int
    month: date
    is_closed: bool
    moved: RollForward
    overage_minutes: int
    paid_minutes: int


def pool_clients(
    session: Session, seller_id: int, *, client_id: int | None = None, manager: str | None = None
) -> dict[int, str]:
    """The names of the clients that a seller gave minutes or worked for, by their ids, in the order of the names."""
    dealt = [select(table.client_id).where(table.seller_id == seller_id) for table in (Grant, WorkEntry)]
    own = select(Client.id, Client.name).where(or_(*(col(Client.id).in_(one) for one in dealt)))
    if client_id is not None:
        own = own.where(Client.id == client_id)
    if manager is not None:
        own = own.where(Client.manager == manager)
    return dict(session.exec(own.order_by(Client.search_key, col(Client.id))).all())


def pool_months(
    session: Session, seller: Seller, client_ids: Sequence[int], months: Sequence[date], *, at: datetime
) -> list[PoolMonth]:
    """The months in which anything was in the clients' pools or moved, client by client, the first month first."""
    found: list[PoolMonth] = []
    for start in range(0, len(client_ids), CHUNK):
        chunk = client_ids[start : start + CHUNK]
        closed = _closed(session, seller.id, chunk, months)
        for client_id, facts in facts_of_pools(session, seller.id, chunk).items():
            found += closed[client_id]
            found += _open(facts, client_id, months, at)
    return found


def _closed(
    session: Session, seller_id: int, client_ids: Sequence[int], months: Sequence[date]
) -> dict[int, list[PoolMonth]]:
    rows = select(Statement).where(Statement.seller_id == seller_id, col(Statement.client_id).in_(client_ids))
    rows = rows.where(col(Statement.month).in_(months)).order_by(col(Statement.month))
    closed: dict[int, list[PoolMonth]] = defaultdict(list)
    for one in session.exec(rows):
        moved = RollForward(*(getattr(one, name) for name in RollForward.__struct_fields__))
        month = PoolMonth(one.client_id, one.month, True, moved, one.overage_minutes, one.paid_minutes)
        closed[one.client_id].append(month)
    return closed


def _open(facts: HoursFacts, client_id: int, months: Sequence[date], at: datetime) -> Iterator[PoolMonth]:
    """The months that are not closed yet, up to the one that runs."""
    on = local_day(at, facts.time_zone)
    opened = date.min if facts.since is None else local_day(facts.since, facts.time_zone)

    @cache
    def bound(day: date) -> HoursAccount:
        return account(facts, day_starts_at(day, facts.time_zone))

    for month in sorted(months):
        if not facts.lots and not facts.entries:
            return
        if opened <= month <= first_of_month(on):
            before, after = bound(month), bound(min(next_month(month), on + ONE_DAY))
            moved = roll_forward(before, after)
            own = [line.parts for line in after.lines if line.counts_on >= month]
            overage, paid = sum(one.overage_minutes for one in own), sum(one.paid_minutes for one in own)
            if any((*astuple(moved), overage, paid)):
                yield PoolMonth(client_id, month, False, moved, overage, paid)
