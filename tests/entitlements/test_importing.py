"""A file of work is imported wholly or not at all, and the same file again changes nothing (H10)."""

from datetime import date

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from contracts.parties import Client, Seller
from contracts.spreadsheet import Spreadsheet
from entitlements.hours_facts import Charge
from entitlements.importing import Imported, import_work
from entitlements.work import WorkEntry
from entitlements.work_file import WorkFile, read_work
from entitlements.work_mapping import WorkMapping
from tests.builders import (
    MOSCOW,
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    closed,
    its_catalogue,
    moment,
    refused,
    row_counts,
)

AT = moment("2026-11-01 10:00")
HEADS = ("task", "client", "date", "hours", "engineer", "charge", "summary")


@pytest.fixture
def customer(session: Session) -> Customer:
    """A client with a service contract since September."""
    its_catalogue(session)
    a_plan(session)
    customer = a_client(session)
    a_sale(session, a_seller(session), customer, at=moment("2026-09-01 10:00"))
    return customer


def a_file(*rows: str, **mapping: object) -> WorkFile:
    """Rows of "task client day hours engineer charge"."""
    cells = tuple((*row.split(), "")[: len(HEADS)] for row in rows)
    return read_work(Spreadsheet((HEADS, *cells), "CSV"), WorkMapping(**mapping))


def imported(session: Session, *rows: str, create_clients: bool = False, **mapping: object) -> Imported:
    return import_work(session, a_file(*rows, **mapping), time_zone=MOSCOW, at=AT, create_clients=create_clients)


def outcome(done: Imported) -> tuple[int, int, int, int]:
    return done.new, done.corrected, done.taken_back, done.unchanged


def faults(done: Imported) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.refusal.code) for fault in done.faults]


def test_each_row_becomes_work_of_its_client(session: Session, customer: Customer) -> None:
    done = imported(session, "1 Ромашка 2026-10-05 1:30 Анна draw", "1 ромашка 2026-10-05 26 Борис paid")
    assert outcome(done) == (2, 0, 0, 0)
    first, second = session.exec(select(WorkEntry).order_by(col(WorkEntry.id))).all()
    assert (first.external_id, first.worked_minutes, first.work_on, first.timed, first.charge, first.engineer) == (
        "1/Анна",
        90,
        date(2026, 10, 5),
        False,
        Charge.DRAW,
        "Анна",
    )
    assert (second.external_id, second.worked_minutes, second.charge) == ("1/Борис", 1560, Charge.PAID)
    assert first.plan_version_id is not None
    (client,) = done.clients
    assert (client.client_id, client.rows, dict(client.minutes)) == (customer.id, 2, {"draw": 90, "paid": 1560})


def test_the_way_to_a_visit_comes_with_the_work_h3(session: Session, customer: Customer) -> None:
    heads = ("id", "client", "date", "hours", "travel", "service")
    table = Spreadsheet((heads, ("7", "Ромашка", "2026-10-05", "1:00", "0:40", "visit")), "CSV")
    import_work(session, read_work(table, WorkMapping()), time_zone=MOSCOW, at=AT)
    entry = session.exec(select(WorkEntry)).one()
    assert (entry.worked_minutes, entry.travel_minutes) == (60, 40)


def test_the_same_file_again_changes_nothing(session: Session, customer: Customer) -> None:
    rows = ["1 Ромашка 2026-10-05 1:30 Анна draw", "2 Ромашка 2026-10-06 2 Анна paid"]
    imported(session, *rows)
    before = row_counts(session)
    assert outcome(imported(session, *rows)) == (0, 0, 0, 2)
    assert row_counts(session) == before


def test_a_changed_row_corrects_by_a_reversal_and_a_new_entry(session: Session, customer: Customer) -> None:
    imported(session, "1 Ромашка 2026-10-05 1:30 Анна", "2 Ромашка 2026-10-06 2 Анна")
    assert outcome(imported(session, "1 Ромашка 2026-10-05 2:00 Анна", "2 Ромашка 2026-10-06 2 Анна")) == (0, 1, 0, 1)
    rows = session.exec(select(WorkEntry).where(WorkEntry.external_id == "1/Анна").order_by(col(WorkEntry.id))).all()
    assert [(row.revision, row.worked_minutes) for row in rows] == [(1, 90), (2, -90), (3, 120)]


def test_a_row_of_no_minutes_takes_the_work_back(session: Session, customer: Customer) -> None:
    imported(session, "1 Ромашка 2026-10-05 1:30 Анна")
    assert outcome(imported(session, "1 Ромашка 2026-10-05 0 Анна", "2 Ромашка 2026-10-05 0 Анна")) == (0, 0, 1, 1)


def test_a_correction_of_a_closed_month_counts_in_the_next(session: Session, customer: Customer) -> None:
    imported(session, "1 Ромашка 2026-09-07 1:00 Анна")
    closed(session, session.exec(select(Seller)).one(), customer, date(2026, 9, 1))
    assert outcome(imported(session, "1 Ромашка 2026-09-07 2:00 Анна")) == (0, 1, 0, 0)
    last = session.exec(select(WorkEntry).order_by(col(WorkEntry.id).desc())).first()
    assert (last.work_on, last.counts_on) == (date(2026, 9, 7), date(2026, 10, 1))


