"""What is to be told about objections now, to whom and in which words; it only reads (rule P6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from contracts.paper_addresses import paper_addresses
from contracts.parties import Client, Seller
from contracts.reminders import STILL_NEWS
from documents.addressing import manager_addresses, staff_address, writer
from documents.objection_reminders import ObjectionReminder
from documents.objection_text import Decided, Objected, Stated, decided_text, last_day_text, staff_text
from documents.reminder_text import Wording
from documents.reminding import first_addresses
from documents.typography import phone
from documents.words import Language
from entitlements.calendar import load_calendar
from entitlements.objection_days import (
    SOON_DAYS,
    ObjectionNews,
    decision_due_on,
    decision_news,
    is_told_of_last_day,
)
from entitlements.objection_facts import awaits_answer, is_undecided
from entitlements.objections import LineReply, ObjectionDecision, Stance
from entitlements.statements import Statement, StatementLine


@dataclass(frozen=True, slots=True)
class DueNews:
    """Something to be told about a statement's last day, or about an objection to one of its lines.

    `subject_id` is the id of the statement or of the objection, `day` the day that is told. `letters` says what each
    address is told, nothing where there is nobody to write to.
    """

    news: ObjectionNews
    subject_id: int
    seller_id: int
    client_id: int
    client: str
    number: str
    line: int | None
    day: date
    letters: Mapping[str, Wording]


@dataclass(frozen=True, slots=True)
class _Found:
    news: ObjectionNews
    day: date
    statement: Statement
    line: StatementLine | None = None
    objection: LineReply | None = None
    decision: ObjectionDecision | None = None


def due_news(session: Session, seller: Seller, staff_language: Language, *, at: datetime) -> list[DueNews]:
    """What a seller is to tell now and has not told: first of last days, then of what waits for a decision, then of
    decisions, which are news for a week."""
    found = [*_last_days(session, seller, at), *_undecided(session, seller, at), *_decided(session, seller, at)]
    words = _Words(session, seller, {one.statement.client_id for one in found}, staff_language)
    return [words.of(one) for one in found]


def _last_days(session: Session, seller: Seller, at: datetime) -> Iterator[_Found]:
    calendar, on = load_calendar(seller.calendar, seller.time_zone), seller.day_of(at)
    soon = calendar.add_working_days(on, SOON_DAYS)
    told = select(ObjectionReminder.id).where(ObjectionReminder.statement_id == col(Statement.id))
    own = select(Statement).where(Statement.seller_id == seller.id, awaits_answer(), ~told.exists())
    own = own.where(Statement.object_until >= on, Statement.object_until <= soon).order_by(col(Statement.id))
    for statement in session.exec(own):
        if is_told_of_last_day(calendar, seller.day_of(statement.closed_at), statement.object_until, on):
            yield _Found(ObjectionNews.LAST_DAY, statement.object_until, statement)


def _undecided(session: Session, seller: Seller, at: datetime) -> Iterator[_Found]:
    calendar, on = load_calendar(seller.calendar, seller.time_zone), seller.day_of(at)
    warned = and_(
        col(ObjectionReminder.objection_id) == LineReply.id, col(ObjectionReminder.news) == ObjectionNews.DECISION_SOON
    )
    own = select(LineReply, StatementLine, Statement, col(ObjectionReminder.id))
    own = own.join(StatementLine, col(StatementLine.id) == col(LineReply.statement_line_id))
    own = own.join(Statement, col(Statement.id) == col(StatementLine.statement_id)).outerjoin(ObjectionReminder, warned)
    own = own.where(LineReply.seller_id == seller.id, LineReply.stance == Stance.OBJECTED)
    own = own.where(is_undecided(), ~_is_told(ObjectionNews.DECISION_DUE)).order_by(col(LineReply.id))
    for objection, line, statement, warned_id in session.exec(own):
        raised_on = seller.day_of(objection.said_at)
        news = decision_news(calendar, raised_on, on)
        if news is not None and not (news is ObjectionNews.DECISION_SOON and warned_id):
            yield _Found(news, decision_due_on(calendar, raised_on), statement, line, objection)


def _decided(session: Session, seller: Seller, at: datetime) -> Iterator[_Found]:
    own = select(ObjectionDecision, LineReply, StatementLine, Statement)
    own = own.join(LineReply, col(LineReply.id) == col(ObjectionDecision.objection_id))
    own = own.join(StatementLine, col(StatementLine.id) == col(LineReply.statement_line_id))
    own = own.join(Statement, col(Statement.id) == col(StatementLine.statement_id))
    lately = select(ObjectionDecision.objection_id).where(ObjectionDecision.decided_at > at - STILL_NEWS)
    own = own.where(LineReply.seller_id == seller.id, LineReply.stance == Stance.OBJECTED)
    own = own.where(col(LineReply.id).in_(lately), ~_is_told(ObjectionNews.DECIDED)).order_by(col(ObjectionDecision.id))
    for decision, objection, line, statement in session.exec(own):
        day = seller.day_of(decision.decided_at)
        yield _Found(ObjectionNews.DECIDED, day, statement, line, objection, decision)


def _is_told(news: ObjectionNews) -> ColumnElement[bool]:
    told = aliased(ObjectionReminder)
    return select(told.id).where(col(told.objection_id) == col(LineReply.id), told.news == news).exists()


class _Words:
    """Who is told what: the client at its addresses for papers, else at its contacts', and who looks after it."""

    def __init__(self, session: Session, seller: Seller, client_ids: set[int], staff_language: Language) -> None:
        self._seller, self._language = seller, staff_language
        clients = session.exec(select(Client).where(col(Client.id).in_(client_ids)))
        self._clients = {client.id: client for client in clients}
        self._papers, self._contacts = paper_addresses(session, client_ids), first_addresses(session, client_ids)
        self._managers = manager_addresses(session)

    def of(self, found: _Found) -> DueNews:
        """What was found, with its letters."""
        client, statement, objection = self._clients[found.statement.client_id], found.statement, found.objection
        return DueNews(
            news=found.news,
            subject_id=statement.id if objection is None else objection.id,
            seller_id=self._seller.id,
            client_id=client.id,
            client=client.name,
            number=statement.number,
            line=None if found.line is None else found.line.position,
            day=found.day,
            letters=dict.fromkeys(self._recipients(found.news, client), self._said(found, client)),
        )

    def _recipients(self, news: ObjectionNews, client: Client) -> list[str]:
        if news in (ObjectionNews.DECISION_SOON, ObjectionNews.DECISION_DUE):
            staff = self._managers.get(client.manager) or staff_address(self._seller)
            return [staff] if staff else []
        return [one.email for one in self._papers[client.id]] or self._contacts[client.id]

    def _said(self, found: _Found, client: Client) -> Wording:
        contact = "\n".join(filter(None, (phone(self._seller.phone), staff_address(self._seller))))
        language = Language(client.locale)
        stated = Stated(found.statement.number, found.statement.month, writer(self._seller, language), contact)
        if found.objection is None or found.line is None:
            return last_day_text(stated, found.day, language)
        said, raised_on = found.objection, self._seller.day_of(found.objection.said_at)
        objected = Objected(said.id, found.line.position, said.text, said.said_by, raised_on)
        if found.decision is None:
            whose = (client.name, client.manager)
            return staff_text(found.news, *whose, stated, objected, found.day, self._language)
        decided = Decided(found.day, found.decision.reason, found.decision.standing_minutes)
        return decided_text(stated, objected, decided, language)
