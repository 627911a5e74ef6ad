"""API keys: who shows one is known again, and nothing that is stored or logged would let anybody else show it."""

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import reading, transaction
from api.identity import KeyRing, Principal, create_key, revoke
from api.keys import ApiKey, Role
from contracts.errors import Refusal
from tests.api.conftest import TODAY, Clock, House
from tests.builders import a_client, refused


def verify(ring: KeyRing, token: str) -> Principal:
    """Who shows the token."""
    return asyncio.run(ring.principal_of(token))


class Stopwatch:
    """Seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def ring(engine: Engine, clock: Clock | None = None, stopwatch: Stopwatch | None = None) -> KeyRing:
    return KeyRing(engine, clock or Clock(), stopwatch or Stopwatch())


def new_key(engine: Engine, role: Role = Role.DESK, **more: object) -> str:
    with transaction(engine) as session:
        return create_key(session, "desk of the north", role, at=TODAY, **more)[1]


def end(engine: Engine, token: str) -> None:
    with transaction(engine) as session:
        revoke(session, token.split("_")[1], at=TODAY)


def code_of(ring: KeyRing, token: str) -> str | None:
    try:
        verify(ring, token)
    except Refusal as refusal:
        return refusal.code
    return None


def test_who_shows_a_key_is_its_principal(engine: Engine) -> None:
    principal = verify(ring(engine), new_key(engine))
    assert (principal.name, principal.role, principal.client_id) == ("desk of the north", Role.DESK, None)
    assert principal.caller == f"key:{principal.key_id}"


def test_only_prefix_and_digest_of_a_key_are_stored(engine: Engine) -> None:
    _, prefix, secret = new_key(engine).split("_")
    with reading(engine) as session:
        row = session.exec(select(ApiKey)).one()
    assert row.prefix == prefix
    assert secret not in row.model_dump_json()
    assert len(row.secret_sha256) == 64


def test_two_keys_are_never_the_same(engine: Engine) -> None:
    assert len({new_key(engine) for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("0" if token[-1] != "0" else "1"),
        lambda token: token[:-1],
        lambda token: token + "0",
        lambda token: token.upper(),
        lambda token: "abk_00000000_" + token.rpartition("_")[2],
        lambda token: token.replace("abk_", "abc_"),
        lambda token: "",
        lambda token: "abk_' OR 1=1 --_",
        lambda token: "ключ\udcff",
    ],
)
def test_a_key_that_is_not_quite_right_is_wrong(engine: Engine, spoil: object) -> None:
    assert code_of(ring(engine), spoil(new_key(engine))) == "KEY_WRONG"  # type: ignore[operator]


def test_a_key_ends_at_its_expiry_even_while_it_is_trusted(engine: Engine) -> None:
    clock, token = Clock(), new_key(engine, expires_at=TODAY + timedelta(hours=1))
    keys = ring(engine, clock)
    assert code_of(keys, token) is None
    clock.forward(minutes=59, seconds=59)
    assert code_of(keys, token) is None
    clock.forward(seconds=1)
    assert code_of(keys, token) == "KEY_EXPIRED"


def test_a_revoked_key_is_refused_within_a_second_by_every_process_however_often_it_comes(engine: Engine) -> None:
    stopwatch, token = Stopwatch(), new_key(engine)
    keys = ring(engine, stopwatch=stopwatch)
    assert code_of(keys, token) is None
    end(engine, token)
    for tenth in range(1, 10):  # each use would prolong a trust that slides
        stopwatch.seconds = tenth / 10
        assert code_of(keys, token) is None
    stopwatch.seconds = 1.0
    assert code_of(keys, token) == "KEY_REVOKED"
    assert code_of(ring(engine), token) == "KEY_REVOKED"


def test_a_key_that_was_revoked_stays_revoked(engine: Engine) -> None:
    token = new_key(engine)
    end(engine, token)
    with transaction(engine) as session:
        assert revoke(session, token.split("_")[1], at=TODAY + timedelta(days=1)).revoked_at == TODAY


def test_a_trusted_key_costs_no_look_into_the_database(engine: Engine) -> None:
    stopwatch, token = Stopwatch(), new_key(engine)
    keys = ring(engine, stopwatch=stopwatch)
    known = verify(keys, token)
    with transaction(engine) as session:
        session.exec(select(ApiKey)).one().name = "renamed"
    assert verify(keys, token) == known
    stopwatch.seconds = 1.0
    assert verify(keys, token).name == "renamed"


def test_the_last_use_is_written_apart_from_any_request(engine: Engine) -> None:
    clock, token = Clock(), new_key(engine)
    keys = ring(engine, clock)
    verify(keys, token)
    assert _last_use(engine) is None
    keys.write_uses()
    assert _last_use(engine) == TODAY
    clock.forward(minutes=1)
    keys.write_uses()  # nobody used it since
    assert _last_use(engine) == TODAY


def test_a_later_use_is_never_overwritten_by_an_earlier_one(engine: Engine) -> None:
    late, early, token = Clock(TODAY + timedelta(hours=1)), Clock(), new_key(engine)
    first, second = ring(engine, early), ring(engine, late)
    verify(first, token)
    verify(second, token)
    second.write_uses()
    first.write_uses()
    assert _last_use(engine) == late.at


def _last_use(engine: Engine) -> object:
    with reading(engine) as session:
        return session.exec(select(ApiKey.last_used_at)).one()


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"role": Role.CLIENT}, "CLIENT_REQUIRED", "client_id"),
        ({"role": Role.DESK, "client_id": 999}, "CLIENT_UNKNOWN", "client_id"),
        ({"role": Role.ADMIN, "client_id": 999}, "KEY_NOT_BOUND", "client_id"),
        ({"role": Role.DESK, "expires_at": TODAY}, "EXPIRY_PAST", "expires_at"),
        ({"role": Role.DESK, "name": ""}, "TEXT_WRONG", "name"),
        ({"role": Role.DESK, "name": "x" * 101}, "TEXT_WRONG", "name"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(
    session: Session, asked: dict[str, object], code: str, field: str
) -> None:
    with refused(session, code, field=field):
        create_key(session, **({"name": "desk", "at": TODAY} | asked))  # type: ignore[arg-type]


def test_a_client_gets_a_key_of_its_own(engine: Engine) -> None:
    with transaction(engine) as session:
        client_id = a_client(session, registrations=0).id
    assert verify(ring(engine), new_key(engine, Role.CLIENT, client_id=client_id)).client_id == client_id


@pytest.mark.parametrize("prefix", ["", "00000000"])
def test_an_unknown_key_cannot_be_revoked(session: Session, prefix: str) -> None:
    with refused(session, "KEY_UNKNOWN", field="prefix"):
        revoke(session, prefix, at=TODAY)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "KEY_REQUIRED"),
        ("", "KEY_REQUIRED"),
        ("Basic YTpi", "KEY_REQUIRED"),
        ("abk_00000000_0", "KEY_REQUIRED"),
        ("Bearer", "KEY_WRONG"),
        ("Bearer abk_00000000_0", "KEY_WRONG"),
    ],
)
def test_a_call_without_a_right_key_is_told_how_to_show_one(common_house: House, header: str | None, code: str) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = common_house.client.get("/v1/sellers", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["www-authenticate"] == 'Bearer realm="abonement"'


def test_a_key_is_not_taken_from_the_address(common_house: House) -> None:
    token = common_house.tokens["admin"]
    for name in ("key", "token", "api_key", "access_token", "Authorization"):
        assert common_house.client.get("/v1/sellers", params={name: token}).status_code == 401


def test_a_key_is_never_logged(common_house: House, caplog: pytest.LogCaptureFixture, capfd: object) -> None:
    caplog.set_level(logging.DEBUG)
    common_house.get("admin", "/v1/sellers")
    common_house.client.get("/v1/sellers", headers={"Authorization": "Bearer abk_12345678_" + "a" * 64})
    out, err = capfd.readouterr()  # type: ignore[attr-defined]
    said = caplog.text + out + err
    assert common_house.tokens["admin"].rpartition("_")[2] not in said
    assert "a" * 64 not in said


def test_a_key_made_while_the_server_runs_works_at_once(house: House) -> None:
    token = house.key(Role.ACCOUNTANT)
    answer = house.client.get("/v1/sellers", headers={"Authorization": f"bearer {token}"})
    assert answer.status_code == 200
