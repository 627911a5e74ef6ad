"""The desk asks: who is meant, may they be served, and holds of minutes that nobody else can take (D1, D4, D5, H12)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import transaction
from contracts.blocking import raise_block
from contracts.enrolling import add_contact
from contracts.errors import Refusal
from contracts.parties import Client, Seller
from contracts.policies import Purchase
from contracts.renewing import renew
from contracts.selling import Sale
from contracts.terms import Term
from entitlements.answers import Decision, Question
from entitlements.client_facts import keep_snapshot, read_facts
from entitlements.decision_log import StoredDecision
from entitlements.desk import (
    Caller,
    check,
    extend_hold,
    find_client,
    hold,
    read_decision,
    release_hold,
    settle_hold,
)
from entitlements.facts import hours_facts
from entitlements.granting import give_minutes
from entitlements.holds import Hold, HoldEnd, HoldEnding
from entitlements.hours import account
from entitlements.hours_facts import GrantKind
from entitlements.reasons import Reason
from entitlements.uses import use_of_decision
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_registration,
    a_sale,
    a_seller,
    an_inn,
    ask,
    asked,
    asking,
    at_once,
    closed,
    held,
    its_catalogue,
    moment,
    refused,
    row_counts,
    worked,
)

NOON = "2026-05-13 12:00"


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


@pytest.fixture
def sale(session: Session, seller: Seller, client: Customer) -> Sale:
    """An hour a month from 01.05.2026; nothing beyond it."""
    a_plan(session, over_limit="block")
    return a_sale(session, seller, client, starts_on=date(2026, 5, 1), at=moment("2026-05-01"))


def available(session: Session, client: Customer, at: str) -> int:
    hours = check(session, asking(client), ask(at)).hours
    assert hours is not None
    return hours.available_minutes


def reason(session: Session, client: Customer, at: str, minutes: int | None = None, **changes: Any) -> Reason:
    return check(session, asking(client), ask(at, minutes, **changes)).reason


# Who is meant


def test_nobody_is_client_unknown_and_two_are_ambiguous_with_the_candidates_d4(session: Session) -> None:
    inn, at = an_inn(), moment(NOON)
    one, two = (a_client(session, name, inn=inn, kpp=kpp) for name, kpp in (("А", "770901001"), ("Б", "780901001")))
    unknown = find_client(session, Caller({"inn": an_inn()}), ask(NOON))
    ambiguous = find_client(session, Caller({"inn": inn}), ask(NOON))
    assert unknown == Decision(Reason.CLIENT_UNKNOWN, at, None, 0)
    assert ambiguous == Decision(Reason.CLIENT_AMBIGUOUS, at, None, 0, candidates=(one.id, two.id))
    assert find_client(session, Caller({"inn": inn, "id": two.id}), ask(NOON)) == two.id


def test_a_contact_of_two_clients_is_ambiguous_until_another_key_decides_d4(session: Session) -> None:
    one, two = a_client(session, "А"), a_client(session, "Б")
    for client in (one, two):
        add_contact(session, client.id, "Анна", at=moment("2026-01-01"), emails=("anna@example.org",))
    answer = check(session, Caller({"email": "anna@example.org"}), ask(NOON))
    assert (answer.reason, answer.candidates) == (Reason.CLIENT_AMBIGUOUS, (one.id, two.id))
    both = Caller({"email": "Anna@example.org", "registration_number": one.registrations[0]})
    assert check(session, both, ask(NOON)).client_id == one.id


def test_the_program_asked_about_settles_between_the_clients_of_a_contact_d4(session: Session) -> None:
    one, two, other = (a_client(session, name) for name in ("А", "Б", "В"))
    for client in (one, two):
        add_contact(session, client.id, "Анна", at=moment("2026-01-01"), phones=("+7 495 123-45-67",))
    anna = Caller({"phone": "8 (495) 123-45-67 доб. 12"})
    own = ask(NOON, registration_number=two.registrations[0])
    assert find_client(session, anna, own) == two.id
    for number in (other.registrations[0], "404"):
        answer = find_client(session, anna, ask(NOON, registration_number=number))
        assert isinstance(answer, Decision)
        assert (answer.reason, answer.candidates) == (Reason.CLIENT_AMBIGUOUS, (one.id, two.id))
    assert find_client(session, Caller(anna.keys, only_client_id=one.id), own) == one.id


def test_a_caller_who_may_see_one_client_never_learns_of_another(session: Session) -> None:
    inn = an_inn()
    one, two = (a_client(session, name, inn=inn, kpp=kpp) for name, kpp in (("А", "770901001"), ("Б", "780901001")))
    at = moment(NOON)
    assert find_client(session, Caller({"inn": inn}, only_client_id=two.id), ask(NOON)) == two.id
    hidden = find_client(session, Caller({"id": one.id}, only_client_id=two.id), ask(NOON))
    assert hidden == Decision(Reason.CLIENT_UNKNOWN, at, None, 0)


# The answer


def test_a_check_writes_nothing(session: Session, client: Customer, sale: Sale) -> None:
    before = row_counts(session)
    assert reason(session, client, NOON, 15) is Reason.COVERED
    assert row_counts(session) == before


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-04-30 23:59:59", Reason.CONTRACT_NOT_STARTED),
        ("2026-05-01", Reason.COVERED),
        ("2027-04-30 23:59:30", Reason.COVERED_RENEWAL_DUE),
        ("2027-05-01 00:00:10", Reason.CONTRACT_LAPSED),
    ],
)
def test_the_moment_of_the_request_decides_to_the_second_t4_d1(
    session: Session, client: Customer, sale: Sale, at: str, expected: Reason
) -> None:
    assert reason(session, client, at, 15) is expected


def test_basic_products_are_routed_to_the_vendor_for_what_it_gives_s2(session: Session, seller: Seller) -> None:
    client = a_client(session, registrations=0)
    basic = a_registration(session, client.entity, "accounting-basic").number
    for service in ("consultation_line", "updates", "portal"):
        answer = check(session, asking(client), ask(NOON, service=service, registration_number=basic))
        assert (answer.reason, answer.routed_to, answer.line) == (Reason.ROUTED_TO_VENDOR, "vendor", 4)
    assert reason(session, client, NOON, service="remote_work", registration_number=basic) is Reason.NO_CONTRACT
    prof = a_registration(session, client.entity, "accounting-prof").number
    answer = check(session, asking(client), ask(NOON, service="updates", registration_number=prof))
    assert answer.reason is Reason.NO_CONTRACT


def test_what_the_vendor_serves_takes_neither_hours_nor_uses_of_the_client_s2(session: Session, seller: Seller) -> None:
    """An hour a month and one consultation; the copy is a basic one, for which the vendor gives consultation."""
    services = [{"code": "consultation_line", "included_count": 1}, {"code": "updates", "draws_hours": True}]
    a_plan(session, "small", services=services, over_limit="block")
    client = a_client(session, registrations=0)
    basic = a_registration(session, client.entity, "accounting-basic").number
    own = Customer(client.client, client.entity, (basic,))
    a_sale(session, seller, own, "small", starts_on=date(2026, 5, 1), at=moment("2026-05-01"))
    told = []
    for service, minutes in (("consultation_line", None),) * 2 + (("updates", 60),) * 2:
        envelope = asked(moment(NOON))
        decision, placed = hold(session, asking(own), ask(NOON, minutes, service=service), envelope)
        told.append((decision.reason, placed is not None, use_of_decision(session, envelope.id) is not None))
    assert told == [
        (Reason.COVERED, False, True),
        (Reason.ROUTED_TO_VENDOR, False, False),
        (Reason.COVERED_LOW_BALANCE, True, False),
        (Reason.ROUTED_TO_VENDOR, False, False),
    ]


def test_a_free_period_covers_and_a_surrendered_copy_is_not_covered_from_the_upgrade_on_s1(
    session: Session, seller: Seller
) -> None:
    client = a_client(session, registrations=0)
    old = a_registration(session, client.entity, bought_on=date(2026, 4, 1)).number
    a_sale(session, seller, client, "its-prof", registrations=(old,), at=moment("2026-04-02"))
    question = {"service": "updates", "registration_number": old}
    assert reason(session, client, NOON, **question) is Reason.COVERED_FREE_PERIOD
    upgrade = {"purchase": Purchase.UPGRADE, "bought_on": date(2026, 5, 14), "replaces": old}
    a_registration(session, client.entity, "accounting-korp", **upgrade)
    assert reason(session, client, "2026-05-13 23:59", **question) is Reason.COVERED_FREE_PERIOD
    assert reason(session, client, "2026-05-14", **question) is Reason.PRODUCT_NOT_COVERED


def test_the_same_question_known_then_has_the_same_answer_whatever_came_later_d1(
    session: Session, seller: Seller, client: Customer, sale: Sale
) -> None:
    held(session, client, "2026-05-12 10:00", 15)
    question = ask("2026-05-13 12:00", 15, registration_number=client.registrations[0])
    known_at = moment("2026-05-13 12:00")
    then = check(session, asking(client), question)
    later = moment("2026-05-13 12:01")
    worked(session, client, "2026-05-12 10:00", 30, at=later)
    raise_block(session, client.id, "долг", at=later)
    renew(session, sale.subscription.id, at=later)
    upgrade = {"purchase": Purchase.UPGRADE, "bought_on": date(2026, 5, 13), "replaces": client.registrations[0]}
    a_registration(session, client.entity, at=later, **upgrade)
    a_plan(session, "better")
    a_sale(session, seller, client, "better", term_months=1, starts_on=date(2026, 5, 1), at=later)
    held(session, client, "2026-05-13 12:02", 15)
    closed(session, seller, client, date(2026, 5, 1))
    again = check(session, asking(client), question, known_at=known_at)
    assert again.state_version > then.state_version
    assert _known(again) == _known(then)


def test_a_copy_that_was_taken_in_later_changes_no_answer_of_then_d1(session: Session) -> None:
    client = a_client(session, registrations=0)
    a_registration(session, client.entity, "accounting-basic")
    question = ask(NOON, service="updates")
    then = check(session, asking(client), question)
    assert then.reason is Reason.ROUTED_TO_VENDOR
    a_registration(session, client.entity, "accounting-prof", at=moment("2026-05-13 12:01"))
    assert check(session, asking(client), question).reason is Reason.NO_CONTRACT
    assert _known(check(session, asking(client), question, known_at=question.at)) == _known(then)


def _known(answer: Decision) -> dict[str, Any]:
    """The answer but for the version that the facts have reached by now."""
    return {name: getattr(answer, name) for name in Decision.__slots__ if name != "state_version"}


def test_a_moment_in_a_month_closed_since_has_the_answer_it_had_d1(
    session: Session, seller: Seller, client: Customer, sale: Sale
) -> None:
    worked(session, client, "2026-05-12 10:00", 30)
    question = ask("2026-05-13 12:00", 15)
    then = check(session, asking(client), question)
    closed(session, seller, client, date(2026, 5, 1))
    worked(session, client, "2026-05-12 10:00", 30, at=moment("2026-06-02"))
    assert _known(check(session, asking(client), question)) == _known(then)


# Holds


def test_a_hold_places_the_billed_minutes_and_the_next_check_sees_them_d5(
    session: Session, client: Customer, sale: Sale
) -> None:
    decision, placed = held(session, client, NOON, 20)
    assert placed is not None
    assert decision.reason is Reason.COVERED
    assert (placed.minutes, placed.placed_at) == (30, moment(NOON))
    assert placed.expires_at == moment("2026-05-16 12:00")  # 72 hours by the plan
    assert available(session, client, "2026-05-13 12:01") == 30
    assert reason(session, client, "2026-05-13 12:01", 45) is Reason.REQUEST_EXCEEDS_BALANCE


def test_0_left_is_not_enough_for_a_new_request_d5(session: Session, client: Customer, sale: Sale) -> None:
    held(session, client, NOON, 60)
    decision, placed = held(session, client, "2026-05-13 12:01", 1)
    assert (decision.reason, placed) == (Reason.HOURS_EXHAUSTED, None)


@pytest.mark.parametrize("service", ["consultation_line", "magic"])
def test_a_request_that_needs_no_hours_or_is_not_served_holds_none(
    session: Session, client: Customer, sale: Sale, service: str
) -> None:
    question = ask(NOON, 15, service=service)
    _, placed = hold(session, asking(client), question, asked(question.at))
    assert placed is None
    assert session.exec(select(StoredDecision)).one()


def test_a_hold_lapses_by_the_clock_alone_h12(session: Session, client: Customer, sale: Sale) -> None:
    held(session, client, NOON, 60, hold_hours=2)
    assert available(session, client, "2026-05-13 13:59:59") == 0
    assert available(session, client, "2026-05-13 14:00") == 60
    assert held(session, client, "2026-05-13 14:00", 60)[1] is not None


@pytest.mark.parametrize(("end", "kind"), [(settle_hold, HoldEnd.SETTLED), (release_hold, HoldEnd.RELEASED)])
def test_a_settled_or_released_hold_gives_its_minutes_back_and_ends_once(
    session: Session, client: Customer, sale: Sale, end: Callable[..., HoldEnding], kind: HoldEnd
) -> None:
    _, placed = held(session, client, NOON, 60)
    assert placed is not None
    ending = end(session, placed.id, at=moment("2026-05-13 13:00"))
    assert (ending.end, ending.ended_at) == (kind, moment("2026-05-13 13:00"))
    assert available(session, client, "2026-05-13 12:59") == 0
    assert available(session, client, "2026-05-13 13:00") == 60
    for again in (settle_hold, release_hold):
        with refused(session, "HOLD_ENDED", field="hold_id", value=placed.id, end=kind):
            again(session, placed.id, at=moment("2026-05-13 14:00"))
    with refused(session, "HOLD_ENDED", field="hold_id", end=kind):
        extend_hold(session, placed.id, 1, at=moment("2026-05-20"))


def test_settling_against_the_work_leaves_the_minutes_taken_once_h12(
    session: Session, client: Customer, sale: Sale
) -> None:
    _, placed = held(session, client, NOON, 30)
    assert placed is not None
    worked(session, client, "2026-05-13 12:30", 40, at=moment("2026-05-13 14:00"))
    settle_hold(session, placed.id, at=moment("2026-05-13 14:00"))
    assert available(session, client, "2026-05-13 14:00") == 15


def test_an_extension_ends_the_hold_and_places_its_successor_with_the_same_minutes(
    session: Session, client: Customer, sale: Sale
) -> None:
    _, placed = held(session, client, NOON, 60, hold_hours=2)
    assert placed is not None
    extended = extend_hold(session, placed.id, 5, at=moment("2026-05-13 13:59"))
    assert (extended.successor_of, extended.minutes, extended.decision_id) == (placed.id, 60, placed.decision_id)
    assert (extended.client_id, extended.seller_id, extended.ticket) == (
        placed.client_id,
        placed.seller_id,
        placed.ticket,
    )
    assert (extended.placed_at, extended.expires_at) == (moment("2026-05-13 13:59"), moment("2026-05-13 18:59"))
    assert available(session, client, "2026-05-13 14:30") == 0
    assert available(session, client, "2026-05-13 18:59") == 60


@pytest.mark.parametrize(("end", "kind"), [(settle_hold, HoldEnd.SETTLED), (release_hold, HoldEnd.RELEASED)])
def test_the_id_of_a_hold_that_was_extended_means_the_hold_that_took_its_place_h12(
    session: Session, client: Customer, sale: Sale, end: Callable[..., HoldEnding], kind: HoldEnd
) -> None:
    _, placed = held(session, client, NOON, 60, hold_hours=2)
    assert placed is not None
    extend_hold(session, placed.id, 5, at=moment("2026-05-13 13:00"))
    again = extend_hold(session, placed.id, 9, at=moment("2026-05-13 14:00"))
    assert again.expires_at == moment("2026-05-13 23:00")
    ending = end(session, placed.id, at=moment("2026-05-13 15:00"))
    assert (ending.hold_id, ending.end) == (again.id, kind)
    assert available(session, client, "2026-05-13 15:00") == 60
    with refused(session, "HOLD_ENDED", field="hold_id", value=placed.id, end=kind):
        end(session, placed.id, at=moment("2026-05-13 15:00"))


def test_a_lapsed_hold_can_be_settled_but_not_extended_h12(session: Session, client: Customer, sale: Sale) -> None:
    _, placed = held(session, client, NOON, 60, hold_hours=2)
    assert placed is not None
    expires_at = moment("2026-05-13 14:00")
    with refused(session, "HOLD_LAPSED", field="hold_id", value=placed.id, expires_at=expires_at):
        extend_hold(session, placed.id, 5, at=expires_at)
    assert settle_hold(session, placed.id, at=moment("2026-05-14")).end is HoldEnd.SETTLED


def test_an_unknown_hold_or_a_life_out_of_range_is_refused(session: Session, client: Customer, sale: Sale) -> None:
    at = moment("2026-05-13 13:00")
    for verb in (settle_hold, release_hold):
        with refused(session, "HOLD_UNKNOWN", field="hold_id", value=404):
            verb(session, 404, at=at)
    with refused(session, "HOLD_UNKNOWN", field="hold_id", value=404):
        extend_hold(session, 404, 1, at=at)
    _, placed = held(session, client, NOON, 15)
    assert placed is not None
    for hours in (0, -1, 8761):
        with refused(session, "HOLD_HOURS_WRONG", field="hold_hours", value=hours, allowed="1 to 8760"):
            extend_hold(session, placed.id, hours, at=at)
        with refused(session, "HOLD_HOURS_WRONG", field="hold_hours", value=hours):
            held(session, client, NOON, 15, hold_hours=hours)


def test_a_hold_asked_by_a_slower_clock_sees_what_is_held_already_d5(
    session: Session, client: Customer, sale: Sale
) -> None:
    held(session, client, "2026-05-13 12:00:05", 60)
    decision, placed = held(session, client, "2026-05-13 12:00:00", 60)
    assert (decision.reason, placed) == (Reason.HOURS_EXHAUSTED, None)


def test_a_hold_may_span_grants_and_the_account_tells_which_minutes_of_which_h12(
    session: Session, seller: Seller, client: Customer, sale: Sale
) -> None:
    """Half an hour of May is left, and an hour that was given until the end of June: 75 minutes are held of both."""
    worked(session, client, "2026-05-12 10:00", 30)
    given = Term(date(2026, 5, 1), date(2026, 7, 1))
    at = moment("2026-05-12 12:00")
    give_minutes(session, client.id, seller.id, GrantKind.GOODWILL, 60, given, reason="Спор", source_key="g", at=at)
    decision, placed = held(session, client, NOON, 75)
    assert (decision.is_served, placed and placed.minutes) == (True, 75)

    def told(at: str) -> list[tuple[GrantKind, int, int]]:
        usable = account(hours_facts(session, client.id, seller.id), moment(at)).usable()
        return [(state.lot.kind, state.held_minutes, state.remaining_minutes) for state in usable]

    assert told(NOON) == [(GrantKind.INCLUDED, 30, 0), (GrantKind.GOODWILL, 45, 15)]
    assert reason(session, client, NOON, 30) is Reason.REQUEST_EXCEEDS_BALANCE
    assert placed is not None
    worked(session, client, "2026-05-13 12:30", 40, at=moment("2026-05-13 14:00"))
    settle_hold(session, placed.id, at=moment("2026-05-13 14:00"), minutes=45)
    assert told("2026-05-13 14:00") == [(GrantKind.INCLUDED, 0, 0), (GrantKind.GOODWILL, 0, 45)]


def test_a_hold_is_settled_by_no_more_than_it_holds(session: Session, client: Customer, sale: Sale) -> None:
    _, placed = held(session, client, NOON, 30)
    assert placed is not None
    at = moment("2026-05-13 13:00")
    for minutes in (-1, 31):
        with refused(session, "MINUTES_WRONG", field="minutes", value=minutes, allowed="0 to 30"):
            settle_hold(session, placed.id, at=at, minutes=minutes)
    assert settle_hold(session, placed.id, at=at, minutes=15).settled_minutes == 15


def test_work_in_hand_is_never_lost_when_the_hours_run_out_d5(session: Session, client: Customer, sale: Sale) -> None:
    _, placed = held(session, client, NOON, 60)
    assert placed is not None
    logged = worked(session, client, "2026-05-13 12:30", 150)
    settle_hold(session, placed.id, at=moment("2026-05-13 15:00"))
    assert logged.entry is not None
    assert available(session, client, "2026-05-13 15:00") == 0


# What is stored


def test_every_hold_has_its_stored_decision_and_every_answer_is_kept_e5(
    session: Session, client: Customer, sale: Sale
) -> None:
    for minutes in (30, 30, 30):
        held(session, client, NOON, minutes)
    hold(session, Caller({"id": 404}), ask(NOON), asked(moment(NOON)))
    session.expire_all()
    reasons = session.exec(select(StoredDecision.reason).order_by(col(StoredDecision.id))).all()
    assert sorted(reasons) == ["CLIENT_UNKNOWN", "COVERED", "COVERED_LOW_BALANCE", "HOURS_EXHAUSTED"]
    for placed in session.exec(select(Hold)):
        found = read_decision(session, placed.decision_id)
        assert found is not None
        row, decision = found
        assert decision.is_served
        assert (row.client_id, row.ticket, row.asked_by) == (client.id, placed.ticket, "desk")


@pytest.mark.parametrize(
    "question",
    [
        ask(NOON, 20),
        ask(NOON, 600),
        ask(NOON, service="magic"),
        ask(NOON, registration_number="404"),
        ask("2020-01-01"),
        ask("2027-04-30 12:00", 15),
        ask("2028-04-30 12:00", 15),
    ],
)
def test_a_stored_decision_reads_back_equal(session: Session, client: Customer, sale: Sale, question: Question) -> None:
    envelope = asked(question.at, id="7d2f", ticket="SD-7", question='{"minutes": 20}')
    decision, _ = hold(session, asking(client), question, envelope)
    session.expire_all()
    found = read_decision(session, "7d2f")
    assert found is not None
    row, answer = found
    assert answer == decision
    assert (row.decision, row.reason, row.question) == (decision.verdict, decision.reason, '{"minutes": 20}')
    assert (row.asked_at, row.evaluated_at, row.state_version) == (question.at, question.at, decision.state_version)
    assert read_decision(session, "unknown") is None


# Races


def shop(engine: Engine, over_limit: str = "block") -> Customer:
    """A client with an hour a month from 01.05.2026, committed."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, over_limit=over_limit)
        seller, client = a_seller(session), a_client(session)
        a_sale(session, seller, client, starts_on=date(2026, 5, 1), at=moment("2026-05-01"))
    return client


