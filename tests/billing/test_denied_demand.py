"""Denied demand: each request that nobody served once, with its minutes and what they were worth (D2, D6)."""

import json
from datetime import date, timedelta

from sqlmodel import Session

from billing.denied_demand import DeniedRequest, by_reason, denied_requests
from contracts.money import Money
from entitlements.answers import Decision
from entitlements.case_states import CaseState
from entitlements.desk import hold
from entitlements.over_limit import decide_case
from entitlements.reasons import Reason
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, ask, asked, asking, its_catalogue, moment

OCTOBER = {"from_at": moment("2026-10-01"), "before": moment("2026-11-01")}


def a_customer(session: Session, over_limit: str = "block", name: str = "Ромашка", **settings: object) -> Customer:
    """A client with an hour a month, at 2 700.00 an hour beyond it."""
    its_catalogue(session) if name == "Ромашка" else None
    a_plan(session, f"plan-{name}", over_limit=over_limit, **settings)
    own = a_client(session, name)
    seller = a_seller(session, f"seller-{name}")
    a_sale(session, seller, own, f"plan-{name}", at=moment("2026-09-15 09:00"), starts_on=date(2026, 9, 15))
    return own


def request(
    session: Session, own: Customer, at: str, minutes: int | None, ticket: str = "", known_at: str = "", **more: str
) -> Decision:
    """The answer to a request of the client."""
    question = ask(at, minutes, **more)
    told = json.dumps({"requested_minutes": minutes} | ({"known_at": known_at} if known_at else {}))
    answer, _ = hold(session, asking(own), question, asked(question.at, ticket=ticket, question=told))
    return answer


def denied(session: Session, **more: object) -> list[DeniedRequest]:
    session.flush()
    return denied_requests(session, **{**OCTOBER, **more})  # type: ignore[arg-type]


def test_minutes_are_billed_ones_at_the_price_beyond_the_hours_d2(session: Session) -> None:
    own = a_customer(session)
    request(session, own, "2026-10-05 10:00", 100)
    (one,) = denied(session)
    assert (one.client, one.reason, one.minutes) == ("Ромашка", Reason.REQUEST_EXCEEDS_BALANCE, 105)
    assert one.worth == Money(472_500)


def test_a_ticket_asked_about_again_is_one_request_and_served_after_all_none_d2(session: Session) -> None:
    own = a_customer(session)
    for at, minutes in (("2026-10-05 10:00", 120), ("2026-10-05 11:00", 180), ("2026-10-05 12:00", 240)):
        request(session, own, at, minutes, "SD-1")
    request(session, own, "2026-10-05 10:00", 120, "SD-2")
    request(session, own, "2026-10-05 13:00", 30, "SD-2")
    assert [(one.ticket, one.minutes) for one in denied(session)] == [("SD-1", 240)]


def test_a_question_about_what_was_known_once_is_no_request_d1_d2(session: Session) -> None:
    own, then = a_customer(session), "2026-10-04T10:00:00+03:00"
    request(session, own, "2026-10-05 10:00", 120, "SD-1")
    request(session, own, "2026-10-05 11:00", 120, "SD-2", known_at=then)
    request(session, own, "2026-10-05 12:00", 30, "SD-1", known_at=then)
    assert [one.ticket for one in denied(session)] == ["SD-1"]


def test_requests_without_a_ticket_are_each_their_own_d2(session: Session) -> None:
    own = a_customer(session)
    for hour in (10, 11):
        request(session, own, f"2026-10-05 {hour}:00", 120)
    assert len(denied(session)) == 2


def test_what_a_manager_released_is_not_denied_and_what_was_refused_is_d6(session: Session) -> None:
    for name, state in (("Ромашка", CaseState.BILL), ("Василёк", CaseState.REFUSE)):
        own = a_customer(session, "approve", name)
        answer = request(session, own, "2026-10-05 10:00", 120, f"SD-{name}")
        assert answer.case is not None
        assert len(denied(session, client_ids=[own.id])) == 1  # nobody has decided yet
        decide_case(session, answer.case.id, state, decided_by="Орлова", at=moment("2026-10-05 12:00"))
    assert [one.client for one in denied(session)] == ["Василёк"]


def test_only_the_span_and_the_seller_asked_for_are_told(session: Session) -> None:
    own, other = a_customer(session), a_customer(session, name="Василёк")
    for one in (own, other):
        request(session, one, "2026-10-31 23:59", 120)
        request(session, one, "2026-11-01 00:00", 120)
    assert [one.client for one in denied(session)] == ["Ромашка", "Василёк"]
    seller_id = 1
    found = denied(session, seller_id=seller_id)
    assert len(found) == 1
    assert len(denied(session, seller_id=seller_id, before=OCTOBER["before"] + timedelta(days=1))) == 2
    assert denied(session, client_ids=[]) == []


def test_what_has_no_price_is_counted_without_one_and_the_sums_are_those_of_the_rows(session: Session) -> None:
    own = a_customer(session, overage_rate="1000.00")
    request(session, own, "2026-10-05 10:00", 120)
    request(session, own, "2026-10-05 11:00", 90)
    request(session, own, "2026-10-05 11:00", 40, service="unknown_help")
    nobody = a_client(session, "Алтей")
    request(session, nobody, "2026-10-06 10:00", 60)
    requests = denied(session)
    groups = {one.reason: one for one in by_reason(requests)}
    assert {reason: (one.requests, one.minutes, one.unpriced_minutes) for reason, one in groups.items()} == {
        Reason.NO_CONTRACT: (1, 60, 60),
        Reason.SERVICE_NOT_INCLUDED: (1, 40, 0),
        Reason.REQUEST_EXCEEDS_BALANCE: (2, 210, 0),
    }
    assert groups[Reason.REQUEST_EXCEEDS_BALANCE].sums == (Money(350_000),)
    total = Money.total(amount for one in groups.values() for amount in one.sums)
    assert total == Money.total(one.worth for one in requests if one.worth is not None)
