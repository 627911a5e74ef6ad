"""Proof of what the desk was told: receipts in answers, published keys, the page and the command to check them (D1)."""

import json
import string
import subprocess
import sys
from datetime import timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from api.database import reading, transaction
from api.keys import Role
from contracts.errors import Refusal
from entitlements.key_rotation import published as published_keys
from entitlements.key_rotation import rotate, withdraw
from entitlements.receipt_keys import ReceiptKey
from entitlements.receipts import Kind, Signed, key_set, read_key_set, verified
from tests.api.conftest import House
from tests.api.test_cli import INN, Run, done, opened, run, shop  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parents[2]
CHECKS = "/v1/entitlement-checks"


def published(house: House) -> str:
    return house.get(None, "/.well-known/jwks.json").text


def read(house: House, answer: dict[str, Any]) -> Signed:
    """The receipt of an answer, which repeats the answer."""
    signed = verified(answer["receipt"], read_key_set(published(house)))
    assert signed.kind is Kind.RECEIPT
    assert signed.claims["answer"] == {name: value for name, value in answer.items() if name != "receipt"}
    return signed


def asking(house: House, **more: Any) -> dict[str, Any]:
    return {"client": {"id": house.own.id}, "service": "remote_work", "requested_minutes": 30, **more}


@pytest.mark.parametrize("role", ["desk", "verdict", "sales"])
def test_an_answer_carries_its_receipt_when_asked_to(house: House, role: str) -> None:
    question = asking(house, receipt=True)
    answer = house.post(role, CHECKS, question).json()
    signed = read(house, answer)
    assert signed.claims["question"] == question
    assert signed.claims["issued_at"] == answer["evaluated_at"]
    assert "receipt" not in house.post(role, CHECKS, asking(house)).json()


def test_the_receipt_of_a_hold_is_part_of_its_stored_answer(house: House) -> None:
    first = house.post("desk", CHECKS, asking(house, receipt=True, mode="hold"), once="k").json()
    assert read(house, first).claims["answer"]["hold"]["minutes"] == 30
    assert house.post("desk", CHECKS, asking(house, receipt=True, mode="hold"), once="k").json() == first


def test_each_answer_of_a_batch_has_its_own_receipt(house: House) -> None:
    questions = [asking(house, receipt=True), asking(house), {"client": {"inn": "7707083893"}, "receipt": True}]
    answers = house.post("desk", f"{CHECKS}:batch", {"questions": questions}).json()["answers"]
    assert ["receipt" in answer for answer in answers] == [True, False, True]
    assert read(house, answers[0]).claims["question"] == questions[0]
    assert read(house, answers[2]).claims["answer"]["reason"] == "CLIENT_UNKNOWN"


def test_a_stored_answer_has_the_same_receipt_each_time(house: House) -> None:
    place = f"{CHECKS}/{house.post('desk', CHECKS, asking(house)).json()['decision_id']}"
    first = house.get("desk", place).json()  # it is not written yet
    house.app.state.checking.writer._write_all()
    again = house.get("desk", place).json()
    assert again == first
    assert read(house, again).claims["question"] == asking(house)


def test_a_receipt_shows_no_more_than_the_answer(house: House) -> None:
    """What a verdict key may not see is in no receipt of its own, nor the question of another."""
    place = f"{CHECKS}/{house.post('sales', CHECKS, asking(house, ticket='SD-1')).json()['decision_id']}"
    claims = read(house, house.get("verdict", place).json()).claims
    assert claims["question"] is None
    assert not {"hours", "client_id", "cost"} & set(claims["answer"])
    assert read(house, house.get("desk", place).json()).claims["question"]["ticket"] == "SD-1"
    own = f"{CHECKS}/{house.post('verdict', CHECKS, asking(house)).json()['decision_id']}"
    assert read(house, house.get("verdict", own).json()).claims["question"] == asking(house)


def test_a_rotation_breaks_no_receipt(house: House) -> None:
    old = house.post("desk", CHECKS, asking(house, receipt=True)).json()
    with transaction(house.engine) as session:
        rotate(session, at=house.clock())
    house.app.state.signer._known = None  # a second has gone by
    new = house.post("desk", CHECKS, asking(house, receipt=True)).json()
    assert read(house, old).key.kid != read(house, new).key.kid
    assert read(house, house.get("desk", f"{CHECKS}/{old['decision_id']}").json()).key.kid == read(house, new).key.kid


