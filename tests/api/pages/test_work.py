"""An engineer's day in the pages: clocks, tickets, work by hand, and what it draws (H3, H10, H12, H14)."""

from typing import Any

from playwright.sync_api import expect
from sqlmodel import col, select

from api.database import reading, transaction
from api.roles import PersonRole
from api.signing_in import begin_session
from contracts.parties import Seller
from entitlements.hold_ends import HoldEnd
from entitlements.holds import Hold, HoldEnding
from entitlements.timers import Timer
from entitlements.work import WorkEntry
from tests.api.pages.conftest import Pages, Site, faults_of_access
from tests.api.test_v1_coverage import counted
from tests.builders import a_client, a_sale, held, worked

ENGINEER, NAME = PersonRole.ENGINEER, "engineer person"


def with_a_ticket(pages: Pages, minutes: int = 30) -> int:
    given = {"subject": "service.remote_work", "minutes": f"{minutes} мин", "ticket": "SD-1", "form_key": "ticket"}
    pages.browser(PersonRole.DESK).post(f"/desk/{pages.house.own.id}:accept", data=given)
    with reading(pages.house.engine) as session:
        return session.exec(select(Hold.id)).one()


def test_with_the_keyboard_alone_a_clock_is_started_paused_and_stopped(site: Site) -> None:
    hold_id = with_a_ticket(site.pages)
    page, clock = site.open(ENGINEER, "/work"), site.pages.house.clock
    page.get_by_role("link", name="Work on it").press("Enter")
    page.get_by_role("button", name="Start a timer").press("Enter")
    expect(page.get_by_text("The timer runs.")).to_be_visible()
    clock.forward(minutes=20)
    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.locator("#timers")).to_contain_text("paused, 20")
    assert faults_of_access(page) == []
    clock.forward(hours=1)
    page.get_by_role("button", name="Finish").press("Enter")
    expect(page.locator("#preview")).to_contain_text("Worked 20")
    expect(page.locator("#preview")).to_contain_text("billed 30")
    assert faults_of_access(page) == []
    page.get_by_label("What was done").fill("Moved the balances")
    page.get_by_role("button", name="Finish and log").press("Enter")
    expect(page.get_by_role("cell", name="Moved the balances")).to_be_visible()
    expect(page.get_by_role("row", name="Moved the balances")).to_contain_text("rounded up to 15")
    with reading(site.pages.house.engine) as session:
        (entry,), (ending,) = (session.exec(select(table)).all() for table in (WorkEntry, HoldEnding))
        assert (entry.engineer, entry.worked_minutes, entry.service) == (NAME, 20, "remote_work")
        assert (ending.hold_id, ending.end, ending.settled_minutes) == (hold_id, HoldEnd.SETTLED, 30)


def job(pages: Pages, **more: Any) -> dict[str, str]:
    given = {"client_id": pages.house.own.id, "service": "remote_work", "charge": "draw", "form_key": "k"} | more
    return {name: str(value) for name, value in given.items()}


def test_work_is_logged_by_hand_once_and_settles_its_ticket_h12(pages: Pages) -> None:
    browser, hold_id = pages.browser(ENGINEER), with_a_ticket(pages)
    form = browser.get(f"/jobs/new?hold_id={hold_id}").text
    assert ("Ромашка" in form, '<option value="remote_work" selected>' in form) == (True, True)
    before = pages.house.rows()
    work = job(pages, hold_id=hold_id, worked="20 мин", worked_on="05.10.2026", began="09:30")
    seen = browser.post("/jobs:preview", data=work, headers={"HX-Request": "true"})
    assert ("<html" in seen.text, "billed 30" in seen.text.replace("\u00a0", " ")) == (False, True)
    assert "billed 30" in browser.post("/jobs:preview", data=work).text.replace("\u00a0", " ")
    assert pages.house.rows() == before
    for _ in range(2):
        assert browser.post("/jobs", data=work).headers["location"] == "/work?said=work_logged"
    with reading(pages.house.engine) as session:
        (entry,), (ending,) = (session.exec(select(table)).all() for table in (WorkEntry, HoldEnding))
    assert (entry.engineer, entry.timed, entry.started_at.isoformat()) == (NAME, True, "2026-10-05T06:30:00+00:00")
    assert ending.settled_minutes == 30
    assert "20" in browser.get("/work").text


