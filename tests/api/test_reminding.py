"""Reminders from what is due to a real mail server: each accepted once, whatever dies, runs twice or says no (S12)."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session, func, select
from structlog.testing import capture_logs

from api.database import reading, transaction
from api.reminding import AT_ONCE, Reminding, queue_due, remind
from api.settings import Settings
from api.worker import work
from contracts.errors import Refusal
from contracts.renewing import renew
from contracts.subscriptions import Subscription
from documents.letters import Letter, Reminder
from documents.post import FIRST_WAIT, LEASE
from tests.api.conftest import Clock, settings_for
from tests.api.test_mailer import text_of
from tests.builders import noon
from tests.documents.test_reminding import a_customer, before, opened
from tests.mailbox import Mailbox, free_port, open_mailbox

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def box() -> Iterator[tuple[Mailbox, str]]:
    with open_mailbox() as opened_box:
        yield opened_box


def shop(engine: Engine, clients: int = 2) -> list[Subscription]:
    """So many clients whose subscriptions end on 31 March 2027; each reminder makes two letters for each."""
    with transaction(engine) as session:
        seller = opened(session)
        return [a_customer(session, seller, f"Клиент {n}")[1] for n in range(clients)]


def mailing(engine: Engine, folder: Path, url: str | None) -> Settings:
    settings = settings_for(engine, folder)
    return settings.model_copy(update={"smtp_url": None if url is None else SecretStr(url)})


def states(engine: Engine) -> dict[str, int]:
    with reading(engine) as session:
        return {state.value: n for state, n in session.exec(select(Letter.state, func.count()).group_by(Letter.state))}


def letters_of(mailbox: Mailbox) -> Counter[str]:
    return Counter(message["Message-ID"] for _, message in mailbox.taken)


def test_a_worker_reminds_on_every_chosen_day_and_never_twice_s12(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    shop(engine)
    clock, settings = Clock(noon(before(61))), mailing(engine, tmp_path, url)
    per_day = []
    for _ in range(63):
        work(engine, settings, Event(), once=True, clock=clock)
        per_day.append(len(mailbox.taken))
        clock.forward(days=1)
    grown = {61 - n: after - earlier for n, (earlier, after) in enumerate(zip([0, *per_day], per_day, strict=False))}
    assert {day: letters for day, letters in grown.items() if letters} == {60: 4, 30: 4, 7: 4, 0: 4}
    assert set(letters_of(mailbox).values()) == {1}
    assert states(engine) == {"sent": 16}


def test_two_workers_at_once_send_each_letter_once_s12(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    shop(engine, clients=AT_ONCE)
    clock, settings = Clock(noon(before(30))), mailing(engine, tmp_path, url)
    with ThreadPoolExecutor(2) as threads:
        rounds = list(threads.map(lambda _: remind(engine, settings, clock), range(2)))
    assert sum(one.sent for one in rounds) == len(mailbox.taken) == 2 * AT_ONCE
    assert set(letters_of(mailbox).values()) == {1}


PROGRAM = """
import sys
from datetime import datetime
from api.database import open_engine
from api.reminding import remind
from api.settings import Settings
url, smtp_url, at = sys.argv[1:]
settings = Settings(_env_file=None, database_url=url, smtp_url=smtp_url)
remind(open_engine(url), settings, lambda: datetime.fromisoformat(at))
"""


def killed(engine: Engine, url: str, mailbox: Mailbox, step: str, nth: int, at: datetime | None = None) -> None:
    """A worker of its own that is killed when it has come to a step for the nth time."""
    passed: list[str] = []

    def kill(recipient: str) -> str:
        passed.append(recipient)
        if len(passed) == nth:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        return "250 OK"

    setattr(mailbox, step, kill)
    database = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", PROGRAM, database, url, (at or noon(before(30))).isoformat()]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert process.wait(60) == -signal.SIGKILL
    setattr(mailbox, step, lambda recipient: "250 OK")


def test_a_worker_killed_between_queueing_and_sending_loses_none_and_doubles_none_s12(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    shop(engine, clients=3)
    killed(engine, url, mailbox, "rcpt", 3)
    assert len(mailbox.taken) == 2
    clock, settings = Clock(noon(before(30))), mailing(engine, tmp_path, url)
    assert remind(engine, settings, clock).sent == 0  # its claim has not run out yet
    clock.forward(seconds=LEASE.total_seconds())
    assert remind(engine, settings, clock).sent == 4
    assert len(mailbox.taken) == 6
    assert set(letters_of(mailbox).values()) == {1}


def test_a_worker_killed_before_it_learns_that_a_letter_was_taken_sends_it_under_the_same_id_s12(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    """The one window in which a mailbox gets a letter twice: it is the same letter to the byte."""
    mailbox, url = box
    shop(engine, clients=2)
    killed(engine, url, mailbox, "data", 2)
    clock, settings = Clock(noon(before(30)) + LEASE), mailing(engine, tmp_path, url)
    assert remind(engine, settings, clock).sent == 3
    assert sorted(letters_of(mailbox).values()) == [1, 1, 1, 2]
    assert len(set(mailbox.contents)) == 4


def test_a_clock_that_moves_back_and_forth_doubles_none_s12(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    shop(engine, clients=1)
    clock = Clock(noon(before(30)))
    worker = Reminding(engine, mailing(engine, tmp_path, url), clock)
    for days in (0, -40, 0, 1, -1, 22, 23, 22, 24):
        clock.at = noon(before(30)) + timedelta(days=days)
        worker.work()
    assert len(mailbox.taken) == 4  # two letters 30 days before, two 7 days before
    assert set(letters_of(mailbox).values()) == {1}


def test_a_worker_looks_for_what_is_due_now_and_then_and_at_once_when_the_clock_goes_back(
    sqlite_engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    clock = Clock(noon(before(60)))
    worker = Reminding(sqlite_engine, mailing(sqlite_engine, tmp_path, url), clock)
    worker.work()
    shop(sqlite_engine, clients=1)
    clock.forward(minutes=9)
    worker.work()
    assert mailbox.taken == []
    clock.forward(minutes=-10)
    worker.work()
    assert len(mailbox.taken) == 2


def test_a_letter_that_is_put_off_is_sent_later_and_stops_no_other_s12(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    shop(engine)
    mailbox.rcpt = lambda recipient: "450 4.2.0 Greylisted" if recipient.startswith("anna@1.") else "250 OK"
    clock, settings = Clock(noon(before(30))), mailing(engine, tmp_path, url)
    done = remind(engine, settings, clock)
    assert (done.queued, done.sent, done.put_off, done.refused) == (4, 3, 1, 0)
    mailbox.rcpt = lambda recipient: "250 OK"
    assert remind(engine, settings, clock).sent == 0
    clock.forward(seconds=FIRST_WAIT.total_seconds())
    assert remind(engine, settings, clock).sent == 1
    assert set(letters_of(mailbox).values()) == {1}
    assert len(mailbox.taken) == 4


def test_a_letter_that_is_refused_waits_for_a_person_and_stops_no_other_s12(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    shop(engine)
    mailbox.rcpt = lambda recipient: "550 5.1.1 No such user" if recipient.startswith("anna@1.") else "250 OK"
    clock, settings = Clock(noon(before(30))), mailing(engine, tmp_path, url)
    done = remind(engine, settings, clock)
    assert (done.sent, done.refused) == (3, 1)
    clock.forward(hours=12)
    assert remind(engine, settings, clock).sent == 0
    assert states(engine) == {"failed": 1, "sent": 3}
    with reading(engine) as session:
        assert session.exec(select(Letter.problem).where(Letter.problem != "")).all() == ["550 5.1.1 No such user"]


def test_while_the_server_is_away_everything_waits_s12(engine: Engine, tmp_path: Path) -> None:
    shop(engine)
    clock = Clock(noon(before(30)))
    done = remind(engine, mailing(engine, tmp_path, f"smtp://127.0.0.1:{free_port()}"), clock)
    assert (done.queued, done.sent, states(engine)) == (4, 0, {"queued": 4})
    clock.forward(seconds=FIRST_WAIT.total_seconds())
    with open_mailbox() as (mailbox, url):
        assert remind(engine, mailing(engine, tmp_path, url), clock).sent == 4
        assert set(letters_of(mailbox).values()) == {1}


def test_a_letter_on_which_the_server_falls_over_stops_those_behind_it_only_once_s12(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    shop(engine, clients=3)
    mailbox.data = lambda recipient: "421 4.3.2 Going down" if recipient.startswith("anna@1.") else "250 OK"
    clock, settings = Clock(noon(before(30))), mailing(engine, tmp_path, url)
    for _ in range(2):
        remind(engine, settings, clock)
        clock.forward(seconds=FIRST_WAIT.total_seconds())
    assert len(mailbox.taken) == 5
    assert states(engine) == {"queued": 1, "sent": 5}


def test_who_renews_between_queueing_and_sending_is_not_written_to_s12(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    first, _ = shop(engine)
    clock, settings = Clock(noon(before(30))), mailing(engine, tmp_path, url)
    assert queue_due(engine, settings, clock) == 4
    with transaction(engine) as session:
        renew(session, first.id, at=clock())
    assert remind(engine, settings, clock).sent == 2
    assert states(engine) == {"sent": 2, "withdrawn": 2}
    assert all("Клиент 1" in text_of(message) or "@2." in to for to, message in mailbox.taken)


def test_without_a_mail_server_nothing_is_due_and_nothing_is_recorded_s12(engine: Engine, tmp_path: Path) -> None:
    shop(engine)
    clock, settings = Clock(noon(before(30))), mailing(engine, tmp_path, None)
    Reminding(engine, settings, clock).work()
    with pytest.raises(Refusal, match="MAIL_NOT_SET_UP"):
        remind(engine, settings, clock)
    with reading(engine) as session:
        assert count(session) == 0


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Reminder)).one()


def test_the_password_of_the_mail_server_is_in_no_log(sqlite_engine: Engine, tmp_path: Path) -> None:
    shop(sqlite_engine, clients=1)
    url = f"smtp://user:verysecret@127.0.0.1:{free_port()}"
    with capture_logs() as logs:
        remind(sqlite_engine, mailing(sqlite_engine, tmp_path, url), Clock(noon(before(30))))
    assert [entry["event"] for entry in logs] == ["mail waits"]
    assert "verysecret" not in str(logs)
