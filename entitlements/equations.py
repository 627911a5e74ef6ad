"""The equations of hours over the whole database: every closed month against its facts, from zero (E1, E2, E3, E5)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlmodel import Session, col

from contracts.columns import columns_of
from contracts.terms import Term
from entitlements.breaches import Breach
from entitlements.closing import LOT_COLUMNS, MOVEMENT, PARTS
from entitlements.decision_log import StoredDecision
from entitlements.durations import clock
from entitlements.facts import facts_of_pools
from entitlements.grants import Grant
from entitlements.holds import Hold
from entitlements.hours import PART_OF, HoursAccount, account, day_starts_at
from entitlements.hours_facts import GrantKind, HoursFacts, LotOrigin
from entitlements.over_limit_cases import HeldRequest, HeldRequestEnding
from entitlements.reasons import Verdict
from entitlements.roll_forward import closing_lots, roll_forward
from entitlements.statements import ClosingLot, Statement, StatementLine
from entitlements.work import WorkEntry

POOLS_AT_ONCE = 200
"""How many clients of a seller are in memory at once."""

OnPools = Callable[[int, int], None]
"""Told how many pools were looked at, and how many there are."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A closed month as it is stored: its statement, its lines by work entry, and the lots it left."""

    statement: Row[Any]
    lines: Mapping[int, Row[Any]]
    lots: Mapping[tuple[LotOrigin, int], Row[Any]]


def hours_breaches(session: Session, *, at: datetime, tell: OnPools) -> Iterator[Breach]:
    """Every closed month of every pool that is not what its facts come to from zero, and every account that loses
    minutes (E1, E2, E3)."""
    pools = _pools(session)
    done, total = 0, sum(map(len, pools.values()))
    for seller_id, client_ids in pools.items():
        for start in range(0, len(client_ids), POOLS_AT_ONCE):
            chunk = client_ids[start : start + POOLS_AT_ONCE]
            facts = facts_of_pools(session, seller_id, chunk, from_zero=True)
            stored = _stored_months(session, seller_id, chunk)
            for client_id in chunk:
                yield from _pool_breaches(f"client {client_id}", facts[client_id], stored[client_id], at)
            done += len(chunk)
            tell(done, total)


def hold_breaches(session: Session) -> Iterator[Breach]:
    """Accepted tickets whose decision is not stored, is of another client, or was a no that nobody released (E5)."""
    served = (Verdict.ALLOW.value, Verdict.ALLOW_WITH_WARNING.value)
    held = select(*columns_of(Hold, "id", "client_id", "ticket"), *columns_of(StoredDecision, "decision"))
    held = held.add_columns(col(StoredDecision.client_id).label("of")).outerjoin(
        StoredDecision, col(StoredDecision.id) == col(Hold.decision_id)
    )
    released = select(col(HeldRequest.decision_id)).join(HeldRequestEnding).where(col(HeldRequestEnding.hold_id) > 0)
    wrong = or_(
        col(StoredDecision.id).is_(None),
        col(StoredDecision.client_id).is_distinct_from(col(Hold.client_id)),
        and_(col(StoredDecision.decision).not_in(served), col(Hold.decision_id).not_in(released)),
    )
    for row in session.connection().execute(held.where(wrong).order_by(col(Hold.id))):
        found = "no decision" if row.decision is None else f"{row.decision}, client {row.of}"
        yield Breach("E5", f"hold {row.id} {row.ticket}".rstrip(), found, f"a stored yes to client {row.client_id}")


def _pools(session: Session) -> dict[int, list[int]]:
    """The clients of each seller who were given minutes or worked for, or whose months were closed."""
    pools: dict[int, set[int]] = defaultdict(set)
    for table in (Grant, WorkEntry, Statement):
        pool = select(*columns_of(table, "seller_id", "client_id")).distinct()
        for seller_id, client_id in session.connection().execute(pool):
            pools[seller_id].add(client_id)
    return {seller_id: sorted(pools[seller_id]) for seller_id in sorted(pools)}


def _stored_months(session: Session, seller_id: int, client_ids: Sequence[int]) -> dict[int, list[_Stored]]:
    """The closed months of each client, the first one first."""
    execute = session.connection().execute
    own = (col(Statement.seller_id) == seller_id, col(Statement.client_id).in_(client_ids))
    lines: dict[int, dict[int, Row[Any]]] = defaultdict(dict)
    stated = select(*columns_of(StatementLine, "statement_id", "work_entry_id", "billed_minutes", *PARTS))
    for line in execute(stated.join(Statement).where(*own)):
        lines[line.statement_id][line.work_entry_id] = line
    lots: dict[int, dict[tuple[LotOrigin, int], Row[Any]]] = defaultdict(dict)
    left = select(*columns_of(ClosingLot, "statement_id", *LOT_COLUMNS))
    for lot in execute(left.join(Statement).where(*own)):
        lots[lot.statement_id][lot.origin, lot.source_id] = lot
    months: dict[int, list[_Stored]] = defaultdict(list)
    closed = select(*columns_of(Statement, "id", "client_id", "number", "month", *MOVEMENT, *CHARGED))
    for row in execute(closed.where(*own).order_by(col(Statement.month), col(Statement.id))):
        months[row.client_id].append(_Stored(row, lines[row.id], lots[row.id]))
    return months


