"""Asking a register over real sockets: whatever it does, only its answers count, and faults cost little (S8, D11)."""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from api.register_server import MOST_LOST, NUMBERS_AT_ONCE, RegisterServer, authorization_header
from contracts.register import Answers, Held, HeldPeriod, Partner, Unanswered
from tests.builders import moment
from tests.vendor_register import (
    BUSY,
    REFUSED,
    SPOILT,
    UNREACHABLE,
    UNREADABLE,
    WRONG,
    Fault,
    VendorRegister,
    holding,
    period,
    right,
    saying,
    status,
)

AT = moment("2026-10-05 10:00")
NUMBERS = ["800000001", "800000002", "800000003"]
SECRET = "Bearer s3cr3t-t0ken"
BOOK = {
    "800000001": [holding("prof-12", period("2026-04-01", "2027-04-01"), period("2027-04-01", None))],
    "800000002": [
        holding(None, None, by_another_partner=None),
        holding("techno-12", period(None, "2027-01-01"), by_another_partner=True),
    ],
}
SAID = {
    "800000001": Held(
        (
            HeldPeriod("prof-12", date(2026, 4, 1), date(2027, 4, 1), Partner.OWN),
            HeldPeriod("prof-12", date(2027, 4, 1), None, Partner.OWN),
        )
    ),
    "800000002": Held(
        (HeldPeriod(None, None, None), HeldPeriod("techno-12", None, date(2027, 1, 1), Partner.OTHER)),
    ),
    "800000003": Held(()),
}


class Hours:
    """A stopwatch that goes on only while somebody sleeps, or by `step` seconds whenever it is looked at."""

    def __init__(self, step: float = 0) -> None:
        self.seconds, self.step = 0.0, step
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.seconds += self.step
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def clock(self) -> datetime:
        return AT + timedelta(seconds=self.seconds)


@pytest.fixture(scope="module")
def running() -> Iterator[VendorRegister]:
    with VendorRegister(BOOK) as running:
        yield running


@pytest.fixture
def register(running: VendorRegister) -> VendorRegister:
    """A healthy register that nobody has asked yet."""
    running.always = right
    running.faults.clear()
    running.asked.clear()
    return running


def ask(register: VendorRegister, numbers: list[str] = NUMBERS, hours: Hours | None = None, **more: Any) -> Answers:
    hours = hours or Hours()
    given = {"stopwatch": hours, "sleep": hours.sleep, "clock": hours.clock, "timeout_seconds": 5} | more
    with RegisterServer(register.url, SECRET, **given) as server:
        batches = list(server.ask(numbers))
    answers = {number: answer for batch in batches for number, answer in batch.items()}
    assert list(answers) == list(dict.fromkeys(numbers)), "every number once, in the order asked"
    return answers


def all_of(reason: Unanswered) -> Answers:
    return dict.fromkeys(NUMBERS, reason)


def named(*tables: dict[str, Fault]) -> Any:
    return pytest.mark.parametrize(
        "fault", [pytest.param(fault, id=name) for one in tables for name, fault in one.items()]
    )


def test_current_and_next_unknown_and_nothing_are_read_as_they_are_said_s8(register: VendorRegister) -> None:
    assert ask(register) == SAID
    (asked,) = register.asked
    assert (asked.path, asked.numbers) == ("/checks", NUMBERS)
    assert asked.headers["authorization"] == SECRET
    assert asked.headers["content-type"] == "application/json"


def test_a_hundred_numbers_are_asked_at_once_and_each_only_once_s8(register: VendorRegister) -> None:
    many = [f"85{number:07}" for number in range(250)]
    assert set(ask(register, [*many, *many]).values()) == {Held(())}
    assert [len(asked.numbers) for asked in register.asked] == [NUMBERS_AT_ONCE, NUMBERS_AT_ONCE, 50]
    assert ask(register, []) == {}


# Faults


@named({name: fault for name, fault in UNREACHABLE.items() if name not in ("silence", "drips")})
def test_a_line_that_breaks_is_tried_four_times_and_then_is_no_answer_d11(
    register: VendorRegister, fault: Fault
) -> None:
    hours, register.always = Hours(), fault
    assert ask(register, hours=hours) == all_of(Unanswered.UNREACHABLE)
    assert len(register.asked) == 4
    assert hours.slept == [1, 2, 4]


