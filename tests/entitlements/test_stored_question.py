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
