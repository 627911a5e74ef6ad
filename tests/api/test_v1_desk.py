"""CHECK_API over HTTP: the answer and who may see how much of it, holds, batches, stored answers, and the past."""

import random
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from api.database import reading, transaction
from api.v1.answers import CheckAnswer
from contracts.blocking import raise_block
from contracts.catalogue import PlanVersion
from contracts.enrolling import add_contact, add_entity
from contracts.locking import touch_every_client
from contracts.parties import Client
from contracts.recording_domains import record_domain
from entitlements.answers import Decision
from entitlements.client_facts import ClientSnapshot
from entitlements.decision_log import StoredDecision
from entitlements.desk import Asked, stored
from entitlements.reasons import Reason
from tests.api.conftest import ON_ONE, House
from tests.builders import an_inn, worked

CHECKS = "/v1/entitlement-checks"


def asking(house: House, **changes: Any) -> dict[str, Any]:
    """A request of the client for half an hour of remote work."""
    return {"client": {"id": house.own.id}, "service": "remote_work", "requested_minutes": 30} | changes


def test_a_client_with_hours_left_is_served_and_told_how_many(house: House) -> None:
    answer = house.post("sales", CHECKS, asking(house, explain="full")).json()
    assert (answer["decision"], answer["reason"]) == ("allow", Reason.COVERED)
    assert answer["coverage"]["subscription_id"] == house.sold.sale.subscription.id
    assert answer["coverage"]["contract"] == house.sold.sale.contract.number
    assert answer["hours"] == {
        "given": 60,
        "used": 0,
        "held": 0,
        "available": 60,
        "overage": 0,
        "overrun_limit": None,
        "period": {"starts_on": "2026-10-05", "last_day": "2026-11-04"},
        "grants": [{"kind": "included", "remaining": 60, "expires_on": "2026-11-04"}],
    }
    assert answer["cost"] == {"billed_minutes": 30, "covered": 30, "overage": 0, "amount": None, "currency": None}
    assert {rule["code"]: rule["holds"] for rule in answer["rules"]}["MINUTES_AVAILABLE"]
    assert answer["text"].startswith("Covered until ")
    assert house.post("sales", CHECKS, asking(house, locale="ru")).json()["text"].startswith("Покрыто до ")


def test_only_a_contact_may_ask_where_the_plan_says_so_d2(house: House) -> None:
    with transaction(house.engine) as session:
        session.execute(update(PlanVersion).values(named_contacts_only=True))
        touch_every_client(session)
        add_contact(session, house.own.id, "Анна", at=house.clock(), emails=("anna@example.org",))
    named = asking(house, contact={"email": " ANNA@example.org"})
    assert house.post("desk", CHECKS, named).json()["reason"] == Reason.COVERED
    nobody, other = asking(house), asking(house, contact={"phone": "8 495 123-45-67"})
    told = [house.post("desk", CHECKS, one).json() for one in (nobody, other)]
    assert [one["reason"] for one in told] == [Reason.CONTACT_NOT_NAMED] * 2
    assert told[0]["text"] != told[1]["text"]
    assert [option["action"] for option in told[0]["options"]] == ["name_contact"]
    wrong = house.post("desk", CHECKS, asking(house, contact={"phone": "12"}))
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (422, "PHONE_WRONG", "contact.phone")


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("+7 495 123-45-67", "моб. тел. 8 (495) 123-45-67 доб. 12."),
        ("\u202a+7 495 123-45-67\u202c", "\u202d8 (495) 123-45-67\u202c"),
        ("+375 29 123-45-67", "8 (029) 123-45-67"),
    ],
)
def test_a_phone_in_any_common_writing_names_its_client_d4(house: House, kept: str, asked: str) -> None:
    contact = {"name": "Анна", "phones": [kept]}
    assert house.post("sales", f"/v1/clients/{house.own.id}/contacts", contact).status_code == 201
    answer = house.post("desk", CHECKS, asking(house, client={"phone": asked}, contact={"phone": asked}))
    assert (answer.status_code, answer.json()["client_id"]) == (200, house.own.id)
    assert house.post("desk", CHECKS, {"client": {"phone": "\u202e" + asked}}).json()["code"] == "TEXT_WRONG"


@ON_ONE
def test_a_wrong_address_is_named_with_its_place_in_the_question_and_in_the_batch_d4(common_house: House) -> None:
    right, wrong = asking(common_house), {"client": {"email": "anna@"}}
    told = common_house.post("desk", CHECKS, wrong).json()
    assert (told["code"], told["field"], told["allowed"]) == ("EMAIL_WRONG", "client.email", "name@example.org")
    told = common_house.post("desk", f"{CHECKS}:batch", {"questions": [right, wrong]}).json()
    assert (told["code"], told["field"], told["value"]) == ("EMAIL_WRONG", "questions.1.client.email", "anna@")


