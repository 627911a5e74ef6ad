"""A new installation leads its administrator through the first steps, and no longer once they are done."""

from sqlmodel import Session

from api.database import transaction
from api.first_steps import first_steps
from api.inviting import add_person
from api.roles import PersonRole
from entitlements.choosing_calendars import choose_calendar
from tests.api.pages.conftest import Pages
from tests.builders import a_client, a_plan, a_seller, its_catalogue, moment

AT = moment("2026-10-05 10:00")


def left(session: Session) -> list[str]:
    return [one.name for one in first_steps(session) if not one.is_done]


def test_each_step_is_done_by_what_it_asks_for(session: Session) -> None:
    add_person(session, "admin@example.org", "Мартынюк Н. А.", PersonRole.ADMIN, at=AT)
    assert left(session) == ["seller", "calendar", "plan", "client", "people"]
    seller = a_seller(session)
    assert left(session) == ["plan", "client", "people"]
    choose_calendar(session, seller.id, "KZ")
    assert left(session) == ["calendar", "plan", "client", "people"]
    choose_calendar(session, seller.id, "RU")
    its_catalogue(session)
    a_plan(session)
    a_client(session)
    assert left(session) == ["people"]
    add_person(session, "sales@example.org", "Котова И. Л.", PersonRole.SALES, at=AT)
    assert left(session) == []


def test_an_administrator_begins_with_what_is_left_and_others_in_their_room(pages: Pages) -> None:
    browser = pages.browser(PersonRole.ADMIN)
    assert browser.get("/").headers["location"] == "/desk"
    assert 'class="steps"' not in browser.get("/settings").text
    with transaction(pages.house.engine) as session:
        choose_calendar(session, pages.house.seller.id, "KZ")
    assert browser.get("/").headers["location"] == "/settings"
    shown = browser.get("/settings").text
    assert (shown.count('class="done"'), shown.count('class="left"')) == (4, 1)
    assert pages.browser(PersonRole.SALES).get("/").headers["location"] == "/clients"
