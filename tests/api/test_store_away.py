"""While the store of papers is away nothing else is: its files are asked for again later, and other letters leave."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from api.reminding import remind
from api.roles import PersonRole
from documents.letters import LetterState
from documents.store import Store
from tests.api.conftest import Clock, House, settings_for
from tests.api.pages.conftest import people_of
from tests.api.test_cli import installed, opened
from tests.api.test_enclosing import a_sale, links_in, only_letter, outside
from tests.api.test_v1_letters import named, printed
from tests.api.test_v1_scans import send
from tests.documents.market import SOLD_AT
from tests.documents.test_scanning import JPEG, PDF
from tests.loopback import refusing
from tests.mailbox import open_mailbox


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a bucket at which nobody listens."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with refusing() as place:
        yield f"s3://papers?endpoint={place}&region=us-east-1"


def link_of(house: House, folder: Path) -> str:
    """The token of a link to a paper, which was mailed."""
    settings = settings_for(house.engine, folder).model_copy(update={"public_url": "https://desk.example"})
    house.app.state.settings = settings
    named(house)
    house.post("sales", "/v1/letters", {"paper_ids": printed(house), "asked_by": "Котова"})
    with open_mailbox() as (mailbox, url):
        remind(house.engine, settings.model_copy(update={"smtp_url": SecretStr(url)}), house.clock)
        return links_in(mailbox.taken[0][1])[0]


def test_a_file_that_cannot_be_had_now_is_asked_for_again_p2(house: House, tmp_path: Path, away: str) -> None:
    token, scan_id = link_of(house, tmp_path), send(house, PDF).json()["id"]
    browser, before = people_of(house).browser(PersonRole.SALES), house.rows()
    house.app.state.store = Store(away)
    for answer in (
        house.post(None, "/paper/file", {"token": token}),
        house.get("sales", "/v1/papers/1/file"),
        house.get("sales", f"/v1/scans/{scan_id}/file"),
        send(house, JPEG),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert answer.headers["retry-after"] == "2"
    assert browser.get("/papers/1/file").status_code == 503
    assert house.rows() == before


def test_only_letters_with_files_wait_for_the_store_p2(engine: Engine, tmp_path: Path, away: str) -> None:
    a_sale(engine, tmp_path)
    clock = Clock(SOLD_AT)
    with open_mailbox() as (mailbox, url):
        settings = outside(engine, tmp_path, url)
        done = remind(engine, settings.model_copy(update={"store_url": away}), clock)
        assert (done.sent, done.put_off, done.refused) == (0, 1, 0)
        letter = only_letter(engine)
        assert (letter.state, letter.attempts) == (LetterState.QUEUED, 1)
        clock.forward(minutes=6)
        assert remind(engine, settings, clock).sent == 1
        assert len(mailbox.taken) == 1


def test_a_command_says_that_the_store_is_away(
    sqlite_engine: Engine, tmp_path: Path, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installed(sqlite_engine, tmp_path) as run:
        opened(run)
        (tmp_path / "1.pdf").write_bytes(PDF)
        monkeypatch.setenv("ABONEMENT_STORE_URL", away)
        refused = run("scan", "add", "1.pdf", "--contract", "2026-0001", "--by", "Котова")
    assert refused.exit_code == 3
    assert "Проверьте ABONEMENT_STORE_URL" in refused.output