def test_a_register_that_is_silent_is_left_after_the_timeout_d11(register: VendorRegister) -> None:
    register.always = UNREACHABLE["silence"]
    assert ask(register, timeout_seconds=0.05) == all_of(Unanswered.UNREACHABLE)
    assert len(register.asked) == 4


def test_an_answer_that_drips_in_is_left_after_the_timeout_d11(register: VendorRegister) -> None:
    """Each byte comes in time, the whole does not."""
    register.always = UNREACHABLE["drips"]
    assert ask(register) == SAID
    assert ask(register, hours=Hours(step=3)) == all_of(Unanswered.UNREACHABLE)


def test_a_register_that_is_not_there_is_unreachable_d11() -> None:
    hours = Hours()
    with RegisterServer("http://127.0.0.1:1/", stopwatch=hours, sleep=hours.sleep) as nobody:
        assert list(nobody.ask(NUMBERS)) == [all_of(Unanswered.UNREACHABLE)]


@named(REFUSED)
def test_a_status_that_will_not_change_is_taken_at_once_d11(register: VendorRegister, fault: Fault) -> None:
    register.always = fault
    assert ask(register) == all_of(Unanswered.REFUSED)
    assert len(register.asked) == 1


@named(BUSY)
def test_a_status_that_may_change_is_waited_out_d11(register: VendorRegister, fault: Fault) -> None:
    hours = Hours()
    register.faults.extend([fault, fault])
    assert ask(register, hours=hours) == SAID
    assert hours.slept == [1, 2]
    register.always = fault
    assert ask(register) == all_of(Unanswered.REFUSED)


@named(UNREADABLE)
def test_what_is_no_json_is_no_answer_d11(register: VendorRegister, fault: Fault) -> None:
    register.always = fault
    assert ask(register) == all_of(Unanswered.UNREADABLE)
    assert len(register.asked) == 1


@named(WRONG)
def test_what_answers_another_question_is_no_answer_d11(register: VendorRegister, fault: Fault) -> None:
    register.always = fault
    assert ask(register) == all_of(Unanswered.WRONG_SHAPE)


@named(SPOILT)
def test_an_entry_that_is_wrong_fails_for_its_own_number_d11(register: VendorRegister, fault: Fault) -> None:
    register.always = fault
    assert ask(register) == {**SAID, NUMBERS[0]: Unanswered.WRONG_SHAPE}


def test_a_number_that_is_left_out_or_answered_twice_has_no_answer_d11(register: VendorRegister) -> None:
    register.always = lambda asked: saying(asked.entries[1:])
    assert ask(register) == {**SAID, NUMBERS[0]: Unanswered.LEFT_OUT}
    register.always = lambda asked: saying([*asked.entries, asked.entries[0]])
    assert ask(register) == {**SAID, NUMBERS[0]: Unanswered.REPEATED}
    register.always = lambda asked: saying([])
    assert ask(register) == all_of(Unanswered.LEFT_OUT)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (status(404), Unanswered.REFUSED),
        (UNREADABLE["page"], Unanswered.UNREADABLE),
        (WRONG["a foreign number"], Unanswered.WRONG_SHAPE),
        (UNREACHABLE["cut off"], Unanswered.UNREACHABLE),
    ],
)
def test_a_batch_that_fails_fails_for_its_own_numbers_d11(
    register: VendorRegister, fault: Fault, reason: Unanswered
) -> None:
    many = [f"85{number:07}" for number in range(300)]
    register.always = lambda asked: fault(asked) if many[150] in asked.numbers else right(asked)
    answers = ask(register, many)
    assert {number for number in many if answers[number] is reason} == set(many[100:200])
    assert {number for number in many if isinstance(answers[number], Held)} == {*many[:100], *many[200:]}


