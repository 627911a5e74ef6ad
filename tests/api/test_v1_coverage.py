"""`GET /v1/clients/{id}/coverage`: all that a desk's card shows, in one query budget (D1, D5, D11, H12, H13, S10)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import select

from api.database import reading, transaction
from api.worker import close_what_waits
from contracts.blocking import lift_block, raise_block
from contracts.catalogue import Registration
from contracts.enrolling import add_contact
from contracts.parties import Seller
from contracts.register_answers import RegisterAnswer
from entitlements.client_facts import keep_snapshot, read_facts
from entitlements.desk_card import desk_card
from tests.api.conftest import House
from tests.builders import a_client, a_plan, a_registration, a_sale, held, moment, worked
from tests.rows import put_row


def told(house: House, role: str = "desk", **asked: str) -> Any:
    answer = house.get(role, f"/v1/clients/{house.own.id}/coverage", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_card_names_the_client_and_who_may_ask_for_it(house: House) -> None:
    with transaction(house.engine) as session:
        add_contact(
            session, house.own.id, "Анна", at=moment("2026-01-01"), emails=("a@b.example",), phones=("8 495 123-45-67",)
        )
        add_contact(session, house.own.id, "Борис", at=moment("2026-01-01"))
        add_contact(session, house.foreign.id, "Вера", at=moment("2026-01-01"), emails=("v@b.example",))
    card = told(house)
    assert card["name"] == "Ромашка"
    people = [(one["name"], one["addresses"]) for one in card["contacts"]]
    assert people == [("Анна", ["+74951234567", "a@b.example"]), ("Борис", [])]


def test_the_card_shows_what_is_held_and_until_when_h12(house: House) -> None:
    with transaction(house.engine) as session:
        _, placed = held(session, house.own, "2026-10-05 10:00", 30)
        held(session, house.foreign, "2026-10-05 10:00", 15)
    assert placed is not None
    (shown,) = told(house)["holds"]
    assert (shown["id"], shown["minutes"], shown["expires_at"]) == (placed.id, 30, "2026-10-08T07:00:00Z")
    house.clock.forward(hours=1)
    house.post("desk", f"/v1/holds/{placed.id}:release")
    assert told(house)["holds"] == []
    assert [one["id"] for one in told(house, at="2026-10-05T10:30:00+03:00")["holds"]] == [placed.id]


def test_the_card_shows_the_blocks_that_stop_service_with_their_reasons_s10(house: House) -> None:
    sold = house.sold.sale.subscription.id
    with transaction(house.engine) as session:
        at = house.clock()
        raise_block(session, house.own.id, "Спор", at=at)
        raise_block(session, house.own.id, "Переезд", at=at, subscription_id=sold, until_at=moment("2026-10-06"))
        lifted = raise_block(session, house.own.id, "Ошибка", at=at)
        lift_block(session, lifted.id, at=moment("2026-10-05 11:00"))
        raise_block(session, house.own.id, "Потом", at=at, from_at=moment("2026-11-01"))
    house.clock.forward(hours=2)
    shown = [(one["reason"], one["subscription_id"], one["until_at"]) for one in told(house)["blocks"]]
    assert shown == [("Спор", None, None), ("Переезд", sold, "2026-10-05T21:00:00Z")]
    earlier = told(house, at="2026-10-05T10:30:00+03:00")["blocks"]
    assert [one["reason"] for one in earlier] == ["Спор", "Переезд", "Ошибка"]


def test_the_card_warns_and_shows_options_with_prices_to_those_who_see_money(house: House) -> None:
    soon = {"at": "2027-09-20T10:00:00+03:00"}
    for role, sees in (("sales", True), ("desk", False)):
        card = told(house, role, **soon)
        assert [one["code"] for one in card["warnings"]] == ["RENEWAL_DUE"]
        (option,) = card["options"]
        assert (option["action"], option["starts_on"]) == ("renew", "2027-10-05")
        assert (option["price"] is not None, option["currency"] is not None) == (sees, sees)


def test_the_card_holds_no_longer_than_what_it_says_of_any_cover_d1(house: House) -> None:
    with transaction(house.engine) as session:
        a_plan(session, "old", prices=[{"term_months": 1, "price": "1000.00", "after_break": "1100.00"}])
        ended = {"starts_on": date(2026, 8, 1), "term_months": 1, "at": moment("2026-08-01 10:00")}
        a_sale(session, session.get_one(Seller, house.seller.id), house.own, "old", **ended)
    card = told(house, "sales")
    assert [(one["starts_on"], one["price"]) for one in card["options"]] == [("2026-10-05", "1100.00")]
    assert card["valid_until"] == "2026-10-05T21:00:00Z"
    after = told(house, "sales", at=card["valid_until"])
    assert [one["starts_on"] for one in after["options"]] == ["2026-10-06"]


def test_the_card_shows_what_is_left_of_counted_services_in_each_cover_that_serves_d2(house: House) -> None:
    visits = [{"code": "visit", "included_count": 2, "count_months": 3, "draws_hours": True}]
    with transaction(house.engine) as session:
        seller = session.get_one(Seller, house.seller.id)
        for code, month, months in (("ended", 8, 1), ("later", 11, 12), ("serving", 10, 12)):
            a_plan(session, code, services=visits)
            sold = {"starts_on": date(2026, month, 1), "term_months": months, "at": moment("2026-08-01 10:00")}
            serving = a_sale(session, seller, house.own, code, **sold).subscription.id
    asked = {"client": {"id": house.own.id}, "feature": "visit", "mode": "hold"}
    assert house.post("desk", "/v1/entitlement-checks", asked).json()["use"]["service"] == "visit"
    house.clock.forward(minutes=1)
    (count,) = told(house)["counts"]
    assert count == {
        "subscription_id": serving,
        "free_period_id": None,
        "service": "visit",
        "included": 2,
        "used": 1,
        "available": 1,
        "period": {"starts_on": "2026-10-01", "last_day": "2026-12-31"},
    }


def test_the_card_shows_what_was_approved_although_the_rules_say_no_d7(house: House) -> None:
    path, until = "/v1/overrides", {"until_at": "2026-10-20T10:00:00+03:00"}
    given = {"client_id": house.own.id, "approved_by": "Орлова", "reason": "Счёт оплатят", **until}
    one = house.post("admin", path, given | {"service": "visit"}).json()
    house.post("admin", path, given)
    shown = {"approved_by": "Орлова", "reason": "Счёт оплатят", "until_at": "2026-10-20T07:00:00Z"}
    house.clock.forward(hours=1)
    house.post("admin", f"{path}/{one['id']}:end")
    house.clock.forward(hours=1)
    assert told(house)["overrides"] == [shown | {"service": None}]
    earlier = told(house, at="2026-10-05T10:30:00+03:00")["overrides"]
    assert [(one["service"], one["until_at"]) for one in earlier] == [
        ("visit", "2026-10-05T08:00:00Z"),
        (None, "2026-10-20T07:00:00Z"),
    ]
    assert told(house, at="2026-10-20T10:00:00+03:00")["overrides"] == []


def test_the_card_tells_when_the_hours_run_out_at_the_pace_of_the_last_weeks_h13(house: House) -> None:
    assert told(house)["forecasts"] == {}
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-05 09:00", 30, at=house.clock())
    pool = str(house.seller.id)
    assert told(house)["forecasts"] == {pool: {"drawn_minutes": 30, "runs_out_on": "2026-11-02"}}
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-05 09:30", 30, at=house.clock())
    assert told(house)["forecasts"][pool]["runs_out_on"] == "2026-10-05"


def test_work_of_a_closed_month_is_part_of_the_pace_and_is_counted_once_h13(house: House) -> None:
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-26 09:00", 30, at=moment("2026-10-26 12:00"))
    house.clock.at = moment("2026-11-02 10:00")
    before = told(house)["forecasts"]
    assert before[str(house.seller.id)]["drawn_minutes"] == 30
    house.post("accountant", "/v1/months/2026-10:close", {"seller_id": house.seller.id})
    close_what_waits(house.engine, house.clock)
    assert told(house)["forecasts"] == before
    past = told(house, at="2026-10-27T10:00:00+03:00")["forecasts"]
    assert past[str(house.seller.id)]["drawn_minutes"] == 30


def test_the_card_tells_how_old_the_answer_of_the_register_is_d11(house: House) -> None:
    number = house.own.registrations[0]
    assert told(house)["register_answers"] == []
    with transaction(house.engine) as session:
        copy = session.exec(select(Registration).where(Registration.number == number)).one()
        for day in ("2026-10-01", "2026-10-04"):
            at = moment(f"{day} 10:00")
            own = {"client_id": house.own.id, "registration_id": copy.id, "observed_at": at, "recorded_at": at}
            put_row(session, RegisterAnswer, **own)
    (shown,) = told(house)["register_answers"]
    assert (shown["registration_number"], shown["age_seconds"]) == (number, 24 * 3600)
    (shown,) = told(house, at="2026-10-03T10:00:00+03:00")["register_answers"]
    assert shown["observed_at"] == "2026-10-01T07:00:00Z"


@pytest.mark.parametrize("at", ["1990-01-01T00:00:00Z", "2199-12-31T23:59:59Z"])
def test_the_card_is_told_for_the_oldest_and_the_latest_moment_there_is(house: House, at: str) -> None:
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-05 09:00", 30, at=house.clock())
    assert told(house, at=at)["forecasts"] == {}


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The selects that run meanwhile."""
    seen: list[str] = []

    def note(*call: Any) -> None:
        seen.extend([call[2]] if "SELECT" in call[2] else [])  # opening a transaction reads nothing

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