def test_a_business_no_is_a_good_answer_with_status_200(house: House) -> None:
    answer = house.post("desk", CHECKS, asking(house, client={"inn": "7707083893"}))
    assert answer.status_code == 200
    assert (answer.json()["decision"], answer.json()["reason"]) == ("deny", Reason.CLIENT_UNKNOWN)
    answer = house.post("desk", CHECKS, asking(house, service="updates")).json()
    assert (answer["reason"], [rule["code"] for rule in answer["rules"]]) == (
        Reason.SERVICE_NOT_INCLUDED,
        ["SERVICE_INCLUDED"],
    )


def test_the_call_finds_the_client_by_any_key_and_never_guesses_between_two_d4(house: House) -> None:
    inn = an_inn()
    with transaction(house.engine) as session:
        session.get_one(Client, house.own.id).external_id = "CRM-1"
        for customer, kpp in ((house.own, "770901001"), (house.foreign, "770902001")):
            add_entity(session, customer.id, {"name": "ООО «Двое»", "inn": inn, "kpp": kpp})
    number = house.own.registrations[0]
    own_inn = house.own.entity.inn
    for keys in (
        {"external_id": "CRM-1"},
        {"inn": own_inn},
        {"registration_number": number},
        {"inn": inn, "id": house.own.id},
    ):
        assert house.post("desk", CHECKS, asking(house, client=keys)).json()["client_id"] == house.own.id
    answer = house.post("desk", CHECKS, asking(house, client={"inn": inn})).json()
    assert (answer["reason"], answer["candidates"]) == (Reason.CLIENT_AMBIGUOUS, [house.own.id, house.foreign.id])
    assert house.post("own desk", CHECKS, asking(house, client={"inn": inn})).json()["client_id"] == house.own.id


def test_the_program_asked_about_settles_who_calls_d4(house: House) -> None:
    with transaction(house.engine) as session:
        for customer in (house.own, house.foreign):
            record_domain(session, customer.id, "flowers.example", at=house.clock())
    keys = {"email": "New@Flowers.example"}
    for mode in ("check", "hold"):

        def told(**more: Any) -> Any:
            return house.post("desk", CHECKS, asking(house, client=keys, mode=mode, **more)).json()  # noqa: B023

        assert told()["candidates"] == [house.own.id, house.foreign.id]
        assert told(registration_number="404")["reason"] == Reason.CLIENT_AMBIGUOUS
        assert told(registration_number=house.foreign.registrations[0])["client_id"] == house.foreign.id
    number = house.foreign.registrations[0]
    own = house.post("own desk", CHECKS, asking(house, client=keys, registration_number=number)).json()
    assert (own["client_id"], own["reason"]) == (house.own.id, Reason.PRODUCT_NOT_COVERED)


def test_each_role_sees_as_much_as_it_may(house: House) -> None:
    over = asking(house, requested_minutes=120)
    money = house.post("sales", CHECKS, over).json()
    hours = house.post("desk", CHECKS, over).json()
    verdict = house.post("verdict", CHECKS, over).json()
    assert (money["reason"], money["cost"]["amount"]) == (Reason.COVERED_BY_OVERAGE, "2700.00")
    assert money["options"][0]["price"] is not None
    assert (hours["hours"]["available"], hours["cost"]["amount"], hours["options"][0]["price"]) == (60, None, None)
    assert "2,700" in money["text"]
    assert "2,700" not in hours["text"]
    assert set(verdict["coverage"]) == {"last_day"}
    assert {"hours", "cost", "rules", "options", "client_id"}.isdisjoint(verdict)
    assert "1 h" not in verdict["text"]


def test_every_change_of_the_facts_is_in_the_next_answer(house: House) -> None:
    """The snapshot of the client is used only while nothing changed."""
    before = house.post("desk", CHECKS, asking(house)).json()
    house.app.state.checking.writer._write_all()  # the snapshot is kept
    with transaction(house.engine) as session:
        worked(session, house.own, f"{house.clock():%Y-%m-%d} 09:00", 40, at=house.clock())
    after = house.post("desk", CHECKS, asking(house, requested_minutes=15)).json()
    assert after["state_version"] > before["state_version"]
    assert (before["hours"]["available"], after["hours"]["available"]) == (60, 15)
    with transaction(house.engine) as session:
        raise_block(session, house.own.id, "счёт не оплачен", at=house.clock())
    assert house.post("desk", CHECKS, asking(house)).json()["reason"] == Reason.CONTRACT_SUSPENDED


