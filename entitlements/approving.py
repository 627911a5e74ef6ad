"""Approving single work entries before their month is closed, where the plan asks; it stops no work (P6, H12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.catalogue import PlanVersion
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.requisites import require_text
from entitlements.entry_replies import EntryReply
from entitlements.entry_states import EntryStance, EntryState
from entitlements.standing_work import stands
from entitlements.statements import StatementLine
from entitlements.work import WorkEntry

LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """An entry of an open month that the plan asks the client about, and what was said to it."""

    id: int
    client_id: int
    seller_id: int
    work_on: date
    ticket: str
    engineer: str
    summary: str
    worked_minutes: int
    state: EntryState
    text: str = ""
    said_by: str = ""
    said_at: datetime | None = None


def approve_entry(session: Session, entry_id: int, *, said_by: str, at: datetime) -> EntryReply:
    """Approve an entry that stands, while its month is open.

    Raises `Refusal` with ENTRY_UNKNOWN, WORK_CORRECTED, ENTRY_CLOSED, APPROVAL_NOT_ASKED, ENTRY_ANSWERED or TEXT_WRONG.
    """
    return _reply(session, entry_id, EntryStance.APPROVED, "", said_by, at)


def object_to_entry(session: Session, entry_id: int, *, text: str, said_by: str, at: datetime) -> EntryReply:
    """Object to an entry; the staff corrects it, or the statement's line shows the objection; raises as the other."""
    why = require_text(text, "text", LONGEST_TEXT)
    return _reply(session, entry_id, EntryStance.OBJECTED, why, said_by, at)


def _reply(session: Session, entry_id: int, stance: EntryStance, text: str, said_by: str, at: datetime) -> EntryReply:
    by = require_text(said_by, "said_by", 200)
    entry = session.get(WorkEntry, entry_id)
    if entry is None or entry.reverses_id is not None:
        raise Refusal("ENTRY_UNKNOWN", field="entry_id", value=entry_id)
    lock_client(session, entry.client_id)
    reversal = session.exec(select(WorkEntry.id).where(WorkEntry.reverses_id == entry_id)).first()
    if reversal is not None:
        raise Refusal("WORK_CORRECTED", field="entry_id", value=entry_id, work_entry_id=reversal)
    if session.exec(select(StatementLine.id).where(StatementLine.work_entry_id == entry_id)).first() is not None:
        raise Refusal("ENTRY_CLOSED", field="entry_id", value=entry_id)
    version = session.get(PlanVersion, entry.plan_version_id) if entry.plan_version_id is not None else None
    if version is None or not version.entry_approval:
        raise Refusal("APPROVAL_NOT_ASKED", field="entry_id", value=entry_id)
    known = replies_to(session, [entry_id]).get(entry_id)
    if known is not None:
        told = {"stance": known.stance, "said_by": known.said_by, "said_at": known.said_at}
        raise Refusal("ENTRY_ANSWERED", field="entry_id", value=entry_id, **told)
    said = {"client_id": entry.client_id, "work_entry_id": entry_id, "stance": stance, "text": text}
    return append(session, EntryReply, {**said, "said_by": by, "said_at": at})


def replies_to(session: Session, entry_ids: Iterable[int]) -> dict[int, EntryReply]:
    """What was said to the entries, by their ids."""
    asked = list(entry_ids)
    said = select(EntryReply).where(col(EntryReply.work_entry_id).in_(asked))
    return {one.work_entry_id: one for one in session.exec(said)} if asked else {}


def state_of(reply: EntryReply | None) -> EntryState:
    """Where an entry stands that the client is asked about."""
    return EntryState.AWAITING if reply is None else EntryState(reply.stance)


def list_entries(
    session: Session,
    *,
    state: EntryState | None = None,
    client_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[EntryRecord]:
    """The entries of open months that clients are asked about, in the order in which they were recorded."""
    stated = select(StatementLine.id).where(col(StatementLine.work_entry_id) == col(WorkEntry.id)).exists()
    replied = col(EntryReply.work_entry_id) == col(WorkEntry.id)
    asked = select(WorkEntry, EntryReply).join(PlanVersion).outerjoin(EntryReply, replied)
    asked = asked.where(col(PlanVersion.entry_approval), stands(), ~stated)
    asked = asked.where(col(WorkEntry.id) > after)
    if client_id is not None:
        asked = asked.where(WorkEntry.client_id == client_id)
    if state is EntryState.AWAITING:
        asked = asked.where(col(EntryReply.id).is_(None))
    elif state is not None:
        asked = asked.where(EntryReply.stance == EntryStance(state))
    rows = session.exec(asked.order_by(col(WorkEntry.id)).limit(limit))
    return [_record(entry, reply) for entry, reply in rows]


def _record(entry: WorkEntry, reply: EntryReply | None) -> EntryRecord:
    return EntryRecord(
        id=entry.id,
        client_id=entry.client_id,
        seller_id=entry.seller_id,
        work_on=entry.work_on,
        ticket=entry.ticket,
        engineer=entry.engineer,
        summary=entry.summary,
        worked_minutes=entry.worked_minutes,
        state=state_of(reply),
        text=reply.text if reply is not None else "",
        said_by=reply.said_by if reply is not None else "",
        said_at=reply.said_at if reply is not None else None,
    )
