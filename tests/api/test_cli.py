"""The command line: every command works, every wrong word is one sentence and changes nothing, help teaches in Russian
and in English."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.main import get_command
from typer.testing import CliRunner, Result

from api.cli import app
from api.database import transaction
from contracts.parties import Client
from contracts.subscriptions import Subscription
from documents.papers import Paper, PaperState
from entitlements.decision_log import StoredDecision
from entitlements.work import WorkEntry
from tests.builders import moment
from tests.documents.reading import whole_text
from tests.journeys.books import rows

INN, FOREIGN_INN = "7707083893", "7736050003"
SELLER = ["seller", "add", "north", "--name", "ООО «Северный ветер»", "--inn", "7736207543", "--kpp", "770401001"]
TAXED = ["--tax-mode", "general", "--taxed-from", "01.01.2026"]
CLIENT = ["client", "add", "ООО «Ромашка»", "--inn", INN, "--kpp", "773601001", "--contact", "Анна Белова"]
PROGRAM = ["registration", "add", "800123456", "--inn", INN, "--product", "accounting-prof"]
SELL = ["sell", "--inn", INN, "--plan", "its-prof", "--months", "12", "--registration", "800123456"]
WORK = ["work", "log", "--inn", INN, "--worked", "1:30", "--at", "2026-10-05 10:00", "--service", "remote_work"]
BLOCK = ["block", "raise", "--inn", INN, "--reason", "Не оплачен счёт"]

BUILT = cache(get_command)
"""All commands, built once and not anew for each that is run."""

Run = Callable[..., Result]


@contextmanager
def installed(engine: Engine, folder: Path) -> Iterator[Run]:
    """Runs commands on that database, unless told otherwise at ten in the morning of 15 October 2026."""

    def run(*words: str, at: str = "2026-10-15 10:00") -> Result:
        with time_machine.travel(moment(at), tick=False) if at else nullcontext():
            return CliRunner().invoke(app, list(words))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", BUILT)
        patch.chdir(folder)
        patch.setenv("ABONEMENT_DATABASE_URL", engine.url.render_as_string(hide_password=False))
        patch.setenv("ABONEMENT_STORE_URL", (folder / "papers").as_uri())
        yield run


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """Runs commands on a database of this test's own."""
    with installed(engine, tmp_path) as run:
        yield run


@pytest.fixture
def shop(run: Run) -> Run:
    """The same in a shop that is open."""
    return opened(run)


def opened(run: Run) -> Run:
    """The shop opens: catalogue, seller, client and program, sold on 1 September 2026."""
    opening = [
        ["init", "--catalogue", "its"],
        [*SELLER, *TAXED],
        [*CLIENT, "--contact-email", "buh@romashka.example", "--contact-phone", "8 (495) 123-45-67"],
        PROGRAM,
        SELL,
    ]
    for words in opening:
        done(run(*words, at="2026-09-01 10:00"))
    return run


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def untouched_shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Run, Engine]]:
    """One open shop for all commands that must not change a row of it, and its database."""
    folder = tmp_path_factory.mktemp("shop")
    templates = request.getfixturevalue(f"{request.param}_templates")
    copied = templates.copy(folder) if request.param == "sqlite" else templates.copy()
    with copied as engine, installed(engine, folder) as run:
        yield opened(run), engine


def done(result: Result) -> str:
    """What a command that succeeded said."""
    assert result.exit_code == 0, result.output
    return result.stdout.replace("\N{NO-BREAK SPACE}", " ")


def one(engine: Engine, table: type, **facts: object) -> object:
    """The one row of the table with these facts."""
    with Session(engine) as session:
        chosen = [col(getattr(table, name)) == fact for name, fact in facts.items()]
        return session.exec(select(table).where(*chosen)).one()


def test_a_sale_tells_its_numbers_and_dates(shop: Run, engine: Engine) -> None:
    done(shop("client", "add-entity", "1", "--name", "ООО «Ромашка-Юг»", "--inn", FOREIGN_INN, "--kpp", "231201001"))
    done(shop("registration", "add", "800777001", "--inn", FOREIGN_INN, "--product", "trade"))
    said = done(
        shop("sell", "--inn", FOREIGN_INN, "--plan", "its-prof", "--months", "3", "--registration", "800777001")
    )
    assert {"2026-0002", "2026-10-15", "2027-01-14", "9894.00", "2026-10-22"} <= set(said.split())
    assert one(engine, Subscription, term_months=3).client_id == 1


