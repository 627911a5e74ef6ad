"""`abonement import book` and `abonement export`: what they say, with which status, and what they leave alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from contracts.subscriptions import Contract
from tests.api.test_cli import SELLER, TAXED, Run, done, installed
from tests.journeys.books import rows

FIRM = "Фирма;ИНН;Рег. номер;Программа;Договор;Вид;Начало;Срок;Цена;Заметка\n"
LINE = "ООО «Лютик»;7736050003;12345;accounting-prof;Л-1;Профи;01.04.2026;12;33816;x\n"
READ = ["--column", "client=Фирма", "--column", "plan=Вид", "--value", "plan:Профи=its-prof"]
READ += ["--digits", "registration=9"]


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop with nothing but its plans and its seller, and a file of somebody's book beside it."""
    (tmp_path / "crm.csv").write_text(FIRM + LINE, encoding="cp1251")
    with installed(engine, tmp_path) as run:
        done(run("init", "--catalogue", "its"))
        done(run(*SELLER, *TAXED))
        yield run


def test_the_example_that_it_writes_is_a_book_that_it_takes(shop: Run, engine: Engine) -> None:
    before = rows(engine)
    done(shop("import", "book", "--example", "book.csv"))
    trial = done(shop("import", "book", "book.csv", "--dry-run"))
    assert rows(engine) == before
    said = done(shop("import", "book", "book.csv"))
    assert trial.splitlines()[:-1] == said.splitlines()
    assert "Подписки 0 2" in " ".join(said.split())
    assert "Остаток часов по подпискам: 0:30." in said
    after = rows(engine)
    assert "Подписки 2 0" in " ".join(done(shop("import", "book", "book.csv")).split())
    assert rows(engine) == after
    assert done(shop("reconcile")) == "Исключений: 0\n"


def test_columns_of_another_system_are_told_once_and_kept_under_a_name(shop: Run, engine: Engine) -> None:
    tried = done(shop("import", "book", "crm.csv", *READ, "--save-mapping", "crm", "--dry-run"))
    assert "ничего не взято: Заметка" in tried
    unsaved = shop("import", "book", "crm.csv", "--mapping", "crm")
    assert (unsaved.exit_code, "--mapping crm" in unsaved.stderr) == (2, True)
    done(shop("import", "book", "crm.csv", *READ, "--save-mapping", "crm"))
    assert "Подписки 1 0" in " ".join(done(shop("import", "book", "crm.csv", "--mapping", "crm")).split())
    with Session(engine) as session:
        assert session.exec(select(Contract.number)).one() == "Л-1"


def test_what_is_wrong_in_rows_is_listed_with_status_2_and_nothing_is_written(
    shop: Run, engine: Engine, tmp_path: Path
) -> None:
    bad = LINE.replace("Профи", "Золото").replace("12345", "777").replace("Л-1", "Л-2")
    (tmp_path / "bad.csv").write_text(FIRM + LINE + bad + LINE.replace("33816", "1"), encoding="utf-8-sig")
    before = rows(engine)
    refused = shop("import", "book", "bad.csv", *READ)
    assert refused.exit_code == 2
    told = " ".join(refused.stdout.split())
    assert "3 Вид Золото" in told
    assert "4 Цена" in told
    assert "строка 2" in told
    assert refused.stderr.endswith("Ошибок 2 в строках: 2. Ничего не записано.\n")
    assert rows(engine) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "ФАЙЛ"),
        (["none.csv"], "none.csv"),
        (["crm.csv"], "plan"),
        (["crm.csv", *READ, "--seller", "south"], "north"),
        (["crm.csv", *READ, "--on", "2027-01-01"], "2026-10-15"),
        (["crm.csv", *READ, "--sheet", "Май", "--encoding", "klingon"], "cp1251"),
        (["crm.csv", "--value", "Профи=its-prof"], "plan:"),
        (["crm.csv", "--digits", "registration=девять"], "registration=9"),
        (["crm.csv", "--column", "client"], "client=…"),
        (["crm.csv", "--column", "colour=Цвет"], "client"),
    ],
)
def test_wrong_words_are_told_with_what_is_allowed(shop: Run, engine: Engine, words: list[str], says: str) -> None:
    before = rows(engine)
    refused = shop("import", "book", *words)
    assert refused.exit_code == 2, refused.output
    assert says in refused.stderr + refused.stdout
    assert rows(engine) == before


def test_everything_goes_into_a_file_or_a_folder_and_never_over_another(shop: Run, tmp_path: Path) -> None:
    done(shop("import", "book", "crm.csv", *READ))
    assert "firm.zip" in done(shop("export", "firm.zip"))
    done(shop("export", "firm", "--papers"))
    assert not (tmp_path / "firm.zip.part").exists()
    manifest = json.loads((tmp_path / "firm" / "manifest.json").read_text())
    assert manifest["files"]["client.csv"]["rows"] == 1
    for taken in ("firm.zip", "firm", "crm.csv"):
        refused = shop("export", taken)
        assert (refused.exit_code, taken in refused.stderr) == (2, True)


def test_an_exported_book_is_imported_into_another_shop(shop: Run, tmp_path: Path) -> None:
    done(shop("import", "book", "crm.csv", *READ))
    done(shop("export", "firm"))
    assert "Подписки 1 0" in " ".join(done(shop("import", "book", "firm/book.csv")).split())
