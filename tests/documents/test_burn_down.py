"""The burn-down picture: steps of our own, read beside words (P5)."""

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from documents.burn_down import burn_down_svg
from documents.statement import BurnDownSheet
from tests.documents import samples
from tests.documents.reading import whole_text


def steps(svg: str) -> list[tuple[float, int]]:
    """The height of each step over the line for nothing left, and the day after which it ends."""
    drawn = ElementTree.fromstring(svg)[0].attrib["d"]
    return [(40 - float(top), int(end) // 10) for top, end in re.findall(r"V([\d.]+)H(\d+)", drawn)]


@pytest.mark.parametrize(
    ("left", "drawn"),
    [
        ((120, 120, 60, 0), [(40, 2), (20, 3), (0, 4)]),
        ((60, -30), [(40, 1), (0, 2)]),
        ((0, 0), [(0, 2)]),
        ((30,), [(40, 1)]),
    ],
)
def test_each_step_is_as_high_as_what_was_left(left: tuple[int, ...], drawn: list[tuple[float, int]]) -> None:
    assert steps(burn_down_svg(left)) == drawn


@pytest.mark.parametrize(
    ("language", "says", "lasts"),
    [
        ("ru", "01.10.2026 — 2 ч, 31.10.2026 — 0 мин, наименьший 0 мин. За 20 последних рабочих дней учтено 2 ч:"
         " при том же темпе часы после 31.10.2026 закончатся 18.11.2026.",
         "часов после 31.10.2026 хватит до конца их срока."),
        ("en", "01.10.2026 2 h, 31.10.2026 0 min, at the least 0 min. The last 20 working days took 2 h: at this pace"
         " the hours after 31.10.2026 run out on 18.11.2026.", "the hours after 31.10.2026 last until they expire."),
    ],
)  # fmt: skip
def test_the_picture_is_told_in_words_with_the_forecast_h13(
    render: Callable[..., bytes], language: str, says: str, lasts: str
) -> None:
    sheet = samples.statement(1)
    assert says in whole_text(render("statement", sheet, language))
    assert sheet.burn_down is not None
    assert sheet.burn_down.forecast is not None
    endless = replace(sheet.burn_down, forecast=replace(sheet.burn_down.forecast, runs_out_on=None))
    assert lasts in whole_text(render("statement", replace(sheet, burn_down=endless), language))


def test_without_a_pace_there_is_no_forecast(render: Callable[..., bytes]) -> None:
    sheet = samples.statement(1, burn_down=BurnDownSheet((60, 60)))
    assert "темпе" not in whole_text(render("statement", sheet))
