"""What the register says is kept as it was said: later answers govern, older ones stay, none is kept twice (S8)."""

from datetime import date, datetime

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from api.database import transaction
from contracts.amending import Change, amend
from contracts.cancelling import cancel
from contracts.catalogue import Plan, Registration
from contracts.money import Money
from contracts.parties import Client
from contracts.policies import Purchase
from contracts.publishing import publish_plan
from contracts.register import Held, HeldPeriod, Partner
from contracts.register_queries import (
    LatestAnswer,
    latest_answers,
    numbers_of_ours,
    our_lines,
    plans_of_codes,
)
from contracts.subscriptions import Subscription
from contracts.taking_answers import mean_plan, take_answers
from contracts.terms import Term
from tests.builders import (
    PUBLISHED_AT,
    Customer,
    a_client,
    a_plan,
    a_registration,
    a_sale,
    a_seller,
    at_once,
    its_catalogue,
    moment,
    refused,
    row_counts,
)

YEAR = (date(2026, 4, 1), date(2027, 4, 1))
PROF = HeldPeriod("prof-12", *YEAR, Partner.OWN)
MONDAY, TUESDAY, FRIDAY = (moment(f"2026-10-{day:02} 10:00") for day in (5, 6, 9))


@pytest.fixture
def customer(session: Session) -> Customer:
    """A client with two registrations, and a code of the register that means its-prof."""
    its_catalogue(session)
    mean_plan(session, "prof-12", "its-prof", at=PUBLISHED_AT)
    return a_client(session, registrations=2)


def take(
    session: Session, number: str, *periods: HeldPeriod, at: datetime = MONDAY, source: str = "", seen: object = None
) -> int:
    """What the register says of one number, on the day of the moment unless the source is another."""
    given = {"source": source or f"register {at:%d}", "observed_at": seen or at, "at": at}
    return take_answers(session, {number: Held(periods)}, **given)


def latest(session: Session, customer: Customer, number: str, known_at: datetime | None = None) -> LatestAnswer | None:
    found = session.exec(select(Registration.id).where(Registration.number == number)).one()
    return latest_answers(session, customer.id, known_at=known_at).get(found)


def version(session: Session, customer: Customer) -> int:
    return session.exec(select(Client.state_version).where(Client.id == customer.id)).one()


def test_a_later_answer_governs_and_the_older_ones_stay_s8(session: Session, customer: Customer) -> None:
    number, _ = customer.registrations
    later = HeldPeriod("prof-12", date(2026, 4, 1), None, Partner.OTHER)
    assert take(session, number, PROF) == 1
    assert take(session, number, later, at=TUESDAY) == 1
    assert take(session, number, at=FRIDAY) == 1
    for known_at, periods in [(MONDAY, (PROF,)), (TUESDAY, (later,)), (FRIDAY, ()), (None, ())]:
        answer = latest(session, customer, number, known_at)
        assert answer is not None
        assert answer.held == Held(periods)
        assert answer.observed_at == (known_at or FRIDAY)
    assert latest(session, customer, number, moment("2026-10-05 09:59")) is None


def test_that_nothing_is_held_is_an_answer_and_no_answer_is_none_s8(session: Session, customer: Customer) -> None:
    answered, never = customer.registrations
    take(session, answered)
    assert latest(session, customer, answered) is not None
    assert latest(session, customer, never) is None


def test_an_answer_that_was_seen_earlier_does_not_govern_and_was_not_known_before_s8_d1(
    session: Session, customer: Customer
) -> None:
    number, _ = customer.registrations
    take(session, number, PROF, at=TUESDAY)
    take(session, number, at=FRIDAY, seen=MONDAY)
    assert latest(session, customer, number).held == Held((PROF,))
    take(session, customer.registrations[1], at=FRIDAY, seen=MONDAY)
    assert latest(session, customer, customer.registrations[1], TUESDAY) is None


def test_the_same_answer_adds_nothing_and_raises_no_version_s8(session: Session, customer: Customer) -> None:
    number, other = customer.registrations
    both = HeldPeriod("new", None, None)
    assert take(session, number, PROF, both) == 1
    before, counts = version(session, customer), row_counts(session)
    assert take(session, number, both, PROF) == 0
    assert (version(session, customer), row_counts(session)) == (before, counts)
    answers = {number: Held((PROF, both)), other: Held((PROF,))}
    assert take_answers(session, answers, source="register 05", observed_at=MONDAY, at=MONDAY) == 1
    assert version(session, customer) == before + 1


