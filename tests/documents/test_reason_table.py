"""Every reason has its line in the documentation of the API and on the page of the docs, both from one source (D2)."""

from pathlib import Path

import pytest

from api.v1.answers import CheckAnswer
from documents.reason_table import MEANINGS, reason_table
from documents.words import Language
from entitlements.reasons import Reason

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reasons.md"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_line_with_its_decision_and_meaning_d2(reason: Reason, language: Language) -> None:
    line = next(line for line in reason_table(language).splitlines() if line.startswith(f"| `{reason}` |"))
    assert line == f"| `{reason}` | `{reason.verdict}` | {MEANINGS[reason][language]} |"


def test_there_is_a_meaning_for_every_reason_and_for_nothing_else_d2() -> None:
    assert list(MEANINGS) == list(Reason)
    for language in Language:
        assert len({meaning[language] for meaning in MEANINGS.values()}) == len(Reason)


def test_the_api_and_the_page_tell_the_same_table_d2() -> None:
    told = CheckAnswer.model_json_schema()["properties"]["reason"]["description"]
    for language in Language:
        assert reason_table(language) in told
        assert f"\n\n{reason_table(language)}\n" in PAGE.read_text("utf-8")