CHARGED = ("overage_minutes", "paid_minutes")


def _pool_breaches(client: str, facts: HoursFacts, months: Sequence[_Stored], at: datetime) -> Iterator[Breach]:
    carried: int | None = None
    for stored in months:
        term = Term.calendar_month(stored.statement.month)
        before, after = (account(facts, day_starts_at(day, facts.time_zone)) for day in (term.starts_on, term.ends_on))
        subject = f"statement {stored.statement.number}, {client}, {stored.statement.month:%Y-%m}"
        yield from _line_breaches(subject, stored, before, after)
        yield from _lot_breaches(subject, stored, after)
        yield from _movement_breaches(subject, stored.statement, before, after)
        if carried not in (None, stored.statement.opening_minutes):
            opening = clock(stored.statement.opening_minutes)
            yield Breach("E3", subject, f"opening {opening}", f"closing of the month before {clock(carried or 0)}")
        carried = stored.statement.closing_minutes
    yield from _conservation_breaches(client, account(facts, at))


def _line_breaches(subject: str, stored: _Stored, before: HoursAccount, after: HoursAccount) -> Iterator[Breach]:
    """Lines whose parts are not what paid for the entry, or do not add up; entries without a line, and the reverse."""
    names = ("billed_minutes", *PARTS)
    right = {line.entry_id: line for line in after.lines if line.counts_on >= before.on}
    for entry_id in sorted(right.keys() | stored.lines.keys()):
        line, computed = stored.lines.get(entry_id), right.get(entry_id)
        found = _nonzero(line, names)
        due = "no line" if computed is None else _nonzero(computed.parts, names)
        if found != due:
            yield Breach("E1", f"{subject}, work {entry_id}", found, due)
    for name in CHARGED:
        found_minutes = getattr(stored.statement, name)
        in_lines = sum(getattr(line, name) for line in stored.lines.values())
        if found_minutes != in_lines:
            yield Breach("E1", subject, f"{name} {clock(found_minutes)}", f"{clock(in_lines)} in its lines")


def _nonzero(row: Any, names: Sequence[str]) -> str:
    """The minutes of a line that are not 0, in words."""
    if row is None:
        return "no line"
    told = {name.removesuffix("_minutes"): getattr(row, name) for name in names}
    return ", ".join(f"{name} {clock(minutes)}" for name, minutes in told.items() if minutes) or "0:00"


def _lot_breaches(subject: str, stored: _Stored, after: HoursAccount) -> Iterator[Breach]:
    """Lots left to the next month that are not what is left of their grants (E2)."""
    right = {(lot.origin, lot.source_id): lot for lot in closing_lots(after)}
    for origin, source_id in sorted(right.keys() | stored.lots.keys()):
        found, due = (_lot(lots.get((origin, source_id))) for lots in (stored.lots, right))
        if found != due:
            yield Breach("E2", f"{subject}, {origin} {source_id}", found, due)


def _lot(lot: Any) -> str:
    if lot is None:
        return "no lot"
    return f"{lot.kind}, used {clock(lot.used_minutes)} of {clock(lot.minutes)}, {lot.starts_on} to {lot.ends_on}"


def _movement_breaches(
    subject: str, statement: Row[Any], before: HoursAccount, after: HoursAccount
) -> Iterator[Breach]:
    """Totals of a statement that are not the movement of its pool (E3)."""
    moved = roll_forward(before, after)
    for name in MOVEMENT:
        found, due = getattr(statement, name), getattr(moved, name)
        if found != due:
            yield Breach("E3", subject, f"{name} {clock(found)}", clock(due))


def _conservation_breaches(client: str, now: HoursAccount) -> Iterator[Breach]:
    """Kinds of grants of which more or less is used than entries drew, and lots with less than nothing in them (E2)."""
    for kind in GrantKind:
        used = sum(state.used_minutes for state in now.lots if state.lot.kind is kind)
        drawn = sum(getattr(line.parts, PART_OF[kind]) for line in now.lines)
        if used != drawn:
            yield Breach("E2", f"{client}, {kind}", f"used {clock(used)}", f"drawn {clock(drawn)}")
    for state in now.lots:
        least = min(state.remaining_minutes, state.held_minutes, state.expired_minutes, state.voided_minutes)
        if least < 0:
            yield Breach("E2", f"{client}, {state.lot.origin} {state.lot.source_id}", clock(least), "0:00 or more")
