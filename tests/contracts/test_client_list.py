"""The list of clients: found by whatever is at hand, a page at a time."""

import pytest
from sqlmodel import Session

from contracts.client_list import list_clients
from contracts.enrolling import add_contact
from contracts.errors import Refusal
from tests.builders import a_client, a_plan, a_sale, a_seller, its_catalogue, moment

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
