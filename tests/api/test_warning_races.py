"""From an entry of work to the mail server: one letter to each address, however many workers look and die (H13)."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine

from api.database import transaction
from api.reminding import remind
from api.worker import work
from documents.words import NBSP
from tests.api.conftest import Clock
from tests.api.test_reminding import ROOT, mailing
from tests.builders import worked
from tests.documents.test_digests import NOVEMBER, a_manager
from tests.documents.test_warning_mail import AT, a_warned_client
from tests.mailbox import open_mailbox

PROGRAM = """
import sys
from datetime import datetime
from threading import Event
from api.database import open_engine
from api.settings import Settings
from api.worker import work
url, smtp_url, at, papers = sys.argv[1:]
settings = Settings(_env_file=None, database_url=url, smtp_url=smtp_url, store_url=papers)
work(open_engine(url), settings, Event(), once=True, clock=lambda: datetime.fromisoformat(at))
"""


def test_workers_in_threads_mail_each_warning_once_h13(engine: Engine, tmp_path: Path) -> None:
    clock = Clock(AT)
    with open_mailbox() as (mailbox, url):
        settings = mailing(engine, tmp_path, url)
        with transaction(engine) as session:
            own = a_warned_client(session, 300)
        for minutes in (90, 30, 120):
            with transaction(engine) as session:
                worked(session, own, "2026-10-05 18:00", minutes)
            with ThreadPoolExecutor(2) as threads:
                list(threads.map(lambda _: work(engine, settings, Event(), once=True, clock=clock), range(2)))
            clock.at += timedelta(minutes=11)
        assert Counter(mailbox.recipients) == {"office@north.example": 2, f"anna@{own.id}.example": 2}
        subjects = [message["Subject"] for _, message in mailbox.taken if message["To"].startswith("anna")]
        assert [subject.split()[0] for subject in subjects] == ["Использовано", "Часы"]


def test_the_digest_of_a_month_is_mailed_once_whatever_ticks_were_missed_h13(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        a_manager(session)
    clock = Clock(NOVEMBER)
    with open_mailbox() as (mailbox, url):
        settings = mailing(engine, tmp_path, url)
        for days in (0, 1, 27, 40, 1):
            clock.forward(days=days)
            with ThreadPoolExecutor(2) as threads:
                list(threads.map(lambda _: remind(engine, settings, clock), range(2)))
        told = [message["Subject"].replace(NBSP, " ") for to, message in mailbox.taken if to == "kotova@north.example"]
    assert told == ["Digest: October 2026", "Digest: December 2026"]  # in January November is no news


@pytest.mark.long
def test_workers_in_processes_mail_each_warning_once_h13(engine: Engine, tmp_path: Path) -> None:
    database = engine.url.render_as_string(hide_password=False)
    with transaction(engine) as session:
        own = a_warned_client(session)
    with open_mailbox() as (mailbox, url):
        command = [sys.executable, "-c", PROGRAM, database, url, AT.isoformat(), tmp_path.as_uri()]
        workers = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
        assert [worker.wait(60) for worker in workers] == [0, 0]
        assert Counter(mailbox.recipients) == {"office@north.example": 1, f"anna@{own.id}.example": 1}