def test_a_snapshot_is_made_by_the_first_check_and_says_what_the_tables_say(house: House) -> None:
    first = house.post("desk", CHECKS, asking(house)).json()
    house.app.state.checking.writer._write_all()
    with transaction(house.engine) as session:
        assert session.get_one(ClientSnapshot, house.own.id).state_version == first["state_version"]
    again = house.post("desk", CHECKS, asking(house)).json()
    for own in ("decision_id", "evaluated_at", "at"):
        first.pop(own), again.pop(own)
    assert first == again


def test_the_check_does_not_use_a_snapshot_of_another_shape(house: House) -> None:
    house.post("desk", CHECKS, asking(house))
    house.app.state.checking.writer._write_all()
    forged = {"shape": "of the release before", "facts": "[]"}
    with transaction(house.engine) as session:
        session.exec(update(ClientSnapshot).values(forged))
    assert house.post("desk", CHECKS, asking(house)).json()["reason"] == Reason.COVERED


@pytest.mark.parametrize("role", ["sales", "desk", "verdict"])
def test_an_answer_has_exactly_the_fields_that_are_documented(house: House, role: str) -> None:
    questions = [asking(house), asking(house, requested_minutes=600), asking(house, client={"id": 999})]
    for question in questions:
        told = house.post(role, CHECKS, question | {"explain": "full"})
        CheckAnswer.model_validate_json(told.content)
    held = house.post("desk", CHECKS, asking(house, mode="hold"))
    assert CheckAnswer.model_validate_json(held.content).hold is not None


def test_a_hold_takes_minutes_once_however_often_it_is_sent_d8(house: House) -> None:
    held = asking(house, mode="hold", ticket="SD-1", hold_hours=2)
    first = house.post("desk", CHECKS, held, once="SD-1")
    again = house.post("desk", CHECKS, held, once="SD-1")
    assert (first.status_code, first.json()["hold"]["minutes"]) == (200, 30)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert house.post("desk", CHECKS, asking(house)).json()["hours"]["held"] == 30
    assert house.post("desk", CHECKS, held | {"requested_minutes": 15}, once="SD-1").status_code == 409
    house.clock.forward(hours=2)
    assert house.post("desk", CHECKS, asking(house)).json()["hours"]["held"] == 0


def test_a_stored_answer_is_told_again_with_the_hold_and_the_use_that_it_took_d2(house: House) -> None:
    """So that its receipt says what the first one said, also after the hold was extended and ended."""
    asked = asking(house, mode="hold", explain="full", receipt=True)
    first = house.post("desk", CHECKS, asked, once="SD-7").json()
    extended = house.post("desk", f"/v1/holds/{first['hold']['id']}:extend", {"hold_hours": 5}, once="e").json()
    house.post("desk", f"/v1/holds/{extended['id']}:release", once="r")
    again = house.get("desk", f"{CHECKS}/{first['decision_id']}").json()
    assert {name: again[name] for name in first if name != "receipt"} == {
        name: value for name, value in first.items() if name != "receipt"
    }
    assert again["hold"] == first["hold"] is not None


def test_a_hold_needs_a_key_and_is_asked_about_now(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.tokens['desk']}"}
    keyless = house.client.post(CHECKS, json=asking(house, mode="hold"), headers=headers)
    assert (keyless.status_code, keyless.json()["code"]) == (400, "CALL_KEY_REQUIRED")
    assert keyless.json()["field"] == "Idempotency-Key"
    backdated = asking(house, mode="hold", at="2026-11-01T09:00:00+03:00")
    assert house.post("desk", CHECKS, backdated).json()["code"] == "HOLD_FROM_NOW"
    assert house.post("desk", CHECKS, asking(house, hold_hours=5)).json()["code"] == "HOLD_FROM_NOW"


def test_a_stored_answer_reads_back_as_it_was_given_d2(house: House) -> None:
    given = house.post("desk", CHECKS, asking(house, explain="full")).json()
    waiting = house.get("desk", f"{CHECKS}/{given['decision_id']}").json()
    house.app.state.checking.writer._write_all()
    written = house.get("desk", f"{CHECKS}/{given['decision_id']}").json()
    assert waiting == written == given | {"receipt": written["receipt"]}
    assert house.get("desk", f"{CHECKS}/{'0' * 36}").json()["code"] == "DECISION_UNKNOWN"


