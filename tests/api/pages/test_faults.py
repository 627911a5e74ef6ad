"""What is allowed instead, as the pages say it: a range as one, a choice by its values, and nothing twice."""

from datetime import date

import pytest

from api.pages.faults import sentence_of
from contracts.errors import Bounds
from contracts.policies import Channel
from documents.words import Language


@pytest.mark.parametrize(
    ("code", "allowed", "told"),
    [
        ("LAST_DAY_OUT_OF_RANGE", Bounds(date(2026, 11, 27), date(2027, 11, 25)), "Можно: с 27.11.2026 по 25.11.2027."),
        ("START_NOT_ALIGNED", [date(2026, 6, 1), date(2026, 7, 1)], "Можно: 01.06.2026, 01.07.2026."),
        ("TERM_NOT_ON_SALE", [1, 3, 12], "Можно: 1, 3, 12."),
    ],
)
def test_what_is_allowed_follows_the_sentence(code: str, allowed: object, told: str) -> None:
    sentence = sentence_of({"code": code, "allowed": allowed}, Language.RU)
    assert sentence.endswith(f". {told}")


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("BANK_FILE_UNKNOWN", ["1CClientBankExchange", "camt.053"]),
        ("FIELD_REQUIRED", list(Channel)),
        ("DATE_WRONG", []),
    ],
)
def test_codes_and_what_the_sentence_says_already_are_not_told(code: str, allowed: object) -> None:
    assert "Можно:" not in sentence_of({"code": code, "allowed": allowed}, Language.RU)


def test_an_amount_is_to_be_written_as_the_pages_show_it() -> None:
    told = sentence_of({"code": "AMOUNT_UNREADABLE", "allowed": "33 816,00"}, Language.RU)
    assert "33 816,00" in told
    assert "33816.00" not in told
