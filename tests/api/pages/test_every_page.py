"""Every page in a real browser: a quiet console, WCAG 2.2 AA, less than 300 KB, and no wider than a telephone."""

import pytest

from api.roles import PersonRole
from tests.api.conftest import ON_ONE
from tests.api.pages.conftest import Site, faults_of_access

LARGEST_PAGE = 300_000
"""Bytes of a page with all that it loads."""
PHONE = {"width": 360, "height": 740}
LOOKED_AT = [
    (None, "/sign-in"),
    (None, "/sign-in/code"),
    (None, "/sign-in/link"),
    (PersonRole.CLIENT, "/account"),
    (PersonRole.ADMIN, "/people"),
    (PersonRole.ADMIN, "/settings"),
    (PersonRole.ADMIN, "/sellers"),
    (PersonRole.ADMIN, "/sellers/new"),
    (PersonRole.ADMIN, "/sellers/1"),
    (PersonRole.ADMIN, "/sellers/1/dunning"),
    (PersonRole.ACCOUNTANT, "/sellers/1/dunning"),
    (PersonRole.ADMIN, "/plans"),
    (PersonRole.ADMIN, "/plans/support"),
    (PersonRole.ADMIN, "/plans/support/publish"),
    (PersonRole.ADMIN, "/forms"),
    (PersonRole.ADMIN, "/forms/1"),
    (PersonRole.ADMIN, "/calendars"),
    (PersonRole.ADMIN, "/installation"),
    (PersonRole.ADMIN, "/keys"),
    (PersonRole.ADMIN, "/webhooks"),
    (PersonRole.ADMIN, "/webhooks/1/deliveries"),
    (PersonRole.AUDITOR, "/audit?table=client"),
    (PersonRole.SALES, "/clients"),
    (PersonRole.SALES, "/clients/new"),
    (PersonRole.SALES, "/clients/1"),
    (PersonRole.SALES, "/clients/1/entities/1"),
    (PersonRole.SALES, "/clients/1/registrations"),
    (PersonRole.SALES, "/sales/new"),
    (PersonRole.SALES, "/sales/new?client=1"),
    (PersonRole.SALES, "/sales/1"),
    (PersonRole.SALES, "/sales/1/package"),
    (PersonRole.SALES, "/clients/1/free-period"),
    (PersonRole.SALES, "/entities/1/preamble"),
    (PersonRole.ADMIN, "/sellers/1/preamble"),
    (PersonRole.SALES, "/papers/1"),
    (PersonRole.SALES, "/sales/1/renew"),
    (PersonRole.SALES, "/sales/1/amend"),
    (PersonRole.SALES, "/renewals?month=2027-10"),
    *(
        (PersonRole.CLIENT_ADMIN, f"/my{path}")
        for path in ("", "/invoices", "/invoices/1", "/papers", "/packages", "/renewals/1", "/contacts")
    ),
    *((PersonRole.CLIENT, f"/my{path}") for path in ("/statements", "/approvals")),
    (PersonRole.DESK, "/desk?q=ооо"),
    (PersonRole.DESK, "/desk/1"),
    (PersonRole.SALES, "/cases"),
    (PersonRole.ENGINEER, "/work"),
    (PersonRole.ENGINEER, "/jobs/new?client_id=1"),
    (PersonRole.ACCOUNTANT, "/months"),
    (PersonRole.ACCOUNTANT, "/months/2026-10"),
    (PersonRole.ACCOUNTANT, "/months/2026-09/closing"),
    (PersonRole.ACCOUNTANT, "/corrections"),
    (PersonRole.ACCOUNTANT, "/clients/1"),
    (PersonRole.ACCOUNTANT, "/payments"),
    (PersonRole.ACCOUNTANT, "/payments/new?q=2026-0001"),
    (PersonRole.ACCOUNTANT, "/payments/bank"),
    (PersonRole.ACCOUNTANT, "/invoices"),
    (PersonRole.ACCOUNTANT, "/invoices/1"),
    (PersonRole.ACCOUNTANT, "/reconciliation?client_id=1"),
    (PersonRole.ACCOUNTANT, "/reconciliation?entity_id=1&starts_on=2026-07-01&last_day=2026-09-30"),
    (PersonRole.ACCOUNTANT, "/bounces"),
    (PersonRole.ACCOUNTANT, "/papers?month=2026-10"),
    (PersonRole.ACCOUNTANT, "/papers/1"),
    (PersonRole.AUDITOR, "/objections"),
    (PersonRole.DESK, "/audit"),  # which the desk may not see: how a page is refused
]


@ON_ONE
@pytest.mark.parametrize(("role", "path"), LOOKED_AT)
def test_the_page_is_fit_for_everybody(common_site: Site, role: PersonRole | None, path: str) -> None:
    common_site.complaints.clear()
    page = common_site.open(role, color_scheme="dark")
    weighed: list[int] = []
    page.on("response", lambda answer: weighed.append(int(answer.headers.get("content-length", 0))))
    page.goto(common_site.address + path)
    assert faults_of_access(page) == []
    page.emulate_media(color_scheme="light")
    assert faults_of_access(page) == []
    assert sum(weighed) < LARGEST_PAGE
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    forbidden = (role, path) == (PersonRole.DESK, "/audit")
    assert [said for said in common_site.complaints if not (forbidden and "403" in said)] == []
