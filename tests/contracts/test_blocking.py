"""Blocks: stop signs with a reason and dates, which stack (S10)."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.database import transaction
from contracts.blocking import lift_block, raise_block
from contracts.errors import Refusal
from contracts.selling import Sale, sell
from contracts.subscriptions import Block
from entitlements.desk import check
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    an_order,
    ask,
    asking,
    at_once,
    its_catalogue,
    moment,
    refused,
)

AT = moment("2026-05-03 10:00")


@pytest.fixture
def client(session: Session) -> Customer:
    its_catalogue(session)
    return a_client(session)


@pytest.fixture
def sale(session: Session, client: Customer) -> Sale:
    return a_sale(session, a_seller(session), client, "its-prof", at=moment("2026-05-01"))


def is_suspended(session: Session, client: Customer, at: str) -> bool:
    return check(session, asking(client), ask(at)).reason == "CONTRACT_SUSPENDED"


def test_two_blocks_one_lifted_is_still_blocked_s10(session: Session, client: Customer, sale: Sale) -> None:
    first = raise_block(session, client.id, "не оплачено", at=AT)
    second = raise_block(session, client.id, "спор", at=AT)
    lift_block(session, first.id, at=moment("2026-05-04"))
    assert is_suspended(session, client, "2026-05-05")
    lift_block(session, second.id, at=moment("2026-05-06"))
    assert not is_suspended(session, client, "2026-05-06")
    assert is_suspended(session, client, "2026-05-05")  # what was so on that day stays so


@pytest.mark.parametrize(
    ("at", "suspended"),
    [("2026-05-09 23:59", False), ("2026-05-10", True), ("2026-05-11 23:59", True), ("2026-05-12", False)],
)
def test_a_block_holds_from_its_first_moment_until_its_end_s10(
    session: Session, client: Customer, sale: Sale, at: str, suspended: bool
) -> None:
    raise_block(session, client.id, "отпуск", at=AT, from_at=moment("2026-05-10"), until_at=moment("2026-05-12"))
    assert is_suspended(session, client, at) is suspended


def test_a_block_never_reaches_back_behind_its_raising(session: Session, client: Customer, sale: Sale) -> None:
    block = raise_block(session, client.id, "долг", at=AT, from_at=moment("2026-05-01"))
    assert block.from_at == AT
    assert not is_suspended(session, client, "2026-05-03 09:59")


def test_a_block_that_is_lifted_before_it_begins_never_holds(session: Session, client: Customer, sale: Sale) -> None:
    block = raise_block(session, client.id, "долг", at=AT, from_at=moment("2026-05-10"))
    lift_block(session, block.id, at=moment("2026-05-05"))
    assert not is_suspended(session, client, "2026-05-11")


def test_a_block_on_one_subscription_or_contract_leaves_the_others_s10(session: Session, client: Customer) -> None:
    a_plan(session)
    seller = a_seller(session)
    its = a_sale(session, seller, client, "its-prof", at=AT)
    support = a_sale(session, seller, client, "support", at=AT)
    on_its = raise_block(session, client.id, "спор", at=AT, subscription_id=its.subscription.id)
    assert not is_suspended(session, client, "2026-05-05")
    raise_block(session, client.id, "спор", at=AT, contract_id=support.contract.id)
    assert is_suspended(session, client, "2026-05-05")
    lift_block(session, on_its.id, at=AT)
    assert not is_suspended(session, client, "2026-05-05")


def wrong_blocks() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    before, later = moment("2026-05-02"), moment("2026-05-06")
    return [
        ("CLIENT_UNKNOWN", {"client_id": 404}, {"field": "client_id", "value": 404}),
        ("CONTRACT_UNKNOWN", {"contract_id": 404}, {"field": "contract_id", "value": 404}),
        ("CONTRACT_UNKNOWN", {"contract_id": "theirs"}, {"field": "contract_id"}),
        ("SUBSCRIPTION_UNKNOWN", {"subscription_id": 404}, {"field": "subscription_id", "value": 404}),
        ("SUBSCRIPTION_UNKNOWN", {"subscription_id": "theirs"}, {"field": "subscription_id"}),
        ("ONE_SUBJECT", {"contract_id": 1, "subscription_id": 1}, {"field": "contract_id", "value": 1}),
        ("BLOCK_EMPTY", {"until_at": AT}, {"field": "until_at", "from_at": AT}),
        ("BLOCK_EMPTY", {"from_at": later, "until_at": later}, {"field": "until_at", "from_at": later}),
        ("BLOCK_EMPTY", {"from_at": before, "until_at": AT}, {"field": "until_at", "from_at": AT}),
        ("TEXT_WRONG", {"reason": " "}, {"field": "reason"}),
        ("TEXT_WRONG", {"reason": "a\nb"}, {"field": "reason"}),
    ]


@pytest.mark.parametrize(("code", "wrong", "facts"), wrong_blocks())
def test_a_block_that_makes_no_sense_is_refused(
    session: Session, client: Customer, sale: Sale, code: str, wrong: dict[str, Any], facts: dict[str, Any]
) -> None:
    other = a_client(session, "Лютик")
    order = an_order(a_seller(session, "south"), other, "its-prof")
    theirs = sell(session, order, at=AT)
    given: dict[str, Any] = {"client_id": client.id, "reason": "долг"} | wrong
    ids = {"contract_id": theirs.contract.id, "subscription_id": theirs.subscription.id}
    given = {name: ids[name] if value == "theirs" else value for name, value in given.items()}
    with refused(session, code, **facts):
        raise_block(session, given.pop("client_id"), given.pop("reason"), at=AT, **given)


def test_an_unknown_or_lifted_block_is_not_lifted(session: Session, client: Customer) -> None:
    with refused(session, "BLOCK_UNKNOWN", field="block_id", value=404):
        lift_block(session, 404, at=AT)
    block = raise_block(session, client.id, "долг", at=AT)
    lift_block(session, block.id, at=AT)
    with refused(session, "BLOCK_LIFTED", field="block_id", value=block.id, lifted_at=AT):
        lift_block(session, block.id, at=moment("2026-05-09"))


def test_a_block_is_lifted_once_also_by_two_at_once_s10(engine: Engine) -> None:
    with transaction(engine) as session:
        block = raise_block(session, a_client(session, registrations=0).id, "долг", at=AT)

    def lifted(at: datetime) -> Any:
        return lambda session: lift_block(session, block.id, at=at).lifted_at

    results = at_once(engine, *[lifted(moment(f"2026-05-{day:02}")) for day in range(4, 10)])
    [first] = [one for one in results if isinstance(one, datetime)]
    assert {one.code for one in results if isinstance(one, Refusal)} == {"BLOCK_LIFTED"}
    with transaction(engine) as session:
        assert session.get_one(Block, block.id).lifted_at == first
