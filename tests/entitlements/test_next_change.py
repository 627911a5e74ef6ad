"""D1: until when an answer holds when no fact is added."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.policies import IncludedPer
from entitlements.answers import Decision, Question
from entitlements.covers import ClientFacts, CoverKind, RegistrationFacts
from entitlements.decision import decide
from entitlements.hours import day_starts_at, local_day
from entitlements.hours_facts import GrantKind
from tests.entitlements.facts_builders import (
    SELLER,
    ask,
    client,
    cover,
    hold,
    lot,
    moment,
    named,
    pool,
    stop,
    under,
    work,
)
from tests.entitlements.random_facts import a_client, a_question, for_any

NO_HOURS = {"pools": {SELLER: pool()}}
BY_TERM: dict[str, Any] = {**NO_HOURS, "plans": under(included_per=IncludedPer.TERM, expiring_days=-1)}
UPGRADED = (RegistrationFacts("800", surrendered_on=date(2026, 11, 7)),)


def with_pool(**changes: Any) -> dict[str, Any]:
    """A client whose answer only the pool can change before the end of its term."""
    return {**BY_TERM, "pools": {SELLER: pool(**changes)}}


AT = "2026-10-15 12:00"
JUST_AFTER = timedelta.resolution
BONUS = lot(GrantKind.BONUS, 60, date(2026, 10, 1), date(2026, 10, 20))
CHANGES: dict[str, tuple[ClientFacts, str, datetime | None]] = {
    "nothing ever": (client(**NO_HOURS), AT, None),
    "end of the usage month": (client(cover(), **NO_HOURS), AT, moment("2026-11-01")),
    "end of the calendar month": (
        client(cover(starts_on=date(2026, 4, 15)), **NO_HOURS, plans=under(included_per=IncludedPer.CALENDAR_MONTH)),
        AT,
        moment("2026-11-01"),
    ),
    "start of the term": (client(cover(starts_on=date(2026, 10, 20)), **BY_TERM), AT, moment("2026-10-20")),
    "the first of its last days": (
        client(cover(), **NO_HOURS, plans=under(included_per=IncludedPer.TERM, expiring_days=30)),
        AT,
        moment("2027-03-01"),
    ),
    "end of the term": (client(cover(), **BY_TERM), AT, moment("2027-04-01")),
    "end of grace": (client(cover(), **NO_HOURS, plans=under(grace_days=10)), "2027-04-02", moment("2027-04-11")),
    "a free period has no grace": (
        client(cover(kind=CoverKind.FREE_PERIOD), **NO_HOURS, plans=under(grace_days=10)),
        "2027-04-02",
        None,
    ),
    "a renewal after a lapse": (client(cover(), **BY_TERM), "2027-04-01", moment("2027-04-02")),
    "nothing after what was renewed": (client(cover(has_successor=True), **BY_TERM), "2027-04-01", None),
    "a grant ends": (client(cover(), **with_pool(lots=(BONUS,))), AT, moment("2026-10-20")),
    "a grant starts": (
        client(cover(), **with_pool(lots=(replace(BONUS, starts_on=date(2026, 10, 18)),))),
        AT,
        moment("2026-10-18"),
    ),
    "a grant is voided": (
        client(cover(), **with_pool(lots=(replace(BONUS, voided_on=date(2026, 10, 17)),))),
        AT,
        moment("2026-10-17"),
    ),
    "a hold lapses": (
        client(cover(), **with_pool(reserves=(hold(15, "2026-10-14", "2026-10-17 14:30"),))),
        AT,
        moment("2026-10-17 14:30"),
    ),
    "a hold was ended": (
        client(cover(), **with_pool(reserves=(hold(15, "2026-10-14", "2026-10-19", ended="2026-10-16 09:00"),))),
        AT,
        moment("2026-10-16 09:00"),
    ),
    "a hold was placed": (
        client(cover(), **with_pool(reserves=(hold(15, "2026-10-16 10:00", "2026-10-19"),))),
        AT,
        moment("2026-10-16 10:00"),
    ),
    "work counts": (
        client(cover(), **with_pool(entries=(work("2026-10-16 10:00", 15),))),
        AT,
        moment("2026-10-16 10:00") + JUST_AFTER,
    ),
    "work counts from this very moment": (
        client(cover(), **with_pool(entries=(work(AT, 15),))),
        AT,
        moment(AT) + JUST_AFTER,
    ),
    "a stop begins": (client(cover(stops=(stop("2026-10-16 10:00"),)), **BY_TERM), AT, moment("2026-10-16 10:00")),
    "a stop ends": (
        client(cover(stops=(stop("2026-10-10", "2026-10-16 11:00"),)), **BY_TERM),
        AT,
        moment("2026-10-16 11:00"),
    ),
    "somebody is named": (
        client(cover(), **BY_TERM, contacts=(named("a@b.example", since="2026-10-16 10:00"),)),
        AT,
        moment("2026-10-16 10:00"),
    ),
    "somebody is withdrawn": (
        client(cover(), **BY_TERM, contacts=(named("a@b.example", withdrawn="2026-10-16 11:00"),)),
        AT,
        moment("2026-10-16 11:00"),
    ),
    "an upgrade": (client(cover(), **BY_TERM, registrations=UPGRADED), AT, moment("2026-11-07")),
    "an upgrade of a client without a cover": (client(registrations=UPGRADED, pools={}), AT, moment("2026-11-07")),
    "an upgrade in the zone of the seller": (
        client(cover(), **with_pool(time_zone="Asia/Kamchatka"), registrations=UPGRADED),
        AT,
        moment("2026-11-07", "Asia/Kamchatka"),
    ),
    "the midnight of the seller": (
        client(cover(), **with_pool(lots=(BONUS,), time_zone="Asia/Kamchatka")),
        AT,
        moment("2026-10-20", "Asia/Kamchatka"),
    ),
}


@pytest.mark.parametrize(("facts", "at", "changes_at"), CHANGES.values(), ids=CHANGES)
def test_an_answer_holds_until_the_next_instant_that_can_change_it_d1(
    facts: ClientFacts, at: str, changes_at: datetime | None
) -> None:
    answer = decide(facts, ask(at))
    assert answer.valid_until == changes_at
    assert changes_at is None or str(answer.valid_until.tzinfo) == "UTC"


def told(answer: Decision) -> tuple[object, ...]:
    """What the desk hears, but for the days that are left."""
    cover_view = answer.cover
    return answer.reason, answer.hours, answer.cost, answer.rules, cover_view and (cover_view.id, cover_view.standing)


def instants_between(facts: ClientFacts, at: datetime, until: datetime | None) -> list[datetime]:
    """Moments at which something might happen: midnights of the year, and the instants of the facts themselves."""
    [hours] = facts.pools.values()
    today = local_day(at, hours.time_zone)
    moments = [day_starts_at(today + timedelta(days=n), hours.time_zone) for n in range(1, 40)]
    moments += [until - JUST_AFTER] if until is not None else [at + timedelta(days=n) for n in range(50, 400, 25)]
    for reserve in hours.reserves:
        moments += [reserve.placed_at, reserve.expires_at, reserve.ended_at or at]
    moments += [entry.counts_at + JUST_AFTER for entry in hours.entries]
    for stopped in (stopped for sold in facts.covers for stopped in sold.stops):
        moments += [stopped.from_at, stopped.until_at or at]
    moments += [instant for contact in facts.contacts for instant in contact.moments]
    return [moment for moment in moments if at < moment and (until is None or moment < until)]


@for_any(facts=a_client, question=a_question)
def test_between_the_moment_asked_and_the_one_told_nothing_changes_d1(facts: ClientFacts, question: Question) -> None:
    answer = decide(facts, question)
    assert answer.valid_until is None or answer.valid_until > question.at
    for later in instants_between(facts, question.at, answer.valid_until):
        assert told(decide(facts, replace(question, at=later))) == told(answer)