def test_the_public_keys_need_no_key_and_may_be_kept_for_a_while(house: House) -> None:
    answer = house.get(None, "/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "alg", "use", "made_at"}
    with transaction(house.engine) as session:
        secret = session.get_one(ReceiptKey, 1).private_key
        withdraw(session, key["kid"], from_at=house.clock(), at=house.clock())
    assert secret
    assert secret not in answer.text
    assert [sorted(one)[-1] for one in house.get(None, "/.well-known/jwks.json").json()["keys"]] == ["x", "x"]
    assert house.get(None, "/.well-known/jwks.json").json()["keys"][1]["withdrawn_from"] == "2026-10-05T07:00:00Z"


def test_without_the_database_there_is_no_receipt_and_no_answer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*given: Any, **named: Any) -> None:
        raise OperationalError("SELECT", None, Exception("away"))

    monkeypatch.setattr("api.signing.stored_key", away)
    house.app.state.signer._known = None  # a second has gone by
    assert house.post("desk", CHECKS, asking(house, receipt=True)).status_code == 503
    assert house.post("desk", CHECKS, asking(house)).status_code == 200


def of_the_page(house: House, texts: list[str], keys: str, now: str) -> list[str]:
    """What the script of the page says of each text."""
    script = f"""
      import {{ verify }} from "{(ROOT / "api/static/verify.js").as_uri()}";
      const [texts, keys, now] = JSON.parse(process.argv[1]);
      const found = [];
      for (const text of texts) found.push((await verify(text, keys, new Date(now))).outcome);
      console.log(JSON.stringify(found));
    """
    node = Path(sys.executable).parent / "node"
    words = [str(node), "--input-type=module", "--eval", script, json.dumps([texts, json.loads(keys), now])]
    said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(said.stdout)


def spare_bits_set(text: str) -> str:
    """Another text of the same bytes: its last letter carries bits that belong to no byte."""
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    return text[:-1] + letters[letters.index(text[-1]) + 1]


def said_here(text: str, keys: str) -> str:
    """What `verified` says of a text, in the page's word."""
    words = {"RECEIPT_ALTERED": "altered", "RECEIPT_UNREADABLE": "unreadable"}
    try:
        verified(text, read_key_set(keys))
    except Refusal as refused:
        return words[refused.code]
    return "genuine"


def test_the_page_says_of_a_text_what_we_say(house: House) -> None:
    good = house.post("desk", CHECKS, asking(house, receipt=True)).json()["receipt"]
    head, body, signature = good.split(".")
    texts = [good, f"{head}.{body[:-3]}AAA.{signature}", f"{head}.{body}.{signature[::-1]}", f"e30.{body}.{signature}"]
    texts += ["", "a.b.c", f"{good}.x", f" {good}\n", spare_bits_set(good), spare_bits_set(head) + good[len(head) :]]
    now = "2026-10-05T12:00:00Z"
    keys = published(house)
    outcomes = ["genuine", "altered", "altered", "unreadable", "unreadable", "unreadable", "unreadable", "genuine"]
    outcomes += ["altered", "unreadable"]
    assert of_the_page(house, texts, keys, now) == outcomes
    assert [said_here(text.strip(), keys) for text in texts] == outcomes
    assert of_the_page(house, [good], '{"keys": []}', now) == ["unknown-key"]
    with transaction(house.engine) as session:
        kid = json.loads(keys)["keys"][0]["kid"]
        withdraw(session, kid, from_at=house.clock() - timedelta(days=1), at=house.clock())
    assert of_the_page(house, [good], published(house), now) == ["withdrawn"]


def test_the_page_needs_nothing_from_elsewhere_and_no_script_inside_it(house: House) -> None:
    page = house.get(None, "/verify")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "script-src" not in page.headers["content-security-policy"]
    assert "<script>" not in page.text
    assert " on" not in page.text.replace(" one", "")
    assert "http" not in page.text
    for name in ("verify.js", "verify_page.js", "verify.css"):
        asset = house.get(None, f"/docs/{name}")
        assert asset.status_code == 200
        assert "http:" not in asset.text