def test_fifty_who_want_the_last_30_minutes_at_once_have_exactly_one_winner_d5(engine: Engine) -> None:
    client = shop(engine)
    with transaction(engine) as session:
        worked(session, client, "2026-05-12 10:00", 30)
        version = session.get_one(Client, client.id).state_version

    def want(number: int) -> Callable[[Session], Decision]:
        question = Question(moment(NOON) + timedelta(milliseconds=number % 7), service="remote_work", minutes=30)
        return lambda session: hold(session, asking(client), question, asked(question.at))[0]

    answers = at_once(engine, *map(want, range(50)))
    assert [answer.is_served for answer in answers].count(True) == 1
    assert {answer.reason for answer in answers if not answer.is_served} == {Reason.HOURS_EXHAUSTED}
    with transaction(engine) as session:
        assert len(session.exec(select(Hold)).all()) == 1
        assert len(session.exec(select(StoredDecision)).all()) == 50
        assert session.get_one(Client, client.id).state_version == version + 50


def test_a_hold_is_ended_once_also_by_many_at_once(engine: Engine) -> None:
    client = shop(engine)
    with transaction(engine) as session:
        _, placed = held(session, client, NOON, 30)
    assert placed is not None
    at = moment("2026-05-13 13:00")
    verbs = [
        lambda session: settle_hold(session, placed.id, at=at),
        lambda session: release_hold(session, placed.id, at=at),
        lambda session: extend_hold(session, placed.id, 5, at=at),
    ]
    results = at_once(engine, *verbs * 3)
    assert {one.code for one in results if isinstance(one, Refusal)} == {"HOLD_ENDED"}
    with transaction(engine) as session:
        ends = [one.end for one in session.exec(select(HoldEnding)).all()]
        assert ends.count(HoldEnd.EXTENDED) == len(ends) - 1 == len(session.exec(select(Hold)).all()) - 1


