"""D7: an override has a person, a reason and an end."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from contracts.blocking import raise_block
from entitlements.answers import Question
from entitlements.desk import check
from entitlements.overriding import end_override, give_override, overrides_of
from entitlements.reasons import Reason
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, asking, its_catalogue, moment, refused

GIVEN, UNTIL = moment("2026-05-13 12:00"), moment("2026-05-18 09:00")


@pytest.fixture
def client(session: Session) -> Customer:
    """A client that is served from 2026-05-01."""
    its_catalogue(session)
    a_plan(session)
    customer = a_client(session)
    a_sale(session, a_seller(session), customer, starts_on=date(2026, 5, 1), at=moment("2026-05-01"))
    return customer


def an_override(session: Session, client: Customer, **changes: Any) -> Any:
    given = {"until_at": UNTIL, "at": GIVEN} | changes
    return give_override(session, client.id, "Орлова Н. В.", "Счёт оплатят в понедельник", **given)


def reason(session: Session, client: Customer, at: str, service: str | None = "remote_work", **more: Any) -> Reason:
    return check(session, asking(client), Question(moment(at), service=service, minutes=15), **more).reason


def test_a_blocked_client_is_served_while_an_override_holds_d7(session: Session, client: Customer) -> None:
    raise_block(session, client.id, "долг", at=moment("2026-05-13"))
    an_override(session, client, service="remote_work")
    heard = [reason(session, client, at) for at in ("2026-05-13 11:59", "2026-05-13 12:00", "2026-05-18 09:00")]
    assert heard == [Reason.CONTRACT_SUSPENDED, Reason.COVERED_BY_OVERRIDE, Reason.CONTRACT_SUSPENDED]
    assert reason(session, client, "2026-05-14", "visit") is Reason.CONTRACT_SUSPENDED


def test_an_override_can_end_before_its_time_and_past_answers_stay_d7_d1(session: Session, client: Customer) -> None:
    raise_block(session, client.id, "долг", at=moment("2026-05-13"))
    given = an_override(session, client)
    end_override(session, given.id, at=moment("2026-05-15"))
    assert reason(session, client, "2026-05-14 23:59") is Reason.COVERED_BY_OVERRIDE
    assert reason(session, client, "2026-05-15") is Reason.CONTRACT_SUSPENDED
    for known_at, heard in (
        (GIVEN, Reason.COVERED_BY_OVERRIDE),
        (GIVEN - timedelta(seconds=1), Reason.CONTRACT_SUSPENDED),
    ):
        assert reason(session, client, "2026-05-16", known_at=known_at) is heard
    (listed,) = overrides_of(session, client.id)
    assert (listed.until_at, listed.ends_at) == (UNTIL, moment("2026-05-15"))
    with refused(session, "OVERRIDE_ENDED", ended_at=moment("2026-05-15")):
        end_override(session, given.id, at=moment("2026-05-16"))


def test_a_seller_that_grants_later_does_not_move_the_last_day_that_was_told_d1(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    a_seller(session)
    customer, later = a_client(session), a_seller(session, "east", time_zone="Asia/Kamchatka")
    an_override(session, customer, until_at=moment("2026-05-18 18:00"))

    def last_day(known_at: datetime | None = None) -> date:
        question = Question(moment("2026-05-14"), service="remote_work", minutes=15)
        override = check(session, asking(customer), question, known_at=known_at).override
        assert override is not None
        return override.last_day

    assert last_day() == date(2026, 5, 18)
    a_sale(session, later, customer, starts_on=date(2026, 6, 1), at=moment("2026-05-15"))
    assert last_day() == date(2026, 5, 19)
    assert last_day(moment("2026-05-14")) == date(2026, 5, 18)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"until_at": GIVEN}, "OVERRIDE_END_WRONG", "until_at"),
        ({"until_at": GIVEN - timedelta(days=1)}, "OVERRIDE_END_WRONG", "until_at"),
        ({"until_at": GIVEN + timedelta(days=367)}, "OVERRIDE_END_WRONG", "until_at"),
        ({"longest": UNTIL - GIVEN - timedelta(seconds=1)}, "OVERRIDE_END_WRONG", "until_at"),
        ({"service": "magic"}, "SERVICE_UNKNOWN", "service"),
    ],
)
def test_an_override_without_a_sensible_end_or_service_is_refused_d7(
    session: Session, client: Customer, changes: dict[str, Any], code: str, field: str
) -> None:
    with refused(session, code, field=field):
        an_override(session, client, **changes)


@pytest.mark.parametrize(("person", "why", "field"), [("", "долг", "approved_by"), ("Орлова", " ", "reason")])
def test_an_override_has_a_person_and_a_reason_d7(
    session: Session, client: Customer, person: str, why: str, field: str
) -> None:
    with refused(session, "TEXT_WRONG", field=field):
        give_override(session, client.id, person, why, until_at=UNTIL, at=GIVEN)


def test_what_is_over_or_unknown_cannot_be_ended_d7(session: Session, client: Customer) -> None:
    given = an_override(session, client)
    with refused(session, "OVERRIDE_ENDED", ended_at=UNTIL):
        end_override(session, given.id, at=UNTIL)
    with refused(session, "OVERRIDE_UNKNOWN", field="override_id"):
        end_override(session, 404, at=GIVEN)
