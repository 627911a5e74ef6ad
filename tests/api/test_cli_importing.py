"""`abonement import work` and `abonement reconcile`: what they say, with which status, and what they leave alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.database import transaction
from tests.api.test_cli import INN, Run, done, installed, opened
from tests.journeys.books import rows

FILE = (
    "Заявка,Клиент,Дата,Часы,Исполнитель,Категория,Тема\n"
    "SD-1,ООО «Ромашка»,05.10.2026,1:30,Анна,Поддержка,Обновление\n"
    "SD-1,ООО «Ромашка»,05.10.2026,26,Борис,Разработка,Отчёт\n"
)
CHARGED = ["--column", "charge=Категория", "--charge", "Поддержка=draw", "--charge", "Разработка=paid"]


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open, with a file of work beside it."""
    (tmp_path / "works.csv").write_text(FILE, encoding="cp1251")
    with installed(engine, tmp_path) as run:
        yield opened(run)


def test_a_file_is_shown_then_taken_in_and_again_changes_nothing(shop: Run, engine: Engine) -> None:
    before = rows(engine)
    trial = done(shop("import", "work", "works.csv", *CHARGED, "--dry-run"))
    assert rows(engine) == before
    said = done(shop("import", "work", "works.csv", *CHARGED))
    assert trial.splitlines()[:-1] == said.splitlines()
    assert "Ромашка» 2 27:30 1:30 26:00 0:00" in " ".join(said.split())
    assert "Новых 2, исправлено 0, отменено 0, без изменений 0." in said
    after = rows(engine)
    assert after != before
    assert "Новых 0, исправлено 0, отменено 0, без изменений 2." in done(shop("import", "work", "works.csv", *CHARGED))
    assert rows(engine) == after


def test_what_is_wrong_in_rows_is_listed_with_status_2_and_nothing_is_written(
    shop: Run, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "bad.csv").write_text(f"{FILE}SD-2,Лютик,05.10.2026,1:75,Анна,Подарок,\n", encoding="utf-8")
    before = rows(engine)
    refused = shop("import", "work", "bad.csv", *CHARGED)
    assert refused.exit_code == 2
    table = " ".join(refused.stdout.split())
    assert "4 Часы 1:75 Длительность не читается." in table
    assert "4 Категория Подарок Не ясно, кто платит за работу." in table
    assert "Поддержка, Разработка" in table
    assert refused.stderr == "Ошибок 2 в строках: 1. Ничего не записано.\n"
    assert rows(engine) == before


def test_rows_with_the_same_fault_are_told_together(shop: Run, tmp_path: Path) -> None:
    many = "".join(f"SD-{number},Лютик,05.10.2026,1,Анна,Поддержка,\n" for number in range(9))
    (tmp_path / "bad.csv").write_text(FILE.splitlines()[0] + "\n" + many, encoding="utf-8")
    refused = shop("import", "work", "bad.csv", *CHARGED)
    assert "2, 3, 4, 5, 6 … (9) Клиент Лютик Такого клиента нет." in " ".join(refused.stdout.split())
    assert refused.stderr == "Ошибок 9 в строках: 9. Ничего не записано.\n"


@pytest.mark.parametrize("form", ["toml", "json"])
def test_a_mapping_file_says_the_same_as_options(shop: Run, tmp_path: Path, form: str) -> None:
    (tmp_path / "map.toml").write_text(
        '[columns]\ncharge = "Категория"\n[values.charge]\n"Поддержка" = "draw"\n"Разработка" = "paid"\n'
    )
    (tmp_path / "map.json").write_text(
        '{"columns": {"charge": "Категория"}, "values": {"charge": {"Поддержка": "draw", "Разработка": "paid"}}}'
    )
    by_options = done(shop("import", "work", "works.csv", *CHARGED, "--dry-run"))
    assert done(shop("import", "work", "works.csv", "--mapping", f"map.{form}", "--dry-run")) == by_options


def test_clients_are_named_by_inn_and_new_ones_are_made_only_when_that_is_said(shop: Run, tmp_path: Path) -> None:
    (tmp_path / "inn.csv").write_text(FILE.replace("ООО «Ромашка»", INN), encoding="utf-8")
    assert "Новых 2" in done(shop("import", "work", "inn.csv", *CHARGED, "--client-by", "inn"))
    (tmp_path / "new.csv").write_text(FILE.replace("ООО «Ромашка»", "Лютик"), encoding="utf-8")
    assert shop("import", "work", "new.csv", *CHARGED).exit_code == 2
    words = ["import", "work", "new.csv", *CHARGED, "--create-clients", "--source", "desk", "--seller", "north"]
    assert "Лютик (новый)" in done(shop(*words))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["none.csv"], "none.csv"),
        (["works.csv", "--mapping", "none.toml"], "none.toml"),
        (["works.csv", "--mapping", "works.csv"], "TOML, JSON"),
        (["works.csv", "--column", "charge"], "charge=…"),
        (["works.csv", "--column", "colour=Цвет"], "client, external_id, worked_on"),
        (["works.csv", "--column", "charge=Цвет"], "Заявка, Клиент, Дата"),
        (["works.csv", "--charge", "Поддержка=free"], "draw, paid, goodwill, out_of_scope"),
        (["works.csv", "--client-by", "colour"], "registration_number"),
        (["works.csv", "--delimiter", "/"], "tab"),
        (["works.csv", "--encoding", "utf-8"], "cp1251"),
        (["works.csv", "--seller", "south"], "north"),
        (["works.csv", "--client-by", "inn", "--create-clients"], "name, external_id"),
    ],
)
def test_wrong_words_are_told_with_what_is_allowed(shop: Run, engine: Engine, words: list[str], says: str) -> None:
    before = rows(engine)
    refused = shop("import", "work", *words)
    assert (refused.exit_code, len(refused.stderr.strip().splitlines())) == (2, 1)
    assert says in refused.stderr
    assert rows(engine) == before


def test_books_in_order_reconcile_with_status_0(shop: Run) -> None:
    done(shop("import", "work", "works.csv", *CHARGED))
    assert done(shop("reconcile")) == "Исключений: 0\n"


def test_an_exception_is_shown_with_status_1(shop: Run, engine: Engine) -> None:
    """E6: a number that no paper has."""
    with transaction(engine) as session:
        gap = "UPDATE number_series SET last_number = last_number + 1 WHERE series = 'invoice'"
        session.connection().exec_driver_sql(gap)
    found = shop("reconcile")
    assert found.exit_code == 1
    assert "E6 seller 1, invoice 2026 1 papers, 1 numbers up to 1 1 to 2" in " ".join(found.stdout.split())
    assert found.stdout.endswith("Исключений: 1\n")
