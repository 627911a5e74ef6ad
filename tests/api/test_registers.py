"""Asking, keeping and comparing, from the register's sockets or its file to the tables, on both databases (S8, D11)."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event

from api.database import reading, transaction
from api.register_file import RegisterFile, read_register_file
from api.register_report import as_csv
from api.register_server import RegisterServer
from api.registers import Asked, TakenFile, ask_register, compare, register_server, take_file
from api.settings import Settings
from contracts.errors import Refusal
from contracts.register import Held, HeldPeriod, Partner, Unanswered
from contracts.register_differences import Difference, Finding, OurLine
from contracts.register_queries import latest_answers
from contracts.taking_answers import mean_plan
from contracts.terms import Term
from tests.builders import PUBLISHED_AT, Customer, a_client, a_sale, a_seller, its_catalogue, moment, row_counts
from tests.vendor_register import UNREADABLE, Json, VendorRegister, holding, period, right, saying, status

AT = moment("2026-10-05 10:00")
YEAR = period("2026-04-01", "2027-04-01")
HELD_YEAR = HeldPeriod("prof-12", date(2026, 4, 1), date(2027, 4, 1), Partner.OWN)


@pytest.fixture
def customer(engine: Engine) -> Customer:
    """A client with six copies, all under its-prof from April to March."""
    with transaction(engine) as session:
        its_catalogue(session)
        mean_plan(session, "prof-12", "its-prof", at=PUBLISHED_AT)
        mean_plan(session, "techno-12", "its-techno", at=PUBLISHED_AT)
        customer = a_client(session, "=Ромашка", registrations=6)
        a_sale(session, a_seller(session), customer, "its-prof", at=moment("2026-04-01"), starts_on=date(2026, 4, 1))
    return customer


@pytest.fixture
def register(customer: Customer) -> Iterator[VendorRegister]:
    """A register in which every copy stands differently; the answer for the last one is spoilt."""
    numbers = customer.registrations
    book: dict[str, list[Json]] = {
        numbers[0]: [holding("prof-12", YEAR)],
        numbers[1]: [holding("techno-12", YEAR)],
        numbers[2]: [holding("prof-12", YEAR, by_another_partner=True)],
        numbers[3]: [],
        numbers[4]: [holding("prof-12", period("2026-04-01", "2026-10-01"))],
        numbers[5]: [holding("", YEAR)],
    }
    with VendorRegister(book) as running:
        yield running


def asking(register: VendorRegister) -> RegisterServer:
    return RegisterServer(register.url, "Bearer abc", sleep=lambda seconds: None, clock=lambda: AT)


def ask(engine: Engine, register: VendorRegister, at: datetime = AT) -> tuple[Asked, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    with asking(register) as server:
        asked = ask_register(engine, server, clock=lambda: at, tell=lambda *counts: told.append(counts))
    return asked, told


def stored(engine: Engine, customer: Customer) -> list[Held]:
    with reading(engine) as session:
        return [answer.held for answer in latest_answers(session, customer.id).values()]


def rows(engine: Engine) -> dict[str, int]:
    with reading(engine) as session:
        return row_counts(session)


def found(differences: list[Difference]) -> list[Finding]:
    return [one.finding for one in differences]


def test_what_was_answered_is_kept_and_what_failed_is_not_d11(
    engine: Engine, customer: Customer, register: VendorRegister
) -> None:
    asked, told = ask(engine, register)
    assert asked == Asked(6, 5, {customer.registrations[5]: Unanswered.WRONG_SHAPE})
    assert told == [(6, 6)]
    assert stored(engine, customer)[0] == Held((HELD_YEAR,))
    assert stored(engine, customer)[3] == Held(())
    assert len(stored(engine, customer)) == 5


def test_a_register_that_fails_leaves_every_stored_answer_as_it_was_d11(
    engine: Engine, customer: Customer, register: VendorRegister
) -> None:
    ask(engine, register)
    before, answers = rows(engine), stored(engine, customer)
    for fault in (status(503), UNREADABLE["page"], lambda asked: b"", lambda asked: saying([])):
        register.always = fault
        asked, _ = ask(engine, register, moment("2026-10-06 10:00"))
        assert (asked.new, len(asked.failed)) == (0, 6)
        assert (rows(engine), stored(engine, customer)) == (before, answers)


def test_asking_twice_a_day_keeps_nothing_twice_s8(
    engine: Engine, customer: Customer, register: VendorRegister
) -> None:
    ask(engine, register)
    before = rows(engine)
    assert ask(engine, register)[0].new == 0
    assert rows(engine) == before


def test_nobody_holds_the_database_while_the_register_is_asked(
    engine: Engine, customer: Customer, register: VendorRegister
) -> None:
    """Its answer may take a minute: no transaction is open meanwhile, so a writer need not wait for it."""
    open_now = 0
    seen: list[int] = []

    def begun(*_: object) -> None:
        nonlocal open_now
        open_now += 1

    def over(*_: object) -> None:
        nonlocal open_now
        open_now -= 1

    event.listen(engine, "begin", begun)
    event.listen(engine, "commit", over)
    event.listen(engine, "rollback", over)

    def watched(asked: Any) -> bytes:
        seen.append(open_now)
        return right(asked)

    register.always = watched
    ask(engine, register)
    with asking(register) as server:
        compare(engine, server, at=AT)
    assert seen == [0, 0]


# Comparing


def test_each_line_of_ours_is_compared_and_nothing_is_stored_s8(
    engine: Engine, customer: Customer, register: VendorRegister
) -> None:
    before = rows(engine)
    with asking(register) as server:
        differences = compare(engine, server, at=AT)
    assert found(differences) == [
        Finding.FOUND,
        Finding.OTHER_KIND,
        Finding.OTHER_PARTNER,
        Finding.MISSING,
        Finding.OTHER_END_DATE,
        Finding.ANSWER_FAILED,
    ]
    assert [one.line.registration_number for one in differences] == sorted(customer.registrations)
    assert differences[5].reason is Unanswered.WRONG_SHAPE
    assert rows(engine) == before


def test_a_file_of_the_same_answers_gives_the_same_findings_s8(
    engine: Engine, customer: Customer, register: VendorRegister
) -> None:
    entries = [{"number": number, "held": held} for number, held in register.book.items()]
    file = read_register_file(json.dumps({"answers": entries[:5]}).encode())
    with asking(register) as server:
        asked = compare(engine, server, at=AT)
    assert found(compare(engine, file, at=AT)) == found(asked)
    assert compare(engine, file, at=AT)[5].reason is Unanswered.LEFT_OUT


def test_only_numbers_with_something_to_compare_are_asked_s8(
    engine: Engine, customer: Customer, register: VendorRegister
) -> None:
    with transaction(engine) as session:
        other = a_client(session, "Василёк")
    with asking(register) as server:
        assert compare(engine, server, at=AT, client_id=other.id) == []
        assert register.asked == []
        assert compare(engine, server, at=moment("2027-04-01")) == []
        compare(engine, server, at=AT, client_id=customer.id)
    assert [list(asked.numbers) for asked in register.asked] == [sorted(customer.registrations)]


def test_the_table_of_findings_runs_no_formula_and_shows_unknown_as_empty_s8() -> None:
    line = OurLine("800000001", 7, "=HYPERLINK(1)", 9, "its-prof", Term(date(2026, 4, 1), date(2027, 4, 1)))
    open_end = HeldPeriod("-prof", date(2026, 4, 1), None, Partner.UNKNOWN)
    written = as_csv(
        [
            Difference(line, Finding.FOUND, open_end),
            Difference(line, Finding.ANSWER_FAILED, reason=Unanswered.LEFT_OUT),
        ]
    )
    assert written.startswith(b"\xef\xbb\xbfregistration_number;")
    first, second = csv.DictReader(io.StringIO(written.decode("utf-8-sig")), delimiter=";")
    assert list(first.values()) == [
        *("800000001", "7", "'=HYPERLINK(1)", "9", "its-prof", "2026-04-01", "2027-03-31", "found"),
        *("'-prof", "2026-04-01", "", "unknown", ""),
    ]
    assert list(second.values())[7:] == ["answer_failed", "", "", "", "", "left_out"]


# Files


HEAD = "number;code;starts_on;last_day;partner\n"


def a_file(*rows: str) -> RegisterFile:
    return read_register_file((HEAD + "\n".join(rows)).encode())


def take(engine: Engine, file: RegisterFile, at: datetime = AT, **more: Any) -> TakenFile:
    with transaction(engine) as session:
        return take_file(session, file, at=at, **more)


def test_a_file_is_taken_in_whole_and_again_changes_nothing_s8(engine: Engine, customer: Customer) -> None:
    first, second = customer.registrations[:2]
    file = a_file(f"{first};prof-12;2026-04-01;2027-03-31;own", f"{second};none")
    assert take(engine, file) == TakenFile(new=2, unchanged=0, left_out=0, faults=())
    assert stored(engine, customer) == [Held((HELD_YEAR,)), Held(())]
    before = rows(engine)
    for at in (AT, moment("2026-12-01")):
        assert take(engine, file, at) == TakenFile(new=0, unchanged=2, left_out=0, faults=())
    assert rows(engine) == before


def test_a_file_with_one_fault_writes_nothing_at_all_s8(engine: Engine, customer: Customer) -> None:
    before = rows(engine)
    first, second = customer.registrations[:2]
    for bad in (f"{second};prof-12;yesterday;;", "800000000;prof-12;;;"):
        taken = take(engine, a_file(f"{first};prof-12;2026-04-01;2027-03-31;own", bad))
        assert [fault.row for fault in taken.faults] == [3]
        assert rows(engine) == before
        assert stored(engine, customer) == []


def test_numbers_that_are_not_ours_are_faults_or_left_out_s8(engine: Engine, customer: Customer) -> None:
    file = a_file("800000000;none", f"{customer.registrations[0]};none", "800000009;none")
    taken = take(engine, file)
    assert [(one.row, one.value, one.refusal.code) for one in taken.faults] == [
        (2, "800000000", "REGISTRATION_UNKNOWN"),
        (4, "800000009", "REGISTRATION_UNKNOWN"),
    ]
    assert take(engine, file, ours_only=True) == TakenFile(new=1, unchanged=0, left_out=2, faults=())


def test_a_file_counts_from_when_the_register_said_so_s8(engine: Engine, customer: Customer) -> None:
    number = customer.registrations[0]
    seen = moment("2026-09-01 12:00")
    take(engine, a_file(f"{number};none"))
    take(engine, a_file(f"{number};prof-12;2026-04-01;2027-03-31;own"), observed_at=seen)
    assert stored(engine, customer) == [Held(())]
    with pytest.raises(Refusal, match="OBSERVED_LATER"):
        take(engine, a_file(f"{number};none;;; "), observed_at=moment("2026-10-05 10:01"))


def test_ten_thousand_answers_are_found_and_compared_by_few_selects(engine: Engine, customer: Customer) -> None:
    """By portions of 500 numbers, not one by one."""
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    file = a_file(*(f"9{number:08};none" for number in range(10_000)))
    assert take(engine, file, ours_only=True).left_out == 10_000
    assert len(statements) < 30


def test_without_an_address_no_register_is_asked() -> None:
    with pytest.raises(Refusal, match="REGISTER_NOT_SET"):
        register_server(Settings(_env_file=None, register_url=""))
