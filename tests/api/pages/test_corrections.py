"""An accountant corrects work of a closed month in a browser: shown first, reversed, counted in the open month."""

from playwright.sync_api import expect
from sqlmodel import col, select

from api.database import reading
from api.roles import PersonRole
from entitlements.work import WorkEntry
from tests.api.pages.conftest import Site, faults_of_access
from tests.api.pages.own_story import lived
from tests.api.pages.test_every_page import PHONE


def recorded(site: Site) -> list[tuple[str, int, str, bool]]:
    with reading(site.pages.house.engine) as session:
        own = select(WorkEntry).where(WorkEntry.client_id == site.pages.house.own.id).order_by(col(WorkEntry.id))
        return [
            (one.ticket, one.worked_minutes, f"{one.counts_on:%Y-%m}", one.reverses_id is not None)
            for one in session.exec(own)
        ]


def test_work_of_a_closed_month_is_corrected_in_the_open_one_h10_h14(site: Site) -> None:
    lived(site.pages)
    before = recorded(site)
    page = site.open(PersonRole.ACCOUNTANT)
    page.get_by_role("link", name="October 2026").click()
    page.get_by_role("link", name="Work of the month, and corrections").click()
    page.get_by_role("row", name="Ромашка").first.get_by_role("link").click()
    page.get_by_label("Worked").fill("0:45")
    page.get_by_role("button", name="What it changes").click()
    told = page.locator("#preview")
    expect(told).to_contain_text("The correction counts in November 2026")
    expect(told).to_contain_text("October 2026 is closed")
    expect(told).to_contain_text("reversal")
    assert recorded(site) == before
    assert faults_of_access(page) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_label("Worked").fill("пол")
    page.get_by_role("button", name="What it changes").click()
    expect(told.get_by_role("alert")).to_be_visible()
    page.get_by_label("Worked").fill("0:45")
    address = page.url
    page.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("status")).to_contain_text("Corrected")
    expect(page.locator("h1")).to_contain_text("November 2026")
    expect(page.get_by_role("row", name="45 min")).to_contain_text("Ромашка")
    assert recorded(site) == [*before, ("", -30, "2026-11", True), ("", 45, "2026-11", False)]
    page.goto(address)
    expect(page.get_by_text("This cannot be done")).to_be_visible()
    site.complaints.clear()  # that the entry stands no more
