"""Reading the facts of the hours account: of one pool, or of many pools of a seller with the same few selects."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlmodel import Session, SQLModel, col

from contracts.catalogue import PlanVersion
from contracts.columns import columns_of
from contracts.parties import Seller
from contracts.terms import first_of_month, next_month
from entitlements.grants import Grant, GrantVoid
from entitlements.holds import Hold, HoldEnding
from entitlements.hours import day_starts_at, local_day
from entitlements.hours_facts import Entry, HoursFacts, Lot, LotOrigin, Parts, Reserve
from entitlements.rounding import RoundingPolicy
from entitlements.statements import ClosingLot, Statement, StatementLine
from entitlements.work import WorkEntry


def hours_facts(
    session: Session,
    client_id: int,
    seller_id: int,
    *,
    before: datetime | None = None,
    known_at: datetime | None = None,
    from_zero: bool = False,
) -> HoursFacts:
    """The facts of one pool, as `facts_of_pools` reads them."""
    pools = facts_of_pools(session, seller_id, [client_id], before=before, known_at=known_at, from_zero=from_zero)
    return pools[client_id]


def facts_of_pools(
    session: Session,
    seller_id: int,
    client_ids: Sequence[int],
    *,
    before: datetime | None = None,
    known_at: datetime | None = None,
    from_zero: bool = False,
) -> dict[int, HoursFacts]:
    """The facts of each client's pool with a seller since its last closed month, by the client's id.

    `before` asks for a moment in the past: only months closed by then make the opening balance. `known_at` leaves out
    what was recorded later (D1). `from_zero` leaves out the opening balance and reads everything.
    """
    seller = session.get_one(Seller, seller_id)
    time_zone = seller.time_zone
    reader = _Reader(session, seller_id, client_ids, time_zone, known_at)
    closed = {} if from_zero else reader.last_closed(before)
    opened = {client_id: next_month(closed[client_id].month) for client_id in closed}
    lots, entries, reserves = reader.lots(closed, opened), reader.entries(opened), reader.reserves(opened)
    policies = _policies(session, {entry.plan_version_id for own in entries.values() for entry in own})
    return {
        client_id: HoursFacts(
            time_zone=time_zone,
            since=day_starts_at(opened[client_id], time_zone) if client_id in opened else None,
            lots=tuple(lots[client_id]),
            entries=tuple(entries[client_id]),
            reserves=tuple(reserves[client_id]),
            policies={
                entry.plan_version_id: policies[entry.plan_version_id]
                for entry in entries[client_id]
                if entry.plan_version_id is not None
            },
            country=seller.calendar,
        )
        for client_id in client_ids
    }


def overage_between(
    session: Session, client_id: int, seller_id: int, starts_on: date, ends_on: date
) -> tuple[tuple[date, int], ...]:
    """The overage that closed months charged for work counted from a day until before another, day by day (D6)."""
    counted = (
        select(col(WorkEntry.counts_on), func.sum(StatementLine.overage_minutes))
        .join(StatementLine, col(StatementLine.work_entry_id) == col(WorkEntry.id))
        .where(col(WorkEntry.client_id) == client_id, col(WorkEntry.seller_id) == seller_id)
        .where(col(WorkEntry.counts_on) >= starts_on, col(WorkEntry.counts_on) < ends_on)
        .where(col(StatementLine.overage_minutes) != 0)
        .group_by(col(WorkEntry.counts_on))
        .order_by(col(WorkEntry.counts_on))
    )
    return tuple((day, int(minutes)) for day, minutes in session.connection().execute(counted))


ROUNDING = (
    "quantum_minutes",
    "minimum_minutes",
    "rounding_scope",
    "in_hours_percent",
    "out_of_hours_percent",
    "weekend_percent",
)
"""The columns of a plan version that say how it rounds."""


def rounding_policy(version: PlanVersion | Row[Any]) -> RoundingPolicy:
    """The rounding of a plan version (H3)."""
    return RoundingPolicy(*(getattr(version, name) for name in ROUNDING))


def parts_of(line: StatementLine | Row[Any]) -> Parts:
    """How a closed month paid for an entry."""
    return Parts(
        bonus_minutes=line.bonus_minutes,
        goodwill_minutes=line.goodwill_minutes,
        rollover_minutes=line.rollover_minutes,
        included_minutes=line.included_minutes,
        package_minutes=line.package_minutes,
        overage_minutes=line.overage_minutes,
        paid_minutes=line.paid_minutes,
        free_minutes=line.free_minutes,
    )


_LOT = ("starts_on", "ends_on", "rollover_cap_minutes", "rollover_ends_on")
_ENTRY = (
    "id",
    "source",
    "external_id",
    "revision",
    "started_at",
    "counts_on",
    "weighted_hundredths",
    "minimum_minutes",
    "plan_version_id",
    "ticket",
    "charge",
)


class _Reader:
    """The stored facts of some clients with one seller, as far as they were known at a moment.

    It selects columns, not objects: the month close and the desk read thousands of rows that nobody changes.
    """

    def __init__(
        self, session: Session, seller_id: int, client_ids: Sequence[int], time_zone: str, known_at: datetime | None
    ) -> None:
        self._session, self._seller_id, self._client_ids = session, seller_id, client_ids
        self._time_zone, self._known_at = time_zone, known_at

    def _rows(self, query: Select[Any], table: type[SQLModel], recorded: Any) -> Iterable[Row[Any]]:
        """The rows of the pools, as far as they were recorded by the moment."""
        columns = table.__table__.c  # type: ignore[attr-defined]
        own = query.where(columns.seller_id == self._seller_id, columns.client_id.in_(self._client_ids))
        return self._session.connection().execute(own.where(*self._known(recorded)))

    def _known(self, recorded: Any) -> list[ColumnElement[bool]]:
        return [] if self._known_at is None else [col(recorded) <= self._known_at]

    def last_closed(self, before: datetime | None) -> dict[int, Row[Any]]:
        """The last closed month of each client, of those that were over at `before`."""
        closed = select(*columns_of(Statement, "client_id", "month", "id"))
        if before is not None:
            closed = closed.where(col(Statement.month) < first_of_month(local_day(before, self._time_zone)))
        rows = self._rows(closed.order_by(col(Statement.month)), Statement, Statement.closed_at)
        return {row.client_id: row for row in rows}

    def lots(self, closed: Mapping[int, Row[Any]], opened: Mapping[int, date]) -> dict[int, list[Lot]]:
        """The opening balances and the grants of the open months, with their voids."""
        voided = (
            select(*columns_of(GrantVoid, "grant_id", "voided_on"))
            .join(Grant)
            .where(*self._known(GrantVoid.recorded_at))
        )
        voided = voided.order_by(col(GrantVoid.voided_on).desc())  # of several the earliest holds
        voids = {row.grant_id: row.voided_on for row in self._rows(voided, Grant, Grant.recorded_at)}
        lots: dict[int, list[Lot]] = defaultdict(list)
        earliest = _earliest(self._client_ids, opened)
        granted = (
            select(*columns_of(Grant, "client_id", "id", "kind", "minutes", *_LOT))
            .where(col(Grant.starts_on) >= earliest)
            .order_by(col(Grant.id))
        )
        for row in self._rows(granted, Grant, Grant.recorded_at):
            if row.starts_on >= opened.get(row.client_id, date.min):
                lots[row.client_id].append(_lot(row, LotOrigin.GRANT, row.id, 0, voids.get(row.id)))
        owners = {row.id: client_id for client_id, row in closed.items()}
        for row in self._left(list(owners)):
            voided_on = voids.get(row.source_id) if row.origin is not LotOrigin.RETURNED else None
            lots[owners[row.statement_id]].append(_lot(row, row.origin, row.source_id, row.used_minutes, voided_on))
        return lots

    def _left(self, statement_ids: list[int]) -> Iterable[Row[Any]]:
        if not statement_ids:
            return ()
        left = select(
            *columns_of(ClosingLot, "statement_id", "origin", "source_id", "kind", "minutes", "used_minutes", *_LOT)
        )
        left = left.where(col(ClosingLot.statement_id).in_(statement_ids)).order_by(col(ClosingLot.id))
        return self._session.connection().execute(left)

    def entries(self, opened: Mapping[int, date]) -> dict[int, list[Entry]]:
        """The work that counts in the open months; a reversal of a closed month's work knows how that was paid."""
        paid = (col(StatementLine.id).label("line_id"), *columns_of(StatementLine, *Parts.__struct_fields__))
        counted = (
            select(*columns_of(WorkEntry, "client_id", "reverses_id", *_ENTRY), *paid)
            .outerjoin(StatementLine, col(StatementLine.work_entry_id) == col(WorkEntry.reverses_id))
            .where(col(WorkEntry.counts_on) >= _earliest(self._client_ids, opened))
            .order_by(col(WorkEntry.id))
        )
        entries: dict[int, list[Entry]] = defaultdict(list)
        for row in self._rows(counted, WorkEntry, WorkEntry.recorded_at):
            if row.counts_on >= opened.get(row.client_id, date.min):
                entries[row.client_id].append(
                    Entry(
                        **{name: getattr(row, name) for name in _ENTRY},
                        counts_at=max(row.started_at, day_starts_at(row.counts_on, self._time_zone)),
                        reverses=row.reverses_id,
                        reversed_parts=parts_of(row) if row.line_id is not None else None,
                    )
                )
        return entries

    def reserves(self, opened: Mapping[int, date]) -> dict[int, list[Reserve]]:
        """The holds that can still count in the open months."""
        earliest = _earliest(self._client_ids, opened)
        held = select(
            *columns_of(Hold, "client_id", "id", "minutes", "placed_at", "expires_at"),
            *columns_of(HoldEnding, "ended_at"),
        )
        held = held.outerjoin(HoldEnding).order_by(col(Hold.id))
        if earliest != date.min:
            held = held.where(col(Hold.expires_at) > day_starts_at(earliest, self._time_zone))
        reserves: dict[int, list[Reserve]] = defaultdict(list)
        for row in self._rows(held, Hold, Hold.placed_at):
            later = self._known_at is not None and row.ended_at is not None and row.ended_at > self._known_at
            ended_at = None if later else row.ended_at
            reserves[row.client_id].append(Reserve(row.id, row.minutes, row.placed_at, row.expires_at, ended_at))
        return reserves


def _earliest(client_ids: Sequence[int], opened: Mapping[int, date]) -> date:
    """The first day from which facts of any of the clients are needed."""
    return min((opened.get(client_id, date.min) for client_id in client_ids), default=date.min)


def _lot(row: Row[Any], origin: LotOrigin, source_id: int, used_minutes: int, voided_on: date | None) -> Lot:
    return Lot(
        origin=origin,
        source_id=source_id,
        kind=row.kind,
        minutes=row.minutes,
        used_minutes=used_minutes,
        voided_on=voided_on,
        **{name: getattr(row, name) for name in _LOT},
    )


def _policies(session: Session, version_ids: set[int | None]) -> dict[int, RoundingPolicy]:
    versions = (session.get_one(PlanVersion, version_id) for version_id in version_ids if version_id is not None)
    return {version.id: rounding_policy(version) for version in versions}
