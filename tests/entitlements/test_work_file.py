"""What a row of a file says: columns by their usual heads or as given, keys, durations, charges, faults (H2, H10)."""

from datetime import UTC, date, datetime

import pytest

from contracts.errors import Refusal
from contracts.file_rows import clean, read_day
from contracts.spreadsheet import Spreadsheet
from entitlements.hours_facts import Charge
from entitlements.work_file import WorkFile, read_moment, read_work
from entitlements.work_mapping import USUAL_HEADS, WorkMapping, mapping_of

HEADS = ("task", "client", "worked_on", "hours", "engineer", "summary")
ROW = ("3824", "Ромашка", "2006-01-03", "7", "Анна", "Обновление")


def read(*rows: tuple[str, ...], heads: tuple[str, ...] = HEADS, **mapping: object) -> WorkFile:
    return read_work(Spreadsheet((heads, *rows), "CSV"), WorkMapping(**mapping))


def row_with(**cells: str) -> tuple[str, ...]:
    return tuple(cells.get(head, cell) for head, cell in zip(HEADS, ROW, strict=True))


def fault_in(*rows: tuple[str, ...], **mapping: object) -> tuple[int, str, str, str]:
    (fault,) = read(*rows, **mapping).faults
    return fault.row, fault.column, fault.value, fault.refusal.code


def test_a_row_says_who_worked_for_whom_when_and_how_long() -> None:
    (row,) = read(ROW).rows
    assert (row.row, row.client, row.worked_on, row.worked_minutes, row.charge) == (
        2,
        "Ромашка",
        date(2006, 1, 3),
        420,
        Charge.DRAW,
    )
    assert row.words == {"ticket": "3824", "engineer": "Анна", "summary": "Обновление"}


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [("7", 420), ("1.5", 90), ("0.75", 45), ("2,5", 150), ("2:30", 150), ("2 ч 30 мин", 150), ("339.9", 20394)],
)
def test_durations_are_read_in_every_form_also_beyond_a_day(hours: str, minutes: int) -> None:
    """H2; a row may stand for a task over several days."""
    assert read(row_with(hours=hours)).rows[0].worked_minutes == minutes


def test_a_call_is_told_by_its_seconds_and_a_visit_with_its_way_h3() -> None:
    heads = ("Заявка", "Клиент", "Дата", "Часы", "Секунды звонка", "Время в пути")
    rows = [("1", "Ромашка", "03.01.2006", "", "431", ""), ("2", "Ромашка", "03.01.2006", "1:00", "", "0:40")]
    assert [(row.worked_minutes, row.travel_minutes) for row in read(*rows, heads=heads).rows] == [(8, 0), (60, 40)]
    calls_only = read(("1", "Ромашка", "03.01.2006", "60"), heads=(*heads[:3], "call seconds"))
    assert calls_only.rows[0].worked_minutes == 1


@pytest.mark.parametrize(
    ("hours", "seconds", "faults"),
    [
        ("1:00", "431", [("connected_seconds", "WORKED_ONCE")]),
        ("", "7:11", [("connected_seconds", "DURATION_UNREADABLE")]),
        ("", "", [("duration", "VALUE_REQUIRED")]),
    ],
)
def test_the_time_worked_or_the_seconds_of_a_call_but_one_of_both(
    hours: str, seconds: str, faults: list[tuple[str, str]]
) -> None:
    heads = ("task", "client", "worked_on", "duration", "connected_seconds")
    found = read(("1", "Ромашка", "2006-01-03", hours, seconds), heads=heads)
    assert [(one.column, one.refusal.code) for one in found.faults] == faults


def test_russian_heads_are_known_in_any_case_and_spelling() -> None:
    heads = ("Заявка", "КЛИЕНТ", "Дата  работ", "Трудозатраты", "Исполнитель", "Учёт")
    (row,) = read(("1", "Ромашка", "03.01.2006", "1:30", "Анна", "Платно"), heads=heads).rows
    assert (row.client, row.worked_minutes, row.charge) == ("Ромашка", 90, Charge.PAID)


def test_every_usual_head_means_one_thing() -> None:
    heads = [head for usual in USUAL_HEADS.values() for head in usual]
    assert len(heads) == len(set(heads))


def test_several_engineers_on_one_task_are_told_apart() -> None:
    """H10: without a key of its own a row is known by its ticket and its engineer."""
    file = read(ROW, row_with(engineer="Борис"))
    assert [row.external_id for row in file.rows] == ["3824/Анна", "3824/Борис"]
    assert file.columns.over("external_id") == "task + engineer"


