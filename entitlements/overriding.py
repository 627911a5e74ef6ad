"""Approving service for a time, ending that before its time, and telling what was approved (rule D7)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.catalogue import Service
from contracts.errors import Bounds, Refusal
from contracts.locking import lock_client
from contracts.requisites import require_text
from entitlements.covers import Approval
from entitlements.overrides import Override, OverrideEnding

LONGEST_OVERRIDE = timedelta(days=366)


def give_override(
    session: Session,
    client_id: int,
    approved_by: str,
    reason: str,
    *,
    until_at: datetime,
    at: datetime,
    service: str | None = None,
    ticket: str = "",
    longest: timedelta = LONGEST_OVERRIDE,
) -> Override:
    """Let a client be served from now until a moment, by a person and for a reason; of one service, or of any.

    Raises `Refusal` with CLIENT_UNKNOWN, SERVICE_UNKNOWN, OVERRIDE_END_WRONG for an end that is past or further away
    than the `longest` span, or TEXT_WRONG.
    """
    lock_client(session, client_id)
    if not at < until_at <= at + longest:
        allowed = Bounds(at, at + longest)
        raise Refusal("OVERRIDE_END_WRONG", field="until_at", value=until_at, allowed=allowed)
    given = {
        "client_id": client_id,
        "service_id": None if service is None else _service(session, service).id,
        "approved_by": require_text(approved_by, "approved_by", 200),
        "reason": require_text(reason, "reason", 300),
        "ticket": require_text(ticket, "ticket", 100) if ticket else "",
        "given_at": at,
        "until_at": until_at,
    }
    return append(session, Override, given)


def _service(session: Session, code: str) -> Service:
    known = {service.code: service for service in session.exec(select(Service))}
    if code not in known:
        raise Refusal("SERVICE_UNKNOWN", field="service", value=code, allowed=sorted(known))
    return known[code]


def end_override(session: Session, override_id: int, *, at: datetime) -> OverrideEnding:
    """End an override before its time. Raises `Refusal` with OVERRIDE_UNKNOWN or OVERRIDE_ENDED."""
    given = session.get(Override, override_id)
    if given is None:
        raise Refusal("OVERRIDE_UNKNOWN", field="override_id", value=override_id)
    lock_client(session, given.client_id)
    ended = session.exec(select(OverrideEnding.ended_at).where(OverrideEnding.override_id == override_id)).first()
    if ended is not None or given.until_at <= at:
        over_at = ended or given.until_at
        raise Refusal("OVERRIDE_ENDED", field="override_id", value=override_id, ended_at=over_at)
    return append(session, OverrideEnding, {"override_id": override_id, "ended_at": at})


class OverrideRecord(NamedTuple):
    """An override as it is listed; `ends_at` is the earlier of the end that was given and the one that came."""

    id: int
    client_id: int
    service: str | None
    approved_by: str
    reason: str
    ticket: str
    given_at: datetime
    until_at: datetime
    ends_at: datetime


def overrides_of(
    session: Session, client_id: int, *, from_at: datetime | None = None, before: datetime | None = None
) -> list[OverrideRecord]:
    """The overrides of a client, in the order in which they were given; of a span only those that held in it."""
    ends_at = func.coalesce(col(OverrideEnding.ended_at), col(Override.until_at))
    columns = (Override.id, Override.client_id, Service.code, Override.approved_by, Override.reason, Override.ticket)
    rows = select(*columns, Override.given_at, Override.until_at, OverrideEnding.ended_at)  # type: ignore[call-overload]
    rows = rows.select_from(Override).outerjoin(OverrideEnding).outerjoin(Service)
    rows = rows.where(Override.client_id == client_id)
    if from_at is not None:
        rows = rows.where(ends_at > from_at)
    if before is not None:
        rows = rows.where(col(Override.given_at) < before)
    return [
        OverrideRecord._make((*given, until_at, ended_at or until_at))
        for *given, until_at, ended_at in session.exec(rows.order_by(col(Override.id)))
    ]


def read_approvals(session: Session, client_id: int, known_at: datetime | None) -> tuple[Approval, ...]:
    """The overrides of a client as the decision knows them, as they were known at a moment (D1)."""
    given = overrides_of(session, client_id)
    return tuple(
        Approval(
            one.approved_by,
            one.reason,
            one.given_at,
            one.until_at if known_at is not None and known_at < one.ends_at else one.ends_at,
            one.service,
        )
        for one in given
        if known_at is None or one.given_at <= known_at
    )