def test_work_and_holds_at_once_never_overdraw_the_hour_e2(engine: Engine) -> None:
    client = shop(engine)

    def take(number: int) -> Callable[[Session], Any]:
        if number % 2:
            return lambda session: held(session, client, NOON, 15)[1]
        return lambda session: worked(session, client, "2026-05-13 11:00", 15).entry

    at_once(engine, *map(take, range(12)))
    with transaction(engine) as session:
        hours = check(session, asking(client), ask("2026-05-13 12:01")).hours
    assert hours is not None
    assert hours.used_minutes + hours.held_minutes + hours.available_minutes == hours.given_minutes == 60


def test_no_job_need_run_for_what_ended_to_be_refused_and_what_begins_to_be_served_t5(session: Session) -> None:
    """Between the sale and the questions nothing is written; the snapshot that answers them is as old as the sale."""
    seller, client = a_seller(session), a_client(session)
    at = moment("2026-03-20 10:00")
    a_plan(session, included_minutes=600)
    year = a_sale(session, seller, client, starts_on=date(2026, 4, 1), at=at).subscription
    successor = renew(session, year.id, at=at, term_months=1).subscription
    keep_snapshot(session, read_facts(session, client.id))
    before = row_counts(session)

    def answer(text: str) -> Any:
        told = check(session, asking(client), ask(text, service="consultation_line"))
        return told.reason, told.cover and told.cover.id

    assert answer("2026-03-31 23:59:59") == (Reason.CONTRACT_NOT_STARTED, year.id)
    assert answer("2026-04-01") == (Reason.COVERED, year.id)
    assert answer("2027-03-31 23:59:59") == (Reason.COVERED, year.id)
    assert answer("2027-04-01") == (Reason.COVERED_RENEWAL_DUE, successor.id)
    assert answer("2027-04-30 23:59:59") == (Reason.COVERED_RENEWAL_DUE, successor.id)
    assert answer("2027-05-01") == (Reason.CONTRACT_LAPSED, successor.id)
    assert row_counts(session) == before


def test_a_contract_that_exists_but_ended_covers_nothing_beside_one_that_runs_d3(session: Session) -> None:
    """To exist is not to be valid: the ended one never serves its product, whatever else the client has."""
    seller, client = a_seller(session), a_client(session, registrations=2)
    ended, running = client.registrations
    a_plan(session)
    sold = {"term_months": 3, "at": moment("2026-01-01 10:00")}
    a_sale(session, seller, client, registrations=(ended,), **sold)
    a_sale(session, seller, client, registrations=(running,), starts_on=date(2026, 3, 1), **sold)
    told = [check(session, asking(client), ask(NOON, registration_number=number)) for number in client.registrations]
    assert [one.reason for one in told] == [Reason.CONTRACT_LAPSED, Reason.COVERED_RENEWAL_DUE]
