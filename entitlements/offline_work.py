"""Taking in what a desk did on an offline pass: booked exactly once, never refused, marked where it needs a person."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.requisites import require_text
from entitlements.answers import Decision, Question
from entitlements.client_facts import read_facts
from entitlements.counts import is_used_up
from entitlements.covers import ClientFacts
from entitlements.decision import decide
from entitlements.desk import Asked, store_decision
from entitlements.hours import local_day
from entitlements.logging_work import Work, log, sound
from entitlements.offline_pass import WITHOUT_RULES
from entitlements.offline_uses import OfflineReview, OfflineUse
from entitlements.reasons import Reason
from entitlements.uses import take_use


@dataclass(frozen=True, slots=True)
class ShownPass:
    """The genuine pass that the desk went by; `is_withdrawn` when its key proves nothing any more."""

    client_id: int
    kid: str
    issued_at: datetime
    valid_until: datetime
    is_withdrawn: bool


def take_in(session: Session, shown: ShownPass, work: Work, asked: Asked, *, said: str) -> OfflineUse:
    """Book the work; what was taken in before is answered as it was, whatever is said of it now (D5, H10).

    A use of a counted service is taken with it, by the answer that is stored as `asked`. A person is to look at work
    that would not have been served at its moment by what is known now, that the pass did not cover, or that cannot be
    booked. Raises `Refusal` with CLIENT_UNKNOWN, MINUTES_WRONG or TEXT_WRONG.
    """
    work = sound(work)
    lock_client(session, shown.client_id)
    known = _known(session, work)
    if known is not None:
        return known
    assert work.started_at is not None
    facts = read_facts(session, work.client_id, before=work.started_at)
    question = Question(work.started_at, service=work.service or None, minutes=work.worked_minutes)
    decision = decide(facts, question)
    reason = Reason.COUNT_EXHAUSTED if _is_used_up(facts, decision, work.service) else decision.reason
    entry_id, problem = _booked(session, work, decision, asked.evaluated_at)
    if reason.is_served and not problem:
        _take_use(session, decision, work.service, asked)
    in_time = not shown.is_withdrawn and shown.issued_at <= work.started_at < shown.valid_until
    row = {
        "client_id": work.client_id,
        "source": work.source,
        "external_id": work.external_id,
        "work_entry_id": entry_id,
        "used_at": work.started_at,
        "said": said,
        "reason": reason.value,
        "problem": problem,
        "in_time": in_time,
        "needs_person": not (in_time and reason.is_served and not problem),
        "pass_kid": shown.kid,
        "pass_issued_at": shown.issued_at,
        "recorded_by": asked.asked_by,
        "recorded_at": asked.evaluated_at,
    }
    return append(session, OfflineUse, row)


def waiting_uses(session: Session) -> list[OfflineUse]:
    """The uses that a person has yet to look at, oldest first."""
    reviewed = select(OfflineReview.id).where(OfflineReview.offline_use_id == OfflineUse.id).exists()
    waiting = select(OfflineUse).where(col(OfflineUse.needs_person), ~reviewed)
    return list(session.exec(waiting.order_by(col(OfflineUse.id))))


def review(session: Session, use_id: int, by: str, *, at: datetime) -> OfflineReview:
    """That this person looked at the use.

    Raises `Refusal` with OFFLINE_USE_UNKNOWN, TEXT_WRONG, or OFFLINE_USE_REVIEWED when somebody did before.
    """
    use = known_row(session, OfflineUse, use_id)
    lock_client(session, use.client_id)
    known = session.exec(select(OfflineReview).where(OfflineReview.offline_use_id == use_id)).first()
    if known is not None:
        raise Refusal("OFFLINE_USE_REVIEWED", field="offline_use_id", value=use_id, by=known.reviewed_by)
    row = {"offline_use_id": use_id, "reviewed_by": require_text(by, "by", 200), "reviewed_at": at}
    return append(session, OfflineReview, row)


def _known(session: Session, work: Work) -> OfflineUse | None:
    same = (OfflineUse.source == work.source, OfflineUse.external_id == work.external_id)
    return session.exec(select(OfflineUse).where(OfflineUse.client_id == work.client_id, *same)).first()


def _is_used_up(facts: ClientFacts, decision: Decision, service: str) -> bool:
    """Whether the answer rests on a use that was left at its moment, and that a later request has taken since."""
    view = decision.cover
    if view is None or not decision.is_served or decision.reason in WITHOUT_RULES:
        return False
    cover = facts.cover(view.kind, view.id)
    terms = facts.plans[cover.plan_version_id].service(service)
    return terms is not None and is_used_up(
        facts, cover, terms, local_day(decision.at, facts.pools[cover.seller_id].time_zone)
    )


def _take_use(session: Session, decision: Decision, service: str, asked: Asked) -> None:
    """Take the use of a counted service, with the answer that accepts it (E5)."""
    if any(count.service == service for count in decision.counts):
        store_decision(session, decision, asked)
        take_use(session, decision, service, asked.id, asked.ticket)


def _booked(session: Session, work: Work, decision: Decision, at: datetime) -> tuple[int | None, str]:
    """The entry of the work, or why there is none; the seller is the one that the decision rests on."""
    if work.seller_id is None and decision.cover is not None:
        work = replace(work, seller_id=decision.cover.seller_id)
    try:
        with session.begin_nested():
            entry = log(session, work, at=at).entry
    except Refusal as refused:
        return None, refused.code
    assert entry is not None
    return entry.id, ""
