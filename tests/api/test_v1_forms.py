"""A form over HTTP: seen on a sample, adopted by an administrator, kept in versions (P1, P2, P7)."""

import base64
from typing import Any

import pytest

from tests.api.conftest import House
from tests.documents.reading import whole_text
from tests.documents.test_logo import picture
from tests.documents.test_own_words import LAYOUT


def a_form(**changes: Any) -> dict[str, Any]:
    words = {"footer": "{{ seller.name }}", "papers": {"invoice": LAYOUT.strip().split("\n")}}
    return {"accent": "#1f6f54", "logo": base64.b64encode(picture()).decode(), "ru": words} | changes


def test_a_form_is_seen_on_a_sample_and_then_adopted_p1(house: House) -> None:
    own = f"/v1/sellers/{house.seller.id}"
    seen = house.post("admin", f"{own}/forms:preview", a_form(paper="invoice"))
    assert seen.headers["content-type"] == "application/pdf"
    text = whole_text(seen.content)
    assert "Просим оплатить 33 816,00 руб." in text
    assert house.seller.name in text
    assert house.get("sales", f"{own}/form").json()["version"] == 0

    assert house.post("sales", f"{own}/forms", a_form()).status_code == 403
    kept = house.post("admin", f"{own}/forms", a_form(), once="f-1").json()
    assert (kept["version"], kept["accent"]) == (1, "#1f6f54")
    assert kept["ru"]["papers"]["invoice"] == LAYOUT.strip().split("\n")
    assert house.post("admin", f"{own}/forms", a_form(), once="f-1").json() == kept
    assert house.get("accountant", f"{own}/form").json() == kept
    again = {name: kept[name] for name in ("accent", "logo", "ru", "en")}
    assert house.post("admin", f"{own}/forms", again).json()["version"] == 1
    plain = house.post("admin", f"{own}/forms", {}).json()
    assert (plain["version"], plain["accent"], plain["logo"]) == (2, "", "")


@pytest.mark.parametrize("path", ["form", "forms", "forms:preview"])
def test_only_a_known_seller_has_a_form(house: House, path: str) -> None:
    ask = house.get("admin", "/v1/sellers/999/form") if path == "form" else None
    told = ask or house.post("admin", f"/v1/sellers/999/{path}", {})
    assert (told.status_code, told.json()["code"]) == (404, "SELLER_UNKNOWN")
