"""Letters over HTTP: where papers are mailed, sending and sending again, and the page behind a link (P2)."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import col, select

from api.database import transaction
from api.reminding import remind
from contracts.enrolling import add_contact
from documents.archive import record
from documents.papers import Paper
from documents.store import content_key
from tests.api.conftest import House, settings_for
from tests.api.test_enclosing import links_in
from tests.api.test_reminding import ROOT
from tests.mailbox import open_mailbox

EMAIL = "buh@romashka.example"
WHO = {"asked_by": "Котова", "reason": "Не нашли"}


def named(house: House) -> Any:
    """The client has a contact, to whom its papers are mailed as links."""
    with transaction(house.engine) as session:
        add_contact(session, house.own.id, "Анна", at=house.clock(), emails=(EMAIL,))
    path = f"/v1/clients/{house.own.id}:choose-paper-address"
    return house.post("sales", path, {"email": EMAIL, "way": "link"})


def printed(house: House) -> list[int]:
    """The client's papers, printed into the store; their ids."""
    with transaction(house.engine) as session:
        papers = session.exec(select(Paper).where(Paper.client_id == house.own.id).order_by(col(Paper.id))).all()
        for paper in papers:
            pdf = f"%PDF {paper.kind}".encode()
            house.app.state.store.put(content_key("test", pdf), pdf)
            record(session, paper.id, content_key("test", pdf), len(pdf), at=house.clock())
        return [paper.id for paper in papers]


def test_papers_are_mailed_by_name_again_with_a_reason_and_opened_by_their_links_p2(
    house: House, tmp_path: Path
) -> None:
    settings = settings_for(house.engine, tmp_path).model_copy(update={"public_url": "https://desk.example"})
    house.app.state.settings = settings
    assert named(house).json()["way"] == "link"
    papers = printed(house)
    assert house.post("sales", "/v1/letters", {"paper_ids": papers, "asked_by": "Котова"}).status_code == 201
    again = house.post("sales", "/v1/letters", {"paper_ids": papers, "asked_by": "Котова"})
    assert (again.status_code, again.json()["code"], again.json()["letter_ids"]) == (409, "PAPER_MAILED", [1])
    assert house.post("sales", "/v1/letters/1:resend", WHO).json()["code"] == "LETTER_WAITS"
    with open_mailbox() as (mailbox, url):
        sending = settings.model_copy(update={"smtp_url": SecretStr(url)})
        assert remind(house.engine, sending, house.clock).sent == 1
        assert house.post("sales", "/v1/letters/1:resend", WHO).json()["paper_ids"] == papers
        assert remind(house.engine, sending, house.clock).sent == 1
        (_, first), (_, second) = mailbox.taken
    (sent, _) = house.get("accountant", f"/v1/letters?client_id={house.own.id}&state=sent").json()
    assert (sent["recipient"], sent["paper_ids"], sent["links_end_on"]) == (EMAIL, papers, "2026-11-04")
    assert house.get("accountant", "/v1/letters?state=failed").json() == []
    token = links_in(first)[0]
    opened = house.post(None, "/paper/file", {"token": token})
    assert (opened.status_code, opened.content) == (200, b"%PDF contract")
    assert (
        house.post("sales", "/v1/letters/1:revoke-links", {"revoked_by": "К", "reason": "Не тому"}).status_code == 201
    )
    revoked = house.post(None, "/paper/file", {"token": token}, headers={"Accept-Language": "ru"})
    assert (revoked.status_code, revoked.json()["revoked_on"]) == (410, "2026-10-05")
    other = links_in(second)[1]
    assert house.post(None, "/paper/file", {"token": other}).content == b"%PDF invoice"
    house.clock.forward(days=31)
    ended = house.post(None, "/paper/file", {"token": other})
    assert (ended.status_code, ended.json()["code"], ended.json()["last_day"]) == (410, "LINK_ENDED", "2026-11-04")


def test_an_address_is_withdrawn_and_withdrawn_only_once(house: House) -> None:
    named(house)
    path = f"/v1/clients/{house.own.id}:withdraw-paper-address"
    assert house.post("sales", path, {"email": EMAIL}).status_code == 200
    assert house.post("sales", path, {"email": EMAIL}).json()["code"] == "PAPER_ADDRESS_UNKNOWN"


@pytest.mark.parametrize("body", [{"token": "a" * 43}, {"token": "a" * 42}, {"token": 5}, {}, {"token": "й" * 43}])
def test_what_is_no_token_opens_nothing(common_house: House, body: dict[str, Any]) -> None:
    answer = common_house.post(None, "/paper/file", body)
    assert answer.status_code == (404 if body == {"token": "a" * 43} else 422)


def test_the_page_loads_nothing_from_elsewhere_and_keeps_its_token_out_of_addresses(common_house: House) -> None:
    page = common_house.get(None, "/paper")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "<script>" not in page.text
    assert "http" not in page.text
    assert common_house.get(None, "/docs/paper_page.js").status_code == 200


SCRIPT = """
  const [hash, status, answer, page] = JSON.parse(process.argv[1]);
  const places = {}, asked = [];
  let click = () => {};
  const place = (id) => places[id] ??= { addEventListener(_, act) { click = act; }, click() {} };
  globalThis.document = { getElementById: place, documentElement: {}, createElement: () => place("link") };
  globalThis.location = { hash };
  Object.defineProperty(globalThis, "navigator", { value: { language: "en" } });
  URL.createObjectURL = () => "blob:1";
  globalThis.fetch = async (address, how) => {
    asked.push([address, JSON.parse(how.body).token]);
    const headers = { get: () => "attachment; filename*=UTF-8''invoice-1%2F7.pdf" };
    return { ok: status === 200, status, headers, json: async () => answer, blob: async () => ({}) };
  };
  await import(page);
  await click();
  console.log(JSON.stringify([asked, places.outcome?.textContent, places.link?.download ?? null]));
"""
TOKEN = "a" * 43


@pytest.mark.parametrize(
    ("hash_", "status", "answer", "asked", "says", "file"),
    [
        (f"#{TOKEN}", 200, {}, True, "downloaded", "invoice-1/7.pdf"),
        (f"#{TOKEN}", 410, {"title": "The link has ended.", "last_day": "2026-11-04"}, True, "good until", None),
        (f"#{TOKEN}", 410, {"title": "Revoked.", "revoked_on": "2026-11-04"}, True, "revoked on", None),
        ("#short", 200, {}, False, "cut off", None),
    ],
)
def test_the_page_asks_with_the_token_and_says_why_not_p2(
    hash_: str, status: int, answer: Any, asked: bool, says: str, file: str | None
) -> None:
    page = (ROOT / "api/static/paper_page.js").as_uri()
    node = str(Path(sys.executable).parent / "node")
    words = [node, "--input-type=module", "--eval", SCRIPT, json.dumps([hash_, status, answer, page])]
    said = json.loads(subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout)
    assert said[0] == ([["paper/file", TOKEN]] if asked else [])
    assert says in said[1]
    assert said[2] == file
