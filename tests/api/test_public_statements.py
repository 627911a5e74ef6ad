"""Who holds a statement learns from the server what was issued under its fingerprint, and others learn nothing (P5)."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from api.database import reading, transaction
from api.settings import Settings
from contracts.parties import Seller
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from tests.api.conftest import House
from tests.builders import a_client, a_plan
from tests.documents.market import Market

ROOT = Path(__file__).resolve().parents[2]


def test_the_fingerprint_on_the_paper_tells_what_was_issued_p5(house: House) -> None:
    with transaction(house.engine) as session:
        seller_row = session.exec(select(Seller).order_by(Seller.id)).first()
        assert seller_row is not None
        market = Market(session, seller_row, a_client(session))
        a_plan(session, "stated")
        market.sell("stated")
        market.work("2026-10-05 10:00", 90)
        market.close()
        seller = market.seller.name
    with reading(house.engine) as session:
        paper = session.exec(select(Paper).where(Paper.kind == PaperKind.STATEMENT)).one()
    told = house.get(None, f"/verify/statements/{hashlib.sha256(paper.sheet.encode()).hexdigest()}")
    assert told.status_code == 200
    assert told.json() | {"closed_at": ""} == {
        "number": paper.number,
        "seller": seller,
        "month": "2026-10",
        "total": "1350.00",
        "currency": "RUB",
        "closed_at": "",
        "previous_sha256": None,
        "pdf_sha256": None,
    }


@pytest.mark.parametrize("fingerprint", ["1", "%20", "'--", "A" * 64])
def test_only_a_fingerprint_is_looked_for(house: House, fingerprint: str) -> None:
    refused = house.get(None, f"/verify/statements/{fingerprint}")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "sha256")


def test_an_unknown_fingerprint_is_refused(house: House) -> None:
    refused = house.get(None, f"/verify/statements/{'0' * 64}")
    assert (refused.status_code, refused.json()["code"]) == (404, "FINGERPRINT_UNKNOWN")


def test_the_page_is_found_under_the_address_that_others_reach() -> None:
    assert Settings(_env_file=None).verify_at == ""
    assert Settings(_env_file=None, public_url="https://desk.example/a").verify_at == "https://desk.example/a/verify"
    for address in ("desk.example", "https://desk.example/", "https://u@desk.example", "https://desk.example?x=1"):
        with pytest.raises(ValueError, match="public_url"):
            Settings(_env_file=None, public_url=address)


@pytest.mark.parametrize(
    ("status", "says"), [(200, "This statement was issued here"), (404, "do not trust"), (503, "could not be checked")]
)
def test_the_page_that_the_code_opens_asks_and_says_it_in_words(status: int, says: str) -> None:
    script = """
      const [status, page] = JSON.parse(process.argv[1]);
      const places = {}, asked = [];
      const place = (id) => places[id] ??= { addEventListener() {} };
      globalThis.document = { getElementById: place, documentElement: {} };
      globalThis.location = { hash: "#statement=" + "a".repeat(64) };
      Object.defineProperty(globalThis, "navigator", { value: { language: "en" } });
      globalThis.fetch = async (address) => {
        asked.push(address);
        return { ok: status === 200, status, json: async () => ({ number: "2026-0001" }) };
      };
      await import(page);
      console.log(JSON.stringify([asked, places.outcome.textContent, places.claims.textContent]));
    """
    node = Path(sys.executable).parent / "node"
    page = (ROOT / "api/static/verify_page.js").as_uri()
    words = [str(node), "--input-type=module", "--eval", script, json.dumps([status, page])]
    said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    asked, outcome, told = json.loads(said.stdout)
    assert asked == ["verify/statements/" + "a" * 64]
    assert says in outcome
    assert ("2026-0001" in told) == (status == 200)
