"""Reminders of objections from the worker and the command to the mail server, each once, whoever dies (P6)."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine

from api.database import transaction
from api.reminding import remind
from api.worker import work
from documents.post import LEASE
from entitlements.objecting import reject
from tests.api.conftest import Clock
from tests.api.test_cli import done, installed
from tests.api.test_mailer import text_of
from tests.api.test_reminding import killed, letters_of, mailing
from tests.builders import moment
from tests.documents.test_objection_mail import ANNA, STAFF, billed, objected
from tests.journeys.books import rows
from tests.mailbox import open_mailbox

AT = moment("2026-11-09 12:00")


def disputed(engine: Engine, *names: str) -> None:
    """Clients with an objection and an open line each: on 9 November 2026 both are to be reminded of."""
    with transaction(engine) as session:
        for name in names:
            objected(session, billed(session, name, lines=2))


def test_workers_at_once_mail_each_once_as_text_and_html_p6(engine: Engine, tmp_path: Path) -> None:
    disputed(engine, "А", "Б")
    clock = Clock(AT)
    with open_mailbox() as (mailbox, url), pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.reminding.NEWS_AT_ONCE", 1)  # a transaction for each
        settings = mailing(engine, tmp_path, url)
        for days in (0, 1):
            clock.forward(days=days)
            with ThreadPoolExecutor(2) as threads:
                list(threads.map(lambda _: work(engine, settings, Event(), once=True, clock=clock), range(2)))
        assert mailbox.recipients == [ANNA, ANNA, STAFF, STAFF]
        assert set(letters_of(mailbox).values()) == {1}
        for _, message in mailbox.taken:
            html = message.get_body(("html",))
            assert html is not None
            assert all(" 2026-000" in said for said in (html.get_content(), text_of(message)))


def test_a_worker_killed_on_its_way_loses_none_and_doubles_none_p6(engine: Engine, tmp_path: Path) -> None:
    disputed(engine, "А", "Б")
    with open_mailbox() as (mailbox, url):
        killed(engine, url, mailbox, "rcpt", 2, AT)
        assert len(mailbox.taken) == 1
        assert remind(engine, mailing(engine, tmp_path, url), Clock(AT + LEASE)).sent == 3
        assert set(letters_of(mailbox).values()) == {1}


def test_the_command_tells_once_and_names_whom_nobody_can_write_to_p6(engine: Engine, tmp_path: Path) -> None:
    disputed(engine, "Ромашка")
    with transaction(engine) as session:
        silent = objected(session, billed(session, "Немой", lines=1, contact=None))
        reject(session, silent.id, reason="Нет", decided_by="Орлова", at=moment("2026-11-09 09:00"))
    with installed(engine, tmp_path) as run, open_mailbox() as (mailbox, url), pytest.MonkeyPatch.context() as patch:
        command, at = ("objection", "remind"), "2026-11-09 12:00"
        refused = run(*command, at=at)
        assert (refused.exit_code, "ABONEMENT_SMTP_URL" in refused.stderr) == (2, True)
        patch.setenv("ABONEMENT_SMTP_URL", url)
        before = rows(engine)
        shown = done(run(*command, "--dry-run", at=at))
        assert rows(engine) == before
        told = done(run(*command, at=at))
        for said in (shown, told):
            assert f"последний день возражений Ромашка 2026-0001 2026-11-09 {ANNA}" in " ".join(said.split())
            assert f"скоро решать Ромашка 2026-0001 1 2026-11-11 {STAFF}" in " ".join(said.split())
            assert "решение Немой 2026-0002 1 2026-11-09 некому: нет адреса" in " ".join(said.split())
        assert mailbox.recipients == [ANNA, STAFF]
        again = done(run(*command, at=at))
        assert ("Ромашка" in again, "Немой" in again) == (False, True)
        assert mailbox.recipients == [ANNA, STAFF]