def test_one_bad_row_writes_nothing_and_every_fault_is_told(session: Session, customer: Customer) -> None:
    before = row_counts(session)
    done = imported(
        session,
        "1 Ромашка 2026-10-05 1:30 Анна",
        "2 Лютик 2026-10-05 1 Анна",
        "3 Ромашка 2026-10-05 1:75 Анна",
        "4 Ромашка 2027-10-05 1 Анна",
        "5 Ромашка 1999-10-05 1 Анна",
        "6 Ромашка 2026-10-05 999 Анна",
    )
    assert faults(done) == [
        (3, "client", "CLIENT_NOT_FOUND"),
        (4, "hours", "DURATION_UNREADABLE"),
        (5, "date", "WORK_IN_FUTURE"),
        (6, "date", "CALENDAR_YEAR_UNKNOWN"),
        (7, "hours", "MINUTES_WRONG"),
    ]
    assert done.faults[0].value == "Лютик"
    assert row_counts(session) == before


def test_a_text_that_is_too_long_is_a_fault_of_its_column(session: Session, customer: Customer) -> None:
    (fault,) = imported(
        session, f"{'1' * 101} Ромашка 2026-10-05 1 Анна", columns={"external_id": ("engineer",)}
    ).faults
    assert (fault.column, fault.refusal.code, fault.refusal.field) == ("task", "TEXT_WRONG", "ticket")


def test_clients_are_made_by_their_names_when_that_is_wished(session: Session, customer: Customer) -> None:
    done = imported(
        session,
        "1 Лютик 2026-10-05 1 Анна",
        "2 лютик 2026-10-05 1 Анна",
        "3 Ромашка 2026-10-05 1 Анна",
        create_clients=True,
    )
    assert [(one.name, one.is_new, one.rows) for one in done.clients] == [("Лютик", True, 2), ("Ромашка", False, 1)]
    assert len(session.exec(select(Client)).all()) == 2


def test_clients_that_were_made_are_gone_again_with_a_fault(session: Session, customer: Customer) -> None:
    before = row_counts(session)
    done = imported(session, "1 Лютик 2026-10-05 1 Анна", "2 Лютик 2026-10-05 ? Анна", create_clients=True)
    assert [one.name for one in done.clients] == ["Лютик"]
    assert faults(done) == [(3, "hours", "DURATION_UNREADABLE")]
    assert row_counts(session) == before


def test_a_name_of_two_clients_is_never_guessed(session: Session, customer: Customer) -> None:
    """D4."""
    namesake = a_client(session)
    (fault,) = imported(session, "1 Ромашка 2026-10-05 1 Анна").faults
    assert (fault.refusal.code, fault.refusal.facts["candidates"]) == ("CLIENT_AMBIGUOUS", [customer.id, namesake.id])


@pytest.mark.parametrize("key", ["id", "inn", "registration_number"])
def test_clients_are_named_by_the_key_that_is_chosen(session: Session, customer: Customer, key: str) -> None:
    value = {"id": customer.id, "inn": customer.entity.inn, "registration_number": customer.registrations[0]}[key]
    assert outcome(imported(session, f"1 {value} 2026-10-05 1 Анна", client_by=key)) == (1, 0, 0, 0)
    unknown = "INN_WRONG" if key == "inn" else "CLIENT_NOT_FOUND"
    assert faults(imported(session, "1 77x 2026-10-05 1 Анна", client_by=key)) == [(2, "client", unknown)]


def test_clients_made_by_external_id_are_found_by_it(session: Session, customer: Customer) -> None:
    row = "1 CRM-7 2026-10-05 1 Анна"
    assert outcome(imported(session, row, client_by="external_id", create_clients=True)) == (1, 0, 0, 0)
    assert outcome(imported(session, row, client_by="external_id")) == (0, 0, 0, 1)


def test_clients_cannot_be_made_by_an_inn(session: Session, customer: Customer) -> None:
    with refused(session, "MAPPING_WRONG", field="client_by", allowed=["name", "external_id"]):
        imported(session, "1 7707083893 2026-10-05 1 Анна", client_by="inn", create_clients=True)


def test_a_key_of_another_client_is_a_fault(session: Session, customer: Customer) -> None:
    a_client(session, "Сосна")
    imported(session, "1 Ромашка 2026-10-05 1 Анна")
    assert faults(imported(session, "1 Сосна 2026-10-05 1 Анна")) == [(2, "task + engineer", "EXTERNAL_ID_TAKEN")]


def test_files_of_two_sources_do_not_meet(session: Session, customer: Customer) -> None:
    imported(session, "1 Ромашка 2026-10-05 1 Анна", source="desk")
    assert outcome(imported(session, "1 Ромашка 2026-10-05 1 Анна", source="sip")) == (1, 0, 0, 0)


def test_a_moment_without_an_offset_is_in_the_time_of_the_seller(session: Session, customer: Customer) -> None:
    """H11: 23:40 in Moscow is October."""
    file = a_file("1 Ромашка 2026-10-05 0:40 Анна")
    heads = tuple({"date": "start"}.get(head, head) for head in HEADS)
    row = ("1", "Ромашка", "2026-10-31 23:40", "0:40", "Анна", "", "")
    file = read_work(Spreadsheet((heads, row), "CSV"), file.mapping)
    import_work(session, file, time_zone=MOSCOW, at=AT)
    (entry,) = session.exec(select(WorkEntry)).all()
    assert (entry.started_at, entry.timed, entry.work_on) == (moment("2026-10-31 23:40"), True, date(2026, 10, 31))


def test_selects_do_not_grow_with_the_rows(session: Session, customer: Customer) -> None:
    def statements(rows: int, source: str) -> int:
        file = a_file(*(f"{number} Ромашка 2026-10-05 1 Анна" for number in range(rows)), source=source)
        seen: list[str] = []
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *call: seen.append(call[2]))
        import_work(session, file, time_zone=MOSCOW, at=AT)
        return sum(statement.startswith("SELECT") for statement in seen)

    statements(1, "warm")
    assert statements(60, "many") == statements(2, "few")
