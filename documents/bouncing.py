"""The bounce list: who is on it and why, and taking an address off it (P2)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.errors import Refusal
from contracts.requisites import normal_email, one_writing, require_text
from documents.bounce_report import Said, read_answer, read_report
from documents.bounces import AddressClearance, MailBounce
from documents.letters import Letter, LetterState


def record_refused_address(session: Session, letter: Letter, answer: str, *, at: datetime) -> MailBounce:
    """That a mail server refused the letter's address for good; whether it is the address's fault, its answer says."""
    return _record(session, letter, read_answer(answer), "", at)


def record_report(session: Session, content: bytes, *, at: datetime) -> MailBounce | None:
    """What a report says of one of our letters; the same report again gives the same bounce, a delivery none.

    Of another mailbox, to which the client's server hands letters on, it lists nothing: the address may well work.

    Raises `Refusal` with REPORT_UNREADABLE, or LETTER_UNKNOWN for a Message-ID that is none of ours.
    """
    report = read_report(content)
    # The letter is held: of two who bring the same report at once the second finds what the first recorded.
    told = select(Letter).where(Letter.message_key == report.message_key).with_for_update()
    letter = session.exec(told).first()
    if letter is None:
        raise Refusal("LETTER_UNKNOWN", field="Message-ID", value=report.message_key)
    if not report.said:
        return None
    said = [one if one.is_of(letter.recipient) else replace(one, is_hard=False) for one in report.said]
    worst = max(said, key=lambda one: one.is_hard)
    return _record(session, letter, worst, sha256(content).hexdigest(), at)


def clear_address(session: Session, email: str, cleared_by: str, reason: str, *, at: datetime) -> Sequence[Letter]:
    """Take an address off the list: the letters that were stopped for it wait again, and are returned.

    Those that are no news any more are withdrawn when they are to leave. Raises `Refusal` with EMAIL_WRONG,
    ADDRESS_NOT_LISTED or TEXT_WRONG.
    """
    address = normal_email(email, "email")
    by, why = require_text(cleared_by, "cleared_by", 200), require_text(reason, "reason", 300)
    listed = session.exec(select(MailBounce).where(MailBounce.address == address, *_uncleared())).all()
    if not listed:
        raise Refusal("ADDRESS_NOT_LISTED", field="email", value=address)
    for bounce in listed:
        append(
            session,
            AddressClearance,
            {"bounce_id": bounce.id, "cleared_by": by, "reason": why, "cleared_at": at},
        )
    stopped = (Letter.state == LetterState.STOPPED, func.lower(col(Letter.recipient)) == address)
    letters = session.exec(select(Letter).where(*stopped).order_by(col(Letter.id))).all()
    for letter in letters:
        letter.state, letter.claimed_until, letter.problem = LetterState.QUEUED, None, ""
    session.flush()
    return letters


def listed_addresses(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Those of some addresses that are on the list, each with what was said of it."""
    asked = {one: one_writing(one) for one in addresses}
    known = select(MailBounce).where(col(MailBounce.address).in_(asked.values()), *_uncleared())
    said = {bounce.address: bounce.said for bounce in session.exec(known.order_by(col(MailBounce.id)))}
    return {one: said[address] for one, address in asked.items() if address in said}


def bounces(
    session: Session, *, listed: bool = False, after: int = 0, limit: int | None = None
) -> Sequence[MailBounce]:
    """The bounces in the order in which they came, or only those that keep their addresses on the list."""
    found = select(MailBounce).where(MailBounce.id > after, *(_uncleared() if listed else ()))
    return session.exec(found.order_by(col(MailBounce.id)).limit(limit)).all()


def _record(session: Session, letter: Letter, said: Said, report_sha256: str, at: datetime) -> MailBounce:
    known = select(MailBounce).where(MailBounce.letter_id == letter.id, MailBounce.report_sha256 == report_sha256)
    bounce = session.exec(known).first()
    if bounce is not None:
        return bounce
    values = {
        "client_id": letter.client_id,
        "letter_id": letter.id,
        "address": one_writing(letter.recipient),
        "is_hard": said.is_hard,
        "status": said.status,
        "said": said.text,
        "report_sha256": report_sha256,
        "bounced_at": at,
    }
    return append(session, MailBounce, values)


def _uncleared() -> tuple[ColumnElement[bool], ...]:
    cleared = select(AddressClearance.id).where(col(AddressClearance.bounce_id) == col(MailBounce.id))
    return col(MailBounce.is_hard).is_(True), ~cleared.exists()
