"""`abonement pipeline` and `abonement client assign`: on the screen and into files that other programs read."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from tests.api.test_cli import Run, done, installed, opened


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open; its one subscription ends on 31 August 2027."""
    with installed(engine, tmp_path) as run:
        yield opened(run)


def test_who_looks_after_a_client_is_named_and_unnamed(shop: Run) -> None:
    assert "Клиента 1 ведёт: Котова И. Л." in done(shop("client", "assign", "1", "Котова И. Л."))
    assert "Котова И. Л." in done(shop("pipeline"))
    assert "Клиента 1 ведёт: никто" in done(shop("client", "assign", "1"))
    assert "Котова" not in done(shop("pipeline"))


def test_what_ends_is_shown_with_its_price_and_standing(shop: Run) -> None:
    shown = " ".join(done(shop("pipeline", at="2027-08-20 10:00")).split())
    assert "1 2027-08-31 11 ООО «Ромашка» 2026-0001 its-prof 33816.00 RUB истекает" in shown
    assert "2027-08-31" not in done(shop("pipeline", "--until", "2027-08-30", at="2027-08-20 10:00"))
    done(shop("renew", "1", at="2027-08-20 10:00"))
    assert "продлена" in done(shop("pipeline", at="2027-08-20 10:00"))
    assert "2027-08-31" not in done(shop("pipeline", "--renewed", "no", at="2027-08-20 10:00"))


def test_files_are_written_instead(shop: Run, tmp_path: Path) -> None:
    said = done(shop("pipeline", "--csv", "a.csv", "--xlsx", "a.xlsx", "--ics", "a.ics"))
    assert said.splitlines() == ["Записано: a.csv", "Записано: a.xlsx", "Записано: a.ics"]
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[1] for row in csv.reader(file)] == ["Последний день", "2027-08-31"]
    sheet = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0)
    assert sheet.to_python()[1][3] == "ООО «Ромашка»"
    (event,) = Calendar.from_ical((tmp_path / "a.ics").read_bytes()).walk("VEVENT")
    assert event["SUMMARY"] == "ООО «Ромашка»: its-prof, последний день"