def test_keys_of_several_columns_never_run_together() -> None:
    file = read(row_with(task="1/2", engineer="3"), row_with(task="1", engineer="2/3"), row_with(task="1%2F2"))
    assert len({row.external_id for row in file.rows}) == 3


def test_a_key_of_one_column_is_as_it_stands() -> None:
    assert read(row_with(task="SD/1%"), columns={"external_id": ("task",)}).rows[0].external_id == "SD/1%"


def test_a_repeated_key_is_a_fault_that_names_the_first_row() -> None:
    (fault,) = read(ROW, row_with(task="1"), row_with(hours="2")).faults
    assert (fault.row, fault.column, fault.refusal.code) == (4, "task + engineer", "ROW_REPEATED")
    assert fault.refusal.facts == {"first_row": 2}


def test_repeated_keys_are_numbered_when_that_is_wished() -> None:
    file = read(ROW, row_with(hours="2"), row_with(hours="3"), occurrences=True)
    assert [row.external_id for row in file.rows] == ["3824/Анна", "3824/Анна#2", "3824/Анна#3"]


def test_a_numbered_key_that_the_file_has_already_is_a_fault() -> None:
    file = read(row_with(engineer="Анна#2"), ROW, ROW, occurrences=True)
    assert [(fault.row, fault.refusal.facts["first_row"]) for fault in file.faults] == [(4, 2)]


def test_what_stands_in_a_column_is_translated_as_the_mapping_says() -> None:
    mapping = {"columns": {"charge": ("summary",)}, "values": {"charge": {"Обновление": "out_of_scope"}}}
    assert read(ROW, **mapping).rows[0].charge is Charge.OUT_OF_SCOPE


def test_a_charge_that_means_nothing_is_a_fault_with_those_that_do() -> None:
    mapping = {"columns": {"charge": ("summary",)}, "values": {"charge": {"Operational": "draw"}}}
    (fault,) = read(ROW, **mapping).faults
    assert (fault.value, fault.refusal.code, fault.refusal.facts["allowed"]) == (
        "Обновление",
        "CHARGE_UNKNOWN",
        ["Operational"],
    )


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"hours": "1:75"}, (2, "hours", "1:75", "DURATION_UNREADABLE")),
        ({"hours": "-1"}, (2, "hours", "-1", "DURATION_UNREADABLE")),
        ({"hours": "1e3"}, (2, "hours", "1e3", "DURATION_UNREADABLE")),
        ({"hours": "true"}, (2, "hours", "true", "DURATION_UNREADABLE")),
        ({"hours": ""}, (2, "hours", "", "VALUE_REQUIRED")),
        ({"client": " "}, (2, "client", "", "VALUE_REQUIRED")),
        ({"worked_on": "2006-02-30"}, (2, "worked_on", "2006-02-30", "DAY_UNREADABLE")),
        ({"worked_on": "01/02/2006"}, (2, "worked_on", "01/02/2006", "DAY_UNREADABLE")),
        ({"worked_on": ""}, (2, "worked_on", "", "VALUE_REQUIRED")),
        ({"task": "", "engineer": ""}, (2, "task + engineer", "", "VALUE_REQUIRED")),
    ],
)
def test_a_fault_names_the_row_the_column_and_the_value(cells: dict[str, str], fault: tuple[object, ...]) -> None:
    assert fault_in(row_with(**cells)) == fault


def test_all_faults_of_a_row_and_of_all_rows_are_listed_together() -> None:
    file = read(row_with(hours="?", client=""), ROW, row_with(worked_on="?", task="1"))
    assert [(fault.row, fault.column) for fault in file.faults] == [(2, "client"), (2, "hours"), (4, "worked_on")]
    assert [row.row for row in file.rows] == [3]


def test_a_cell_beyond_the_heads_is_a_fault_for_the_columns_may_be_shifted() -> None:
    assert fault_in((*ROW, "", "more")) == (2, "", "more", "CELLS_EXTRA")


def test_a_short_row_and_empty_rows_are_read_as_far_as_they_go() -> None:
    file = read((), ROW[:4], ("", " ", ""), row_with(task="1"))
    assert [(row.row, row.external_id) for row in file.rows] == [(3, "3824/"), (5, "1/Анна")]


