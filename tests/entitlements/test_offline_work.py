"""Work done on an offline pass: booked exactly once, never lost, marked where it needs a person (D5, H10)."""

from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import open_engine, reading, transaction
from contracts.blocking import raise_block
from contracts.errors import Refusal
from contracts.parties import Client
from entitlements.answers import Question
from entitlements.decision_log import StoredDecision
from entitlements.desk import check
from entitlements.logging_work import Work, log
from entitlements.offline_uses import OfflineUse
from entitlements.offline_work import ShownPass, review, take_in, waiting_uses
from entitlements.reasons import Reason
from entitlements.uses import ServiceUse
from entitlements.work import WorkEntry
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    asked,
    asking,
    its_catalogue,
    moment,
    some_work,
)
from tests.journeys.faults import PROCESSES, run_processes, url_of

ISSUED = moment("2026-10-05 08:00")
UNTIL = moment("2026-10-06 08:00")
BACK = moment("2026-10-06 12:00")
DONE = "2026-10-05 10:00"


@pytest.fixture
def customer(session: Session) -> Customer:
    """A client with an hour a month."""
    return sold(session)


def sold(session: Session) -> Customer:
    its_catalogue(session)
    a_plan(session, over_limit="block")
    customer = a_client(session)
    a_sale(session, a_seller(session), customer, starts_on=ISSUED.date(), at=ISSUED)
    return customer


def shown(customer: Customer, **changes: Any) -> ShownPass:
    given = {"kid": "k", "issued_at": ISSUED, "valid_until": UNTIL, "is_withdrawn": False}
    return ShownPass(customer.id, **{**given, **changes})


def taken(session: Session, customer: Customer, work: Work, *, said: str = "{}", **changes: Any) -> OfflineUse:
    return take_in(session, shown(customer, **changes), work, asked(BACK, asked_by="key:1"), said=said)


def entries(session: Session) -> list[WorkEntry]:
    return list(session.exec(select(WorkEntry)))


def test_work_on_a_pass_is_booked_at_its_own_moment_and_marked(session: Session, customer: Customer) -> None:
    use = taken(session, customer, some_work(customer, DONE, 30))
    (entry,) = entries(session)
    assert (use.work_entry_id, entry.started_at, entry.worked_minutes) == (entry.id, moment(DONE), 30)
    assert (use.reason, use.problem, use.in_time, use.needs_person) == ("COVERED", "", True, False)
    assert waiting_uses(session) == []


def test_the_same_work_sent_again_is_booked_once_and_answered_alike(session: Session, customer: Customer) -> None:
    work = some_work(customer, DONE, 30)
    first = taken(session, customer, work)
    assert taken(session, customer, work).id == first.id
    assert taken(session, customer, work, said="{other}").said == "{}"
    assert len(entries(session)) == 1


def test_work_that_was_logged_already_is_not_booked_twice(session: Session, customer: Customer) -> None:
    work = some_work(customer, DONE, 30)
    known = log(session, work, at=BACK).entry
    assert known is not None
    assert taken(session, customer, work).work_entry_id == known.id
    assert len(entries(session)) == 1


def test_work_is_booked_although_the_hours_were_gone_and_a_person_looks(session: Session, customer: Customer) -> None:
    taken(session, customer, some_work(customer, DONE, 60))
    use = taken(session, customer, some_work(customer, "2026-10-05 12:00", 60))
    assert use.work_entry_id is not None
    assert (use.reason, use.in_time, use.needs_person) == ("HOURS_EXHAUSTED", True, True)
    assert [one.id for one in waiting_uses(session)] == [use.id]


def test_work_for_a_client_that_was_suspended_meanwhile_is_booked_and_marked(
    session: Session, customer: Customer
) -> None:
    raise_block(session, customer.id, "Не оплачен счёт", at=moment("2026-10-05 09:00"))
    use = taken(session, customer, some_work(customer, DONE, 30))
    assert (use.reason, use.needs_person, use.in_time) == ("CONTRACT_SUSPENDED", True, True)
    assert use.work_entry_id is not None


@pytest.mark.parametrize(
    ("started", "changes", "in_time"),
    [
        ("2026-10-05 07:59", {}, False),
        ("2026-10-05 08:00", {}, True),
        ("2026-10-06 07:59", {}, True),
        ("2026-10-06 08:00", {}, False),
        (DONE, {"is_withdrawn": True}, False),
    ],
)
def test_work_outside_the_time_of_the_pass_is_booked_and_marked(
    session: Session, customer: Customer, started: str, changes: dict[str, Any], in_time: bool
) -> None:
    use = taken(session, customer, some_work(customer, started, 15), **changes)
    assert use.work_entry_id is not None
    assert (use.in_time, use.needs_person) == (in_time, not in_time)


def test_work_that_cannot_be_booked_is_kept_with_all_that_was_said(session: Session, customer: Customer) -> None:
    other = a_client(session, "Василёк")
    log(session, some_work(other, DONE, 15, external_id="SD-7"), at=BACK)
    future = taken(session, customer, some_work(customer, "2026-12-01 10:00", 15), said='{"minutes":15}')
    foreign = taken(session, customer, some_work(customer, DONE, 15, external_id="SD-7"))
    unknown = taken(session, customer, some_work(customer, DONE, 15, seller_id=999))
    assert [use.problem for use in (future, foreign, unknown)] == [
        "WORK_IN_FUTURE",
        "EXTERNAL_ID_TAKEN",
        "SELLER_UNKNOWN",
    ]
    assert future.said == '{"minutes":15}'
    assert [use.id for use in waiting_uses(session)] == [future.id, foreign.id, unknown.id]
    assert {entry.client_id for entry in entries(session)} == {other.id}


