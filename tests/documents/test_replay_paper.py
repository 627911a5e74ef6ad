"""The replay on paper and as a part of a page: both sides of each month, all together, and the other answers (H15)."""

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from contracts.tax_modes import TaxMode
from documents import words
from documents.reason_table import MEANINGS
from documents.templating import fragment_source
from documents.words import NBSP, Language
from entitlements.reasons import Reason
from tests.documents import samples
from tests.documents.reading import page_texts

both_languages = pytest.mark.parametrize("language", list(Language))
SAID = {
    Language.RU: {
        "trial": "тарифный план «Забота, версия 2»: округление вверх до, минут — 30; что округляется вместе —",
        "rows": (
            "было 2:30 1:00 1:00 0:00 1:30 4 050,00 2 818,00 1 + 1",
            "было бы 3:00 3:00 3:00 0:00 0:00 0,00 4 000,00 0",
        ),
        "total": "Клиент платит, с НДС 9 686,00 —",
        "open": "0:00, не закрыт",
        "asked": "Вопросов за эти дни: 7. Другой ответ: 1; только другой остаток часов: 1.",
    },
    Language.EN: {
        "trial": "plan “Забота, версия 2”: rounded up to, minutes — 30; rounded up together — a ticket in a month",
        "rows": (
            "was 2:30 1:00 1:00 0:00 1:30 4,050.00 2,818.00 1 + 1",
            "would be 3:00 3:00 3:00 0:00 0:00 0.00 4,000.00 0",
        ),
        "total": "The client pays, incl. VAT 9,686.00 —",
        "open": "0:00, not closed",
        "asked": "Questions of these days: 7. Another answer: 1; only other hours left: 1.",
    },
}


def said(language: Language) -> list[str]:
    """What paper and page both say."""
    sheet, known = samples.replay(), SAID[language]
    meanings = [MEANINGS[reason][language] for reason in (Reason.REQUEST_EXCEEDS_BALANCE, Reason.COVERED)]
    day = words.day_in_figures(sheet.replay.answers[0].asked_on)
    return [
        known["trial"],
        *known["rows"],
        known["total"],
        known["open"],
        known["asked"],
        f"{day} SD-1042 {' '.join(meanings)}",
    ]


@both_languages
def test_a_replay_is_one_page_with_both_sides_of_each_month_h15(
    render: Callable[..., bytes], language: Language
) -> None:
    (page,) = page_texts(render("replay", samples.replay(), language))
    for sentence in said(language):
        assert sentence in page
    assert "SD-1043" not in page
    assert samples.CLIENT.inn in page


@both_languages
def test_a_seller_without_vat_names_none_m2(render: Callable[..., bytes], language: Language) -> None:
    sheet = replace(samples.replay(), tax_mode=TaxMode.SIMPLIFIED_EXEMPT)
    (page,) = page_texts(render("replay", sheet, language))
    told = SAID[language]["total"]
    assert told in " ".join(page_texts(render("replay", samples.replay(), language)))
    assert told.replace(", с НДС", "").replace(", incl. VAT", "") in page  # type: ignore[union-attr]
    assert not re.search("НДС|VAT", page)


@both_languages
def test_the_part_of_a_page_says_the_same_h15(language: Language) -> None:
    shown = ElementTree.fromstring(fragment_source("replay", language, samples.replay()))
    text = " ".join(" ".join(shown.itertext()).replace(NBSP, " ").split())
    for sentence in said(language):
        assert sentence in text
    assert shown.get("lang") == language
