"""Who speaks for a client over HTTP, now and in questions about the past: named, withdrawn, named again (D1, D4)."""

from typing import Any

from sqlalchemy import update

from api.database import transaction
from contracts.catalogue import PlanVersion
from contracts.locking import touch_every_client
from entitlements.reasons import Reason
from tests.api.conftest import House
from tests.api.test_v1_desk import CHECKS

ANNA, PHONE, DOMAIN = "anna@example.org", "8 495 123-45-67", "romashka.example"
HOURS = tuple(f"2026-10-05T{hour}:30:00+03:00" for hour in range(10, 14))
"""Before the client named anybody, while she spoke for it, after she was withdrawn, and when she was named again."""
SPOKE = [False, True, False, True]


def only_named(house: House) -> None:
    with transaction(house.engine) as session:
        session.execute(update(PlanVersion).values(named_contacts_only=True))
        touch_every_client(session)


def name_anna(house: House) -> int:
    new = {"name": "Анна", "emails": [ANNA], "phones": [PHONE]}
    path = f"/v1/clients/{house.own.id}"
    named: int = house.post("sales", f"{path}/contacts", new).json()["id"]
    assert house.post("sales", f"{path}/domains", {"domain": DOMAIN}).status_code == 201
    return named


def withdraw_anna(house: House, contact_id: int) -> None:
    path = f"/v1/clients/{house.own.id}"
    for verb, body in (("contact", {"contact_id": contact_id}), ("domain", {"domain": DOMAIN})):
        assert house.post("sales", f"{path}:withdraw-{verb}", body).status_code == 200


def her_day(house: House) -> None:
    """Anna is named at 11, withdrawn at 12 and named again at 13, with the client's domain; it is 14 now."""
    house.clock.forward(hours=1)
    anna = name_anna(house)
    house.clock.forward(hours=1)
    withdraw_anna(house, anna)
    house.clock.forward(hours=1)
    assert name_anna(house) == anna
    house.clock.forward(hours=1)


def ask(house: House, client: dict[str, Any] | None = None, **more: Any) -> Any:
    """The answer about the client, or about whoever the keys name, for a service that takes no hours."""
    question = {"client": client or {"id": house.own.id}, "service": "consultation_line"} | more
    answer = house.post("desk", CHECKS, question)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_client_is_known_by_whoever_spoke_for_it_at_the_moment_d1_d4(house: House) -> None:
    her_day(house)
    for keys in ({"email": ANNA}, {"phone": PHONE}, {"email": f"new@{DOMAIN}"}, {"email": ANNA, "phone": PHONE}):
        for when in ({"at": hour} for hour in HOURS):
            told = [ask(house, keys, **when | known)["reason"] for known in ({}, {"known_at": HOURS[-1]})]
            due = Reason.COVERED if SPOKE[HOURS.index(when["at"])] else Reason.CLIENT_UNKNOWN
            assert told == [due, due], (keys, when)
        assert ask(house, keys)["client_id"] == house.own.id


def test_a_client_is_known_by_whoever_was_known_to_speak_for_it_d1_d4(house: House) -> None:
    her_day(house)
    for keys in ({"email": ANNA}, {"phone": PHONE}, {"email": f"new@{DOMAIN}"}):
        known = [ask(house, keys, known_at=hour)["reason"] == Reason.COVERED for hour in HOURS]
        assert known == SPOKE, keys
        assert ask(house, keys, at=HOURS[2], known_at=HOURS[1])["reason"] == Reason.COVERED, "it was not known yet"
        assert ask(house, keys, at=HOURS[1], known_at=HOURS[0])["reason"] == Reason.CLIENT_UNKNOWN