def test_a_moment_is_known_with_its_clock_and_a_day_without() -> None:
    heads = ("task", "client", "start", "hours")
    (row,) = read(("1", "Ромашка", "31.10.2006 23:40", "0:40"), heads=heads).rows
    assert (row.started_at, row.worked_on) == (datetime(2006, 10, 31, 23, 40), None)  # noqa: DTZ001 - of the seller


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2006-01-31 09:30", datetime(2006, 1, 31, 9, 30)),  # noqa: DTZ001
        ("31.01.2006 9:30", datetime(2006, 1, 31, 9, 30)),  # noqa: DTZ001
        ("2006-01-31T09:30:15", datetime(2006, 1, 31, 9, 30, 15)),  # noqa: DTZ001
        ("2006-01-31T09:30Z", datetime(2006, 1, 31, 9, 30, tzinfo=UTC)),
        ("2006-01-31T12:30+03:00", datetime(2006, 1, 31, 9, 30, tzinfo=UTC)),
    ],
)
def test_moments_are_read_with_and_without_an_offset(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize("text", ["2006-01-31", "2006-01-31 24:00", "2006-13-01 10:00", "9:30", "now"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="MOMENT_UNREADABLE"):
        read_moment(text)


def test_days_are_read_as_russians_and_as_machines_write_them() -> None:
    assert read_day("31.01.2006", "day") == read_day("2006-01-31", "day") == date(2006, 1, 31)


def test_texts_typed_long_ago_are_cleaned_and_counted() -> None:
    """P7: control characters, line breaks and marks that turn text round become spaces."""
    file = read(row_with(summary="a\x00b\nc\u202ed  e "), row_with(task="1"))
    assert file.rows[0].words["summary"] == "a b c d e"
    assert file.cleaned == 1
    assert clean("Ёлка\t") == "Ёлка"


@pytest.mark.parametrize(
    ("heads", "mapping", "code", "value"),
    [
        (("task", "worked_on", "hours"), {}, "COLUMN_REQUIRED", "client"),
        (("task", "client", "hours"), {}, "COLUMN_REQUIRED", "worked_on"),
        (("task", "client", "worked_on"), {}, "COLUMN_REQUIRED", "duration"),
        (("client", "worked_on", "hours"), {}, "COLUMN_REQUIRED", "external_id"),
        (HEADS, {"columns": {"charge": ("category",)}}, "COLUMN_UNKNOWN", "category"),
        ((*HEADS, "Hours"), {}, "COLUMN_REPEATED", "hours"),
    ],
)
def test_columns_that_cannot_be_found_are_refused(
    heads: tuple[str, ...], mapping: dict[str, object], code: str, value: str
) -> None:
    with pytest.raises(Refusal, match=code) as caught:
        read(ROW[: len(heads)], heads=heads, **mapping)
    assert caught.value.facts["value"] == value


def test_a_file_without_work_is_refused() -> None:
    for rows in ((), (HEADS,), ((), HEADS, ("", ""))):
        with pytest.raises(Refusal, match="FILE_EMPTY"):
            read_work(Spreadsheet(rows, "CSV"), WorkMapping())


def test_a_mapping_file_says_all_that_the_options_say() -> None:
    mapping = mapping_of(
        {
            "source": "sip",
            "client_by": "inn",
            "occurrences": True,
            "columns": {"external_id": ["task", "engineer"], "client": "ИНН"},
            "values": {"charge": {"Development": "paid"}},
        }
    )
    assert mapping == WorkMapping(
        {"external_id": ("task", "engineer"), "client": ("ИНН",)},
        {"charge": {"Development": "paid"}},
        source="sip",
        client_by="inn",
        occurrences=True,
    )


@pytest.mark.parametrize(
    ("document", "code", "field"),
    [
        ({"colums": {}}, "MAPPING_WRONG", "mapping"),
        ({"columns": {"klient": "a"}}, "MAPPING_WRONG", "column"),
        ({"columns": {"client": []}}, "MAPPING_WRONG", "columns"),
        ({"columns": {"client": 1}}, "MAPPING_WRONG", "columns"),
        ({"columns": "client"}, "MAPPING_WRONG", "columns"),
        ({"values": {"charge": {"a": 1}}}, "MAPPING_WRONG", "values"),
        ({"values": {"charge": {"a": "free"}}}, "CHARGE_UNKNOWN", "charge"),
        ({"occurrences": 1}, "MAPPING_WRONG", "occurrences"),
        ({"source": 1}, "MAPPING_WRONG", "source"),
        ({"client_by": "colour"}, "MAPPING_WRONG", "client_by"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(document: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(Refusal, match=code) as caught:
        mapping_of(document)
    assert caught.value.field == field