def test_a_use_is_looked_at_once(session: Session, customer: Customer) -> None:
    use = taken(session, customer, some_work(customer, "2026-10-09 10:00", 15))
    review(session, use.id, "Ирина Соколова", at=BACK)
    assert waiting_uses(session) == []
    with pytest.raises(Refusal, match="OFFLINE_USE_REVIEWED"):
        review(session, use.id, "Олег", at=BACK)
    with pytest.raises(Refusal, match="OFFLINE_USE_UNKNOWN"):
        review(session, 999, "Олег", at=BACK)


def test_work_of_an_unknown_client_is_refused(session: Session, customer: Customer) -> None:
    with pytest.raises(Refusal, match="CLIENT_UNKNOWN"):
        take_in(session, ShownPass(999, "k", ISSUED, UNTIL, False), some_work(customer, DONE, 5), asked(BACK), said="")


def visited(session: Session, customer: Customer, started: str, **changes: Any) -> tuple[str, bool]:
    """What became of a visit of a few minutes: the reason, and whether a person looks."""
    use = taken(session, customer, some_work(customer, started, 5, service="visit", **changes))
    return use.reason, use.needs_person


def uses(session: Session) -> list[tuple[str, datetime]]:
    """The uses that were taken, each with the moment of the decision that accepted it."""
    found = select(ServiceUse.service, StoredDecision.asked_at).join(StoredDecision).order_by(col(ServiceUse.id))
    return [(service, asked_at) for service, asked_at in session.exec(found)]


def with_visits(session: Session, visits: int, **changes: Any) -> Customer:
    """A client with an hour and so many visits a month."""
    its_catalogue(session)
    services = [{"code": "visit", "included_count": visits, "draws_hours": True, "minimum_minutes": 15}]
    a_plan(session, services=services, included_minutes=600, **changes)
    customer = a_client(session)
    a_sale(session, a_seller(session), customer, starts_on=ISSUED.date(), at=ISSUED)
    return customer


def test_a_counted_service_is_counted_once_for_each_use(session: Session) -> None:
    customer = with_visits(session, 2)
    work = some_work(customer, DONE, 5, service="visit")
    for _ in range(3):
        assert taken(session, customer, work).needs_person is False
    assert visited(session, customer, "2026-10-05 11:00") == ("COVERED", False)
    assert uses(session) == [("visit", moment(DONE)), ("visit", moment("2026-10-05 11:00"))]
    assert visited(session, customer, "2026-10-05 12:00") == ("COUNT_EXHAUSTED", True)
    assert (len(uses(session)), len(entries(session))) == (2, 3)
    told = check(session, asking(customer), Question(BACK, feature="visit"))
    assert (told.reason, told.counts[0].available) == (Reason.COUNT_EXHAUSTED, 0)


def test_no_use_is_taken_that_a_later_one_has_taken_already(session: Session) -> None:
    customer = with_visits(session, 1)
    assert visited(session, customer, "2026-10-05 12:00") == ("COVERED", False)
    assert visited(session, customer, DONE) == ("COUNT_EXHAUSTED", True)
    assert len(uses(session)) == 1


def test_a_use_is_taken_from_the_period_in_which_it_was(session: Session) -> None:
    customer = with_visits(session, 1)
    next_month = {"issued_at": moment("2026-11-04"), "valid_until": moment("2026-11-06")}
    later = some_work(customer, "2026-11-05 09:00", 5, service="visit")
    back = asked(moment("2026-11-05 12:00"))
    assert take_in(session, shown(customer, **next_month), later, back, said="").needs_person is False
    assert visited(session, customer, "2026-10-05 12:00") == ("COVERED", False)
    assert len(uses(session)) == 2


def test_no_use_is_taken_for_what_is_not_served_or_not_booked(session: Session) -> None:
    customer = with_visits(session, 3)
    assert visited(session, customer, DONE, seller_id=999) == ("COVERED", True)
    raise_block(session, customer.id, "Не оплачен счёт", at=moment("2026-10-05 09:00"))
    assert visited(session, customer, DONE) == ("CONTRACT_SUSPENDED", True)
    taken(session, customer, some_work(customer, DONE, 5))
    assert uses(session) == []


def take_in_a_process(url: str, customer: Customer, works: list[Work], start: Barrier) -> None:
    """Take in a whole queue as soon as the others are ready too."""
    engine = open_engine(url)
    with reading(engine) as session:
        session.get_one(Client, customer.id)
    start.wait(60)
    for work in works:
        with transaction(engine) as session:
            taken(session, customer, work)


def test_a_queue_that_several_processes_send_at_once_is_booked_once(engine: Engine) -> None:
    with transaction(engine) as session:
        customer = with_visits(session, 9)
    works = [some_work(customer, f"2026-10-05 {9 + hour:02}:00", 10, service="visit") for hour in range(5)]
    start = PROCESSES.Barrier(3)
    arguments = (url_of(engine), customer, works, start)
    assert run_processes(take_in_a_process, [arguments] * 3) == [0, 0, 0]
    with reading(engine) as session:
        assert len(entries(session)) == 5
        assert len(session.exec(select(OfflineUse)).all()) == 5
        assert len(uses(session)) == 5
        assert all(use.recorded_at - use.used_at > timedelta(hours=1) for use in session.exec(select(OfflineUse)))
