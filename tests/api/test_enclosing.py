"""Papers by a real mail server: byte for byte as they were archived, or under links that open them; never both (P2)."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import reading, transaction
from api.journeys import renew_subscription
from api.reminding import remind
from api.settings import Settings
from contracts.paper_ways import PaperWay
from documents.archive import record
from documents.letters import Letter, LetterState
from documents.mailings import PaperLink
from documents.papers import Paper
from documents.post import LEASE
from documents.store import Store, content_key
from tests.api.conftest import Clock
from tests.api.test_reminding import ROOT, mailing
from tests.builders import a_client, a_plan, a_seller, its_catalogue
from tests.documents.market import SOLD_AT, Market
from tests.documents.test_mailing import EMAIL, chosen
from tests.mailbox import Mailbox, open_mailbox

PAGE = "https://desk.example/paper"


@pytest.fixture
def box() -> Iterator[tuple[Mailbox, str]]:
    with open_mailbox() as opened:
        yield opened


def a_sale(engine: Engine, folder: Path, way: PaperWay = PaperWay.ATTACHMENT) -> dict[str, bytes]:
    """A client that bought, with the printed contract and invoice in the store: their bytes by kind."""
    store, files = Store((folder / "papers").as_uri()), {}
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        market = Market(session, a_seller(session), a_client(session))
        chosen(session, market.customer.id, way=way)
        market.sell()
        for paper in session.exec(select(Paper).order_by(col(Paper.id))).all():
            files[paper.kind.value] = print_once(session, store, paper)
    return files


def print_once(session: Session, store: Store, paper: Paper) -> bytes:
    """The bytes of a paper, archived as the press would do it."""
    pdf = b"%PDF-1.7 " + paper.kind.encode() * 50_000
    key = content_key(paper.kind, pdf)
    store.put(key, pdf)
    record(session, paper.id, key, len(pdf), at=SOLD_AT)
    return pdf


def outside(engine: Engine, folder: Path, url: str | None) -> Settings:
    return mailing(engine, folder, url).model_copy(update={"public_url": "https://desk.example"})


def attached(message: EmailMessage) -> dict[str, bytes]:
    return {part.get_filename() or "": part.get_payload(decode=True) for part in message.iter_attachments()}


def words_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return part.get_content()


def only_letter(engine: Engine) -> Letter:
    with reading(engine) as session:
        return session.exec(select(Letter)).one()


def links_in(message: EmailMessage) -> list[str]:
    """The tokens of the links, which text and HTML share."""
    tokens = [re.findall(rf"{PAGE}#([\w-]+)", words_of(message, kind)) for kind in ("plain", "html")]
    assert list(dict.fromkeys(tokens[1])) == tokens[0]
    return tokens[0]


def test_a_sale_brings_contract_and_invoice_byte_for_byte_in_text_and_html_p2(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    files = a_sale(engine, tmp_path)
    clock, settings = Clock(SOLD_AT), mailing(engine, tmp_path, url)
    assert (remind(engine, settings, clock).sent, remind(engine, settings, clock).sent) == (1, 0)
    ((recipient, message),) = mailbox.taken
    assert recipient == EMAIL
    assert attached(message) == {
        "договор 2026-0001.pdf": files["contract"],
        "счёт 2026-0001.pdf": files["invoice"],
    }
    assert message.get_content_type() == "multipart/mixed"
    assert next(message.iter_parts()).get_content_type() == "multipart/alternative"
    assert "приложены" in words_of(message, "plain")
    assert "приложены" in words_of(message, "html")


def test_a_renewal_brings_a_file_that_is_called_an_agreement_p2(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    a_sale(engine, tmp_path)
    clock, settings = Clock(SOLD_AT), mailing(engine, tmp_path, url)
    remind(engine, settings, clock)
    with transaction(engine) as session:
        for paper in renew_subscription(session, 1, None, at=SOLD_AT).papers:
            print_once(session, Store((tmp_path / "papers").as_uri()), paper)
    assert remind(engine, settings, clock).sent == 1
    assert list(attached(mailbox.taken[-1][1])) == ["соглашение 2026-0001.pdf", "счёт 2026-0002.pdf"]


def test_a_link_opens_exactly_its_paper_and_its_token_is_kept_nowhere_p2(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    a_sale(engine, tmp_path, PaperWay.LINK)
    remind(engine, outside(engine, tmp_path, url), Clock(SOLD_AT))
    ((_, message),) = mailbox.taken
    tokens = links_in(message)
    assert attached(message) == {}
    with reading(engine) as session:
        kept = {link.token_sha256: link.paper_id for link in session.exec(select(PaperLink))}
        kinds = [session.get_one(Paper, kept[sha256(token.encode()).hexdigest()]).kind for token in tokens]
    assert [kind.value for kind in kinds] == ["contract", "invoice"]
    assert not any(token in only_letter(engine).body for token in tokens)


@pytest.mark.parametrize("announced", [True, False])
def test_a_letter_too_large_for_the_server_falls_to_links_and_says_so_p2(
    engine: Engine, tmp_path: Path, announced: bool
) -> None:
    a_sale(engine, tmp_path)
    with open_mailbox(largest=100_000 if announced else None) as (mailbox, url):
        if not announced:
            mailbox.sized = lambda size: "552 5.3.4 Too big" if size > 100_000 else "250 OK"
        assert remind(engine, outside(engine, tmp_path, url), Clock(SOLD_AT)).sent == 1
        ((_, message),) = mailbox.taken
    assert (attached(message), len(links_in(message))) == ({}, 2)
    assert "слишком велики" in words_of(message, "plain")
    assert only_letter(engine).state is LetterState.SENT


def test_a_letter_too_large_where_there_are_no_links_waits_for_a_person_p2(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    a_sale(sqlite_engine, tmp_path)
    with open_mailbox(largest=100_000) as (mailbox, url):
        assert remind(sqlite_engine, mailing(sqlite_engine, tmp_path, url), Clock(SOLD_AT)).refused == 1
        assert mailbox.taken == []
    letter = only_letter(sqlite_engine)
    assert (letter.state, letter.problem[:3], letter.links_end_on) == (LetterState.FAILED, "552", None)


def test_a_letter_whose_file_is_lost_waits_for_a_person_p2(
    sqlite_engine: Engine, tmp_path: Path, box: tuple[Mailbox, str]
) -> None:
    mailbox, url = box
    a_sale(sqlite_engine, tmp_path)
    clock, settings = Clock(SOLD_AT), mailing(sqlite_engine, tmp_path, url)
    (lost,) = (tmp_path / "papers" / "invoice").iterdir()
    lost.write_bytes(b"damaged")
    assert remind(sqlite_engine, settings, clock).refused == 1
    assert "lost" in only_letter(sqlite_engine).problem
    assert mailbox.taken == []


PROGRAM = """
import sys
from datetime import datetime
from api.database import open_engine
from api.journeys import renew_subscription
from api.reminding import remind
from api.settings import Settings
url, smtp_url, store_url, at = sys.argv[1:]
settings = Settings(
    _env_file=None, database_url=url, smtp_url=smtp_url, store_url=store_url, public_url="https://desk.example"
)
remind(open_engine(url), settings, lambda: datetime.fromisoformat(at))
"""


@pytest.mark.parametrize("way", PaperWay)
def test_a_worker_killed_before_it_learns_that_papers_were_taken_repeats_them_once_under_one_id_p2(
    engine: Engine, tmp_path: Path, box: tuple[Mailbox, str], way: PaperWay
) -> None:
    """The one window in which papers come twice; then every link of both copies opens its paper."""
    mailbox, url = box
    a_sale(engine, tmp_path, way)

    def kill(recipient: str) -> str:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return "250 OK"

    mailbox.data = kill
    database = engine.url.render_as_string(hide_password=False)
    words = [sys.executable, "-c", PROGRAM, database, url, (tmp_path / "papers").as_uri(), SOLD_AT.isoformat()]
    process = subprocess.Popen(words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert process.wait(60) == -signal.SIGKILL
    mailbox.data = lambda recipient: "250 OK"
    clock, settings = Clock(SOLD_AT), outside(engine, tmp_path, url)
    assert remind(engine, settings, clock).sent == 0  # its claim has not run out yet
    clock.forward(seconds=LEASE.total_seconds())
    assert (remind(engine, settings, clock).sent, remind(engine, settings, clock).sent) == (1, 0)
    messages = [message for _, message in mailbox.taken]
    assert len(messages) == 2
    assert len({message["Message-ID"] for message in messages}) == 1
    if way is PaperWay.LINK:
        tokens = {token for message in messages for token in links_in(message)}
        with reading(engine) as session:
            kept = set(session.exec(select(PaperLink.token_sha256)))
        assert {sha256(token.encode()).hexdigest() for token in tokens} == kept
    else:
        assert mailbox.contents[0] == mailbox.contents[1]
