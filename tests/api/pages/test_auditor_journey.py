"""An auditor's day in a real browser: everything is read, nothing may be changed, by no form and by no hand."""

import re

from playwright.sync_api import Page, expect

from api.roles import PersonRole
from tests.api.pages.conftest import Site
from tests.api.pages.own_story import lived
from tests.api.pages.test_books_pages import by_hand, sent
from tests.api.pages.test_guards import RIGHTS, address

OWN = {"/sign-out", "/language"}
"""The only forms that stand on a page of an auditor's, besides those of the own account."""
POST_BY_HAND = """paths => Promise.all(paths.map(async path => {
    const answer = await fetch(path, {method: "POST", body: new URLSearchParams({form_key: "0123456789abcdef"})})
    return [path, answer.status]
}))"""


def test_an_auditor_reads_everything_and_changes_nothing(site: Site) -> None:
    house = site.pages.house
    lived(site.pages)
    assigned = f"/clients/{house.own.id}:assign"
    for number, manager in enumerate(("Котова И. Л.", "Орлова Т. Д.")):
        form = {"form_key": f"{number}", "manager": manager}
        assert site.pages.browser(PersonRole.SALES).post(assigned, data=form).status_code == 303
    assert sent(site.pages, "/payments/new", **by_hand(house)).status_code == 303
    before = house.rows()
    page = site.open(PersonRole.AUDITOR)
    _read_the_books(page)
    _read_who_changed_what(page)
    refused = sorted(
        address(path)
        for (method, path), roles in RIGHTS.allowed.items()
        if method == "POST" and not {*roles} & {"auditor"}
    )
    assert len(refused) > 50
    assert [told for told in page.evaluate(POST_BY_HAND, refused) if told[1] != 403] == []
    assert [said for said in site.complaints if "403" not in said] == []
    site.complaints.clear()
    assert house.rows() == before


def _read_the_books(page: Page) -> None:
    _enter(page, "Clients")
    page.get_by_role("link", name="Ромашка").first.click()
    expect(page.get_by_text("Орлова Т. Д.").first).to_be_visible()
    expect(page.get_by_text("2026-0001").first).to_be_visible()
    _offers_nothing(page)
    _enter(page, "Months")
    page.get_by_role("link", name=re.compile("October 2026")).first.click()
    _offers_nothing(page)
    _enter(page, "Papers")
    page.get_by_label("Month").fill("2026-10")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=re.compile("Statement of hours")).first.click()
    _offers_nothing(page)
    _enter(page, "Payments")
    page.get_by_role("link", name=re.compile("118")).first.click()
    expect(page.get_by_text("5,000.00").first).to_be_visible()
    _offers_nothing(page)


def _read_who_changed_what(page: Page) -> None:
    _enter(page, "Audit")
    entry = page.get_by_role("group").filter(has_text=re.compile("sales person.*:assign")).first
    entry.locator("summary").click()
    row = entry.get_by_role("row", name=re.compile("^Client "))
    expect(row.get_by_role("cell").nth(1)).to_contain_text("manager: Котова И. Л.")
    expect(row.get_by_role("cell").nth(2)).to_contain_text("manager: Орлова Т. Д.")


def _enter(page: Page, room: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=room, exact=True).click()
    _offers_nothing(page)


def _offers_nothing(page: Page) -> None:
    expect(page.locator("h1")).to_be_visible()
    forms = page.locator('form[method="post"]').evaluate_all("forms => forms.map(one => one.getAttribute('action'))")
    assert set(forms) == OWN, page.url
