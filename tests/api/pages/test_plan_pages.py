"""A plan by page: the next version is filled in, seen beside the last one, and published once (S9)."""

import re
from typing import Any

import pytest
from sqlmodel import select

from api.audit import AuditEntry
from api.database import reading, transaction
from api.pages.plan_form import KINDS, typed_of
from api.roles import PersonRole
from contracts.catalogue import Plan, PlanVersion
from contracts.plan_definitions import definition_of
from contracts.plan_versions import Difference, last_version, plan_differences
from tests.api.pages.conftest import Pages
from tests.builders import worked

ADMIN = PersonRole.ADMIN
IN_WORDS = {"id", "plan_id", "version", "currency", "warning_percents", "channels"}
"""Columns of a version that are no field of a setting: its identity, and what is asked in a way of its own or kept."""


def typed(pages: Pages, **changes: Any) -> dict[str, Any]:
    """The form as it is filled in at first, with changes; none takes a field away, as a box that is not ticked."""
    with reading(pages.house.engine) as session:
        last = last_version(session, "support")
        given = typed_of(definition_of(session, last), last.version) | {"form_key": "1"} | changes
    return {name: value for name, value in given.items() if value not in (None, "")}


def test_every_setting_of_a_plan_is_in_the_form_or_named_as_kept() -> None:
    settings = {name.removesuffix("_minor") for name in PlanVersion.model_fields}
    assert settings - set(KINDS) == IN_WORDS
    assert set(KINDS) <= settings


def test_a_version_as_it_is_filled_in_says_what_the_last_one_says_s9(pages: Pages) -> None:
    browser = pages.browser(ADMIN, **{"Accept-Language": "en"})
    seen = browser.post("/plans/support:preview", data=typed(pages)).text
    assert "The terms are the same." in seen
    assert "The words of the contract are the same." in seen
    answer = browser.post("/plans/support:publish", data=typed(pages))
    assert answer.headers["location"] == "/plans/support?version=2&said=published"
    with reading(pages.house.engine) as session:
        assert plan_differences(session, "support", 1, 2) == []


def test_a_form_that_is_not_touched_shows_what_it_is_filled_in_with(pages: Pages) -> None:
    shown = pages.browser(ADMIN).get("/plans/support/publish").text
    assert 'name="included_minutes" type="text" value="1:00"' in shown
    assert 'name="price_12" type="text" value="12000.00"' in shown
    assert 'name="overage_rate" type="text" value="2700.00"' in shown
    assert '<option value="bill" selected>' in shown
    assert "/plans/support:publish" not in shown  # only what was seen can be published


