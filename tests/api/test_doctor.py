"""The doctor says what is ill and how to mend it, and never what is well."""

import socketserver
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from api import doctor, press_health
from api.daily_findings import calendars, worker
from api.database import open_engine, transaction
from api.findings import Finding, State
from api.migrations import downgrade
from api.settings import Settings
from api.worker_faults import WorkerFault
from contracts.parties import Seller
from documents.papers import Paper, PaperState
from tests.rows import put_row

NOON = datetime(2026, 10, 1, 9, tzinfo=UTC)


def settings(engine: Engine, folder: Path, smtp_url: str | None = None) -> Settings:
    return Settings(
        _env_file=None,
        database_url=SecretStr(engine.url.render_as_string(hide_password=False)),
        store_url=(folder / "papers").as_uri(),
        smtp_url=smtp_url and SecretStr(smtp_url),
    )


def of(findings: list[Finding], name: str) -> Finding:
    (found,) = (finding for finding in findings if finding.name == name)
    return found


def test_a_good_installation_has_nothing_to_mend(engine: Engine, tmp_path: Path) -> None:
    findings = doctor.examine(settings(engine, tmp_path))
    left = {finding.name: finding.state for finding in findings if finding.state is not State.OK}
    assert left == {"mail": State.WARNING}, "where letters wait for a mail server, it is said"
    assert len({finding.name for finding in findings}) == len(findings) == 13


def test_every_illness_is_told_and_mended_in_both_languages(tmp_path: Path) -> None:
    ills = [
        doctor.variables({"ABONEMENT_DATABASE": "x"}),
        doctor.sqlite_library((3, 40, 1)),
        *doctor.database("mysql://host/name"),
        doctor.agreement(NOON, NOON + timedelta(hours=1), None),
        doctor.time_zones(["Mars/Olympus"]),
        press_health.fonts(tmp_path),
        press_health.typesetting({"libnothing.so.9": "libnothing9"}),
        press_health.fast_typesetting({"libnothing.so.9": "libnothing9"}),
        doctor.store("ftp://host"),
        doctor.mail("smtp://127.0.0.1:1"),
        doctor.mail(""),
        worker([WorkerFault(duty="letters", problem="KeyError, post.py:41", happened_at=NOON)]),
    ]
    for finding in ills:
        if finding.state is not State.OK:
            assert finding.mend is not None
            assert all([*finding.what, *finding.mend]), finding
            assert finding.what.ru != finding.what.en
    assert [finding.name for finding in ills if finding.state is State.OK] == ["time zones"]


def test_a_year_without_a_decree_is_told_before_it_begins_where_days_off_are_moved_d10() -> None:
    assert calendars(["RU"], date(2026, 11, 26)).state is State.OK
    assert calendars(["RU"], date(2027, 10, 31)).state is State.OK
    late = calendars(["RU", "DE"], date(2027, 11, 1))
    assert (late.state, late.what.en) == (State.WARNING, "Working days are worked out without transfers: RU 2028.")
    assert calendars(["DE"], date(2027, 11, 1)).state is State.OK
    assert calendars(["KZ"], date(2026, 1, 1)).mend is not None


def test_a_database_without_tables_is_mended_by_migrating(engine: Engine, tmp_path: Path) -> None:
    downgrade(engine)
    finding = of(doctor.examine(settings(engine, tmp_path)), "database")
    assert (finding.state, finding.mend) == (State.BROKEN, ("abonement migrate", "abonement migrate"))


def test_a_database_out_of_reach_is_named_without_its_password(tmp_path: Path) -> None:
    engine = open_engine("postgresql://user:secret@127.0.0.1:1/name")
    findings = doctor.examine(settings(engine, tmp_path))
    assert of(findings, "database").state is State.BROKEN
    assert "secret" not in repr(findings)


def test_a_misspelt_variable_is_named_with_those_that_exist() -> None:
    finding = doctor.variables({"ABONEMENT_SMPT_URL": "x", "ABONEMENT_LANGUAGE": "ru", "PATH": "x"})
    assert finding.what.en == "Variables that mean nothing: ABONEMENT_SMPT_URL."
    assert "ABONEMENT_SMTP_URL" in finding.mend.en


@pytest.mark.parametrize(
    ("theirs", "newest", "state"),
    [
        (timedelta(0), None, State.OK),
        (timedelta(seconds=2), timedelta(days=-9), State.OK),
        (timedelta(seconds=3), None, State.WARNING),
        (timedelta(seconds=-3), None, State.WARNING),
        (timedelta(seconds=-61), None, State.BROKEN),
        (timedelta(0), timedelta(seconds=30), State.WARNING),
        (timedelta(0), timedelta(hours=1), State.BROKEN),
    ],
)
def test_clocks_may_be_seconds_apart(theirs: timedelta, newest: timedelta | None, state: State) -> None:
    finding = doctor.agreement(NOON, NOON + theirs, None if newest is None else NOON + newest)
    assert finding.state is state


def test_a_clock_behind_the_newest_paper_is_noticed(engine: Engine) -> None:
    with transaction(engine) as session:
        put_row(session, Paper, issued_at=datetime.now(UTC) + timedelta(days=1))
    assert doctor.clock(engine).state is State.BROKEN


def test_a_paper_that_could_not_be_printed_is_named_with_its_reason_p2(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        put_row(session, Paper, number="2026-0001", state=PaperState.FAILED, problem="OSError: no space left")
    finding = of(doctor.examine(settings(engine, tmp_path)), "papers")
    assert (finding.state, finding.mend.en) == (State.WARNING, "abonement papers print --failed")
    assert "1; the first is 2026-0001: OSError: no space left" in finding.what.en


def test_a_seller_in_a_time_zone_that_no_one_knows_is_noticed(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        put_row(session, Seller, time_zone="Mars/Olympus")
    finding = of(doctor.examine(settings(engine, tmp_path)), "time zones")
    assert finding.state is State.BROKEN
    assert "Mars/Olympus" in finding.what.ru


def test_a_missing_library_is_named_with_its_package() -> None:
    finding = press_health.typesetting(press_health.TYPESETTING | {"libnothing.so.9": "libnothing9"})
    assert (finding.state, finding.mend.en) == (State.BROKEN, "apt-get install libnothing9")


def test_a_store_that_takes_nothing_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of the folder")
    assert doctor.store((tmp_path / "file" / "papers").as_uri()).state is State.BROKEN


# Mail


ANSWERS = {b"EHLO": b"250-here\r\n250 AUTH PLAIN\r\n", b"AUTH": b"535 who are you?\r\n", b"QUIT": b"221 bye\r\n"}


class Greeting(socketserver.StreamRequestHandler):
    """As much of a mail server as says hello and goodbye; it lets nobody in."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            self.wfile.write(ANSWERS.get(line.split()[0].upper(), b"502 what?\r\n"))


@pytest.fixture
def mail_server() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeting) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_mail_is_well_when_its_server_answers(mail_server: str) -> None:
    assert doctor.mail(f"smtp://{mail_server}").state is State.OK


def test_mail_is_ill_when_its_server_does_not_know_us(mail_server: str) -> None:
    finding = doctor.mail(f"smtp://user:secret@{mail_server}")
    assert finding.state is State.BROKEN
    assert "who are you?" in finding.what.en
    assert "secret" not in repr(finding)


@pytest.mark.parametrize("address", ["smtp://127.0.0.1:1", "smtp://", "smtp://127.0.0.1:many", "what is this"])
def test_mail_is_ill_when_nobody_answers(address: str) -> None:
    assert doctor.mail(address).state is State.BROKEN