BUDGET = 9
"""The version and the snapshot, people, holds, blocks, sellers, closed months, the register, budgets of goodwill."""


@pytest.mark.parametrize("kept", [True, False], ids=["with a snapshot", "from the tables"])
def test_the_card_takes_as_many_statements_however_much_the_client_has(house: House, kept: bool) -> None:
    counts = []
    for subscriptions in (1, 6):
        with transaction(house.engine) as session:
            customer, seller = a_client(session, f"С {subscriptions}"), session.get_one(Seller, house.seller.id)
            for number in range(subscriptions):
                copy = a_registration(session, customer.entity)
                add_contact(
                    session, customer.id, f"Человек {number}", at=moment("2026-01-01"), emails=(f"p{number}@b.example",)
                )
                start = {"starts_on": date(2026, 10, 1), "registrations": (copy.number,)}
                a_sale(session, seller, customer, at=house.clock(), **start)
                raise_block(session, customer.id, "Спор", at=house.clock())
            worked(session, customer, "2026-10-05 09:00", 15, at=house.clock())
            if kept:
                keep_snapshot(session, read_facts(session, customer.id))
        with reading(house.engine) as session, counted(house.engine) as seen:
            card = desk_card(session, customer.id, at=house.clock())
        assert (len(card.views), len(card.speakers), len(card.blocks)) == (subscriptions,) * 3
        counts.append(len(seen))
    assert counts[0] == counts[1]
    if kept:
        assert counts[0] == BUDGET