def test_only_who_was_named_at_the_moment_might_ask_d1_d2(house: House) -> None:
    only_named(house)
    her_day(house)
    for contact in ({"email": ANNA}, {"phone": PHONE}, {"email": ANNA, "phone": PHONE}):
        for when in ("at", "known_at"):
            told = [ask(house, contact=contact, **{when: hour})["reason"] for hour in HOURS]
            assert told == [Reason.COVERED if spoke else Reason.CONTACT_NOT_NAMED for spoke in SPOKE], (contact, when)
        unknown = ask(house, contact=contact, at=HOURS[2], known_at=HOURS[1])
        assert unknown["reason"] == Reason.COVERED, "it was not known yet"
        assert ask(house, contact=contact)["reason"] == Reason.COVERED


def test_an_answer_about_the_past_holds_until_who_asks_was_withdrawn_d1(house: House) -> None:
    only_named(house)
    her_day(house)
    told = [ask(house, contact={"email": ANNA}, at=hour)["valid_until"] for hour in HOURS[:3]]
    assert told == ["2026-10-05T08:00:00Z", "2026-10-05T09:00:00Z", "2026-10-05T10:00:00Z"]


def test_a_stored_answer_is_given_again_whatever_was_withdrawn_since_d1(house: House) -> None:
    only_named(house)
    anna = name_anna(house)
    given = [
        ask(house, keys, contact={"email": ANNA}, receipt=True)
        for keys in (None, {"email": ANNA}, {"phone": PHONE}, {"email": f"new@{DOMAIN}"})
    ]
    house.clock.forward(hours=1)
    withdraw_anna(house, anna)
    for first in given:
        stored = house.get("desk", f"{CHECKS}/{first['decision_id']}").json()
        assert (stored["decision"], stored["client_id"]) == (first["decision"], house.own.id)
    for keys, first in zip((None, {"email": ANNA}, {"phone": PHONE}, {"email": f"new@{DOMAIN}"}), given, strict=True):
        for when in (
            {"at": first["at"]},
            {"known_at": first["evaluated_at"]},
            {"at": first["at"], "known_at": first["evaluated_at"]},
        ):
            again = ask(house, keys, contact={"email": ANNA}, **when)
            assert (again["decision"], again["reason"]) == (first["decision"], Reason.COVERED), (keys, when)
            assert again["client_id"] == house.own.id


def test_who_went_to_another_client_spoke_for_the_first_before_d1_d4(house: House) -> None:
    anna = name_anna(house)
    house.clock.forward(hours=1)
    withdraw_anna(house, anna)
    new = {"name": "Анна", "emails": [ANNA], "phones": [PHONE]}
    assert house.post("sales", f"/v1/clients/{house.foreign.id}/contacts", new).json()["id"] == anna
    for keys in ({"email": ANNA}, {"phone": PHONE}):
        told = [ask(house, keys, **when)["client_id"] for when in ({"at": HOURS[0]}, {"known_at": HOURS[0]}, {})]
        assert told == [house.own.id, house.own.id, house.foreign.id]


def test_the_card_of_a_past_moment_shows_who_might_ask_then_d1(house: House) -> None:
    her_day(house)
    path = f"/v1/clients/{house.own.id}/coverage"
    cards = [house.get("desk", path, params={"at": hour}).json()["contacts"] for hour in HOURS]
    assert [[one["name"] for one in people] for people in cards] == [["Анна"] if spoke else [] for spoke in SPOKE]
    assert cards[1][0]["addresses"] == ["+74951234567", ANNA]


def test_a_client_lists_those_of_today_alone_d4(house: House) -> None:
    path = f"/v1/clients/{house.own.id}"
    anna = name_anna(house)
    for _ in range(2):
        shown = house.get("sales", path).json()
        assert ([one["id"] for one in shown["contacts"]], shown["domains"]) == ([anna], [DOMAIN])
        withdraw_anna(house, anna)
        shown = house.get("sales", path).json()
        assert (shown["contacts"], shown["domains"]) == ([], [])
        assert house.get("desk", f"{path}/coverage").json()["contacts"] == []
        house.clock.forward(hours=1)
        name_anna(house)
