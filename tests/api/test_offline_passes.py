"""The offline pass over HTTP and on the command line: signed, without money, and not for a suspended client (D1)."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from entitlements.receipts import Kind, read_key_set, require_good, verified
from tests.api.conftest import TODAY, House
from tests.api.test_cli import Run, done, run  # noqa: F401 - fixtures
from tests.api.test_signing import keep_keys


def a_pass(house: House, role: str = "desk", **more: Any) -> Any:
    return house.get(role, f"/v1/clients/{house.own.id}/offline-pass", **more)


def test_a_desk_goes_on_with_what_the_pass_says(house: House) -> None:
    answer = a_pass(house).json()
    signed = verified(answer["offline_pass"], read_key_set(house.get(None, "/.well-known/jwks.json").content))
    claims = signed.claims
    assert signed.kind is Kind.PASS
    assert {name: claims[name] for name in ("client_id", "issued_at", "valid_until", "state_version")} == {
        name: value for name, value in answer.items() if name != "offline_pass"
    }
    verdicts = {verdict["service"]: verdict for verdict in claims["verdicts"]}
    assert (verdicts[None]["decision"], verdicts["remote_work"]["reason"]) == ("allow", "COVERED")
    assert verdicts["remote_work"]["text"].startswith("Covered until ")
    assert claims["hours"][str(house.seller.id)]["available"] == 60
    assert claims["registrations"] == list(house.own.registrations)
    assert [cover["subscription_id"] for cover in claims["covers"]] == [house.sold.sale.subscription.id]
    assert "amount" not in str(claims)
    russian = verified(
        a_pass(house, params={"locale": "ru"}).json()["offline_pass"], {signed.key.kid: signed.key}
    ).claims
    assert russian["verdicts"][0]["text"].startswith("Покрыто до ")


def test_a_pass_stands_for_a_day_and_not_a_moment_longer(house: House) -> None:
    answer = a_pass(house).json()
    until = datetime.fromisoformat(answer["valid_until"])
    assert until == TODAY + timedelta(hours=24)
    signed = verified(answer["offline_pass"], read_key_set(house.get(None, "/.well-known/jwks.json").content))
    require_good(signed, at=until - timedelta(seconds=1))
    with pytest.raises(Exception, match="PASS_EXPIRED"):
        require_good(signed, at=until)


def test_a_suspended_client_gets_no_new_pass(house: House) -> None:
    block = house.post("admin", "/v1/blocks", {"client_id": house.own.id, "reason": "Нет оплаты"}).json()
    refused = a_pass(house)
    assert (refused.status_code, refused.json()["code"]) == (404, "PASS_WITHHELD")
    house.post("admin", f"/v1/blocks/{block['id']}:lift")
    assert a_pass(house).status_code == 200


def test_a_pass_is_read_on_the_command_line(
    house: House,
    run: Run,  # noqa: F811
    tmp_path: Path,
) -> None:
    (tmp_path / "pass.txt").write_text(a_pass(house).json()["offline_pass"])
    keep_keys(house.engine, tmp_path)
    words = ("verify", "pass.txt", "--keys", "jwks.json")
    told = done(run(*words, at="2026-10-05 11:00"))
    assert "remote_work: Covered until" in told
    assert run(*words, at="2026-10-06 10:00").exit_code == 7
