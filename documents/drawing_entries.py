"""Drawing up a statement's entries: what was worked, what was billed and why, and what paid for it (P5, H3, H9)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from contracts.catalogue import PlanVersion, Service
from contracts.money import Money
from contracts.parties import Entity, Seller
from documents.drawing_parties import called
from documents.entry_lines import DifferenceKind, DifferenceSheet, EntrySheet, PaidFrom, ShareSheet
from documents.words import Language
from entitlements.approving import replies_to, state_of
from entitlements.billed import DEFAULT_ROUNDING
from entitlements.calendar import WorkingCalendar, load_calendar
from entitlements.entry_replies import EntryReply
from entitlements.facts import rounding_policy
from entitlements.hours_facts import Charge
from entitlements.rounding import RateZone, round_up
from entitlements.statements import Statement, StatementLine
from entitlements.timing import stretches_of
from entitlements.work import WorkEntry


def entry_sheets(
    session: Session, statement: Statement, seller: Seller, signed: Entity | None, language: Language
) -> tuple[EntrySheet, ...]:
    """The statement's entries in their order; work for another entity than the one that signed names it (H8)."""
    stated = (
        select(StatementLine, WorkEntry, PlanVersion, Service)
        .join(WorkEntry, col(WorkEntry.id) == col(StatementLine.work_entry_id))
        .outerjoin(PlanVersion, col(PlanVersion.id) == col(WorkEntry.plan_version_id))
        .outerjoin(Service, col(Service.code) == col(WorkEntry.service))
        .where(StatementLine.statement_id == statement.id)
        .order_by(col(StatementLine.position))
    )
    rows = session.exec(stated).all()
    calendar = load_calendar(seller.calendar, seller.time_zone)
    measured = stretches_of(session, [work for _, work, _, _ in rows])
    replies = replies_to(session, _asked_about(rows))
    others = _other_entities(session, {work.entity_id for _, work, _, _ in rows}, signed)
    return tuple(
        EntrySheet(
            worked_on=work.work_on,
            ticket=work.ticket,
            title=work.summary,
            service=called(service, language) if service is not None else "",
            asked_by=work.asked_by,
            worked_by=work.engineer,
            channel=work.channel,
            worked_minutes=work.worked_minutes,
            billed_minutes=line.billed_minutes,
            shares=tuple(_shares(line, work.charge)),
            amount=Money(line.amount_minor, statement.currency),
            differences=tuple(differences_of(work, line.billed_minutes, version, zones_of(work, measured, calendar))),
            hour_rate=Money(line.rate_minor, statement.currency) if line.rate_minor else None,
            forgiven=line.rate_minor == 0,
            entity=others.get(work.entity_id or 0, ""),
            takes_back=work.reverses_id is not None,
            approval=_approval(work, version, replies),
        )
        for line, work, version, service in rows
    )


def _asked_about(rows: Iterable[Any]) -> list[int]:
    """The entries about which their plan asks the client."""
    return [work.id for _, work, version, _ in rows if version is not None and version.entry_approval]


def _approval(work: WorkEntry, version: PlanVersion | None, replies: Mapping[int, EntryReply]) -> str:
    """Where the entry stood when its month was closed; what takes work back is not asked about."""
    if version is None or not version.entry_approval or work.reverses_id is not None:
        return ""
    return state_of(replies.get(work.id)).value


def _other_entities(session: Session, ids: set[int | None], signed: Entity | None) -> dict[int, str]:
    others = ids - {None, signed.id if signed is not None else None}
    named = select(Entity.id, Entity.name).where(col(Entity.id).in_(others))
    return dict(session.exec(named).all()) if others else {}


def _shares(line: StatementLine, charge: Charge) -> Iterator[ShareSheet]:
    parts = {
        PaidFrom.BONUS: line.bonus_minutes,
        PaidFrom.GOODWILL: line.goodwill_minutes,
        PaidFrom.ROLLOVER: line.rollover_minutes,
        PaidFrom.INCLUDED: line.included_minutes,
        PaidFrom.PACKAGE: line.package_minutes,
        PaidFrom.OVERAGE: line.overage_minutes,
        PaidFrom.PAID: line.paid_minutes,
        PaidFrom.FREE if charge is Charge.GOODWILL else PaidFrom.OUT_OF_SCOPE: line.free_minutes,
    }
    return (ShareSheet(paid_from, minutes) for paid_from, minutes in parts.items() if minutes)


_MULTIPLIED = {
    RateZone.IN_HOURS: DifferenceKind.IN_HOURS,
    RateZone.OUT_OF_HOURS: DifferenceKind.OUT_OF_HOURS,
    RateZone.WEEKEND: DifferenceKind.DAY_OFF,
}


def differences_of(
    work: WorkEntry, billed_minutes: int, version: PlanVersion | None, zones: Sequence[RateZone]
) -> Iterator[DifferenceSheet]:
    """Why billed minutes differ from worked ones (H3); what takes work back differs for the reasons of that work."""
    policy = rounding_policy(version) if version is not None else DEFAULT_ROUNDING
    worked, weighted, billed = abs(work.worked_minutes), abs(work.weighted_hundredths), abs(billed_minutes)
    travel, bills_travel = abs(work.travel_minutes), version is not None and version.bills_travel
    if travel:
        yield DifferenceSheet(DifferenceKind.TRAVEL if bills_travel else DifferenceKind.TRAVEL_FREE, travel)
    if billed == worked:
        return
    if weighted - (100 * travel if bills_travel else 0) != 100 * worked:
        for zone in zones:
            if policy.percent(zone) != 100:
                yield DifferenceSheet(_MULTIPLIED[zone], percent=policy.percent(zone))
    alone = round_up(weighted, policy.quantum_minutes, work.minimum_minutes)
    if billed != alone:  # only a scope wider than the entry does that
        yield DifferenceSheet(DifferenceKind.TICKET)
    elif round_up(weighted, policy.quantum_minutes, 0) < alone:
        yield DifferenceSheet(DifferenceKind.MINIMUM, work.minimum_minutes)
    elif 100 * alone != weighted:
        yield DifferenceSheet(DifferenceKind.ROUNDING, policy.quantum_minutes)


def zones_of(
    work: WorkEntry, measured: Mapping[int, tuple[tuple[datetime, int], ...]], calendar: WorkingCalendar
) -> list[RateZone]:
    """The rate zones that the work lay in, in order, each once; pauses of a timer are no work."""
    worked = abs(work.worked_minutes)
    whole = ((work.started_at, worked),) if work.timed else ()
    parts = calendar.work_parts(measured.get(work.id, whole), work.work_on, worked)
    return list(dict.fromkeys(zone for zone, _ in parts))
