"""A refusal that was told stays what it was; once hours are bought, every server serves what is asked anew (D1, D8)."""

import time
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine
from sqlmodel import select

from api.database import reading, transaction
from api.journeys import sell_package
from contracts.subscriptions import Contract
from entitlements.holds import Hold
from tests.api.conftest import TODAY
from tests.journeys.desks import CHECKS, Desk, open_desk, question, serving_apart

SEEN_SECONDS = 1.0


def asked(desk: Desk, client_id: int, key: str | None = None) -> httpx.Response:
    """The answer of a server to a check, or to a hold under a key."""
    headers = {} if key is None else {"Idempotency-Key": key}
    mode = {"mode": "check" if key is None else "hold"}
    with desk.calls() as calls:
        return calls.post(CHECKS, json=question(client_id) | mode, headers=headers)


def kept(desk: Desk, decision_id: str) -> Any:
    """What a stored answer says, without its receipt, which is signed anew."""
    with desk.calls() as calls:
        told = calls.get(f"{CHECKS}/{decision_id}").json()
    return {name: value for name, value in told.items() if name != "receipt"}


def buy_hours(engine: Engine, client_id: int) -> None:
    """Twenty hours from today on."""
    with transaction(engine) as session:
        [contract] = session.exec(select(Contract).where(Contract.client_id == client_id)).all()
        sell_package(session, contract.id, "hours-20", at=TODAY)


def test_a_kept_refusal_stays_after_a_top_up_and_a_new_question_is_served_by_every_process_d1_d8(
    engine: Engine, tmp_path: Path
) -> None:
    with open_desk(engine, tmp_path) as one, serving_apart(engine, tmp_path) as address:
        other = one._replace(address=address)
        client_id = next(client_id for client_id, reason in one.right.items() if reason == "HOURS_EXHAUSTED")
        refused = asked(one, client_id, "SD-1")
        checked = [asked(desk, client_id).json() for desk in (one, other, one, other)]
        assert [answer["reason"] for answer in (refused.json(), *checked)] == ["HOURS_EXHAUSTED"] * 5
        stored = [kept(one, refused.json()["decision_id"]), kept(one, checked[0]["decision_id"])]

        buy_hours(engine, client_id)
        bought = time.monotonic()
        for desk in (other, one):
            while asked(desk, client_id).json()["decision"] != "allow":
                assert time.monotonic() < bought + SEEN_SECONDS

        for desk in (one, other):
            again = asked(desk, client_id, "SD-1")
            assert (again.status_code, again.text) == (200, refused.text)
            assert again.headers["Idempotent-Replayed"] == "true"
            assert kept(desk, refused.json()["decision_id"]) == stored[0]
        assert kept(one, checked[0]["decision_id"]) == stored[1]
        assert {one["decision"] for one in stored} == {"deny"}

        placed = asked(other, client_id, "SD-2").json()["hold"]
        with reading(engine) as session:
            assert session.exec(select(Hold.id)).all() == [placed["id"]]