def test_work_on_a_ticket_that_was_held_for_longer_settles_the_hold_that_took_its_place_h12(pages: Pages) -> None:
    browser, first = pages.browser(ENGINEER), with_a_ticket(pages)
    pages.browser(PersonRole.DESK).post(f"/holds/{first}:extend", data={"hold_hours": "96", "form_key": "e"})
    assert "Ромашка" in browser.get(f"/jobs/new?hold_id={first}").text
    browser.post("/jobs", data=job(pages, hold_id=first, worked="20 мин", worked_on="05.10.2026", began="09:30"))
    with reading(pages.house.engine) as session:
        last = session.exec(select(HoldEnding).order_by(col(HoldEnding.id).desc())).first()
    assert last is not None
    assert (last.hold_id, last.end, last.settled_minutes) == (first + 1, HoldEnd.SETTLED, 30)


def test_what_is_wrong_with_work_is_told_beside_its_field(pages: Pages) -> None:
    browser = pages.browser(ENGINEER)
    for field, more in {"worked": {"worked": ""}, "worked_on": {"worked": "1", "worked_on": "31.02.2026"}}.items():
        answer = browser.post("/jobs", data=job(pages, summary="Kept", **more))
        assert (answer.status_code, f'id="{field}-told" class="wrong"' in answer.text) == (422, True), field
        assert 'value="Kept"' in answer.text
    unread = browser.post("/jobs:preview", data=job(pages, worked="1:75"), headers={"HX-Request": "true"})
    assert (unread.status_code, "cannot be read" in unread.text) == (200, True)
    for began in ("", "09:00"):
        later = browser.post("/jobs", data=job(pages, worked="1", worked_on="2026-12-05", began=began))
        assert (later.status_code, 'id="worked_on-told" class="wrong"' in later.text) == (422, True), began
        assert 'role="alert"' not in later.text
    assert browser.get("/timers/9").status_code == 404
    assert browser.get("/jobs/new").status_code == browser.get("/jobs/new?hold_id=9").status_code == 422
    assert pages.house.rows()["work_entry"] == 0


def test_work_is_logged_by_hand_also_while_tickets_wait(pages: Pages) -> None:
    assert "Find a client and log work" in pages.browser(ENGINEER).get("/work").text
    with_a_ticket(pages)
    assert "Find a client and log work" in pages.browser(ENGINEER).get("/work").text


def test_an_engineer_has_one_clock_that_runs_and_may_end_it_earlier(pages: Pages) -> None:
    browser, clock = pages.browser(ENGINEER), pages.house.clock
    assert browser.post("/timers", data=job(pages)).headers["location"] == "/work?said=timer_runs"
    second = browser.post("/timers", data=job(pages, form_key="2"))
    assert (second.status_code, 'role="alert"' in second.text) == (409, True)
    clock.forward(hours=14)
    with transaction(pages.house.engine) as session:
        pages.tokens[ENGINEER] = begin_session(session, pages.people[ENGINEER], at=clock())
    browser = pages.browser(ENGINEER)
    assert "Forgotten" in browser.get("/work").text
    before = pages.house.rows()
    end = {"ended_on": "2026-10-05", "ended": "10:40", "charge": "goodwill", "summary": "Done", "form_key": "3"}
    assert "Worked 40" in browser.post("/timers/1:preview", data=end).text.replace("\u00a0", " ")
    assert pages.house.rows() == before
    wrong = browser.post("/timers/1:stop", data=end | {"ended": "09:00"})
    assert (wrong.status_code, 'role="alert"' in wrong.text or 'class="wrong"' in wrong.text) == (422, True)
    browser.post("/timers/1:pause", data={"form_key": "4"})
    assert browser.post("/timers/1:resume", data={"form_key": "5"}).headers["location"] == "/work"
    clock.forward(minutes=5)
    assert browser.post("/timers/1:stop", data=end | {"form_key": "6", "ended": ""}).status_code == 303
    stopped = browser.get("/timers/1")
    assert (stopped.status_code, "form_key" in stopped.text.partition("<main")[2]) == (200, False)
    with reading(pages.house.engine) as session:
        assert session.exec(select(Timer.stopped_at)).one() == clock()


def test_the_day_takes_as_many_statements_however_much_was_done(pages: Pages) -> None:
    counts, browser = [], pages.browser(ENGINEER)
    for number in (1, 4):
        with transaction(pages.house.engine) as session:
            seller = session.get_one(Seller, pages.house.seller.id)
            for place in range(number):
                customer = a_client(session, f"С {number} {place}")
                a_sale(session, seller, customer, starts_on=pages.house.clock().date(), at=pages.house.clock())
                held(session, customer, "2026-10-05 10:00", 15)
                key = f"{number}/{place}"
                worked(session, customer, "2026-10-05 09:00", 20, engineer=NAME, external_id=key)
        browser.get("/work")
        with counted(pages.house.engine) as seen:
            assert browser.get("/work").text.count("rounded up to") == (1 if number == 1 else 5)
        counts.append(len(seen))
    assert counts[0] == counts[1]
