"""`abonement register`: what it says, with which status, and what it leaves alone (S8, D11)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.api.test_cli import INN, Run, done, installed, opened
from tests.journeys.books import rows
from tests.vendor_register import VendorRegister, holding, period, status

NUMBER = "800123456"
SECRET = "Bearer s3cr3t"
YEAR = period("2026-09-01", "2027-09-01")
FILE = f"Рег. номер;Код;Начало;Окончание;Партнёр\n{NUMBER};prof-12;01.09.2026;31.08.2027;наш\n"


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open, whose register has a code for its-prof, with a file of answers beside it."""
    (tmp_path / "answers.csv").write_text(FILE, encoding="cp1251")
    with installed(engine, tmp_path) as run:
        run = opened(run)
        assert done(run("register", "code", "prof-12", "--plan", "its-prof")) == "Код prof-12 значит its-prof.\n"
        yield run


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorRegister]:
    """A register that holds the program as it was sold."""
    with VendorRegister({NUMBER: [holding("prof-12", YEAR)]}) as running:
        monkeypatch.setenv("ABONEMENT_REGISTER_URL", running.url)
        monkeypatch.setenv("ABONEMENT_REGISTER_AUTHORIZATION", SECRET)
        yield running


def test_a_file_is_shown_then_taken_in_and_again_changes_nothing_s8(shop: Run, engine: Engine) -> None:
    before = rows(engine)
    trial = done(shop("register", "import", "answers.csv", "--dry-run"))
    assert rows(engine) == before
    said = done(shop("register", "import", "answers.csv"))
    assert said == "answers.csv: CSV, cp1251, ;\nНовых ответов 1, без изменений 0, пропущено 0.\n"
    assert trial == f"{said}Проба: ничего не записано.\n"
    after = rows(engine)
    assert after != before
    assert "Новых ответов 0, без изменений 1" in done(shop("register", "import", "answers.csv", at="2026-11-01 10:00"))
    assert rows(engine) == after


def test_what_is_wrong_in_rows_is_listed_with_status_2_and_nothing_is_written_s8(
    shop: Run, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "bad.csv").write_text(f"{FILE}800000000;prof-12;;;\n800000001;x;32.01.2026;;чей\n", encoding="utf-8")
    before = rows(engine)
    refused = shop("register", "import", "bad.csv")
    assert refused.exit_code == 2
    table = " ".join(refused.stdout.split())
    assert "3 number 800000000" in table
    assert "4 starts_on 32.01.2026 День не читается." in table
    assert "4 partner чей Не ясно, чей это партнёр." in table
    assert refused.stderr == "Ошибок 3 в строках: 2. Ничего не записано.\n"
    assert rows(engine) == before
    (tmp_path / "more.csv").write_text(f"{FILE}800000000;prof-12;;;\n", encoding="utf-8")
    assert "Новых ответов 1, без изменений 0, пропущено 1." in done(
        shop("register", "import", "more.csv", "--ours-only", "--observed-at", "2026-10-01 10:00")
    )


def test_the_register_is_asked_and_its_answers_are_kept_s8(shop: Run, engine: Engine, register: VendorRegister) -> None:
    asked = shop("register", "ask")
    assert done(asked) == "Номеров 1, новых ответов 1, без ответа 0.\n"
    assert asked.stderr == "Номера: 1/1\n"
    assert register.asked[0].headers["authorization"] == SECRET
    before = rows(engine)
    assert "новых ответов 0" in done(shop("register", "ask", "--inn", INN))
    assert rows(engine) == before


def test_a_register_that_does_not_answer_is_status_1_and_changes_nothing_d11(
    shop: Run, engine: Engine, register: VendorRegister
) -> None:
    register.always, before = status(401), rows(engine)
    failed = shop("register", "ask")
    assert failed.exit_code == 1
    assert "без ответа 1" in failed.stdout
    assert f"refused 1 {NUMBER}" in " ".join(failed.stdout.split())
    compared = shop("register", "reconcile")
    assert compared.exit_code == 1
    assert f"{NUMBER} ООО «Ромашка» its-prof 2027-08-31 нет ответа refused" in " ".join(compared.stdout.split())
    assert "s3cr3t" not in failed.output + compared.output
    assert rows(engine) == before


def test_what_was_sold_is_compared_with_the_register_or_a_file_s8(
    shop: Run, engine: Engine, register: VendorRegister, tmp_path: Path
) -> None:
    before = rows(engine)
    all_found = "найдено 1, другой вид 0, другой партнёр 0, нет в реестре 0, другое окончание 0, нет ответа 0\n"
    assert done(shop("register", "reconcile")) == all_found
    assert done(shop("register", "reconcile", "--file", "answers.csv", "--inn", INN)) == all_found
    assert len(register.asked) == 1
    register.book[NUMBER] = [holding("prof-12", period("2026-09-01", "2027-03-01"))]
    found = shop("register", "reconcile", "--csv", "differences.csv")
    assert found.exit_code == 1
    shown = " ".join(found.stdout.split())
    assert "its-prof 2027-08-31 другое окончание prof-12, 2026-09-01 … 2027-02-28, own" in shown
    written = (tmp_path / "differences.csv").read_text("utf-8-sig").splitlines()
    assert written[1].endswith("2026-09-01;2027-08-31;other_end_date;prof-12;2026-09-01;2027-02-28;own;")
    assert rows(engine) == before


def test_json_from_the_register_is_a_file_too_s8(shop: Run, tmp_path: Path) -> None:
    entry = {"number": NUMBER, "held": [holding("prof-12", YEAR)]}
    (tmp_path / "answers.json").write_text(json.dumps({"answers": [entry]}))
    assert done(shop("register", "import", "answers.json")).startswith("answers.json: JSON\n")
    assert done(shop("register", "reconcile", "--file", "answers.json")).startswith("найдено 1")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ask"], "ABONEMENT_REGISTER_URL"),
        (["reconcile"], "ABONEMENT_REGISTER_URL"),
        (["reconcile", "--file", "answers.csv", "--csv", "nowhere/all.csv"], "nowhere/all.csv"),
        (["reconcile", "--file", "answers.csv", "--inn", "7707083894"], "--inn 7707083894"),
        (["reconcile", "--file", "none.csv"], "none.csv"),
        (["import", "none.csv"], "none.csv"),
        (["import", "heads.csv"], "lastday"),
        (["import", "empty.csv"], "FILE"),
        (["import", "answers.csv", "--observed-at", "2026-10-16 10:00"], "--observed-at"),
        (["import", "answers.csv", "--observed-at", "yesterday"], "--observed-at: 'yesterday'"),
        (["import", "answers.csv", "--encoding", "utf-8"], "cp1251"),
        (["code", "prof-12", "--plan", "its-pro"], "its-prof"),
        (["code", "a\nb", "--plan", "its-prof"], "1"),
        (["code", "prof-12"], "--plan"),
    ],
)
def test_wrong_words_are_told_with_what_is_allowed(
    shop: Run, engine: Engine, tmp_path: Path, words: list[str], says: str
) -> None:
    (tmp_path / "heads.csv").write_text("number;code;starts_on;lastday\n8;;;\n")
    (tmp_path / "empty.csv").write_text("number;code;starts_on;last_day\n")
    before = rows(engine)
    refused = shop("register", *words)
    assert (refused.exit_code, len(refused.stderr.strip().splitlines())) == (2, 1), refused.output
    assert says.replace("FILE", "ФАЙЛ") in refused.stderr
    assert rows(engine) == before