def test_the_same_key_sells_once_and_answers_alike(shop: Run, engine: Engine) -> None:
    """A caller may repeat a call with its own key (D8)."""
    done(shop("registration", "add", "800777001", "--inn", INN, "--product", "trade"))
    words = ["sell", "--inn", INN, "--plan", "its-prof", "--months", "3", "--registration", "800777001"]
    first = done(shop(*words, "--key", "CRM-1"))
    before = rows(engine)
    assert done(shop(*words, "--key", "CRM-1")) == first
    assert rows(engine) == before
    other = shop(*[word.replace("3", "6") if word == "3" else word for word in words], "--key", "CRM-1")
    assert other.exit_code == 2
    assert "--key CRM-1" in other.stderr
    assert rows(engine) == before


def test_a_sale_is_tried_without_writing_anything_t3(shop: Run, engine: Engine) -> None:
    done(shop("registration", "add", "800777003", "--inn", INN, "--product", "trade", "--bought-on", "2026-08-20"))
    before = rows(engine)
    words = ["sell", "--inn", INN, "--plan", "its-prof", "--months", "12", "--registration", "800777003"]
    shown = done(shop(*words, "--dry-run"))
    assert rows(engine) == before
    assert all(said in shown for said in ("2026-11-19", "2026-11-20", "33816.00 RUB"))  # free until, first day, price
    assert "2026-000" not in shown  # no number is given
    assert set(shown.split()) <= set(done(shop(*words)).split())


def test_the_ways_to_renew_are_shown_side_by_side_s5(shop: Run) -> None:
    shown = done(shop("offer", "1"))
    assert shown.count("continuous (без перерыва)") == 6
    assert [shown.count(kind) for kind in ("continuous", "pay_gap", "new_start")] == [6, 5, 4]  # two years: no break
    assert "8+4" in shown
    other = shop("renew", "1", "--kind", "new_start")
    assert (other.exit_code, "continuous" in other.stderr) == (2, True)
    done(shop("renew", "1", "--kind", "continuous"))
    assert "уже продлена" in done(shop("offer", "1"))


def test_an_amendment_is_tried_and_then_made_s9(shop: Run, engine: Engine) -> None:
    words = ["amend", "1", "--on", "2027-03-01", "--price", "40000.00", "--by", "Котова", "--reason", "Второй склад"]
    before = rows(engine)
    shown = done(shop(*words, "--dry-run"))
    assert rows(engine) == before
    assert "3117.41 RUB" in shown
    assert {"2027-03-01", "3117.41", "2026-0002"} <= set(done(shop(*words)).split())
    again = shop(*words)
    assert (again.exit_code, "2027-08-31" in again.stderr) == (2, True)


def test_versions_of_a_plan_are_published_and_compared_s9(shop: Run, engine: Engine, tmp_path: Path) -> None:
    definition = {
        "code": "its-techno", "name": "ТЕХНО", "name_en": "TECHNO", "kind": "its", "valid_from": "2027-01-01",
        "services": [{"code": "updates"}], "prices": [{"term_months": 12, "price": "15000.00"}],
    }  # fmt: skip
    file = tmp_path / "techno.json"
    file.write_text(json.dumps(definition), "utf-8")
    assert "2027-01-01" in done(shop("plan", "publish", str(file)))
    shown = done(shop("plan", "diff", "its-techno"))
    assert {"2020-01-01", "2027-01-01", "prices.12.price", "15000.00", "services.disk.draws_hours"} <= set(
        shown.split()
    )
    assert "Отличий нет" in done(shop("plan", "diff", "its-prof"))
    unknown = shop("plan", "diff", "its-techno", "--to", "7")
    assert (unknown.exit_code, "1, 2" in unknown.stderr) == (2, True)
    for text in ("{", "[1]", "7"):
        file.write_text(text, "utf-8")
        before = rows(engine)
        assert shop("plan", "publish", str(file)).exit_code == 2
        assert rows(engine) == before


def test_a_contract_is_marked_as_signed_d2(shop: Run) -> None:
    late = shop("sign", "--contract", "2026-0001", "--on", "2999-01-01", "--by", "Котова")
    assert (late.exit_code, "2999-01-01" in late.stderr) == (2, True)
    signed = ("sign", "--contract", "2026-0001", "--by", "Котова", "--key", "S-1")
    assert "2026-0001" in done(shop(*signed))
    assert done(shop(*signed)) == done(shop(*signed))


