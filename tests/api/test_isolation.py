"""A key of one client sees that client alone: another's id, wherever it is put, is answered like an id of nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from api.authorisation import ALLOWED
from api.database import reading, transaction
from api.keys import Role
from api.request import show_only
from api.schema import metadata
from api.worker import close_what_waits
from contracts.blocking import raise_block
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.parties import Client, Entity
from contracts.subscriptions import Contract, Subscription
from documents.papers import Paper
from entitlements.holds import Hold
from entitlements.objections import LineReply
from entitlements.over_limit_cases import OverLimitCase
from entitlements.receipts import Kind, sign
from entitlements.statements import Statement, StatementLine
from entitlements.timers import Timer
from entitlements.uses import ServiceUse
from entitlements.work import WorkEntry
from tests.api.conftest import House
from tests.builders import held, moment
from tests.rows import put_row

NOTHING = 888_888_888
LISTS = {"GET /v1/papers", "GET /v1/holds", "GET /v1/over-limit-cases", "GET /v1/objections", "GET /v1/timers"}
LISTS |= {"GET /v1/clients/{client_id}/goodwill", "GET /v1/work-approvals"}
SEEN_BY_BOUND_KEYS = {place for place, roles in ALLOWED.items() if roles & {Role.CLIENT, Role.DESK, Role.VERDICT}}


def ids(house: House, customer: Any) -> dict[str, int]:
    """An id of everything that the client has."""
    with reading(house.engine) as session:
        found = {"client_id": customer.id, "entity_id": customer.entity.id}
        owned: dict[str, Any] = {
            "contract_id": Contract,
            "subscription_id": Subscription,
            "hold_id": Hold,
            "statement_id": Statement,
        }
        owned["use_id"] = ServiceUse
        owned["case_id"] = OverLimitCase
        owned["objection_id"] = LineReply
        owned["timer_id"] = Timer
        owned["entry_id"] = WorkEntry
        for name, table in owned.items():
            found[name] = session.exec(select(table.id).where(table.client_id == customer.id)).first()
        found["paper_id"] = session.exec(select(Paper.id).where(Paper.client_id == customer.id)).first()
    return found


@pytest.fixture(scope="module")
def lived_in(common_house: House) -> House:
    """Both clients have a hold, a block, and a closed month with its papers."""
    house = common_house
    with transaction(house.engine) as session:
        for customer in (house.own, house.foreign):
            held(session, customer, "2026-10-05 10:00", 15, hold_hours=1000)
            raise_block(session, customer.id, "Спор", at=moment("2026-12-01"))
            put_row(session, OverLimitCase, client_id=customer.id, seller_id=house.seller.id)
            put_row(session, Timer, client_id=customer.id, seller_id=house.seller.id, stopped_at=moment("2026-10-05"))
            put_row(session, ServiceUse, client_id=customer.id, seller_id=house.seller.id, used_at=moment("2026-10-05"))
    house.clock.at = moment("2026-11-02 10:00")
    house.post("accountant", "/v1/months/2026-10:close", {"seller_id": house.seller.id})
    close_what_waits(house.engine, house.clock)
    with transaction(house.engine) as session:
        for statement in session.exec(select(Statement)).all():
            line = put_row(session, StatementLine, statement_id=statement.id)
            of = {"client_id": statement.client_id, "seller_id": house.seller.id}
            put_row(session, LineReply, **of, statement_line_id=line.id)
            put_row(session, WorkEntry, **of)
    return house


def work(house: House, **changes: int) -> dict[str, Any]:
    given = {"client_id": house.own.id, "source": "desk", "external_id": "SD-1", "worked_minutes": 5}
    return given | {"started_at": "2026-11-02T09:00:00+03:00", "seller_id": house.seller.id} | changes


def use() -> dict[str, Any]:
    return {"source": "q", "external_id": "1", "worked_minutes": 5, "started_at": "2026-11-02T09:00:00+03:00"}


def a_pass(house: House, client_id: int) -> str:
    """A pass as this house signs it."""
    at = moment("2026-11-02 08:00")
    claims = {"client_id": client_id, "issued_at": at, "valid_until": moment("2026-11-03 08:00")}
    return sign(house.app.state.signer.key_now(), Kind.PASS, claims)


Ask = Callable[[House, int], Any]
ASKS: dict[tuple[str, str, str], Ask] = {
    ("own client", "GET /v1/clients/{client_id}/coverage", "client_id"): lambda house, one: house.get(
        "own client", f"/v1/clients/{one}/coverage"
    ),
    ("own desk", "GET /v1/clients/{client_id}/coverage", "client_id"): lambda house, one: house.get(
        "own desk", f"/v1/clients/{one}/coverage?at=2026-10-05T10:00:00Z"
    ),
    ("own desk", "POST /v1/offline-uses", "client_id"): lambda house, one: house.post(
        "own desk", "/v1/offline-uses", {"offline_pass": a_pass(house, one), "uses": [use()]}
    ),
    ("own desk", "GET /v1/clients/{client_id}/offline-pass", "client_id"): lambda house, one: house.get(
        "own desk", f"/v1/clients/{one}/offline-pass"
    ),
    ("own client", "GET /v1/changes", "client_id"): lambda house, one: house.get(
        "own client", f"/v1/changes?client_id={one}"
    ),
    ("own client", "GET /v1/subscriptions/{subscription_id}", "subscription_id"): lambda house, one: house.get(
        "own client", f"/v1/subscriptions/{one}"
    ),
    ("own client", "GET /v1/subscriptions/{subscription_id}/renewal-choices", "subscription_id"): (
        lambda house, one: house.get("own client", f"/v1/subscriptions/{one}/renewal-choices")
    ),
    ("own client", "GET /v1/subscriptions/{subscription_id}/renewal-choices.html", "subscription_id"): (
        lambda house, one: house.get("own client", f"/v1/subscriptions/{one}/renewal-choices.html")
    ),
    ("own client", "GET /v1/contracts/{contract_id}/calendar", "contract_id"): lambda house, one: house.get(
        "own client", f"/v1/contracts/{one}/calendar"
    ),
    ("own client", "GET /v1/statements/{statement_id}", "statement_id"): lambda house, one: house.get(
        "own client", f"/v1/statements/{one}"
    ),
    ("own client", "POST /v1/statements/{statement_id}:object", "statement_id"): lambda house, one: house.post(
        "own client", f"/v1/statements/{one}:object", {"line": 999, "text": "Нет", "said_by": "Седова"}
    ),
    ("own client", "POST /v1/statements/{statement_id}:accept", "statement_id"): lambda house, one: house.post(
        "own client", f"/v1/statements/{one}:accept", {"line": 999, "said_by": "Седова"}
    ),
    ("own client", "GET /v1/objections", "client_id"): lambda house, one: house.get(
        "own client", f"/v1/objections?client_id={one}"
    ),
    ("own client", "GET /v1/objections/{objection_id}", "objection_id"): lambda house, one: house.get(
        "own client", f"/v1/objections/{one}"
    ),
    ("own client", "POST /v1/objections/{objection_id}:comment", "objection_id"): lambda house, one: house.post(
        "own client", f"/v1/objections/{one}:comment", {"text": "Нет", "said_by": "Седова"}
    ),
    ("own client", "GET /v1/papers", "client_id"): lambda house, one: house.get(
        "own client", f"/v1/papers?client_id={one}"
    ),
    ("own client", "GET /v1/papers/{paper_id}", "paper_id"): lambda house, one: house.get(
        "own client", f"/v1/papers/{one}"
    ),
    ("own client", "GET /v1/papers/{paper_id}/factur-x.xml", "paper_id"): lambda house, one: house.get(
        "own client", f"/v1/papers/{one}/factur-x.xml"
    ),
    ("own client", "GET /v1/papers/{paper_id}/file", "paper_id"): lambda house, one: house.get(
        "own client", f"/v1/papers/{one}/file"
    ),
    ("own desk", "GET /v1/holds", "client_id"): lambda house, one: house.get("own desk", f"/v1/holds?client_id={one}"),
    ("own desk", "GET /v1/over-limit-cases", "client_id"): lambda house, one: house.get(
        "own desk", f"/v1/over-limit-cases?client_id={one}"
    ),
    ("own desk", "GET /v1/over-limit-cases/{case_id}", "case_id"): lambda house, one: house.get(
        "own desk", f"/v1/over-limit-cases/{one}"
    ),
    ("own desk", "POST /v1/service-uses/{use_id}:give-back", "use_id"): lambda house, one: house.post(
        "own desk", f"/v1/service-uses/{one}:give-back", {"returned_by": "Котова", "reason": "Снят"}
    ),
    ("own desk", "POST /v1/holds/{hold_id}:settle", "hold_id"): lambda house, one: house.post(
        "own desk", f"/v1/holds/{one}:settle"
    ),
    ("own desk", "POST /v1/holds/{hold_id}:release", "hold_id"): lambda house, one: house.post(
        "own desk", f"/v1/holds/{one}:release"
    ),
    ("own desk", "POST /v1/holds/{hold_id}:extend", "hold_id"): lambda house, one: house.post(
        "own desk", f"/v1/holds/{one}:extend", {"hold_hours": 1}
    ),
    **{
        ("own desk", f"POST {path}", "client_id"): lambda house, one, path=path, part=part: house.post(
            "own desk", path, {"chosen": {"ticket": "SD-1"}, "change": {"charge": "paid"}} | {part: {"client_id": one}}
        )
        for path, part in (("/v1/work-entries:edit", "chosen"), ("/v1/work-entries:preview-edit", "change"))
    },
    ("own client", "GET /v1/work-approvals", "client_id"): lambda house, one: house.get(
        "own client", f"/v1/work-approvals?client_id={one}"
    ),
    ("own client", "POST /v1/work-entries/{entry_id}:approve", "entry_id"): lambda house, one: house.post(
        "own client", f"/v1/work-entries/{one}:approve", {"said_by": "Седова"}
    ),
    ("own client", "POST /v1/work-entries/{entry_id}:object", "entry_id"): lambda house, one: house.post(
        "own client", f"/v1/work-entries/{one}:object", {"said_by": "Седова", "text": "Нет"}
    ),
    ("own desk", "GET /v1/clients/{client_id}/goodwill", "client_id"): lambda house, one: house.get(
        "own desk", f"/v1/clients/{one}/goodwill"
    ),
    ("own desk", "GET /v1/timers", "client_id"): lambda house, one: house.get(
        "own desk", f"/v1/timers?client_id={one}"
    ),
    **{
        ("own desk", "POST /v1/timers", name): lambda house, one, name=name: house.post(
            "own desk", "/v1/timers", {"client_id": house.own.id, "engineer": "Ильин", name: one}
        )
        for name in ("client_id", "entity_id")
    },
    **{
        ("own desk", f"POST /v1/timers/{{timer_id}}:{verb}", "timer_id"): lambda house, one, verb=verb: house.post(
            "own desk", f"/v1/timers/{one}:{verb}"
        )
        for verb in ("pause", "resume", "stop")
    },
    **{
        ("own desk", f"POST {path}", name): lambda house, one, path=path, name=name: house.post(
            "own desk", path, work(house, **{name: one})
        )
        for path in ("/v1/work-entries", "/v1/work-entries:preview")
        for name in ("client_id", "entity_id", "hold_id")
    },
    **{
        (role, "POST /v1/entitlement-checks", "client_id"): lambda house, one, role=role: house.post(
            role, "/v1/entitlement-checks", {"client": {"id": one}}
        )
        for role in ("own desk", "own verdict")
    },
}


def without(answer: Any, one: int) -> Any:
    """What was answered, but for the id that was asked for and what differs between any two answers."""
    body = answer.json()
    for passing in ("decision_id", "evaluated_at", "at"):
        body.pop(passing, None)
    assert body.pop("value", one) == one
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return answer.status_code, body, headers


@pytest.mark.parametrize("asked", ASKS, ids=" ".join)
def test_a_foreign_id_is_answered_like_an_id_of_nothing(lived_in: House, asked: tuple[str, str, str]) -> None:
    house, ask, before = lived_in, ASKS[asked], lived_in.rows()
    foreign = ids(house, house.foreign)[asked[2]]
    assert foreign != ids(house, house.own)[asked[2]]
    assert without(ask(house, foreign), foreign) == without(ask(house, NOTHING), NOTHING)
    counted = {name: count for name, count in house.rows().items() if name != "decision"}
    assert counted == {name: count for name, count in before.items() if name != "decision"}


@pytest.mark.parametrize("asked", [asked for asked in ASKS if asked[1].startswith("GET")], ids=" ".join)
def test_its_own_id_is_answered(lived_in: House, asked: tuple[str, str, str]) -> None:
    own = ids(lived_in, lived_in.own)[asked[2]]
    if not asked[1].endswith(".html"):
        assert ASKS[asked](lived_in, own).json().__class__ is (list if asked[1] in LISTS else dict)
    told = ASKS[asked](lived_in, own)
    if asked[1].endswith("/factur-x.xml"):  # a Russian invoice has none
        assert (told.status_code, told.json()["code"]) == (404, "E_INVOICE_UNKNOWN")
        return
    assert told.status_code == (409 if asked[1].endswith("/file") else 200)  # it is not printed yet


def test_every_endpoint_that_a_bound_key_may_call_with_an_id_is_asked() -> None:
    with_an_id = {" ".join(place) for place in SEEN_BY_BOUND_KEYS} - {
        "POST /v1/entitlement-checks:batch",  # the same question, many times
        "GET /v1/entitlement-checks/{decision_id}",  # its ids cannot be guessed; asked below
    }
    assert {asked[1] for asked in ASKS} == with_an_id


def test_an_answer_to_another_caller_cannot_be_read(lived_in: House) -> None:
    foreign = lived_in.post("desk", "/v1/entitlement-checks", {"client": {"id": lived_in.foreign.id}}).json()
    asked = lived_in.get("own desk", f"/v1/entitlement-checks/{foreign['decision_id']}")
    missing = lived_in.get("own desk", f"/v1/entitlement-checks/{'0' * len(foreign['decision_id'])}")
    assert asked.status_code == missing.status_code == 404
    assert asked.json() | {"value": ""} == missing.json() | {"value": ""}


def test_other_keys_of_a_foreign_client_find_nobody(lived_in: House) -> None:
    foreign = lived_in.foreign
    for keys in ({"inn": foreign.entity.inn}, {"registration_number": foreign.registrations[0]}):
        for role in ("own desk", "own verdict"):
            told = lived_in.post(role, "/v1/entitlement-checks", {"client": keys}).json()
            assert (told["reason"], told["coverage"]) == ("CLIENT_UNKNOWN", None)


def test_a_client_sees_its_own_papers_without_naming_itself(lived_in: House) -> None:
    listed = lived_in.get("own client", "/v1/papers").json()
    assert {paper["client_id"] for paper in listed} == {lived_in.own.id}


def test_a_session_that_shows_one_client_shows_no_row_of_another(lived_in: House) -> None:
    """Whatever is selected, and however, for every table that has a client."""
    owned = [mapper.class_ for mapper in Client._sa_registry.mappers if "client_id" in mapper.columns]
    assert len(owned) > 10
    with reading(lived_in.engine) as session:
        show_only(session, lived_in.own.id)
        for table in owned:
            rows = session.exec(select(table)).all()
            assert {row.client_id for row in rows} <= {lived_in.own.id}, table.__tablename__
            assert set(session.exec(select(table.client_id))) <= {lived_in.own.id}
        assert [client.id for client in session.exec(select(Client))] == [lived_in.own.id]
        assert session.exec(select(Client.name)).all() == [lived_in.own.client.name]
        assert session.get(Client, lived_in.foreign.id) is None
        assert session.get(Entity, lived_in.foreign.entity.id) is None
        joined = select(Subscription.id).join(Entity, Entity.client_id == Subscription.client_id)
        assert set(session.exec(joined)) == {lived_in.sold.sale.subscription.id}


def test_a_row_of_another_client_cannot_even_be_locked(lived_in: House) -> None:
    with Session(lived_in.engine) as session:
        show_only(session, lived_in.own.id)
        # The house goes on writing down its answers, so rows are not counted here.
        with pytest.raises(Refusal, match="CLIENT_UNKNOWN"):
            lock_client(session, lived_in.foreign.id)


def test_a_row_of_another_client_cannot_be_changed_past_the_session(lived_in: House) -> None:
    with Session(lived_in.engine) as session:
        show_only(session, lived_in.own.id)
        named = update(Client).values(name="changed").returning(Client.id)
        assert session.connection().execute(named).scalars().all() == [lived_in.own.id]
        with session.begin_nested():
            assert session.connection().execute(named).scalars().all() == [lived_in.own.id]


def test_every_table_with_a_client_is_one_that_the_session_narrows() -> None:
    narrowed = {mapper.local_table.name for mapper in Client._sa_registry.mappers if "client_id" in mapper.columns}
    assert {name for name, table in metadata.tables.items() if "client_id" in table.columns} == narrowed