@pytest.mark.parametrize(
    ("retry_after", "waits"),
    [
        ("7", 7),
        ("60", 60),
        ("0", 1),
        ("Mon, 05 Oct 2026 07:00:30 GMT", 30),
        ("Mon, 05 Oct 2026 06:00:00 GMT", 1),
        ("Mon, 05 Oct 2026 07:00:30 -0000", 30),
        ("soon", 1),
        ("-5", 1),
        ("1e9", 1),
        ("٧", 1),
    ],
)
def test_it_waits_as_long_as_the_register_asks_d11(register: VendorRegister, retry_after: str, waits: int) -> None:
    hours = Hours()
    register.faults.append(lambda asked: http_with(retry_after))
    assert ask(register, hours=hours) == SAID
    assert hours.slept == [waits]


def http_with(retry_after: str) -> bytes:
    head = f"HTTP/1.1 429 Slow down\r\nRetry-After: {retry_after}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return head.encode()


@pytest.mark.parametrize("retry_after", ["61", "3600", "9" * 400, "Tue, 06 Oct 2026 07:00:00 GMT"])
def test_a_register_that_asks_to_come_back_much_later_is_left_alone_d11(
    register: VendorRegister, retry_after: str
) -> None:
    many = [f"85{number:07}" for number in range(300)]
    hours, register.always = Hours(), status(503, Retry_After=retry_after)
    answers = ask(register, many, hours)
    assert [answers[number] for number in many[::100]] == [Unanswered.REFUSED, *[Unanswered.NOT_ASKED] * 2]
    assert (len(register.asked), hours.slept) == (1, [])


def test_after_three_lost_batches_the_rest_is_not_asked_d11(register: VendorRegister) -> None:
    many = [f"85{number:07}" for number in range(600)]
    register.always = status(401)
    answers = ask(register, many)
    assert [answers[number] for number in many[::100]] == [Unanswered.REFUSED] * 3 + [Unanswered.NOT_ASKED] * 3
    assert len(register.asked) == MOST_LOST
    register.asked.clear()
    register.faults.extend([status(401), status(401), right] * 2)
    register.always = right
    assert Unanswered.NOT_ASKED not in ask(register, many).values()


def test_patience_bounds_the_whole_of_asking_d11(register: VendorRegister) -> None:
    many = [f"85{number:07}" for number in range(300)]
    hours, register.always = Hours(), BUSY["status 503"]
    answers = ask(register, many, hours, patience_seconds=8)
    assert hours.seconds <= 8
    assert answers[many[-1]] is Unanswered.NOT_ASKED


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([right, *REFUSED.values(), *UNREADABLE.values(), *WRONG.values()]), max_size=3))
def test_whatever_happens_each_number_is_answered_rightly_or_not_at_all_d11(
    register: VendorRegister, happens: list[Fault]
) -> None:
    many = [*NUMBERS, *(f"85{number:07}" for number in range(100, 350))]
    register.faults.extend(happens)
    answers = ask(register, many)
    register.faults.clear()
    for number, answer in answers.items():
        assert isinstance(answer, Unanswered) or answer == SAID.get(number, Held(()))


# The secret


@pytest.mark.parametrize(
    ("secret", "header"),
    [
        ("Bearer abc", "Bearer abc"),
        ("Basic user:password", "Basic dXNlcjpwYXNzd29yZA=="),
        ("Basic user:pass:word 1", "Basic dXNlcjpwYXNzOndvcmQgMQ=="),
        ("Basic анна:пароль", "Basic 0LDQvdC90LA60L/QsNGA0L7Qu9GM"),
    ],
)
def test_bearer_and_basic_are_sent_as_the_register_expects_them(secret: str, header: str) -> None:
    assert authorization_header(secret) == header


@named(UNREADABLE, {"elsewhere": REFUSED["elsewhere"], "cut off": UNREACHABLE["cut off"]})
def test_the_secret_is_in_no_log_and_goes_nowhere_else(
    register: VendorRegister, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    register.always = fault
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        ask(register)
    assert "s3cr3t" not in f"{logs} {caplog.text}"
    assert all("s3cr3t" not in asked.path for asked in register.asked)


def test_the_source_is_the_register_of_the_day_in_moscow_s8() -> None:
    with RegisterServer("http://127.0.0.1:1/", clock=lambda: datetime(2026, 10, 5, 21, 30, tzinfo=UTC)) as server:
        assert server.source == "register 2026-10-06"
