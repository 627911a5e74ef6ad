"""Stored questions are read as they would be asked today (D1, E5)."""

import json

import pytest

from entitlements.stored_question import stored_question
from tests.builders import moment

AT = moment("2026-05-13 12:00")
ADDRESS = f"anna@{'ромашка.рф'.encode('idna').decode()}"


@pytest.mark.parametrize(
    "words",
    [
        {"contact": {"email": ADDRESS, "phone": "84951234567"}},
        {"question": {"at": AT.isoformat(), "contact": [ADDRESS, "+74951234567"]}},
    ],
)
def test_who_asked_is_known_by_the_writing_in_which_addresses_are_kept_d1_d4(words: dict[str, object]) -> None:
    assert stored_question(json.dumps(words)).asked(AT).contact == ("anna@ромашка.рф", "+74951234567")


@pytest.mark.parametrize("words", [{"phone": "+8 495 123-45-67"}, {"phone": "+84951234567", "email": ADDRESS}])
def test_a_phone_that_an_earlier_release_took_still_tells_who_asked_d1(words: dict[str, str]) -> None:
    assert stored_question(json.dumps({"contact": words})).asked(AT).contact[-1] == "+84951234567"
