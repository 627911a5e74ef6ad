"""Mailing what is told about objections: each recorded once, with the letters that tell it (rule P6)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.parties import Seller
from documents.addressing import letter_to
from documents.mailing import take_seller
from documents.objection_due import DueNews
from documents.objection_reminders import ObjectionReminder
from entitlements.objection_days import ObjectionNews
from entitlements.objection_facts import awaits_answer, is_undecided
from entitlements.objections import LineReply
from entitlements.statements import Statement


def queue_news(session: Session, seller_id: int, due: Sequence[DueNews], *, at: datetime) -> list[DueNews]:
    """Record what is due of a seller and queue its letters; returns what nobody had told before.

    The seller's row is taken first, so of two workers the second finds it told. Where there is nobody to write to,
    nothing is recorded: it stays due for as long as it is news.
    """
    seller, subjects = take_seller(session, seller_id), [one.subject_id for one in due]
    known = or_(col(ObjectionReminder.statement_id).in_(subjects), col(ObjectionReminder.objection_id).in_(subjects))
    rows = session.exec(select(ObjectionReminder).where(known))
    told = {(row.news, row.statement_id or row.objection_id) for row in rows}
    queued = [one for one in due if one.letters and (one.news, one.subject_id) not in told]
    for one in queued:
        subject = "statement_id" if one.news is ObjectionNews.LAST_DAY else "objection_id"
        fact = {"client_id": one.client_id, "news": one.news, subject: one.subject_id, "recorded_at": at}
        reminder = append(session, ObjectionReminder, fact)
        about = (seller, f"{one.news}.{one.subject_id}", one.client_id)
        for recipient, words in one.letters.items():
            session.add(letter_to(recipient, words, *about, at=at, objection_reminder_id=reminder.id))
    session.flush()
    return queued


def still_told(session: Session, reminder_id: int, *, at: datetime) -> bool:
    """Whether a letter about objections is still to be sent: what it asks for is not done and can be done.

    That a decision is due soon is no news once it was told to be due. A decision stays one.
    """
    told = session.get_one(ObjectionReminder, reminder_id)
    if told.news is ObjectionNews.DECIDED:
        return True
    if told.news is ObjectionNews.LAST_DAY:
        waiting = select(Statement, Seller).join(Seller).where(Statement.id == told.statement_id, awaits_answer())
        found = session.exec(waiting).first()
        return found is not None and found[1].day_of(at) <= found[0].object_until
    later = select(ObjectionReminder.id).where(
        ObjectionReminder.objection_id == told.objection_id, col(ObjectionReminder.id) > told.id
    )
    undecided = select(LineReply.id).where(LineReply.id == told.objection_id, is_undecided(), ~later.exists())
    return session.exec(undecided).first() is not None