def test_a_batch_answers_its_questions_in_order(house: House) -> None:
    questions = [asking(house), asking(house, client={"id": house.foreign.id}), asking(house, client={"id": 999})]
    answers = house.post("desk", f"{CHECKS}:batch", {"questions": questions}).json()["answers"]
    assert [answer["client_id"] for answer in answers] == [house.own.id, house.foreign.id, None]
    assert house.post("desk", f"{CHECKS}:batch", {"questions": []}).status_code == 422
    assert house.post("desk", f"{CHECKS}:batch", {"questions": [asking(house)] * 101}).status_code == 422
    assert house.post("desk", f"{CHECKS}:batch", {"questions": [asking(house, mode="hold")]}).status_code == 422


def test_the_moment_of_the_request_decides_and_known_at_leaves_out_what_came_later_d1(house: House) -> None:
    asked_at = house.clock()
    house.clock.forward(hours=3)
    with transaction(house.engine) as session:
        worked(session, house.own, f"{asked_at:%Y-%m-%d} 09:00", 40, at=house.clock())
    past = asking(house, at=asked_at.isoformat())
    now = house.post("desk", CHECKS, past).json()
    then = house.post("desk", CHECKS, past | {"known_at": asked_at.isoformat()}).json()
    assert (now["hours"]["available"], then["hours"]["available"]) == (15, 60)
    yesterday = (asked_at - timedelta(days=1)).isoformat()
    assert house.post("desk", CHECKS, asking(house, at=yesterday)).json()["reason"] == Reason.CONTRACT_NOT_STARTED


def test_no_answer_is_given_that_nobody_could_prove_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """When answers cannot be written any more the check says 503, never yes or no."""
    writer = house.app.state.checking.writer

    def away(*_: object) -> None:
        raise OperationalError("INSERT", None, ConnectionError("gone"))

    monkeypatch.setattr("api.decision_writer.transaction", away)
    assert house.post("desk", CHECKS, asking(house)).status_code == 200
    monkeypatch.setattr("api.decision_writer.LATEST_SECONDS", -1.0)
    refused = house.post("desk", CHECKS, asking(house))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    monkeypatch.undo()
    writer._write_all()
    assert house.post("desk", CHECKS, asking(house)).status_code == 200


def test_an_answer_given_while_others_are_written_waits_for_the_next_group(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that takes in whoever comes meanwhile ends in a transaction for each answer as soon as there is load."""
    writer, written = house.app.state.checking.writer, []
    writer.close()  # from here on the test writes
    row = stored(Decision(Reason.CLIENT_UNKNOWN, house.clock(), None, 0), Asked("", "key:1", house.clock(), "", "{}"))

    def in_company(engine: Engine) -> AbstractContextManager[Session]:
        written.append(len(writer._waiting))
        if len(written) < 5:
            writer.add(row | {"id": f"late-{len(written)}"})
        return transaction(engine)

    monkeypatch.setattr("api.decision_writer.transaction", in_company)
    for place in range(3):
        writer.add(row | {"id": f"early-{place}"})
    writer._write_all()
    assert written == [3]
    assert [row["id"] for _, row in writer._waiting] == ["late-1"]
    monkeypatch.undo()


def test_an_answer_that_the_database_refuses_keeps_no_other_back(house: House) -> None:
    """One refused for ever, of a group that is tried again for ever, would end the desk's work."""
    writer = house.app.state.checking.writer
    writer.close()  # from here on the test writes
    row = stored(Decision(Reason.CLIENT_UNKNOWN, house.clock(), None, 0), Asked("", "key:1", house.clock(), "", "{}"))
    for decision_id in ("one", "two", "one", "three"):
        writer.add(row | {"id": decision_id})
    writer._write_all()
    assert not writer._waiting
    with reading(house.engine) as session:
        assert set(session.exec(select(StoredDecision.id))) >= {"one", "two", "three"}


def test_answers_have_ids_of_their_own_whoever_seeds_chance(house: House) -> None:
    ids = set()
    for _ in range(2):
        random.seed(7)
        ids.add(house.post("desk", CHECKS, asking(house)).json()["decision_id"])
    assert len(ids) == 2


def test_a_read_that_fails_is_503_and_no_verdict(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*asked: Any) -> None:
        raise OperationalError("SELECT", None, ConnectionError("gone"))

    reader = house.app.state.checking.reader
    monkeypatch.setattr(type(reader), "find", away)
    refused = house.post("desk", CHECKS, asking(house))
    assert (refused.status_code, refused.json()["code"]) == (503, "UNAVAILABLE")
    assert "decision" not in refused.json()
