"""Deciding stored questions again: on what was known when they were asked, and under another plan (H15, D1)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import func
from sqlmodel import Session, col, select

from contracts.errors import Refusal
from contracts.terms import Term
from entitlements.answers import Decision
from entitlements.client_facts import read_facts
from entitlements.covers import ClientFacts
from entitlements.decision import decide
from entitlements.decision_log import StoredDecision
from entitlements.holds import Hold
from entitlements.hours import day_starts_at, local_day
from entitlements.redecided import Redecided, Told
from entitlements.replay import Record, Trial, tried_facts
from entitlements.stored_question import stored_question
from entitlements.uses import ServiceUse

MOST_QUESTIONS = 2000
"""How many questions about a client are decided again at once."""


def redecided(
    session: Session, client_id: int, trial: Trial, record: Record, span: Term, time_zone: str
) -> Iterator[Redecided]:
    """Every question about a client in a span of days, in the order in which they were answered.

    Both answers rest on what was known when the question was answered, so the plan alone makes them differ. Raises
    `Refusal("QUESTIONS_TOO_MANY")`: each costs about what a check of a moment in the past costs.
    """
    from_at, before = (day_starts_at(day, time_zone) for day in (span.starts_on, span.ends_on))
    asked = select(StoredDecision).where(StoredDecision.client_id == client_id)
    asked = asked.where(StoredDecision.asked_at >= from_at, StoredDecision.asked_at < before)
    count = session.exec(select(func.count()).select_from(asked.subquery())).one()
    if count > MOST_QUESTIONS:
        raise Refusal("QUESTIONS_TOO_MANY", field="from", value=count, allowed=MOST_QUESTIONS)
    asked = asked.order_by(col(StoredDecision.evaluated_at), col(StoredDecision.asked_at), col(StoredDecision.id))
    own = _Own(session, client_id)
    known: tuple[int, datetime | None] | None = None
    for row in session.exec(asked):
        words = stored_question(row.question)
        if known != (row.state_version, words.known_at):
            known = row.state_version, words.known_at
            known_at = words.known_then(row.evaluated_at)
            held = read_facts(session, client_id, known_at=known_at, from_zero=True)
            tried = tried_facts(held, trial, record)
        question = words.asked(row.asked_at)
        answers = (decide(own.left_out(facts, row), question) for facts in (held, tried))
        asked_on = local_day(row.asked_at, time_zone)
        yield Redecided(row.id, row.asked_at, asked_on, row.ticket, *map(_told, answers))


def _told(decision: Decision) -> Told:
    return Told(decision.reason, decision.hours.available_minutes if decision.hours is not None else None)


class _Own:
    """What answers themselves took: they did not rest on it."""

    def __init__(self, session: Session, client_id: int) -> None:
        placed = select(Hold.decision_id, Hold.id).where(Hold.client_id == client_id)
        taken = select(ServiceUse.decision_id, ServiceUse.used_at).where(ServiceUse.client_id == client_id)
        self._holds: dict[str, set[int]] = defaultdict(set)
        for decision_id, hold_id in session.exec(placed):
            self._holds[decision_id].add(hold_id)
        self._uses = dict(session.exec(taken).all())

    def left_out(self, facts: ClientFacts, answer: StoredDecision) -> ClientFacts:
        """The facts without the hold and the use that came of the answer."""
        holds = self._holds.get(answer.id)
        if holds:
            pools = {
                seller_id: replace(pool, reserves=tuple(one for one in pool.reserves if one.hold_id not in holds))
                for seller_id, pool in facts.pools.items()
            }
            facts = replace(facts, pools=pools)
        used_at = self._uses.get(answer.id)
        if used_at is not None:
            facts = replace(facts, uses=tuple(use for use in facts.uses if use.used_at != used_at))
        return facts
