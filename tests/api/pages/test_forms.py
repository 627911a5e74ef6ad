"""How the forms of pages read what people type."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from api.pages.forms import Day, Month
from api.roles import PersonRole
from tests.api.pages.conftest import Pages


@pytest.mark.parametrize(("typed", "day"), [("2026-02-01", date(2026, 2, 1)), ("01.02.2026", date(2026, 2, 1))])
def test_a_day_is_read_as_a_calendar_sends_it_and_as_people_write_it(typed: str, day: date) -> None:
    assert TypeAdapter(Day).validate_python(typed) == day


@pytest.mark.parametrize("typed", ["31.12.99", "0001-01-01", "9999-12-31", "1989-12-31", "2200-01-01", "30.02.2026"])
def test_a_day_of_a_year_that_cannot_be_meant_is_refused_with_what_can(typed: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Day).validate_python(typed)
    [told] = caught.value.errors()
    assert (told["ctx"]["code"], told["ctx"]["allowed"]) == ("DATE_WRONG", "31.12.2026")
    with pytest.raises(ValidationError):
        TypeAdapter(Month).validate_python("9999-12")


def test_a_page_is_asked_for_no_month_beyond_all_calendars(pages: Pages) -> None:
    asked = pages.browser(PersonRole.SALES).get("/renewals?month=9999-12")
    assert asked.status_code == 422