def test_what_changes_is_seen_before_it_is_published_and_published_once(pages: Pages) -> None:
    browser, before = pages.browser(ADMIN, **{"Accept-Language": "en"}), pages.house.rows()
    changes = {"valid_from": "2027-01-01", "included_minutes": "1:30", "sold_1": None, "price_12": "15 000,00"}
    changes |= {"new_months": "36", "new_price": "40000", "over_limit": "approve", "channels": ["phone"]}
    seen = browser.post("/plans/support:preview", data=typed(pages, **changes)).text
    told = [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in re.findall("<tr>(.*?)</tr>", seen)]
    assert "Hours included 1 h 1 h 30 min" in told
    assert "Term, months · 12 · price 12,000.00 RUB 15,000.00 RUB" in told
    assert "Term, months · 36 — on sale" in told
    assert "When hours do not suffice work at a price ask the manager" in told
    assert seen.count('class="pair changed"') > 1
    assert pages.house.rows() == before
    asked = typed(pages, **changes)
    for _ in range(2):
        assert browser.post("/plans/support:publish", data=asked).status_code == 303
    with reading(pages.house.engine) as session:
        found = plan_differences(session, "support", 1, 2)
        (entry,) = session.exec(select(AuditEntry)).all()
    assert len(found) == 9
    assert Difference("prices.36.price", None, "40000.00") in found
    assert Difference("prices.1", "on sale", None) in found
    assert (entry.name, entry.action) == ("admin person", "POST /plans/support:publish")
    assert "Hours included" in browser.get("/plans/support?version=2").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price_12": "-1"}, "price_12"),
        ({"price_12": "a lot"}, "price_12"),
        ({"new_months": "12"}, "new_months"),
        ({"new_months": "61"}, "new_months"),
        ({"quantum_minutes": "481"}, "quantum_minutes"),
        ({"desk_hours": "18:00-09:00"}, "desk_hours"),
        ({"exempt_percent": "40"}, "exempt_ground"),
        ({"valid_from": ""}, "valid_from"),
        ({"included_minutes": "1:75"}, "included_minutes"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_nothing_is_written(
    pages: Pages, changes: dict[str, str], field: str
) -> None:
    browser, before = pages.browser(ADMIN), pages.house.rows()
    for act in ("preview", "publish"):
        answer = browser.post(f"/plans/support:{act}", data=typed(pages) | {"exempt_ground": ""} | changes)
        assert answer.status_code == 422
        assert f'id="{field}-told" class="wrong"' in answer.text
    assert pages.house.rows() == before


def test_who_filled_in_an_older_version_is_told_that_there_is_a_newer_one(pages: Pages) -> None:
    browser, old = pages.browser(ADMIN), typed(pages, quantum_minutes="30")
    assert browser.post("/plans/support:publish", data=typed(pages, form_key="2")).status_code == 303
    refused = browser.post("/plans/support:publish", data=old)
    assert refused.status_code == 409
    assert "published while you filled in the form" in refused.text


def test_a_plan_or_a_version_that_is_not_there_is_no_page(pages: Pages) -> None:
    browser = pages.browser(ADMIN)
    for path in ("/plans/nothing", "/plans/nothing/publish"):
        assert browser.get(path).status_code == 404
    for act in ("preview", "publish"):
        assert browser.post(f"/plans/nothing:{act}", data={"form_key": "1"}).status_code == 404
    assert browser.get("/plans/support?version=2").status_code == 422


def test_a_plan_like_another_one_is_of_its_kind_and_no_version_of_it_s6(pages: Pages) -> None:
    browser, named = pages.browser(ADMIN), {"new_code": "gold", "new_name": "Золото", "new_name_en": "Gold"}
    made = browser.post("/plans/support:publish", data=typed(pages, **named))
    assert made.headers["location"] == "/plans/gold?version=1&said=published"
    with reading(pages.house.engine) as session:
        plans = {plan.code: plan for plan in session.exec(select(Plan)).all()}
    assert plans["gold"].kind_id == plans["support"].kind_id
    again = browser.post("/plans/support:publish", data=typed(pages, **named, form_key="2"))
    assert (again.status_code, 'id="new_code-told" class="wrong"' in again.text) == (409, True)


def test_the_catalogue_is_loaded_by_page_once_more_without_harm(pages: Pages) -> None:
    browser = pages.browser(ADMIN)
    for key in ("1", "2"):
        answer = browser.post("/plans:load", data={"form_key": key})
        assert answer.headers["location"] == "/plans?said=catalogue"
    assert "/plans/its-prof" in browser.get("/plans").text


def test_a_version_is_tried_on_a_clients_last_year_before_it_is_published_h15(pages: Pages) -> None:
    browser, house = pages.browser(ADMIN, **{"Accept-Language": "en"}), pages.house
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-05 09:00", 80)
    before = house.rows()
    seen = browser.post("/plans/support:preview", data=typed(pages, quantum_minutes="60", try_client=house.own.id)).text
    trial = seen.partition('class="replay"')[2]
    assert "1:30" in trial  # 80 minutes to the quarter of an hour
    assert "2:00" in trial  # and to the hour
    for client in ("99", "x"):
        refused = browser.post("/plans/support:preview", data=typed(pages, try_client=client))
        assert 'id="try_client-told" class="wrong"' in refused.text
    assert house.rows() == before
