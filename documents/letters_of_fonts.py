"""The letters that the fonts of papers have, and what is printed for all others (P7)."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
_SHAPELESS = ("Cc", "Cf", "Zs", "Zl", "Zp")
_VARIATIONS = frozenset(map(chr, range(0xFE00, 0xFE10)))
"""They choose the look of the letter before them."""


def spelled_out(text: str) -> str:
    """The text with letters of scripts that no font of ours has as numbers of Unicode: "[U+682A U+5F0F]".

    They would be printed as empty boxes, which tell nobody anything and which PDF/A forbids.
    """
    strange = [letter for letter in set(text) - _known() if unicodedata.category(letter) not in _SHAPELESS]
    if not strange:
        return text
    return re.sub(f"[{re.escape(''.join(strange))}]+", _numbers, text)


def _numbers(found: re.Match[str]) -> str:
    return "[" + " ".join(f"U+{ord(letter):04X}" for letter in found[0]) + "]"


@cache
def _known() -> frozenset[str]:
    known = set(_VARIATIONS)
    for file in FONTS.glob("*.ttf"):
        with TTFont(file) as font:
            known.update(map(chr, font.getBestCmap()))
    return frozenset(known)
