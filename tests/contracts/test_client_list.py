"""The list of clients: found by whatever is at hand, a page at a time."""

from datetime import date

import pytest
from sqlmodel import Session

from contracts.cancelling import cancel
from contracts.client_list import list_clients
from contracts.enrolling import add_contact
from contracts.errors import Refusal
from contracts.free_periods import grant_free_period
from contracts.on_sale import plan_in_force
from tests.builders import a_client, a_plan, a_registration, a_sale, a_seller, its_catalogue, moment

NOW = moment("2026-10-05 10:00")


def names(session: Session, text: str) -> list[str]:
    return [found.client.name for found in list_clients(session, text, limit=50)]


def test_a_client_is_found_by_whatever_is_at_hand(session: Session) -> None:
    its_catalogue(session)
    a_client(session, "Василёк")
    customer = a_client(session, "Ёлка и 100% сосна")
    add_contact(session, customer.id, "Анна", at=NOW, emails=("Buh@elka.example",), phones=("8 (495) 123-45-67",))
    inn = customer.entity.inn
    found = [
        "елка",
        "СОСНА",
        "100",
        inn,
        f"{inn[:4]} {inn[4:]}",
        customer.registrations[0],
        "buh@ELKA.example",
        "+7 495 1234567",
    ]
    assert {text: names(session, text) for text in found} == {text: ["Ёлка и 100% сосна"] for text in found}
    assert names(session, "  ") == ["Василёк", "Ёлка и 100% сосна"]
    assert [names(session, text) for text in ("осна", "elka", "84951234568")] == [[], [], []]


def test_clients_come_a_page_at_a_time_with_their_inns_and_how_long_they_are_served(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    first, second, third = (a_client(session, "Ромашка") for _ in range(3))
    a_sale(session, a_seller(session), second, at=NOW, starts_on=NOW.date())
    page = list_clients(session, "ромашка", limit=2)
    assert [one.client.id for one in page] == [first.id, second.id]
    assert [(one.inns, str(one.last_day)) for one in page][1] == ((second.entity.inn,), "2027-10-04")
    assert page[0].last_day is None
    assert [one.client.id for one in list_clients(session, "ромашка", after=second.id, limit=2)] == [third.id]
    with pytest.raises(Refusal, match="CLIENT_UNKNOWN"):
        list_clients(session, "", after=999_999, limit=2)


def test_a_client_is_served_as_long_as_a_cancellation_or_a_free_period_says_s1_s11(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    seller, first = a_seller(session), NOW.date()
    cancelled, never_served, free = (a_client(session, name) for name in ("Астра", "Верба", "Ива"))
    ends = a_sale(session, seller, cancelled, at=NOW, starts_on=first).subscription
    cancel(session, ends.id, date(2026, 12, 31), "Котова", "Закрытие", at=NOW)
    later = a_sale(session, seller, never_served, at=NOW, starts_on=date(2026, 11, 1)).subscription
    cancel(session, later.id, date(2026, 10, 31), "Котова", "Передумали", at=NOW)
    bought = a_registration(session, free.entity, bought_on=first)
    grant_free_period(session, bought, plan_in_force(session, "its-prof", first)[1], seller.id, at=NOW)
    last_days = {one.client.name: str(one.last_day) for one in list_clients(session, "", limit=9)}
    assert last_days == {"Астра": "2026-12-31", "Верба": "None", "Ива": "2027-01-04"}
