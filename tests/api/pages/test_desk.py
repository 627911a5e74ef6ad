"""The desk in the pages: searching, the card and its answer, tickets and cases (D1, D2, D4–D6, H12)."""

import re
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlmodel import col, select

from api.database import reading, transaction
from api.roles import PersonRole
from contracts.appending import append
from contracts.blocking import raise_block
from contracts.catalogue import PlanVersion
from contracts.due_times import PlanDueTime
from contracts.enrolling import add_contact
from contracts.locking import touch_every_client
from contracts.parties import Seller
from contracts.paying import mark_paid
from entitlements.decision_log import StoredDecision
from entitlements.holds import Hold, HoldEnding
from entitlements.overriding import give_override
from tests.api.conftest import ON_ONE
from tests.api.pages.conftest import Pages, Site, faults_of_access
from tests.api.test_v1_coverage import counted
from tests.builders import a_client, a_plan, a_registration, a_sale, held, moment

DESK, HTMX = PersonRole.DESK, {"HX-Request": "true"}
MOST_TABS = 80


def tab_to(page: Page, selector: str) -> None:
    """Go on with the Tab key until the place has the focus."""
    for _ in range(MOST_TABS):
        if page.evaluate("place => document.activeElement.matches(place)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_with_the_keyboard_alone_a_client_is_found_and_a_ticket_accepted_and_released(site: Site) -> None:
    page = site.open(DESK, "/desk")
    with page.expect_response(lambda answer: answer.url.endswith(quote("ромаш"))):
        page.keyboard.type("ромаш")
    expect(page.locator("#found a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Ромашка")
    expect(page.locator("#answer .word")).to_have_text("✓ Serve")
    tab_to(page, "#minutes")
    with page.expect_response(lambda answer: quote("0:50") in answer.url):
        page.keyboard.type("0:50")
    expect(page.locator("#answer")).to_contain_text(re.compile(r"Draws 1\s*h"))
    tab_to(page, "#ticket")
    page.keyboard.type("SD-1042")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The ticket is accepted")).to_be_visible()
    expect(page.get_by_role("link", name="SD-1042")).to_be_visible()
    assert faults_of_access(page) == []
    tab_to(page, "form[action$=':release'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The minutes are given back")).to_be_visible()
    with reading(site.pages.house.engine) as session:
        (answer,), (placed,), (ending,) = (session.exec(select(t)).all() for t in (StoredDecision, Hold, HoldEnding))
        assert (answer.ticket, placed.minutes, ending.end) == ("SD-1042", 60, "released")
        assert answer.asked_by == f"person:{site.pages.people[DESK].id}"


def test_the_search_says_what_it_found_and_leads_to_the_only_one(common_pages: Pages) -> None:
    browser, own = common_pages.browser(DESK), common_pages.house.own
    both = browser.get("/desk?q=ооо")
    assert ("Ромашка" in both.text, "Василёк" in both.text) == (True, True)
    only = browser.get(f"/desk?q={own.entity.inn}")
    assert (only.status_code, only.headers["location"]) == (303, f"/desk/{own.id}")
    part = browser.get("/desk?q=ром", headers=HTMX)
    assert ("<html" in part.text, "Ромашка" in part.text) == (False, True)
    assert "Nobody is found" in browser.get("/desk?q=никого", headers=HTMX).text
    assert "Nobody is found" not in browser.get("/desk").text


@ON_ONE
def test_the_answer_follows_what_is_asked_without_being_kept(common_pages: Pages) -> None:
    browser, card = common_pages.browser(DESK), f"/desk/{common_pages.house.own.id}"
    before = common_pages.house.rows()
    served = browser.get(card, params={"subject": "service.remote_work", "minutes": "20 мин"}, headers=HTMX)
    assert ("<html" in served.text, "✓" in served.text, "Draws" in served.text) == (False, True, True)
    paid = browser.get(card, params={"subject": "service.remote_work", "minutes": "3"}, headers=HTMX).text
    assert ("Paid work" in paid, "RUB" in paid) == (True, False)  # the desk speaks of hours
    assert "RUB" in common_pages.browser(PersonRole.ADMIN).get(f"{card}?minutes=3", headers=HTMX).text
    denied = browser.get(card, params={"registration_number": "1"}, headers=HTMX).text
    assert ("Refuse" in denied, "the product is not covered" in denied) == (True, True)
    unread = browser.get(card, params={"minutes": "1:75"}, headers=HTMX)
    assert (unread.status_code, "cannot be read" in unread.text) == (200, True)
    whole = browser.get(card, params={"minutes": "1:75"})
    assert (whole.status_code, 'aria-invalid="true"' in whole.text, 'value="1:75"' in whole.text) == (422, True, True)
    assert common_pages.house.rows() == before


def test_what_is_left_to_pay_is_shown_to_those_who_see_prices_s8(pages: Pages) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        session.execute(update(PlanVersion).values(payment_grace_days=0))
        mark_paid(session, house.sold.sale.subscription.id, date(2026, 10, 4), "по счёту", at=house.clock())
    path, number = f"/desk/{house.own.id}?subject=service.consultation_line", house.sold.invoice.number
    for role, sees in ((PersonRole.ADMIN, True), (DESK, False)):
        shown = pages.browser(role).get(path, headers=HTMX).text
        assert "pay the invoice" in shown
        assert (f"pay the invoice {number}, 12,000.00" in shown, "12,000" in shown) == (sees, sees)


@pytest.mark.parametrize(("resolve_minutes", "guessed"), [(600, False), (14_400, True)])
def test_due_times_in_a_year_that_is_not_fully_known_are_told_to_be_so_d10(
    pages: Pages, resolve_minutes: int, guessed: bool
) -> None:
    house = pages.house
    promised = {"priority": "usual", "name": "Обычная", "name_en": "Usual", "resolve_minutes": resolve_minutes}
    with transaction(house.engine) as session:
        session.execute(update(PlanVersion).values(desk_hours="09:00-12:00"))
        for version_id in session.exec(select(PlanVersion.id)).all():
            append(session, PlanDueTime, promised | {"plan_version_id": version_id, "respond_minutes": 60})
        touch_every_client(session)
    path = f"/desk/{house.own.id}?subject=service.remote_work&minutes=0:20"
    shown = pages.browser(DESK).get(path, headers=HTMX).text
    assert ("Solve by" in shown, "due times may move" in shown) == (True, guessed)


def test_the_card_shows_what_is_counted_and_what_was_approved_d2_d7(pages: Pages) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        a_plan(session, "counts", services=[{"code": "visit", "included_count": 2, "draws_hours": True}])
        client, seller = a_client(session, "Ландыш"), session.get_one(Seller, house.seller.id)
        a_sale(session, seller, client, "counts", starts_on=house.clock().date(), at=house.clock())
        reason = {"reason": "Счёт оплатят", "until_at": moment("2026-10-20 10:00"), "at": house.clock()}
        give_override(session, client.id, "Орлова", service="visit", **reason)
    shown = pages.browser(DESK).get(f"/desk/{client.id}").text.replace("\u00a0", " ")
    assert shown.count("Visit of an engineer: 2 of 2 left until 04.11.2026. <small>contract No.") == 1
    assert "Approved by Орлова until 20.10.2026 10:00 for Visit of an engineer: Счёт оплатят." in shown
    asked = pages.browser(DESK).get(f"/desk/{client.id}?subject=feature.visit", headers=HTMX).text
    assert "2 of 2 left" in asked.replace("\u00a0", " ")


@ON_ONE
def test_what_cannot_be_shown_is_refused_as_a_page(common_pages: Pages) -> None:
    browser, own = common_pages.browser(DESK), common_pages.house.own.id
    for path in ("/desk/999", "/holds/999", "/cases/999"):
        assert browser.get(path).status_code == 404, path
    for answer in ("x", "00000000-0000-4000-a000-000000000000"):
        assert browser.get(f"/desk/{own}?answer={answer}").status_code == 422


def accepted(pages: Pages, key: str = "k", **more: str) -> Any:
    given = {"subject": "service.remote_work", "minutes": "0:30", "ticket": "SD-7", "form_key": key} | more
    return pages.browser(DESK).post(f"/desk/{pages.house.own.id}:accept", data=given)


def test_more_is_held_for_a_ticket_only_after_it_was_said_what_is_held_already_h12(pages: Pages) -> None:
    assert accepted(pages).status_code == 303
    told = "30\u00a0min is held for SD-7 already"
    asked = accepted(pages, "second")
    assert (asked.status_code, told in asked.text, 'name="again" value="SD-7"' in asked.text) == (409, True, True)
    place = f"/desk/{pages.house.own.id}"
    for ticket, is_told in {"SD-7": True, "SD-8": False}.items():
        seen = pages.browser(DESK).get(place, params={"minutes": "0:30", "ticket": ticket}, headers={"HX-Request": "1"})
        assert (told in seen.text, "Serve" in seen.text) == (is_told, True)
    assert accepted(pages, "third", ticket="SD-8", again="SD-7").status_code == 303
    assert accepted(pages, "fourth", again="SD-7").status_code == 303
    with reading(pages.house.engine) as session:
        assert [one.ticket for one in session.exec(select(Hold).order_by(col(Hold.id)))] == ["SD-7", "SD-8", "SD-7"]


def test_a_ticket_that_is_accepted_twice_is_held_once_d8_h12(pages: Pages) -> None:
    first, again = accepted(pages), accepted(pages)
    assert (first.status_code, first.headers["location"]) == (303, again.headers["location"])
    assert "said=accepted" in first.headers["location"]
    assert pages.house.rows()["hold"] == 1
    shown = pages.browser(DESK).get(first.headers["location"]).text
    assert ("Draws" in shown, "SD-7" in shown) == (True, True)
    missing = accepted(pages, "other", ticket=" ")
    assert (missing.status_code, "A required field is missing" in missing.text) == (422, True)
    assert pages.browser(PersonRole.AUDITOR).get(f"/desk/{pages.house.own.id}").text.count(":release") == 0


def test_an_answer_is_kept_without_a_ticket_d1(pages: Pages) -> None:
    own = pages.house.own.id
    with transaction(pages.house.engine) as session:
        person = add_contact(session, own, "Анна", at=moment("2026-01-01"), emails=("a@b.example",))
        given = {"contact_id": str(person.id), "channel": "phone", "form_key": "k"}
    kept = pages.browser(DESK).post(f"/desk/{own}:answer", data=given)
    assert "said=answered" in kept.headers["location"]
    assert pages.house.rows()["hold"] == 0
    with reading(pages.house.engine) as session:
        (answer,) = session.exec(select(StoredDecision)).all()
    assert answer.question == f'{{"client":{{"id":{own}}},"channel":"phone","contact":{{"email":"a@b.example"}}}}'
    assert (answer.decision, answer.service) == ("allow", "")


def test_what_is_held_can_be_settled_in_part_or_held_for_longer_h12(pages: Pages) -> None:
    browser, (first, second) = pages.browser(DESK), ("1", "2")
    accepted(pages, first, minutes="0:30")
    accepted(pages, second, minutes="0:15", ticket="SD-8")
    too_many = browser.post("/holds/1:settle", data={"minutes": "5", "form_key": "3"})
    assert (too_many.status_code, 'id="minutes-told" class="wrong"' in too_many.text) == (422, True)
    settled = browser.post("/holds/1:settle", data={"minutes": "0:10", "form_key": "4"})
    assert settled.headers["location"] == f"/desk/{pages.house.own.id}?said=settled"
    longer = browser.post("/holds/2:extend", data={"hold_hours": "96", "form_key": "5"})
    assert "said=extended" in longer.headers["location"]
    assert "09.10.2026" in browser.get("/holds/2").text  # what an old link leads to is the hold as it is now
    ended = browser.post("/holds/2:release", data={"form_key": "6"})
    assert ended.headers["location"] == f"/desk/{pages.house.own.id}?said=released"
    again = browser.post("/holds/2:release", data={"form_key": "7"})
    assert (again.status_code, "given back" in again.text) == (409, True)
    assert "10" in browser.get("/holds/1").text


@pytest.fixture
def waiting(pages: Pages) -> int:
    """A client whose plan asks a manager, with a ticket beyond the hours that waits."""
    with transaction(pages.house.engine) as session:
        a_plan(session, "on-request", over_limit="approve")
    return beyond_the_hours(pages, "Лютик")


def beyond_the_hours(pages: Pages, name: str) -> int:
    with transaction(pages.house.engine) as session:
        client, seller = a_client(session, name), session.get_one(Seller, pages.house.seller.id)
        a_sale(session, seller, client, "on-request", starts_on=pages.house.clock().date(), at=pages.house.clock())
    given = {"subject": "service.remote_work", "minutes": "2", "ticket": "SD-9", "form_key": str(client.id)}
    asked = pages.browser(DESK).post(f"/desk/{client.id}:accept", data=given)
    assert "said=ticket_waits" in asked.headers["location"]
    assert "Ask first" in pages.browser(DESK).get(asked.headers["location"]).text
    pages.house.clock.forward(minutes=1)
    return client.id


def test_the_desk_asks_and_sales_decides_in_the_name_of_who_is_signed_in_d6(pages: Pages, waiting: int) -> None:
    decision = {"state": "bill", "seen": "new", "note": "Quarter", "form_key": "d"}
    assert pages.browser(DESK).post("/cases/1:decide", data=decision).status_code == 403
    sales = pages.browser(PersonRole.SALES)
    assert "Лютик" in sales.get("/cases").text
    assert "seen" in sales.get("/cases/1").text
    assert 'name="state"' not in pages.browser(DESK).get("/cases/1").text
    assert sales.post("/cases/1:decide", data=decision).headers["location"] == "/cases/1?said=case_decided"
    shown = sales.get("/cases/1").text
    assert ("sales\u00a0person — Quarter" in shown, f'href="/desk/{waiting}"' in shown) == (True, False)
    late = sales.post("/cases/1:decide", data=decision | {"state": "refuse", "form_key": "e"})
    assert (late.status_code, 'class="refused"' in late.text or "wrong" in late.text) == (409, True)
    assert "SD-9" in pages.browser(DESK).get(f"/desk/{waiting}").text
    assert "Лютик" not in sales.get("/cases?state=new").text
    assert "Лютик" in sales.get("/cases?state=any").text


def test_cases_are_listed_a_page_at_a_time(pages: Pages, waiting: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.cases.ON_A_PAGE", 1)
    beyond_the_hours(pages, "Мак")
    sales = pages.browser(PersonRole.SALES)
    first, second = sales.get("/cases").text, sales.get("/cases?after=1").text
    assert ("Лютик" in first, "Мак" in first, "state=new&amp;after=1" in first) == (True, False, True)
    assert ("Лютик" in second, "Мак" in second, "after=2" in second) == (False, True, False)
    assert "None. A case appears" in sales.get("/cases?after=2").text


def test_the_card_takes_as_many_statements_however_much_the_client_has(pages: Pages) -> None:
    counts, browser = [], pages.browser(DESK)
    for number in (1, 4):
        with transaction(pages.house.engine) as session:
            customer, seller = a_client(session, f"С {number}"), session.get_one(Seller, pages.house.seller.id)
            for place in range(number):
                copy = a_registration(session, customer.entity)
                at, start = pages.house.clock(), pages.house.clock().date()
                a_sale(session, seller, customer, at=at, starts_on=start, registrations=(copy.number,))
                add_contact(session, customer.id, f"П {place}", at=at, emails=(f"p{number}{place}@b.example",))
                held(session, customer, "2026-10-05 10:00", 15)
                raise_block(session, customer.id, "Спор", at=at)
        browser.get(f"/desk/{customer.id}")
        with counted(pages.house.engine) as seen:
            assert browser.get(f"/desk/{customer.id}").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_SELECTS


MOST_SELECTS = 24
"""Who is signed in, the card of the API, and the words for what it names."""


def test_a_person_of_the_desk_sees_what_was_asked_by_whom(pages: Pages) -> None:
    accepted(pages)
    with reading(pages.house.engine) as session:
        placed = session.exec(select(Hold).order_by(col(Hold.id))).one()
        assert session.get_one(StoredDecision, placed.decision_id).service == "remote_work"