def test_the_register_confirms_once_a_day_and_a_file_never_s8_d11(session: Session, customer: Customer) -> None:
    """So the age that the desk is told is that of the last asking, and an old file makes nothing look younger."""
    number, _ = customer.registrations
    assert [take(session, number, PROF, at=at) for at in (MONDAY, TUESDAY, TUESDAY)] == [1, 1, 0]
    assert latest(session, customer, number).observed_at == TUESDAY
    assert [take(session, number, PROF, at=at, source="file abc") for at in (TUESDAY, FRIDAY, FRIDAY)] == [1, 0, 0]
    assert latest(session, customer, number).observed_at == TUESDAY


def test_an_answer_that_changes_back_on_one_day_is_new_each_time_s8(session: Session, customer: Customer) -> None:
    number, _ = customer.registrations
    assert [take(session, number, *periods) for periods in [(PROF,), (), (PROF,)]] == [1, 1, 1]
    assert latest(session, customer, number).held == Held((PROF,))


def test_what_is_wrong_is_refused_and_nothing_is_written_s8(session: Session, customer: Customer) -> None:
    number, _ = customer.registrations
    with refused(session, "REGISTRATION_UNKNOWN", field="number", value="800000000"):
        take_answers(session, {number: Held(()), "800000000": Held(())}, source="file", observed_at=MONDAY, at=MONDAY)
    with refused(session, "OBSERVED_LATER", field="observed_at", value=TUESDAY, allowed=MONDAY):
        take(session, number, PROF, seen=TUESDAY)
    with refused(session, "TEXT_WRONG", field="code"):
        take(session, number, HeldPeriod("pr\nof", *YEAR))
    with refused(session, "TEXT_WRONG", field="source"):
        take(session, number, PROF, source="x" * 201)
    with refused(session, "PLAN_UNKNOWN", field="plan", value="its-pro"):
        mean_plan(session, "prof-12", "its-pro", at=PUBLISHED_AT)
    with refused(session, "TEXT_WRONG", field="code"):
        mean_plan(session, "\x00", "its-prof", at=PUBLISHED_AT)


def test_the_kind_of_a_period_is_what_its_code_means_also_when_that_is_said_later_s8(
    session: Session, customer: Customer
) -> None:
    number, _ = customer.registrations
    kinds = {plan.code: plan.kind_id for plan in session.exec(select(Plan))}
    service, unknown = HeldPeriod("srv-8", *YEAR), HeldPeriod(None, *YEAR)
    take(session, number, PROF, service, unknown)
    answer = latest(session, customer, number)
    assert answer.of_kind(kinds["its-prof"]) == (PROF,)
    assert answer.of_unknown_kind == (service, unknown)
    mean_plan(session, "srv-8", "service-8h", at=PUBLISHED_AT)
    answer = latest(session, customer, number)
    assert answer.of_kind(kinds["service-8h"]) == (service,)
    assert answer.of_unknown_kind == (unknown,)


def test_a_code_may_get_another_meaning_and_the_same_one_changes_nothing_s8(
    session: Session, customer: Customer
) -> None:
    before = version(session, customer)
    mean_plan(session, "prof-12", "its-prof", at=PUBLISHED_AT)
    assert version(session, customer) == before
    mean_plan(session, "prof-12", "its-techno", at=PUBLISHED_AT)
    assert plans_of_codes(session) == {"prof-12": "its-techno"}
    assert version(session, customer) == before + 1


def test_what_a_code_means_is_known_since_it_was_said_d1(session: Session, customer: Customer) -> None:
    """The code means its-prof, since Tuesday service-8h; another one means its-prof since Friday."""
    number, _ = customer.registrations
    service = HeldPeriod("srv-8", *YEAR)
    take(session, number, PROF, service)
    mean_plan(session, "prof-12", "service-8h", at=TUESDAY)
    mean_plan(session, "srv-8", "its-prof", at=FRIDAY)
    kinds = {plan.code: plan.kind_id for plan in session.exec(select(Plan))}
    codes = ("its-prof", "service-8h")
    for known_at, told in ((MONDAY, (1, 0)), (TUESDAY, (0, 1)), (FRIDAY, (1, 1)), (None, (1, 1))):
        answer = latest(session, customer, number, known_at=known_at)
        assert tuple(len(answer.of_kind(kinds[code])) for code in codes) == told
        assert len(answer.of_unknown_kind) == 2 - sum(told)
    mean_plan(session, "prof-12", "its-prof", at=FRIDAY)
    assert latest(session, customer, number).of_kind(kinds["its-prof"]) == (PROF, service)
    assert plans_of_codes(session) == {"prof-12": "its-prof", "srv-8": "its-prof"}


