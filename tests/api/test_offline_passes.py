"""The offline pass over HTTP and on the command line: signed, without money, and not for a suspended client (D1)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.database import transaction
from entitlements.receipts import Kind, read_key_set, require_good, verified
from tests.api.conftest import TODAY, House
from tests.api.test_cli import Run, done, installed
from tests.api.test_signing import keep_keys
from tests.builders import a_client, a_plan, a_sale


@pytest.fixture
def run(house: House, tmp_path: Path) -> Iterator[Run]:
    """Runs commands on the database of the house."""
    with installed(house.engine, tmp_path) as run:
        yield run


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
    assert {verdict["feature"] for verdict in claims["verdicts"]} == {None, "remote_work", "visit", "consultation_line"}
    verdicts = {verdict["service"]: verdict for verdict in claims["verdicts"] if verdict["feature"] is None}
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
    assert (refused.status_code, refused.json()["code"]) == (409, "PASS_WITHHELD")
    assert refused.json()["reason"] == "CONTRACT_SUSPENDED"
    assert refused.json()["title"] == "The client is suspended and gets no pass. Lift the block first."
    unknown = house.get("desk", "/v1/clients/404/offline-pass")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "CLIENT_UNKNOWN")
    house.post("admin", f"/v1/blocks/{block['id']}:lift")
    assert a_pass(house).status_code == 200


def test_a_pass_is_read_on_the_command_line(
    house: House,
    run: Run,
    tmp_path: Path,
) -> None:
    (tmp_path / "pass.txt").write_text(a_pass(house).json()["offline_pass"])
    keep_keys(house.engine, tmp_path)
    words = ("verify", "pass.txt", "--keys", "jwks.json")
    told = done(run(*words, at="2026-10-05 11:00"))
    assert "remote_work: Covered until" in told
    assert run(*words, at="2026-10-06 10:00").exit_code == 7


def a_use(**changes: Any) -> dict[str, Any]:
    given = {"source": "queue", "external_id": "SD-1", "worked_minutes": 30, "service": "remote_work"}
    return given | {"started_at": "2026-10-05T10:30:00+03:00"} | changes


def sent(house: House, offline_pass: str, *uses: dict[str, Any], **more: Any) -> Any:
    return house.post("desk", "/v1/offline-uses", {"offline_pass": offline_pass, "uses": uses}, **more)


def test_what_was_done_on_a_pass_is_booked_once_also_after_it_ended(house: House) -> None:
    offline_pass = a_pass(house).json()["offline_pass"]
    house.clock.forward(days=3)
    answer = sent(house, offline_pass, a_use(), once="k")
    assert answer.status_code == 201
    (use,) = answer.json()["uses"]
    assert (use["offline"], use["reason"], use["needs_person"]) == (True, "COVERED", False)
    assert sent(house, offline_pass, a_use(), once="k").json() == answer.json()
    assert sent(house, offline_pass, a_use()).json() == answer.json()
    (again,) = sent(house, offline_pass, a_use(worked_minutes=45)).json()["uses"]
    assert again == use | {"said_differently": True}
    coverage = house.get("desk", f"/v1/clients/{house.own.id}/coverage").json()
    assert coverage["hours"][str(house.seller.id)]["used"] == 30


def test_an_offline_visit_is_counted_and_one_too_many_needs_a_person(house: House) -> None:
    with transaction(house.engine) as session:
        services = [{"code": "visit", "included_count": 1, "draws_hours": True}]
        a_plan(session, "visits", kind="visits", included_minutes=600, services=services)
        customer = a_client(session, "Ландыш")
        a_sale(session, house.seller, customer, "visits", starts_on=TODAY.date(), at=TODAY)
    offline_pass = house.get("desk", f"/v1/clients/{customer.id}/offline-pass").json()["offline_pass"]
    house.clock.forward(hours=2)
    visits = [a_use(service="visit", external_id=f"SD-{number}") for number in range(2)]
    uses = sent(house, offline_pass, *visits).json()["uses"]
    assert [(use["reason"], use["needs_person"]) for use in uses] == [("COVERED", False), ("COUNT_EXHAUSTED", True)]
    assert sent(house, offline_pass, *visits).json()["uses"] == uses
    asked = house.post("desk", "/v1/entitlement-checks", {"client": {"id": customer.id}, "feature": "visit"}).json()
    assert [(count["used"], count["available"]) for count in asked["counts"]] == [(1, 0)]


def test_a_person_sees_what_would_not_have_been_served_and_takes_it_off_the_list(house: House) -> None:
    offline_pass = a_pass(house).json()["offline_pass"]
    house.post("admin", "/v1/blocks", {"client_id": house.own.id, "reason": "Нет оплаты"})
    house.clock.forward(hours=2)
    good, late = a_use(external_id="1"), a_use(external_id="2", started_at="2026-10-07T10:00:00+03:00")
    uses = sent(house, offline_pass, good, late).json()["uses"]
    assert [(use["reason"], use["in_time"], use["problem"]) for use in uses] == [
        ("CONTRACT_SUSPENDED", True, ""),
        ("CONTRACT_SUSPENDED", False, "WORK_IN_FUTURE"),
    ]
    assert house.get("sales", "/v1/offline-uses").json()["uses"] == uses
    looked = house.post("sales", f"/v1/offline-uses/{uses[0]['id']}:review", {"by": "Ирина"})
    assert (looked.status_code, looked.json()["reviewed_by"]) == (201, "Ирина")
    assert house.post("sales", f"/v1/offline-uses/{uses[0]['id']}:review", {"by": "Олег"}).status_code == 409
    assert house.get("sales", "/v1/offline-uses").json()["uses"] == uses[1:]


def test_only_a_genuine_pass_books(house: House) -> None:
    offline_pass = a_pass(house).json()["offline_pass"]
    question = {"client": {"id": house.own.id}, "receipt": True}
    receipt = house.post("desk", "/v1/entitlement-checks", question).json()["receipt"]
    head, body, signature = offline_pass.split(".")
    for wrong, code in (
        (receipt, "PASS_REQUIRED"),
        (f"{head}.{body[:-4]}AAAA.{signature}", "RECEIPT_ALTERED"),
        (f"{head}.{body}.", "RECEIPT_ALTERED"),
        ("e30.e30.e30", "RECEIPT_UNREADABLE"),
    ):
        refused = sent(house, wrong, a_use())
        assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, code, "offline_pass")
    rows = house.rows()
    assert (rows["offline_use"], rows["work_entry"]) == (0, 0)


def test_the_list_is_shown_on_the_command_line(house: House, run: Run) -> None:
    assert run("offline", "list").exit_code == 0
    offline_pass = a_pass(house).json()["offline_pass"]
    house.clock.forward(days=3)
    late = a_use(started_at="2026-10-07T10:00:00+03:00")
    (use,) = sent(house, offline_pass, late).json()["uses"]
    listed = run("offline", "list")
    assert listed.exit_code == 1
    assert "queue/SD-1" in listed.output
    done(run("offline", "review", str(use["id"]), "--by", "Ирина"))
    assert run("offline", "list").exit_code == 0
    assert run("offline", "review", str(use["id"]), "--by", "Ирина").exit_code == 2