def test_payments_are_followed_and_marked_s8(shop: Run) -> None:
    assert "2026-10-15" in done(shop("seller", "follow-payments", "north", "--from", "2026-10-15"))
    assert "2027-08-31" in done(shop("paid", "1", "--note", "п/п 118"))
    assert "2026-12-31" in done(shop("paid", "1", "--until", "2026-12-31", "--note", "часть", "--key", "P-1"))
    late = shop("paid", "1", "--until", "2030-01-01", "--note", "п/п")
    assert (late.exit_code, "2027-08-31" in late.stderr) == (2, True)
    assert "не влияет" in done(shop("seller", "follow-payments", "north"))


def test_a_cancellation_is_tried_and_then_made_s11(shop: Run, engine: Engine) -> None:
    words = ["cancel", "1", "--last-day", "2027-02-28", "--by", "Котова", "--reason", "Закрытие"]
    before = rows(engine)
    shown = done(shop(*words, "--dry-run"))
    assert rows(engine) == before
    assert "16908.00 RUB" in shown
    assert "2026-0001" not in shown  # no number is given
    assert {"2027-02-28", "16908.00", "2026-0001"} <= set(done(shop(*words)).split())
    again = shop(*words)
    assert (again.exit_code, "2027-02-28" in again.stderr) == (2, True)


def test_a_promotion_is_named_when_it_is_sold_or_renewed_s4(shop: Run) -> None:
    said = done(shop("renew", "1", "--promotion", "8+4"))
    assert ("22544.00 RUB" in said, "8+4" in said) == (True, True)
    wrong = shop("renew", "2", "--months", "3", "--promotion", "8+4")
    assert (wrong.exit_code, "8+4" in wrong.stderr) == (2, True)


def test_an_offer_says_until_when_it_stands_and_what_packages_cost_h8(shop: Run) -> None:
    shown = done(shop("offer", "1"))
    assert "Действительно по 2027-08-31 включительно" in shown
    [package] = [line.split() for line in shown.splitlines() if "hours-20" in line]
    assert package == ["hours-20", "1200", "61750.00", "RUB", "3087.50", "2026-10-15", "2027-10-14"]


def test_an_offer_is_issued_as_a_paper_and_printed_into_a_file_p1(shop: Run, engine: Engine, tmp_path: Path) -> None:
    words = ["offer", "1", "--issue", "--key", "CRM-130"]
    assert done(shop(*words)) == done(shop(*words))
    assert one(engine, Paper, kind="offer").number == "2026-0001-1-1"
    file = tmp_path / "offer.pdf"
    said = done(shop("offer", "1", "--pdf", str(file), "--language", "en"))
    assert ("2026-0001-1-2" in said, str(file) in said) == (True, True)
    assert "Renewal offer No. 2026-0001-1-2" in whole_text(file.read_bytes())
    printed = one(engine, Paper, kind="offer", revision=2)
    assert (printed.state, printed.language) == (PaperState.RENDERED, "en")
    done(shop("renew", "1"))
    late = shop("offer", "1", "--issue")
    assert (late.exit_code, "уже продлена" in late.stderr) == (2, True)


def test_an_offer_is_not_issued_when_its_file_cannot_be_written(shop: Run, engine: Engine, tmp_path: Path) -> None:
    before = rows(engine, "paper")
    for file in (tmp_path, tmp_path / "nowhere" / "offer.pdf"):
        wrong = shop("offer", "1", "--pdf", str(file))
        assert (wrong.exit_code, str(file) in wrong.stderr) == (2, True)
    assert rows(engine, "paper") == before


def test_a_renewal_a_package_and_a_free_period_are_sold(shop: Run) -> None:
    assert "2027-09-01" in done(shop("renew", "1", "--months", "24"))
    package = ["package", "sell", "--contract", "2026-0001", "--package", "hours-20"]
    assert "61750.00 RUB" in done(shop(*package))
    assert "2027-10-31" in done(shop(*package, "--starts-on", "2026-11-01"))
    assert "2026-10-15" in shop(*package, "--starts-on", "2026-10-14").stderr
    done(shop(*PROGRAM[:2], "800777002", *PROGRAM[3:], "--bought-on", "2026-10-01"))
    assert "2026-12-31" in done(shop("free-period", "800777002", "--plan", "its-prof", "--key", "F-1"))


def test_the_registry_of_free_periods_is_shown_s1(shop: Run) -> None:
    done(shop(*PROGRAM[:2], "800777002", *PROGRAM[3:], "--bought-on", "2026-10-01"))
    assert "Бесплатных периодов нет" in done(shop("free-periods", "--registration", "800777002"))
    done(shop("free-period", "800777002", "--plan", "its-prof"))
    [line] = [line for line in done(shop("free-periods", "--client", "1")).splitlines() if "800777002" in line]
    assert line.split()[:2] == ["800777002", "accounting-prof"]
    assert {INN, "north", "its-prof", "box", "2026-10-01", "2026-12-31", "2026-10-15"} <= set(line.split())
    again = shop("free-period", "800777002", "--plan", "its-prof")
    assert (again.exit_code, "2026-10-01" in again.stderr, "2026-12-31" in again.stderr) == (2, True, True)