def test_a_published_plan_brings_its_codes_s8(session: Session, customer: Customer) -> None:
    a_plan(session, "fresh", vendor_codes=["fresh-1", "fresh-12"])
    assert plans_of_codes(session) == {"prof-12": "its-prof", "fresh-1": "fresh", "fresh-12": "fresh"}
    definition = {"code": "x", "name": "x", "name_en": "x", "kind": "x", "valid_from": "2026-01-01"}
    with refused(session, "TEXT_WRONG", field="vendor_codes"):
        publish_plan(session, {**definition, "services": [], "prices": [], "vendor_codes": [""]}, at=PUBLISHED_AT)


def test_the_latest_answers_of_a_client_are_one_select_and_nobody_elses_s8(
    session: Session, customer: Customer
) -> None:
    foreign = a_client(session, "Василёк")
    for number in (*customer.registrations, *foreign.registrations):
        take(session, number, PROF, HeldPeriod(None, None, None))
    statements: list[str] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    found = latest_answers(session, customer.id)
    assert len(statements) == 1
    assert len(found) == 2
    assert all(len(answer.periods) == 2 for answer in found.values())


def test_two_that_take_the_same_answer_at_once_keep_it_once_s8(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        customer = a_client(session)
    (number,) = customer.registrations
    verbs = [lambda session: take(session, number, PROF)] * 4
    assert sorted(at_once(engine, *verbs)) == [0, 0, 0, 1]


# What of ours the register is compared with


def sell(session: Session, customer: Customer, plan: str, starts: str, numbers: tuple[str, ...]) -> None:
    starts_on = date.fromisoformat(starts)
    seller = a_seller(session, f"north-{plan}-{starts}")
    a_sale(session, seller, customer, plan, at=moment(starts), starts_on=starts_on, registrations=numbers)


def test_current_and_coming_terms_of_plans_with_a_code_are_compared_s8(session: Session, customer: Customer) -> None:
    first, second = customer.registrations
    a_plan(session)  # the vendor knows nothing of it
    sell(session, customer, "its-prof", "2025-04-01", (first,))
    sell(session, customer, "its-prof", "2026-04-01", (first, second))
    sell(session, customer, "support", "2026-04-01", (first,))
    year = Term(*YEAR)
    lines = our_lines(session, date(2026, 4, 1))
    assert [(line.registration_number, line.plan_code, line.term) for line in lines] == [
        (first, "its-prof", year),
        (second, "its-prof", year),
    ]
    assert len(our_lines(session, date(2026, 3, 31))) == 3
    assert our_lines(session, date(2027, 4, 1)) == []
    assert our_lines(session, date(2026, 4, 1), client_id=a_client(session, "Василёк").id) == []


def test_a_surrendered_copy_is_neither_asked_about_nor_compared_s1(session: Session, customer: Customer) -> None:
    first, second = customer.registrations
    sell(session, customer, "its-prof", "2026-04-01", (first, second))
    new = a_registration(
        session,
        customer.entity,
        number="800999999",
        purchase=Purchase.UPGRADE,
        replaces=second,
        bought_on=date(2026, 6, 1),
    )
    assert numbers_of_ours(session, customer.id) == [first, new.number]
    assert [line.registration_number for line in our_lines(session, date(2026, 6, 1))] == [first]
    assert [line.registration_number for line in our_lines(session, date(2026, 5, 31))] == [first, second]


def test_a_cancelled_and_an_amended_subscription_are_compared_as_they_end_s9_s11(
    session: Session, customer: Customer
) -> None:
    first, second = customer.registrations
    sell(session, customer, "its-prof", "2026-04-01", (first,))
    sell(session, customer, "its-prof", "2026-05-01", (second,))
    one, other = session.exec(select(Subscription).order_by(Subscription.id))
    cancel(session, one.id, date(2026, 9, 30), "Котова", "Закрытие", at=moment("2026-05-02"))
    amend(session, other.id, Change(date(2026, 8, 1), "Котова", "Рост", price=Money(1)), at=moment("2026-05-02"))
    assert [(line.registration_number, line.term) for line in our_lines(session, date(2026, 6, 1))] == [
        (first, Term(date(2026, 4, 1), date(2026, 10, 1))),
        (second, Term(date(2026, 8, 1), date(2027, 5, 1))),
    ]
    assert [line.registration_number for line in our_lines(session, date(2026, 10, 1))] == [second]
