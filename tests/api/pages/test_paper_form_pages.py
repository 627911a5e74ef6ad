"""The look of papers by page: a sample as it is typed, faults beside their fields, versions, the logo kept (P1, P7)."""

from typing import Any

import pytest
from sqlmodel import select

from api.database import reading, transaction
from api.roles import PersonRole
from contracts.parties import Seller
from documents.adopting_forms import form_in, forms_of
from documents.forms import PaperForm
from tests.api.pages.conftest import Pages
from tests.documents.reading import whole_text
from tests.documents.test_logo import picture
from tests.documents.test_own_words import LAYOUT

ADMIN = PersonRole.ADMIN


def filled(**changes: str) -> dict[str, Any]:
    given = {"accent": "#1f6f54", "ru.footer": "{{ seller.name }} с любовью", "ru.papers.invoice": LAYOUT.strip()}
    given |= {"ru.clauses": "Первое своё.\r\n\r\nВторое своё.", "paper": "invoice", "language": "ru", "form_key": "1"}
    return given | changes


def test_a_sample_is_what_is_typed_and_nothing_is_stored_p1(pages: Pages) -> None:
    browser, before = pages.browser(ADMIN), pages.house.rows()
    seen = browser.post(f"/forms/{pages.house.seller.id}:preview", data=filled(), files={"logo": ("l.png", picture())})
    assert seen.headers["content-type"] == "application/pdf"
    assert "с любовью" in whole_text(seen.content)
    contract = browser.post(f"/forms/{pages.house.seller.id}:preview", data=filled(paper="contract"))
    assert "Второе своё." in whole_text(contract.content)
    assert pages.house.rows() == before


def test_a_sample_is_printed_while_another_writes(pages: Pages) -> None:
    seller = pages.house.seller
    with transaction(pages.house.engine) as session:
        session.get_one(Seller, seller.id, with_for_update=True)  # on SQLite this is the only writer
        seen = pages.browser(ADMIN).post(f"/forms/{seller.id}:preview", data=filled())
    assert seen.headers["content-type"] == "application/pdf"


def test_a_form_is_adopted_once_and_keeps_its_logo_until_it_is_taken_away_p7(pages: Pages) -> None:
    browser, place = pages.browser(ADMIN), f"/forms/{pages.house.seller.id}"
    for _ in range(2):
        done = browser.post(f"{place}:adopt", data=filled(), files={"logo": ("l.png", picture())})
        assert done.headers["location"] == f"{place}?said=form"
    browser.post(f"{place}:adopt", data=filled(accent="", form_key="2"))
    browser.post(f"{place}:adopt", data=filled(accent="", form_key="3", without_logo="true"))
    with reading(pages.house.engine) as session:
        looks = [form_in(one) for one in forms_of(session, pages.house.seller.id)]
    assert [bool(one.logo) for one in looks] == [True, True, False]
    assert looks[0].ru.clauses == ("Первое своё.", "Второе своё.")
    shown = browser.get(place).text
    assert "{{ seller.name }} с любовью" in shown
    assert f"{place}/sample?version=3" in shown
    assert "с любовью" in whole_text(browser.get(f"{place}/sample?version=1&paper=act").content)
    assert "с любовью" not in whole_text(browser.get(f"{place}/sample").content)
    assert browser.get(f"{place}/sample?version=9").status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"accent": "#ffff00"}, "accent"),
        ({"accent": "green"}, "accent"),
        ({"ru.header": "{{ seller.kpp }}"}, "ru.header"),
        ({"en.footer": "x" * 201}, "en.footer"),
        ({"ru.clauses": "Годится.\n{% for %}"}, "ru.clauses"),
        ({"ru.notes.invoice": "{{ month }}"}, "ru.notes.invoice"),
        ({"ru.papers.invoice": "# Счёт\n{{ payee }}"}, "ru.papers.invoice"),
        ({"en.papers.act": "\x07"}, "en.papers.act"),
    ],
)
def test_a_fault_is_told_beside_its_field_and_nothing_is_adopted(
    pages: Pages, changes: dict[str, str], field: str
) -> None:
    given = {"en.footer": "", "ru.header": "", "ru.notes.invoice": "", "en.papers.act": ""}
    for act in ("preview", "adopt"):
        answer = pages.browser(ADMIN).post(f"/forms/{pages.house.seller.id}:{act}", data=filled() | given | changes)
        assert answer.status_code == 422
        assert f'id="{field}-told" class="wrong"' in answer.text
    with reading(pages.house.engine) as session:
        assert session.exec(select(PaperForm)).all() == []


def test_what_is_no_picture_is_told_beside_the_logo(pages: Pages) -> None:
    files = {"logo": ("l.png", b"no picture")}
    answer = pages.browser(ADMIN).post(f"/forms/{pages.house.seller.id}:adopt", data=filled(), files=files)
    assert answer.status_code == 422
    assert 'id="logo-told" class="wrong"' in answer.text