def a_receipt(shop: Run, folder: Path) -> str:  # noqa: F811
    """A receipt in a file, with the published keys beside it; its text."""
    answer = json.loads(done(shop("check", "--inn", INN, "--minutes", "60", "--json")))
    text = done(shop("receipt", answer["decision_id"], "--locale", "en")).strip()
    (folder / "receipt.txt").write_text(text + "\n")
    return text


def keep_keys(engine: Engine, folder: Path) -> None:
    with reading(engine) as session:
        (folder / "jwks.json").write_text(
            json.dumps(key_set(published_keys(session)), default=lambda at: at.isoformat())
        )


def test_a_receipt_is_checked_on_the_command_line(shop: Run, engine: Engine, tmp_path: Path) -> None:  # noqa: F811
    text = a_receipt(shop, tmp_path)
    assert "allow" in done(shop("verify", "receipt.txt"))
    keep_keys(engine, tmp_path)
    words = ["verify", "receipt.txt", "--keys", "jwks.json"]
    told = done(shop(*words))
    assert INN in told
    assert "Covered until" in told
    assert json.loads(done(shop(*words, "--json")))["answer"]["decision"].startswith("allow")
    (tmp_path / "altered.txt").write_text(text[:-20] + "A" * 20)
    (tmp_path / "none.txt").write_text("Покрыто")
    (tmp_path / "nothing.json").write_text('{"keys": []}')
    assert shop("verify", "altered.txt", "--keys", "jwks.json").exit_code == 4
    assert shop("verify", "receipt.txt", "--keys", "nothing.json").exit_code == 5
    assert shop("verify", "none.txt", "--keys", "jwks.json").exit_code == 2
    assert shop("verify", "missing.txt", "--keys", "jwks.json").exit_code == 2
    assert shop("verify", "receipt.txt", "--keys", "none.txt").exit_code == 2
    assert shop("verify", "receipt.txt", "--keys", "http://127.0.0.1:9/jwks.json").exit_code == 2
    kid = json.loads((tmp_path / "jwks.json").read_text())["keys"][0]["kid"]
    assert kid in done(shop("receipt-key", "list"))
    done(shop("receipt-key", "withdraw", kid, "--from", "2026-10-15"))
    assert shop("verify", "receipt.txt").exit_code == 6
    done(shop("receipt-key", "withdraw", kid, "--from", "2026-10-14"))
    done(shop("receipt-key", "rotate"))
    assert len(done(shop("receipt-key", "list")).splitlines()) >= 5


def test_a_receipt_is_read_as_windows_keeps_texts(shop: Run, engine: Engine, tmp_path: Path) -> None:  # noqa: F811
    text = a_receipt(shop, tmp_path)
    keep_keys(engine, tmp_path)
    keys = (tmp_path / "jwks.json").read_text()
    for kept in ("utf-8-sig", "utf-16"):
        (tmp_path / "receipt.txt").write_text(text, encoding=kept)
        (tmp_path / "jwks.json").write_text(keys, encoding=kept)
        assert "allow" in done(shop("verify", "receipt.txt", "--keys", "jwks.json"))
    for wrong in (b"\xff\xfe\x00", b"\xca\xe2\xe8\xf2", b"\xff"):
        (tmp_path / "receipt.txt").write_bytes(wrong)
        told = shop("verify", "receipt.txt", "--keys", "jwks.json")
        assert (told.exit_code, "UTF-8" in told.output, "CSV" in told.output) == (2, True, False)


def test_the_keys_of_another_server_are_fetched(shop: Run, tmp_path: Path, engine: Engine) -> None:  # noqa: F811
    a_receipt(shop, tmp_path)
    keep_keys(engine, tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        told = shop("verify", "receipt.txt", "--keys", f"http://127.0.0.1:{server.server_port}/jwks.json")
        server.shutdown()
        thread.join()
    assert "Covered until" in done(told)


def test_the_receipt_of_an_unknown_answer_is_refused(shop: Run) -> None:  # noqa: F811
    assert shop("receipt", "0f1a7c52").exit_code == 2


def test_a_key_of_another_role_than_the_desks_gets_no_receipt(house: House) -> None:
    assert house.post(Role.CLIENT.value, CHECKS, asking(house, receipt=True)).status_code == 403
