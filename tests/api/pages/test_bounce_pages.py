"""The bounce list by page: why, since when and which papers, and a person who trusts an address again (P2)."""

from sqlmodel import select

from api.database import reading, transaction
from api.roles import PersonRole
from documents.bounces import AddressClearance
from documents.bouncing import record_refused_address
from documents.letters import Letter
from documents.mailing_by_hand import send_papers
from tests.api.pages.conftest import Pages, Site, faults_of_access
from tests.api.pages.test_books_pages import one, sent, shown
from tests.api.test_v1_letters import EMAIL, named, printed

PHONE = {"width": 360, "height": 740}


def bounced(pages: Pages) -> int:
    """A letter with the client's first paper came back; the paper's id."""
    named(pages.house)
    paper_id = printed(pages.house)[0]
    with transaction(pages.house.engine) as session:
        (letter,) = send_papers(session, [paper_id], "Котова", None, at=pages.house.clock())
        record_refused_address(session, letter, "550 5.1.1 No such user", at=pages.house.clock())
        record_refused_address(session, letter, "550 5.1.1 No such user", at=pages.house.clock())
    return paper_id


def test_an_address_is_listed_with_its_papers_until_a_person_trusts_it_p2(pages: Pages) -> None:
    assert "all letters arrive" in shown(pages, "/bounces")
    paper_id = bounced(pages)
    for role in (PersonRole.ACCOUNTANT, PersonRole.SALES, PersonRole.AUDITOR):
        told = shown(pages, "/bounces", role)
        assert (EMAIL in told, "No such user" in told, f"/papers/{paper_id}" in told) == (True, True, True)
        assert ("/bounces:clear" in told) == (role is not PersonRole.AUDITOR)
    assert sent(pages, "/bounces:clear", email=EMAIL).status_code == 422
    clears = [sent(pages, "/bounces:clear", email=EMAIL, reason="Починили", form_key=key) for key in ("b1", "b1", "b2")]
    assert [answer.status_code for answer in clears] == [303, 303, 409]
    cleared = one(pages.house, AddressClearance)
    assert (cleared.cleared_by, cleared.reason) == ("accountant person", "Починили")
    assert "all letters arrive" in shown(pages, "/bounces")
    with reading(pages.house.engine) as session:
        assert [letter.recipient for letter in session.exec(select(Letter))] == [EMAIL]


def test_a_list_with_an_address_is_fit_for_everybody(site: Site) -> None:
    bounced(site.pages)
    page = site.open(PersonRole.ACCOUNTANT, "/bounces", color_scheme="dark")
    assert faults_of_access(page) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("textbox").fill("Ящик починили")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
