"""Calls that are repeated: one key, one effect, one answer, also when all come at once (rule D8)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from api.calls import Answered, answer_once
from api.database import reading, transaction
from api.keys import CallAnswer, Role
from contracts.errors import Refusal
from contracts.parties import Client
from contracts.queries import clients_like
from contracts.requisites import search_key
from entitlements.holds import Hold
from tests.api.conftest import TODAY, House
from tests.builders import held


def add(session: Session, name: str = "Ромашка", external_id: str | None = None) -> Answered:
    client = Client(name=name, search_key=search_key(name), external_id=external_id, created_at=TODAY)
    session.add(client)
    session.flush()
    return Answered(201, f'{{"id":{client.id}}}')


def once(session: Session, key: str = "k", fingerprint: str = "f", caller: str = "key:1", **what: Any) -> Answered:
    return answer_once(session, caller, key, fingerprint, lambda: add(session, **what), at=TODAY)


def names(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [client.name for client in clients_like(session, "")]


def test_the_same_call_again_gets_the_stored_answer_and_does_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        first = once(session)
    with transaction(engine) as session:
        again = once(session)
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.status, again.body) == (first.status, first.body)
    assert names(engine) == ["Ромашка"]


def test_the_same_key_with_other_contents_is_refused_and_does_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        once(session)
    with pytest.raises(Refusal, match="KEY_REUSED"), transaction(engine) as session:
        once(session, fingerprint="other", name="Василёк")
    assert names(engine) == ["Ромашка"]


def test_the_keys_of_two_callers_are_apart(engine: Engine) -> None:
    with transaction(engine) as session:
        once(session, caller="key:1")
        assert not once(session, caller="key:2", name="Василёк").replayed
    assert len(names(engine)) == 2


def test_a_refusal_is_not_stored_so_that_the_key_may_be_tried_again(engine: Engine) -> None:
    def refuse() -> Answered:
        raise Refusal("HOLD_ENDED")

    with pytest.raises(Refusal, match="HOLD_ENDED"), transaction(engine) as session:
        answer_once(session, "key:1", "k", "f", refuse, at=TODAY)
    with transaction(engine) as session:
        assert not once(session).replayed


def test_what_a_refused_call_had_written_is_undone(engine: Engine) -> None:
    def write_then_refuse(session: Session) -> Answered:
        add(session)
        raise Refusal("HOLD_ENDED")

    with pytest.raises(Refusal), transaction(engine) as session:
        answer_once(session, "key:1", "k", "f", lambda: write_then_refuse(session), at=TODAY)
    assert names(engine) == []


def test_the_answer_and_what_it_tells_of_are_stored_together_or_not_at_all(engine: Engine) -> None:
    def die(session: Session) -> None:
        once(session)
        raise RuntimeError("the process dies before the commit")

    with pytest.raises(RuntimeError), transaction(engine) as session:
        die(session)
    with reading(engine) as session:
        assert session.exec(select(CallAnswer)).all() == []
    assert names(engine) == []


@pytest.mark.parametrize("external_id", [None, "crm-1"], ids=["the answer collides", "the effect collides"])
def test_many_at_once_have_one_effect_and_all_get_its_answer(engine: Engine, external_id: str | None) -> None:
    callers, start = 6, Barrier(6)

    def call(_: int) -> Answered:
        start.wait(30)
        with transaction(engine) as session:
            return once(session, external_id=external_id)

    with ThreadPoolExecutor(callers) as threads:
        answers = list(threads.map(call, range(callers)))
    assert len({answer.body for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert len(names(engine)) == 1


def test_a_collision_with_somebody_elses_row_stays_a_refusal(engine: Engine) -> None:
    with transaction(engine) as session:
        add(session, external_id="crm-1")
    with pytest.raises(IntegrityError), transaction(engine) as session:
        once(session, external_id="crm-1")
    assert len(names(engine)) == 1


def a_hold(house: House) -> Hold:
    with transaction(house.engine) as session:
        _, placed = held(session, house.own, "2026-10-05 10:00", 30)
    assert placed is not None
    return placed


def test_over_http_the_repeated_call_says_that_it_is_a_repetition(house: House) -> None:
    path = f"/v1/holds/{a_hold(house).id}:settle"
    first, again = (house.post("desk", path, once="k-1") for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-type"] == "application/json"
    assert house.post("desk", path, once="k-2").json()["code"] == "HOLD_ENDED"


def test_over_http_many_settle_one_hold_at_once_with_one_key(house: House) -> None:
    path = f"/v1/holds/{a_hold(house).id}:settle"
    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(lambda _: house.post("desk", path, once="k"), range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_the_order_and_spacing_of_the_fields_make_no_other_request(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.tokens['sales']}", "Content-Type": "application/json"}
    headers["Idempotency-Key"] = "k"
    first = house.client.post("/v1/clients", content='{"name":"Лютик","locale":"en"}', headers=headers)
    again = house.client.post("/v1/clients", content='{ "locale": "en",  "name": "Лютик" }', headers=headers)
    other = house.client.post("/v1/clients", content='{"name":"Лютик","locale":"ru"}', headers=headers)
    assert (first.status_code, again.headers.get("idempotent-replayed")) == (201, "true")
    assert (other.status_code, other.json()["code"], other.json()["field"]) == (409, "KEY_REUSED", "Idempotency-Key")


def test_one_key_at_two_addresses_is_two_requests(house: House) -> None:
    body = {"name": "Лютик"}
    assert house.post("sales", "/v1/clients", body, once="k").status_code == 201
    answer = house.post("sales", f"/v1/clients/{house.own.id}/contacts", body, once="k")
    assert answer.json()["code"] == "KEY_REUSED"


def test_another_key_of_the_same_role_does_not_see_the_stored_answer(house: House) -> None:
    other = house.key(Role.SALES)
    headers = {"Authorization": f"Bearer {other}", "Idempotency-Key": "k"}
    assert house.post("sales", "/v1/clients", {"name": "Лютик"}, once="k").status_code == 201
    answer = house.client.post("/v1/clients", json={"name": "Лютик"}, headers=headers)
    assert (answer.status_code, answer.headers.get("idempotent-replayed")) == (201, None)


NEEDS_A_KEY = [
    ("POST", "/v1/subscriptions"),
    ("POST", "/v1/subscriptions/1:renew"),
    ("POST", "/v1/subscriptions/1:offer"),
    ("POST", "/v1/subscriptions/1:claim-gap"),
    ("POST", "/v1/subscriptions/1:amend"),
    ("POST", "/v1/subscriptions/1:cancel"),
    ("POST", "/v1/subscriptions/1:mark-paid"),
    ("POST", "/v1/payments"),
    ("POST", "/v1/payments/1:put"),
    ("POST", "/v1/payments/1:pay-back"),
    ("POST", "/v1/payments/1:reverse"),
    ("POST", "/v1/bank-accounts"),
    ("POST", "/v1/sellers/1:choose-dunning"),
    ("POST", "/v1/bank-lines/1:assign"),
    ("POST", "/v1/bank-lines/1:set-aside"),
    ("POST", "/v1/bank-lines/1:take-back"),
    ("POST", "/v1/contracts/1/packages"),
    ("POST", "/v1/contracts/1:mark-signed"),
    ("POST", "/v1/sellers/1:approve-preamble"),
    ("POST", "/v1/sellers/1/forms"),
    ("POST", "/v1/letters"),
    ("POST", "/v1/bounces:clear"),
    ("POST", "/v1/letters/1:resend"),
    ("POST", "/v1/letters/1:revoke-links"),
    ("POST", "/v1/entities/1:approve-preamble"),
    ("POST", "/v1/entities/1:change"),
    ("POST", "/v1/sellers/1:change"),
    ("POST", "/v1/papers/1:correct"),
    ("POST", "/v1/grants"),
    ("POST", "/v1/grants/1:void"),
    ("POST", "/v1/overrides"),
    ("POST", "/v1/overrides/1:end"),
    ("POST", "/v1/over-limit-cases/1:decide"),
    ("POST", "/v1/over-limit-cases:decide"),
    ("POST", "/v1/statements/1:object"),
    ("POST", "/v1/statements/1:accept"),
    ("POST", "/v1/objections/1:comment"),
    ("POST", "/v1/objections/1:decide"),
    ("POST", "/v1/blocks"),
    ("POST", "/v1/blocks/1:lift"),
    ("POST", "/v1/shadow-plans"),
    ("POST", "/v1/shadow-plans/1:end"),
    ("POST", "/v1/holds/1:settle"),
    ("POST", "/v1/holds/1:release"),
    ("POST", "/v1/holds/1:extend"),
    ("POST", "/v1/offline-uses"),
    ("POST", "/v1/offline-uses/1:review"),
    ("POST", "/v1/service-uses/1:give-back"),
    ("POST", "/v1/goodwill-allowances"),
    ("POST", "/v1/work-entries/1:approve"),
    ("POST", "/v1/work-entries/1:object"),
    ("POST", "/v1/timers"),
    ("POST", "/v1/timers/1:pause"),
    ("POST", "/v1/timers/1:resume"),
    ("POST", "/v1/timers/1:stop"),
    ("POST", "/v1/work-entries"),
    ("POST", "/v1/manager-addresses"),
    ("POST", "/v1/engineer-rates"),
    ("POST", "/v1/reconciliation-acts"),
    ("POST", "/v1/work-entries:edit"),
    ("POST", "/v1/mappings"),
    ("POST", "/v1/webhooks"),
    ("POST", "/v1/webhooks/1:rotate-secret"),
    ("POST", "/v1/webhooks/1:disable"),
    ("POST", "/v1/webhooks/1:enable"),
    ("POST", "/v1/webhook-deliveries/1:resend"),
    ("POST", "/v1/books?seller_id=1"),
]


@pytest.mark.parametrize(("method", "path"), NEEDS_A_KEY)
@pytest.mark.parametrize("key", [None, "", "two words", "ключ".encode(), "x" * 201, '"open', '"two words"', '""'])
def test_a_call_that_must_not_happen_twice_needs_a_key(
    common_house: House, method: str, path: str, key: str | bytes | None
) -> None:
    headers = {"Authorization": f"Bearer {common_house.tokens['admin']}"}
    headers |= {} if key is None else {"Idempotency-Key": key}
    answer = common_house.client.request(method, path, json={}, headers=headers)
    assert answer.status_code == (400 if key is None else 422)
    codes = {fault["field"]: fault["code"] for fault in answer.json()["errors"]}
    assert codes["Idempotency-Key"] == ("CALL_KEY_REQUIRED" if key is None else "FIELD_WRONG")


def test_a_call_without_its_key_is_told_which_header_it_needs(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.tokens['desk']}"}
    for path, body in (("/v1/holds/1:release", None), ("/v1/work-entries", {"admin": True})):
        answer = house.client.post(path, json=body, headers=headers)
        told = answer.json()
        assert (answer.status_code, told["code"], told["field"]) == (400, "CALL_KEY_REQUIRED", "Idempotency-Key")
        assert answer.headers["content-type"] == "application/problem+json"
        assert "Idempotency-Key" in told["title"]


def test_a_call_with_two_keys_is_refused_and_does_nothing(house: House) -> None:
    hold = {"client": {"id": house.own.id}, "service": "remote_work", "requested_minutes": 15, "mode": "hold"}
    block, timer = {"client_id": house.own.id, "reason": "x"}, {"client_id": house.own.id, "engineer": "Ильин А. С."}
    before = house.rows()
    for path, body in (("/v1/entitlement-checks", hold), ("/v1/blocks", block), ("/v1/timers", timer)):
        headers = [("Authorization", f"Bearer {house.tokens['admin']}"), ("Idempotency-Key", "a")]
        answer = house.client.post(path, json=body, headers=[*headers, ("idempotency-key", "b")])
        told = answer.json()
        assert (answer.status_code, told["code"], told["field"]) == (422, "FIELD_WRONG", "Idempotency-Key"), path
        assert (told["value"], told["allowed"]) == ("a, b", "one key")
    assert house.rows() == before


def test_a_key_in_quotes_is_the_same_key_as_without_them(house: House) -> None:
    """As a String of RFC 8941, which the draft of the header asks for; a backslash escapes quotes and itself."""
    hold = {"client": {"id": house.own.id}, "service": "remote_work", "requested_minutes": 15, "mode": "hold"}
    block = {"client_id": house.foreign.id, "reason": "x"}
    for kind, path, body in (("b", "/v1/blocks", block), ("h", "/v1/entitlement-checks", hold)):
        for bare, quoted in (("c", '"{}c"'), (r"a\"b", r'"{}a\\\"b"'), ("x" * 199, '"{}' + "x" * 199 + '"')):
            first = house.post("admin", path, body, once=kind + bare)
            again = house.post("admin", path, body, once=quoted.format(kind))
            assert (again.text, again.headers.get("idempotent-replayed")) == (first.text, "true"), bare
    reused = house.post("admin", "/v1/blocks", {"client_id": house.own.id, "reason": "x"}, once='"bc"').json()
    assert (reused["code"], reused["value"]) == ("KEY_REUSED", "bc")