def test_the_desk_gets_the_stored_answer_of_the_engine(shop: Run, engine: Engine) -> None:
    """The same decision as over HTTP, stored with its question (E5)."""
    answer = json.loads(done(shop("check", "--inn", INN, "--minutes", "60", "--json", "--ticket", "SD-1")))
    assert (answer["decision"], answer["reason"]) == ("allow_with_warning", "COVERED_LOW_BALANCE")
    assert answer["hours"]["available"] == 60
    kept = one(engine, StoredDecision, id=answer["decision_id"])
    assert (kept.reason, kept.ticket, kept.asked_by) == ("COVERED_LOW_BALANCE", "SD-1", "cli")
    assert "COVERED_LOW_BALANCE" in done(shop("check", "--registration", "800123456", "--minutes", "60"))


def test_the_desk_answers_in_the_language_and_about_the_moment_asked_for(shop: Run) -> None:
    """A no is an answer: status 0 (D1)."""
    words = ["check", "--phone", "+7 495 123 45 67", "--at", "2027-09-01 00:30"]
    assert "закончилось 31.08.2027" in done(shop(*words, "--locale", "ru"))
    assert "ended on 31 August 2027" in done(shop(*words, "--locale", "en"))
    assert "COVERED" in done(shop("check", "--client", "1", "--at", "2027-08-31T23:59:30+03:00"))


def test_a_block_stops_service_until_it_is_lifted(shop: Run) -> None:
    """Two blocks, one lifted: still blocked (S10)."""
    done(shop(*BLOCK))
    done(shop(*BLOCK, "--contract", "2026-0001", "--until", "2026-10-20 09:00"))
    done(shop("block", "lift", "1"))
    assert "CONTRACT_SUSPENDED" in done(shop("check", "--inn", INN))
    assert "CONTRACT_SUSPENDED" not in done(shop("check", "--inn", INN, "--at", "2026-10-20 09:00"))


