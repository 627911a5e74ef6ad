"""Sellers by page: taken in, changed by one form at a time, each fault beside its field, each change in the audit."""

from typing import Any

import pytest
from sqlmodel import select

from api.audit import AuditEntry
from api.database import reading
from api.roles import PersonRole
from contracts.parties import Seller, SellerTaxMode
from contracts.tax_modes import TaxMode
from tests.api.pages.conftest import Pages
from tests.builders import an_inn

ADMIN = PersonRole.ADMIN


def new_seller(**changes: str) -> dict[str, Any]:
    given = {"code": "south", "name": "ООО «Юг»", "inn": an_inn(), "kpp": "770901001", "country": "RU", "city": "Тула"}
    given |= {"tax_mode": "simplified_5", "taxed_from": "2026-01-01", "time_zone": "Europe/Samara"}
    return given | {"late_entry_days": "3", "form_key": "1"} | changes


def test_a_seller_is_taken_in_by_page_once(pages: Pages) -> None:
    browser, given = pages.browser(ADMIN), new_seller()
    for _ in range(2):
        assert browser.post("/sellers/new", data=given).headers["location"] == "/sellers/2?said=seller"
    with reading(pages.house.engine) as session:
        made = session.exec(select(Seller).where(Seller.code == "south")).one()
        modes = session.exec(select(SellerTaxMode.mode).where(SellerTaxMode.seller_id == made.id)).all()
        assert (made.city, made.time_zone, made.late_entry_days, modes) == (
            "Тула",
            "Europe/Samara",
            3,
            ["simplified_5"],
        )
        assert session.exec(select(AuditEntry.action)).all() == ["POST /sellers/new"]
    assert "ООО «Юг»" in browser.get("/sellers").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"inn": "7707083894"}, "inn"),
        ({"code": "seller"}, "code"),
        ({"time_zone": "Moscow"}, "time_zone"),
        ({"late_entry_days": "61"}, "late_entry_days"),
        ({"taxed_from": "yesterday"}, "taxed_from"),
        ({"name": ""}, "name"),
    ],
)
def test_a_seller_that_cannot_be_is_told_beside_the_field(pages: Pages, changes: dict[str, str], field: str) -> None:
    before = pages.house.rows()
    if field == "code":
        changes = {"code": pages.house.seller.code}
    answer = pages.browser(ADMIN).post("/sellers/new", data=new_seller(**changes))
    assert answer.status_code in (409, 422)
    assert f'id="{field}-told" class="wrong"' in answer.text
    assert pages.house.rows() == before


def test_each_form_of_a_seller_changes_what_it_names(pages: Pages) -> None:
    browser, place = pages.browser(ADMIN), f"/sellers/{pages.house.seller.id}"
    forms: dict[str, dict[str, str]] = {
        "change": {"name": "ООО «Новый ветер»", "kpp": "770901001", "phone": "+7 495 123-45-67"},
        "tax": {"tax_mode": "simplified_7", "taxed_from": "2027-01-01"},
        "give-days": {"late_entry_days": "5", "payment_days": "10"},
        "remind": {"reminder_days": "14, 0", "reminder_email": "sales@north.example"},
        "follow-payments": {"payments_from": "2026-12-01"},
    }
    for act, given in forms.items():
        answer = browser.post(f"{place}:{act}", data=given | {"form_key": act})
        assert answer.headers.get("location") == f"{place}?said=seller_changed", act
    with reading(pages.house.engine) as session:
        seller = session.get_one(Seller, pages.house.seller.id)
        told = session.exec(select(AuditEntry.action)).all()
        assert (seller.name, seller.phone, seller.late_entry_days) == ("ООО «Новый ветер»", "+74951234567", 5)
        assert (seller.payment_days, seller.reminder_days, seller.reminder_email) == (10, "14 0", "sales@north.example")
        assert f"{seller.payments_from}" == "2026-12-01"
        modes = session.exec(select(SellerTaxMode.mode).order_by(SellerTaxMode.valid_from)).all()  # type: ignore[arg-type]
    assert modes == [TaxMode.GENERAL, TaxMode.SIMPLIFIED_7]
    assert told == [f"POST {place}:{act}" for act in forms]


@pytest.mark.parametrize(
    ("act", "given", "field"),
    [
        ("change", {"name": "ООО «Ветер»", "bic": "1"}, "bic"),
        ("tax", {"tax_mode": "simplified_5", "taxed_from": "2026-10-05"}, "taxed_from"),
        ("give-days", {"late_entry_days": "5", "payment_days": "61"}, "payment_days"),
        ("remind", {"reminder_days": "400"}, "reminder_days"),
        ("remind", {"reminder_days": "30", "reminder_email": "nobody"}, "reminder_email"),
        ("follow-payments", {"payments_from": "1"}, "payments_from"),
    ],
)
def test_a_change_that_cannot_be_is_told_beside_its_field(
    pages: Pages, act: str, given: dict[str, str], field: str
) -> None:
    place = f"/sellers/{pages.house.seller.id}"
    answer = pages.browser(ADMIN).post(f"{place}:{act}", data=given | {"form_key": "1"})
    assert answer.status_code in (409, 422)
    assert f'id="{field}-told" class="wrong"' in answer.text
    with reading(pages.house.engine) as session:
        assert session.exec(select(AuditEntry)).all() == []
