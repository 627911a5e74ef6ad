"""Reading the facts of one client: what the hours account and the desk's decision are computed from."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from contracts.catalogue import PlanVersion
from contracts.parties import Seller
from contracts.terms import next_month
from entitlements.grants import Grant, GrantVoid
from entitlements.holds import Hold, HoldEnding
from entitlements.hours_facts import Entry, HoursFacts, Lot, LotOrigin, Parts, Reserve
from entitlements.rounding import RoundingPolicy
from entitlements.statements import ClosingLot, Statement, StatementLine
from entitlements.work import WorkEntry


def midnight(day: date, time_zone: str) -> datetime:
    """The instant at which a day begins in a time zone."""
    return datetime.combine(day, time(0), ZoneInfo(time_zone))


def hours_facts(
    session: Session,
    client_id: int,
    seller_id: int,
    *,
    before: datetime | None = None,
    known_at: datetime | None = None,
    from_zero: bool = False,
) -> HoursFacts:
    """The facts of a pool since its last closed month.

    `before` asks for a moment in the past: only months closed by then make the opening balance. `known_at` leaves out
    what was recorded later (D1). `from_zero` leaves out the opening balance and reads everything.
    """
    time_zone = session.exec(select(Seller.time_zone).where(Seller.id == seller_id)).one()
    pool = _Pool(session, client_id, seller_id, time_zone, known_at)
    closed = None if from_zero else pool.last_closed(before)
    opened = next_month(closed.month) if closed is not None else date.min
    entries = pool.entries(opened)
    return HoursFacts(
        time_zone=time_zone,
        since=midnight(opened, time_zone) if closed is not None else None,
        lots=pool.lots(closed, opened),
        entries=entries,
        reserves=pool.reserves(opened),
        policies=_policies(session, {entry.plan_version_id for entry in entries} - {None}),
    )


def rounding_policy(version: PlanVersion) -> RoundingPolicy:
    """The rounding of a plan version (H3)."""
    return RoundingPolicy(
        quantum_minutes=version.quantum_minutes,
        minimum_minutes=version.minimum_minutes,
        scope=version.rounding_scope,
        in_hours_percent=version.in_hours_percent,
        out_of_hours_percent=version.out_of_hours_percent,
        weekend_percent=version.weekend_percent,
    )


class _Pool:
    """The stored facts of one client with one seller, as far as they were known at a moment."""

    def __init__(
        self, session: Session, client_id: int, seller_id: int, time_zone: str, known_at: datetime | None
    ) -> None:
        self._session, self._pool = session, (client_id, seller_id)
        self._time_zone, self._known_at = time_zone, known_at

    def _own(self, table: type[Grant | WorkEntry | Hold | Statement], recorded: object) -> list[ColumnElement[bool]]:
        client_id, seller_id = self._pool
        own = [col(table.client_id) == client_id, col(table.seller_id) == seller_id]
        return own if self._known_at is None else [*own, col(recorded) <= self._known_at]

    def last_closed(self, before: datetime | None) -> Statement | None:
        """The last closed month, of those that were over at `before`."""
        own = self._own(Statement, Statement.closed_at)
        closed = self._session.exec(select(Statement).where(*own).order_by(col(Statement.month).desc()))
        over = (s for s in closed if before is None or midnight(next_month(s.month), self._time_zone) <= before)
        return next(over, None)

    def lots(self, closed: Statement | None, opened: date) -> tuple[Lot, ...]:
        """The opening balance and the grants of the open months, with their voids."""
        own = self._own(Grant, Grant.recorded_at)
        voided = select(GrantVoid).join(Grant).where(*own)
        if self._known_at is not None:
            voided = voided.where(GrantVoid.recorded_at <= self._known_at)
        voids = {void.grant_id: void.voided_on for void in self._session.exec(voided)}
        granted = self._session.exec(select(Grant).where(*own, Grant.starts_on >= opened))
        lots = [_granted(grant, voids.get(grant.id)) for grant in granted]
        if closed is not None:
            left = self._session.exec(select(ClosingLot).where(ClosingLot.statement_id == closed.id))
            lots += [_left(lot, voids.get(lot.source_id)) for lot in left]
        return tuple(lots)

    def entries(self, opened: date) -> tuple[Entry, ...]:
        """The work that counts in the open months; a reversal of a closed month's work knows how that was paid."""
        own = self._own(WorkEntry, WorkEntry.recorded_at)
        # A line of the statement that closed the reversed entry's month, never of a later one.
        frozen = (
            select(WorkEntry, StatementLine)
            .outerjoin(StatementLine, col(StatementLine.work_entry_id) == col(WorkEntry.reverses_id))
            .where(*own, WorkEntry.counts_on >= opened)
        )
        return tuple(self._entry(work, line) for work, line in self._session.exec(frozen))

    def _entry(self, work: WorkEntry, line: StatementLine | None) -> Entry:
        return Entry(
            id=work.id,
            source=work.source,
            external_id=work.external_id,
            revision=work.revision,
            started_at=work.started_at,
            counts_at=max(work.started_at, midnight(work.counts_on, self._time_zone)),
            counts_on=work.counts_on,
            weighted_hundredths=work.weighted_hundredths,
            minimum_minutes=work.minimum_minutes,
            plan_version_id=work.plan_version_id,
            ticket=work.ticket,
            charge=work.charge,
            reverses=work.reverses_id,
            reversed_parts=parts_of(line) if line is not None else None,
        )

    def reserves(self, opened: date) -> tuple[Reserve, ...]:
        """The holds that can still count in the open months."""
        own = self._own(Hold, Hold.placed_at)
        held = select(Hold, HoldEnding).outerjoin(HoldEnding).where(*own)
        if opened != date.min:
            held = held.where(Hold.expires_at > midnight(opened, self._time_zone))
        return tuple(
            Reserve(hold.id, hold.minutes, hold.placed_at, hold.expires_at, self._ended(ending))
            for hold, ending in self._session.exec(held)
        )

    def _ended(self, ending: HoldEnding | None) -> datetime | None:
        if ending is None or (self._known_at is not None and ending.ended_at > self._known_at):
            return None
        return ending.ended_at


def parts_of(line: StatementLine) -> Parts:
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


def _granted(grant: Grant, voided_on: date | None) -> Lot:
    return Lot(
        origin=LotOrigin.GRANT,
        source_id=grant.id,
        kind=grant.kind,
        minutes=grant.minutes,
        starts_on=grant.starts_on,
        ends_on=grant.ends_on,
        rollover_cap_minutes=grant.rollover_cap_minutes,
        rollover_ends_on=grant.rollover_ends_on,
        voided_on=voided_on,
    )


def _left(lot: ClosingLot, voided_on: date | None) -> Lot:
    return Lot(
        origin=lot.origin,
        source_id=lot.source_id,
        kind=lot.kind,
        minutes=lot.minutes,
        starts_on=lot.starts_on,
        ends_on=lot.ends_on,
        used_minutes=lot.used_minutes,
        rollover_cap_minutes=lot.rollover_cap_minutes,
        rollover_ends_on=lot.rollover_ends_on,
        voided_on=voided_on if lot.origin is LotOrigin.GRANT else None,
    )


def _policies(session: Session, version_ids: set[int | None]) -> dict[int, RoundingPolicy]:
    versions = session.exec(select(PlanVersion).where(col(PlanVersion.id).in_(version_ids))) if version_ids else ()
    return {version.id: rounding_policy(version) for version in versions}