def test_a_blocked_client_is_served_by_an_override_until_it_is_ended(
    shop: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a person, a reason and an end, no further away than the installation allows (D7)."""
    done(shop(*BLOCK))
    assert "Согласований нет" in done(shop("override", "list", "--inn", INN))
    given = ["override", "give", "--inn", INN, "--by", "Орлова Н. В.", "--reason", "Оплатят", "--until"]
    monkeypatch.setenv("ABONEMENT_OVERRIDE_DAYS", "1")
    assert "слишком далеко" in shop(*given, "2026-10-20 09:00").stderr
    monkeypatch.delenv("ABONEMENT_OVERRIDE_DAYS")
    done(shop(*given, "2026-10-20 09:00"))
    assert "COVERED_BY_OVERRIDE" in done(shop("check", "--inn", INN))
    assert "Орлова Н. В." in done(shop("override", "list", "--inn", INN))
    done(shop("override", "end", "1"))
    assert "CONTRACT_SUSPENDED" in done(shop("check", "--inn", INN))


def test_work_is_logged_once_and_corrected_under_its_key(shop: Run, engine: Engine) -> None:
    """One source event is one entry; sent again with other minutes it is reversed and entered anew (H10)."""
    done(shop(*WORK, "--key", "SD-1"))
    before = rows(engine)
    done(shop(*WORK, "--key", "SD-1"))
    assert rows(engine)["work_entry"] == before["work_entry"]
    done(shop(*[word.replace("1:30", "2 ч") for word in WORK], "--key", "SD-1"))
    with Session(engine) as session:
        minutes = session.exec(select(WorkEntry.worked_minutes).order_by(col(WorkEntry.revision))).all()
    assert minutes == [90, -90, 120]


def test_months_close_in_order_and_a_second_time_change_nothing(shop: Run, engine: Engine) -> None:
    """Closing a closed month again changes nothing (E7); silent months close in order (M6)."""
    done(shop(*WORK))
    said = shop("close-month", "2026-10", at="2026-11-02 09:00")
    assert said.exit_code == 0, said.output
    assert "north 2026-09: 1/1\nnorth 2026-10: 1/1" in said.stderr
    before = rows(engine)
    done(shop("close-month", "2026-10", at="2026-11-03 09:00"))
    assert rows(engine) == before


def test_a_trial_close_tells_the_same_and_changes_no_row(shop: Run, engine: Engine) -> None:
    """Neither a closed client nor a parked one leaves a trace of a trial."""
    done(shop(*WORK))
    done(shop("client", "add", "ООО «Без договора»", "--inn", FOREIGN_INN))
    done(shop("work", "log", "--inn", FOREIGN_INN, "--worked", "1:00", "--on", "2026-09-07"))
    before = rows(engine)
    trial = shop("close-month", "2026-10", "--dry-run", at="2026-11-02 09:00")
    assert rows(engine) == before
    real = shop("close-month", "2026-10", at="2026-11-02 09:00")
    assert (trial.exit_code, real.exit_code) == (1, 1)
    assert "RATE_UNKNOWN" in trial.stdout
    first, *others = trial.stdout.splitlines()
    assert [re.sub(r" \(.*\)", "", first), *others] == real.stdout.splitlines()
    assert trial.stderr == real.stderr
    assert rows(engine) != before


def test_a_parked_client_is_named_with_the_reason_and_stops_nobody(shop: Run, engine: Engine) -> None:
    """The run goes on without it, and ends with status 1 (M6)."""
    done(shop("client", "add", "ООО «Без договора»", "--inn", FOREIGN_INN))
    done(shop("work", "log", "--inn", FOREIGN_INN, "--worked", "1:00", "--on", "2026-09-07"))
    said = shop("close-month", "2026-09", at="2026-10-02 09:00")
    assert said.exit_code == 1
    assert re.search(r"2026-09 +2 +ООО «Без договора» +RATE_UNKNOWN", said.stdout)
    assert [row.client_id for row in rows_of(engine, "statement")] == [1]


def rows_of(engine: Engine, table: str) -> Sequence[object]:
    with engine.connect() as connection:
        return connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()


def test_papers_are_printed_and_a_failed_one_is_named(shop: Run, engine: Engine) -> None:
    assert "2/2" in shop("papers", "print").stderr
    with transaction(engine) as session:
        paper = session.exec(select(Paper).limit(1)).one()
        assert paper.state is PaperState.RENDERED
        taken = paper.model_dump(exclude={"id", "sha256", "store_key", "claimed_until"})
        broken = Paper(**taken | {"state": "failed", "revision": 2})
        broken.problem = "шрифт не найден"
        session.add(broken)
    said = shop("papers", "print")
    assert said.exit_code == 1
    assert ("шрифт не найден" in said.stdout, "papers print --failed" in said.stdout) == (True, True)
    assert "Напечатано: 1" in done(shop("papers", "print", "--failed"))


def test_a_call_and_a_way_are_logged_h3(shop: Run, engine: Engine) -> None:
    call = ["work", "log", "--inn", INN, "--at", "2026-10-05 10:00", "--service", "call", "--key", "C-1"]
    assert "8 мин" in done(shop(*call, "--connected", "431"))
    for times in ([], ["--connected", "431", "--worked", "0:08"]):
        refused = shop(*call, *times)
        assert (refused.exit_code, "секунды звонка" in refused.stderr) == (2, True)
    done(
        shop("work", "log", "--inn", INN, "--on", "2026-10-06", "--worked", "1:00", "--travel", "0:40", "--key", "V-1")
    )
    assert one(engine, WorkEntry, external_id="V-1").travel_minutes == 40


def test_a_worker_prints_what_waits_and_ends(shop: Run, engine: Engine) -> None:
    done(shop("worker", "--once"))
    with Session(engine) as session:
        assert set(session.exec(select(Paper.state))) == {PaperState.RENDERED}


def test_a_key_is_shown_once_and_can_be_revoked(run: Run) -> None:
    token = done(run("key", "create", "Поддержка", "--role", "desk", "--expires", "2027-01-01 00:00")).split()[-1]
    assert re.fullmatch(r"abk_[0-9a-f]{8}_[0-9a-f]{64}", token)
    prefix = token.split("_")[1]
    done(run("key", "revoke", prefix))
    said = done(run("key", "list"))
    assert prefix in said
    assert token not in said
    assert "2026-10-15 07:00" in said


def test_the_doctor_finds_this_installation_well(run: Run) -> None:
    assert "✗" not in done(run("doctor", at=""))


WRONG = [
    # Unknown ids and names.
    (["renew", "999"], "999", ""),
    (["renew", "0"], "'0'", ""),
    (["block", "lift", "999"], "999", ""),
    (["free-period", "800999999", "--plan", "its-prof"], "800999999", ""),
    (["package", "sell", "--contract", "2026-0999", "--package", "hours-20"], "--contract 2026-0999", ""),
    (["package", "sell", "--contract", "2026-0001", "--package", "hours-10"], "--package hours-10", "hours-20"),
    ([*SELL, "--seller", "south"], "--seller south", "north"),
    ([*SELL, "--contract", "2026-0999"], "--contract 2026-0999", ""),
    (["sell", "--inn", INN, "--plan", "its-pro", "--months", "12"], "--plan its-pro", "its-prof"),
    ([*PROGRAM[:2], "800777003", *PROGRAM[3:5], "--product", "accounting"], "accounting", "accounting-prof"),
    (["client", "add-entity", "999", "--name", "Ромашка", "--inn", FOREIGN_INN], "999", ""),
    (["key", "revoke", "ffffffff"], "ffffffff", ""),
    (["key", "create", "Портал", "--role", "client", "--client", "999"], "--client 999", ""),
    (["key", "create", "Портал", "--role", "root"], "--role: 'root'", "desk"),
    (["init", "--catalogue", "rarus"], "--catalogue rarus", "its"),
    # Numbers that fail their own keys.
    (["client", "add", "Астра", "--inn", "7707083894"], "--inn 7707083894", "10"),
    (["client", "add", "Астра", "--inn", "0000000000"], "--inn 0000000000", "10"),
    (["client", "add", "Астра", "--inn", FOREIGN_INN, "--kpp", "12"], "--kpp 12", "9"),
    (["client", "add", "Астра", "--inn", FOREIGN_INN, "--ogrn", "1027700132196"], "--ogrn 1027700132196", "13"),
    (["client", "add", "Астра", "--inn", FOREIGN_INN, "--bic", "144525225"], "--bic 144525225", "04"),
    (
        ["client", "add", "Астра", "--inn", FOREIGN_INN, "--bic", "044525225", "--account", "40702810438000060474"],
        "--account 40702810438000060474",
        "20",
    ),
    (["client", "add", "Астра", "--inn", FOREIGN_INN, "--email", "buh@"], "--email buh@", "name@example.org"),
    ([*SELLER, "--tax-mode", "vat", "--taxed-from", "2026-01-01"], "--tax-mode: 'vat'", "general"),
    (
        [*SELLER, "--tax-mode", "general", "--taxed-from", "2026-01-01", "--time-zone", "Mars/Base"],
        "Mars/Base",
        "Moscow",
    ),
    # Days and moments that do not exist.
    ([*SELL, "--starts-on", "2026-02-30"], "--starts-on: '2026-02-30'", "2026-10-05"),
    ([*SELL, "--starts-on", "31.02.2026"], "--starts-on: '31.02.2026'", "2026-10-05"),
    ([*SELL, "--starts-on", "20261015"], "--starts-on: '20261015'", "2026-10-05"),
    (["check", "--inn", INN, "--at", "2026-10-05 25:00"], "--at: '2026-10-05 25:00'", "10:00"),
    (["check", "--inn", INN, "--at", "yesterday"], "--at: 'yesterday'", "10:00"),
    (["close-month", "2026-13"], "'2026-13'", "2026-10"),
    (["close-month", "2026-10"], "2026-10", "2026-11-01"),
    ([*BLOCK, "--until", "2026-10-01 10:00"], "--until 2026-10-01", ""),
    # Terms, minutes, money.
    (["sell", "--inn", INN, "--plan", "its-prof", "--months", "5"], "--months 5", "1, 3, 6, 12, 24"),
    (["sell", "--inn", INN, "--plan", "its-prof", "--months", "12.0"], "--months: '12.0'", "600"),
    ([*SELL, "--price", "free"], "--price: 'free'", "33816.00"),
    (["seller", "reminders", "west", "--day", "7"], "west", "north"),
    (["seller", "reminders", "north", "--day", "367"], "--day: '367'", "366"),
    (["seller", "reminders", "north", "--day", "7", "--day", "7"], "--day 7, 7", ""),
    (["seller", "calendar", "north", "--country", "XX"], "--country XX", "RU"),
    (["pipeline", "--plan", "gold"], "--plan gold", "its-prof"),
    (["pipeline", "--seller", "west"], "--seller west", "north"),
    (["pipeline", "--risk", "war"], "--risk: 'war'", "hours_refused"),
    (["pipeline", "--from", "2026-10-02", "--until", "2026-10-01"], "--until 2026-10-01", "2026-10-02"),
    (["pipeline", "--csv", "no/such/folder.csv"], "no/such/folder.csv", ""),
    ([*SELL, "--price=-1.00"], "--price -1.00", "0.00"),
    (["check", "--inn", INN, "--minutes", "0"], "--minutes: '0'", "44640"),
    (["check", "--inn", INN, "--minutes", "44641"], "--minutes: '44641'", "44640"),
    (["check", "--inn", INN, "--minutes", "1_000"], "--minutes: '1_000'", "44640"),
    (["check", "--inn", INN, "--minutes", "1e3"], "--minutes: '1e3'", "44640"),
    (["check", "--inn", INN, "--minutes=-60"], "--minutes: '-60'", "44640"),
    (["check", "--inn", INN, "--minutes", "٦٠"], "--minutes: '٦٠'", "44640"),
    (["check", "--inn", INN, "--minutes", "true"], "--minutes: 'true'", "44640"),
    ([*WORK, "--worked", "1:75"], "--worked: '1:75'", "2:30"),
    ([*WORK, "--charge", "nobody"], "--charge: 'nobody'", "draw"),
    ([*WORK, "--at", "2027-10-05 10:00"], "--at", "2026-10"),
    (["serve", "--port", "65536"], "--port: '65536'", "65535"),
    # Texts with what no paper can print.
    (["client", "add", "Ром\nашка", "--inn", FOREIGN_INN], "Ром", "1"),
    (["client", "add", "Ромашка\x00", "--inn", FOREIGN_INN], "Ромашка", "1"),
    (["client", "add", "Ромашка\u202e", "--inn", FOREIGN_INN], "Ромашка", "1"),
    (["client", "add", "Я" * 301, "--inn", FOREIGN_INN], "Я", "300"),
    ([*WORK, "--summary", "\x1b[31mred"], "--summary", "1"),
    (["check", "--inn", f"{INN}\x00"], "--inn", "1"),
    (["key", "create", " ", "--role", "desk"], "", "1"),
    # Options and commands.
    (["sell", "--inn", INN, "--plan", "its-prof"], "--months", ""),
    (["sell", "--inn"], "--inn", ""),
    ([*SELL, "--colour", "red"], "--colour", ""),
    ([*SELL, "--mnths", "12"], "--mnths", "--months"),
    ([*SELL, "twice"], "twice", ""),
    (["sel"], "'sel'", "sell"),
    (["check"], "", "--inn"),
    (["work", "log", "--inn", INN, "--worked", "1:00"], "--at", ""),
]


@pytest.mark.parametrize(("words", "names", "allows"), WRONG, ids=lambda part: str(part)[:60])
def test_what_is_wrong_is_named_in_one_sentence_and_changes_nothing(
    untouched_shop: tuple[Run, Engine], words: list[str], names: str, allows: str
) -> None:
    run, engine = untouched_shop
    before = rows(engine)
    result = run(*words)
    assert result.exit_code == 2, result.output
    (sentence,) = result.stderr.splitlines()
    assert names in sentence
    assert allows in sentence
    assert "Traceback" not in result.output
    assert rows(engine) == before


def test_a_database_that_is_away_is_status_3_with_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABONEMENT_DATABASE_URL", "postgresql://postgres@127.0.0.1:1/abonement")
    result = run("check", "--inn", INN)
    assert result.exit_code == 3
    assert "127.0.0.1" in result.stderr
    assert "Traceback" not in result.output


def test_a_database_without_tables_is_status_3_and_is_not_created(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABONEMENT_DATABASE_URL", "sqlite:///nowhere.db")
    result = run("check", "--inn", INN)
    assert result.exit_code == 3
    assert "abonement migrate" in result.stderr
    assert not Path("nowhere.db").exists()


def test_a_setting_that_is_wrong_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABONEMENT_RENDER_PROCESSES", "many")
    result = run("papers", "print")
    assert result.exit_code == 2
    assert "ABONEMENT_RENDER_PROCESSES" in result.stderr


def test_a_fault_of_ours_shows_its_trace_only_when_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("api.cli.installing.settings", broken)
    result = run("doctor")
    assert result.exit_code == 1
    assert "ZeroDivisionError: on purpose" in result.stderr
    assert isinstance(run("--debug", "doctor").exception, ZeroDivisionError)


HELP_OF_ALL = """
from typer.main import get_command
from typer.testing import CliRunner
from api.cli import app

def walk(command, words):
    print("=" * 9, *words)
    print(CliRunner().invoke(app, [*words, "--help"]).stdout)
    for name, inner in getattr(command, "commands", {}).items():
        walk(inner, [*words, name])

walk(get_command(app), [])
"""


def own_process(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own, which has not imported anything yet."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(("ABONEMENT_", "LC_", "LANG"))}
    command = [sys.executable, *words]
    return subprocess.run(command, env=given | environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module", params=["ru", "en"])
def pages(request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    """The help page of every command, in one of the languages."""
    shown = own_process("-c", HELP_OF_ALL, ABONEMENT_LANGUAGE=request.param, COLUMNS="120").stdout
    parts = re.split(r"^={9} ?(.*)\n", shown, flags=re.MULTILINE)[1:]
    return request.param, dict(zip(parts[::2], parts[1::2], strict=True))


COMMANDS = {
    *("demo", "init", "migrate", "doctor", "serve", "worker", "sell", "renew", "free-period", "check", "close-month"),
    *("free-periods", "offer"),
    *("seller add", "client add", "client add-entity", "registration add", "package sell", "block raise", "block lift"),
    *("register code", "register import", "register ask", "register reconcile"),
    *("hold list", "hold settle", "hold release", "hold extend"),
    *("client add-domain", "client withdraw-domain"),
    *("pipeline", "client assign", "remind", "renewals", "seller reminders", "seller tax", "seller calendar"),
    *("work log", "import book", "export", "papers print", "key create", "key list", "key revoke"),
}


def test_every_command_is_taught_by_an_example(pages: tuple[str, dict[str, str]]) -> None:
    language, shown = pages
    assert shown.keys() >= COMMANDS
    for command in COMMANDS:
        assert {"ru": "Пример:", "en": "Example:"}[language] in shown[command], command
        assert f"$ abonement {command}" in shown[command], command


def test_help_is_wholly_in_its_language(pages: tuple[str, dict[str, str]]) -> None:
    """Names of options, codes and examples are the same in both."""
    language, shown = pages
    for command, page in shown.items():
        words = "\n".join(line for line in page.splitlines() if "$ abonement" not in line and "--tax-mode" not in line)
        if language == "en":
            assert not re.search(r"[а-яё]{3}", words.partition("$")[0], re.IGNORECASE), command
        else:
            assert "Вызов:" in page
            assert not re.search(r"Usage|Options|Commands|Show this", words), command


def test_help_ends_with_the_exit_statuses(pages: tuple[str, dict[str, str]]) -> None:
    _, shown = pages
    assert all(re.search(rf"^ {status}  ", shown[""], re.MULTILINE) for status in range(4))


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "Вызов"),
        ({"LANG": "C.UTF-8"}, "Вызов"),
        ({"LANG": "en_GB.UTF-8"}, "Usage"),
        ({"LANG": "ru_RU.UTF-8"}, "Вызов"),
        ({"LANG": "en_GB.UTF-8", "ABONEMENT_LANGUAGE": "ru"}, "Вызов"),
        ({"LANG": "ru_RU.UTF-8", "ABONEMENT_LANGUAGE": "en"}, "Usage"),
    ],
)
def test_the_language_is_the_setting_else_that_of_the_terminal(environment: dict[str, str], spoken: str) -> None:
    assert spoken in own_process("-m", "api.cli", "migrate", "--help", **environment).stdout


def test_help_imports_neither_database_nor_server() -> None:
    """So that it is there at once."""
    heavy = ["sqlalchemy", "sqlmodel", "fastapi", "alembic", "pydantic_settings", "weasyprint", "uvicorn", "babel"]
    code = f"import sys, api.cli; print([name for name in {heavy} if name in sys.modules])"
    assert own_process("-c", code).stdout == "[]\n"


def test_a_real_process_refuses_with_status_2_and_no_trace(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'abonement.db'}"
    made = own_process("-m", "api.cli", "init", "--catalogue", "its", ABONEMENT_DATABASE_URL=url)
    assert made.returncode == 0, made.stderr
    refused = own_process("-m", "api.cli", "check", "--inn", INN, "--minutes", "1_000", ABONEMENT_DATABASE_URL=url)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "--minutes: '1_000': нужно целое число от 1 до 44640\n"
    answered = own_process("-m", "api.cli", "check", "--inn", INN, "--minutes", "60", ABONEMENT_DATABASE_URL=url)
    assert answered.returncode == 0
    assert "CLIENT_UNKNOWN" in answered.stdout


def test_clients_are_found_by_the_name_that_was_given(shop: Run, engine: Engine) -> None:
    done(shop("client", "add", "Pine Tree LLC", "--inn", FOREIGN_INN, "--language", "en", "--external-id", "CRM-118"))
    added = one(engine, Client, external_id="CRM-118")
    assert (added.name, added.locale) == ("Pine Tree LLC", "en")
