"""Whatever a mail server does at whichever step, no letter is lost, and none gets a second Message-ID (S12, P2)."""

from collections import Counter, defaultdict
from email import message_from_bytes
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from api import reminding
from api.database import transaction
from api.mailer import mail_server
from api.reminding import remind
from contracts.parties import Client
from documents.letters import LetterState
from documents.post import FIRST_WAIT
from tests.api.conftest import Clock
from tests.api.test_enclosing import a_sale, only_letter
from tests.api.test_reminding import mailing
from tests.builders import moment
from tests.documents.test_mailing import chosen
from tests.mail_faults import DROP, SLOW, FaultyServer

AT = moment("2026-09-20 12:00")
WAITS = [
    *(("connect", answer) for answer in ("421 busy", "554 go away", DROP, SLOW)),
    *(("ehlo", answer) for answer in ("421 busy", DROP, SLOW)),
    *(("mail", answer) for answer in ("451 later", "550 not from you", "421 bye", DROP, SLOW)),
    *(("rcpt", answer) for answer in ("451 later", "421 bye", DROP, SLOW)),
    *(("data", answer) for answer in ("451 later", DROP, SLOW)),
    *(("message", answer) for answer in ("451 later", "421 bye", DROP, SLOW)),
]
"""After these the letter waits, and leaves when the server is well again."""
FOR_EVER = [("rcpt", "550 5.1.1 No such user"), ("data", "554 no"), ("message", "554 5.7.1 Spam")]


@pytest.mark.parametrize(("step", "answer"), WAITS, ids=lambda told: told.replace(" ", "_"))
def test_after_a_fault_that_passes_the_letter_leaves_under_its_one_id_s12(
    sqlite_engine: Engine, tmp_path: Path, step: str, answer: str
) -> None:
    a_sale(sqlite_engine, tmp_path)
    clock = Clock(AT)
    with FaultyServer(step, answer) as server:
        settings = mailing(sqlite_engine, tmp_path, server.url)
        with pytest.MonkeyPatch.context() as patch:
            if answer == SLOW:
                patch.setattr(reminding, "mail_server", partial(mail_server, seconds=0.5))
            assert remind(sqlite_engine, settings, clock).sent == 0
        assert only_letter(sqlite_engine).state is LetterState.QUEUED
        clock.forward(seconds=FIRST_WAIT.total_seconds())
        assert remind(sqlite_engine, settings, clock).sent == 1
        clock.forward(days=2)
        assert remind(sqlite_engine, settings, clock).sent == 0
        ids = Counter(message_from_bytes(one)["Message-ID"] for one in server.taken)
    assert only_letter(sqlite_engine).state is LetterState.SENT
    assert list(ids.values()) == [2 if step == "message" else 1]  # it had the whole letter before it failed


def test_each_recipient_of_a_paper_has_one_id_also_where_the_answer_to_data_was_lost_p2(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    a_sale(sqlite_engine, tmp_path)
    with transaction(sqlite_engine) as session:
        client_id = session.exec(select(Client.id)).one()
        chosen(session, client_id, "director@romashka.example")
    clock = Clock(AT)
    with FaultyServer("message", DROP, left=2) as server:
        settings = mailing(sqlite_engine, tmp_path, server.url)
        for _ in range(4):
            remind(sqlite_engine, settings, clock)
            clock.forward(days=1)
    copies: dict[str, set[bytes]] = defaultdict(set)
    for one in server.taken:
        copies[message_from_bytes(one)["Message-ID"]].add(one)
    assert len(server.taken) == 4  # each was taken twice, and known only once
    assert sorted(map(len, copies.values())) == [1, 1]  # the copies of one are the same to the byte


@pytest.mark.parametrize(("step", "answer"), FOR_EVER)
def test_a_final_no_leaves_the_letter_to_a_person_s12(
    sqlite_engine: Engine, tmp_path: Path, step: str, answer: str
) -> None:
    a_sale(sqlite_engine, tmp_path)
    clock = Clock(AT)
    with FaultyServer(step, answer) as server:
        settings = mailing(sqlite_engine, tmp_path, server.url)
        assert remind(sqlite_engine, settings, clock).refused == 1
        clock.forward(days=2)
        assert remind(sqlite_engine, settings, clock).sent == 0
    letter = only_letter(sqlite_engine)
    assert (letter.state, letter.problem) == (LetterState.FAILED, answer)


@pytest.mark.parametrize("answer", ["454 TLS not available", "220 go on", DROP])
def test_a_server_that_refuses_the_tls_that_it_offers_gets_no_letter_in_the_clear(
    sqlite_engine: Engine, tmp_path: Path, answer: str
) -> None:
    a_sale(sqlite_engine, tmp_path)
    with FaultyServer("starttls", answer, offers_tls=True) as server:
        done = remind(sqlite_engine, mailing(sqlite_engine, tmp_path, server.url), Clock(AT))
        assert (done.sent, server.taken) == (0, [])
    letter = only_letter(sqlite_engine)
    assert (letter.state, letter.attempts) == (LetterState.QUEUED, 0)
