"""What is made of a line from the bank: a payment, by a rule or a person; none of ours; or taken back (M5)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from billing.bank_facts import match_lines, recorded_payments
from billing.bank_file import BankLineKind
from billing.bank_lines import BankLine, BankLineStep, BankStepKind
from billing.bank_matching import Match
from billing.bank_queue import BankLineStanding, BankLineState, line_standing
from billing.taking_payments import Put, Received, put_to_invoice, reverse_payment, take_payment
from contracts.appending import append
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.parties import Entity
from contracts.requisites import require_text


def decide(session: Session, line: BankLine, *, at: datetime) -> Match:
    """Record a new line as a payment where that is certain, else let it wait; the caller holds the clients' rows."""
    found = match_lines(session, [line])[line.id]
    if found.entity_id is None or not found.is_certain:
        return found
    payment_id = found.payment_id
    if payment_id is None:
        puts = [Put(invoice_id, amount) for invoice_id, amount in found.puts]
        payment_id = take_payment(session, _received(line, found.entity_id), puts, at=at).id
    _step(session, line, 0, BankStepKind.MATCHED, rule=found.reason, payment_id=payment_id, decided_at=at)
    return found


def assign(
    session: Session, line_id: int, entity_id: int, puts: Sequence[Put], decided_by: str, *, at: datetime
) -> BankLineStep:
    """Record a waiting line as a payment of an entity and put it to invoices, by a person.

    One that was recorded by hand already is not recorded again. Raises `Refusal` with BANK_LINE_UNKNOWN,
    BANK_LINE_DECIDED, BANK_LINE_NOT_RECEIVED, ENTITY_UNKNOWN, TEXT_WRONG, or those of `take_payment`.
    """
    by = require_text(decided_by, "decided_by", 200)
    line, position = _waiting(session, line_id)
    if line.kind is not BankLineKind.RECEIVED:
        raise Refusal("BANK_LINE_NOT_RECEIVED", field="bank_line_id", value=line_id, kind=line.kind)
    entity = known_row(session, Entity, entity_id)
    lock_client(session, entity.client_id)  # two lines may be one payment that was recorded by hand
    recorded = recorded_payments(session, [line], {line.id: [entity_id]}).get(line.id)
    if recorded is None or recorded.is_told:
        payment_id = take_payment(session, _received(line, entity_id), puts, at=at).id
    else:
        payment_id = recorded.payment_id
        for put in puts:
            put_to_invoice(session, payment_id, put.invoice_id, put.amount, at=at)
    of: dict[str, Any] = {"payment_id": payment_id, "decided_by": by, "decided_at": at}
    return _step(session, line, position, BankStepKind.ASSIGNED, **of)


def set_aside(session: Session, line_id: int, decided_by: str, note: str, *, at: datetime) -> BankLineStep:
    """Say that a waiting line is no payment of a client, by a person and why.

    Raises `Refusal` with BANK_LINE_UNKNOWN, BANK_LINE_DECIDED or TEXT_WRONG.
    """
    said = {"decided_by": require_text(decided_by, "decided_by", 200), "note": require_text(note, "note", 300)}
    line, position = _waiting(session, line_id)
    return _step(session, line, position, BankStepKind.SET_ASIDE, **said, decided_at=at)


def take_back(session: Session, line_id: int, decided_by: str, note: str, *, at: datetime) -> BankLineStep:
    """Let a decided line wait again, by a person and why; the payment that was made of it is reversed.

    Raises `Refusal` with BANK_LINE_UNKNOWN, BANK_LINE_WAITING or TEXT_WRONG.
    """
    said = {"decided_by": require_text(decided_by, "decided_by", 200), "note": require_text(note, "note", 300)}
    standing = _held(session, line_id)
    if standing.state is BankLineState.WAITING:
        raise Refusal("BANK_LINE_WAITING", field="bank_line_id", value=line_id)
    payment_id = standing.steps[-1].payment_id
    if payment_id is not None:
        reverse_payment(session, payment_id, said["decided_by"], said["note"], at=at)
    return _step(session, standing.line, len(standing.steps), BankStepKind.TAKEN_BACK, **said, decided_at=at)


def _held(session: Session, line_id: int) -> BankLineStanding:
    """How a line stands, held so that of two who decide at once the second sees what the first said."""
    session.exec(select(BankLine.id).where(BankLine.id == line_id).with_for_update()).first()
    return line_standing(session, line_id)


def _waiting(session: Session, line_id: int) -> tuple[BankLine, int]:
    """A line that waits, and how many steps it has taken."""
    standing = _held(session, line_id)
    if standing.state is not BankLineState.WAITING:
        raise Refusal("BANK_LINE_DECIDED", field="bank_line_id", value=line_id, state=standing.state)
    return standing.line, len(standing.steps)


def _received(line: BankLine, entity_id: int) -> Received:
    purpose = line.purpose[:300].strip() or f"№ {line.number}"
    return Received(line.seller_id, entity_id, line.number, line.booked_on, line.amount, purpose)


def _step(session: Session, line: BankLine, position: int, kind: BankStepKind, **more: Any) -> BankLineStep:
    place = {"bank_line_id": line.id, "position": position, "kind": kind}
    return append(session, BankLineStep, place | more)
