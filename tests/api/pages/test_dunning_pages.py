"""The ladder of dunning by page: shown with what it does now, chosen once, with its history (S8, S10)."""

from sqlmodel import select

from api.database import reading
from api.roles import PersonRole
from billing.dunning import DunningLadder, DunningStep, DunningTaken
from tests.api.pages.conftest import Pages
from tests.builders import moment

ADMIN, ACCOUNTANT = PersonRole.ADMIN, PersonRole.ACCOUNTANT
LADDER = {"valid_from": "2026-10-01", "days_1": "3", "notice_1": "reminder", "effect_1": "none"}
LADDER |= {"days_2": "10", "notice_2": "last_notice", "effect_2": "block", "form_key": "d1"}


def test_what_a_new_ladder_does_now_is_shown_and_nothing_is_written_until_it_is_chosen_s10(pages: Pages) -> None:
    house = pages.house
    house.clock.at = moment("2026-10-26 10:00")
    pages.sign_in_again(ADMIN, ACCOUNTANT)
    browser, path = pages.browser(ADMIN), f"/sellers/{house.seller.id}"
    for more in ({}, {"hx-request": "true"}):
        told = browser.post(f"{path}/dunning:preview", data=LADDER, headers=more)
        assert told.status_code == 200
        assert (
            "Overdue invoices: 2. Steps that would be due now: 4" in told.text,
            house.sold.invoice.number in told.text,
        ) == (True, True)
        assert ("last notice, block the service" in told.text, "only the last one is told" in told.text) == (True, True)
    with reading(house.engine) as session:
        assert session.exec(select(DunningLadder)).all() == []
    for _ in range(2):
        answer = browser.post(f"{path}:choose-dunning", data=LADDER)
        assert answer.headers["location"] == f"{path}/dunning?said=dunning"
    with reading(house.engine) as session:
        assert len(session.exec(select(DunningLadder)).all()) == 1
        assert [one.working_days for one in session.exec(select(DunningStep))] == [3, 10]
        assert session.exec(select(DunningTaken)).all() == []
    assert (
        browser.post(f"{path}:choose-dunning", data={"valid_from": "2026-12-01", "form_key": "d2"}).status_code == 303
    )
    told = pages.browser(ACCOUNTANT).get(f"{path}/dunning").text
    assert ("For invoices due from 01.10.2026 on" in told, "01.12.2026" in told) == (True, True)
    assert ("Nobody is dunned" in told, "Set the ladder" in told) == (True, False)


def test_steps_that_make_no_sense_are_refused_and_kept_as_typed_s10(pages: Pages) -> None:
    browser, path = pages.browser(ADMIN), f"/sellers/{pages.house.seller.id}:choose-dunning"
    for changes, told in (
        ({"days_2": ""}, 'id="days_2-told" class="wrong"'),
        ({"days_2": "251"}, 'id="days_2-told" class="wrong"'),
        ({"days_2": "3"}, 'class="refused"'),
        ({"notice_1": ""}, 'class="refused"'),
        ({"valid_from": "soon"}, 'id="valid_from-told" class="wrong"'),
    ):
        answer = browser.post(path, data=LADDER | changes)
        assert (answer.status_code, told in answer.text, 'value="3"' in answer.text) == (422, True, True), changes
    assert pages.browser(ACCOUNTANT).post(path, data=LADDER).status_code == 403
