"""Every reason of matching is a sentence in both languages (M5)."""

import pytest

from billing.bank_matching import MATCHED, MatchReason
from documents.bank_wording import match_text
from documents.words import Language


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", MatchReason)
def test_a_reason_is_a_sentence_and_what_waits_says_what_to_do_m5(reason: MatchReason, language: Language) -> None:
    text = match_text(reason, language)
    assert text.endswith(".")
    assert (text.count(". ") == 0) == (reason in MATCHED)
    assert any("а" <= letter <= "я" for letter in text) == (language is Language.RU)
