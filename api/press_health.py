"""What printing stands on: the fonts of papers and the libraries that set them."""

import ctypes
from collections.abc import Mapping
from pathlib import Path

import documents
from api.findings import Finding, State, ill, well

FONTS = Path(documents.__file__).parent / "fonts"
FONT_FILES = ("IBMPlexSans_400Regular.ttf", "IBMPlexSans_600SemiBold.ttf", "NotoEmoji_400Regular.ttf")
TYPESETTING = {"libpango-1.0.so.0": "libpango-1.0-0", "libpangoft2-1.0.so.0": "libpangoft2-1.0-0"}
FAST_TYPESETTING = {"libharfbuzz-subset.so.0": "libharfbuzz-subset0"}


def fonts(folder: Path) -> Finding:
    """Whether the fonts of the papers are there."""
    missing = ", ".join(name for name in FONT_FILES if not (folder / name).is_file())
    if not missing:
        return well("fonts", "Шрифты документов на месте.", "The fonts of the papers are there.")
    return ill(
        "fonts",
        State.BROKEN,
        (f"Нет шрифтов документов: {missing}.", f"Fonts of the papers are missing: {missing}."),
        ("make setup или переустановите пакет", "make setup, or install the package again"),
    )


def typesetting(libraries: Mapping[str, str] = TYPESETTING) -> Finding:
    """Whether the libraries that set papers can be loaded; they are named with their Debian packages."""
    missing = _not_loadable(libraries)
    if not missing:
        return well("typesetting", "Библиотеки вёрстки загружаются.", "The typesetting libraries can be loaded.")
    return ill(
        "typesetting",
        State.BROKEN,
        (f"Не загружаются: {', '.join(missing)}.", f"Cannot be loaded: {', '.join(missing)}."),
        f"apt-get install {' '.join(missing.values())}",
    )


def fast_typesetting(libraries: Mapping[str, str] = FAST_TYPESETTING) -> Finding:
    """Whether the library is there that halves the time of a paper."""
    missing = _not_loadable(libraries)
    if not missing:
        return well("fast typesetting", "Быстрая вёрстка включена.", "Fast typesetting is on.")
    return ill(
        "fast typesetting",
        State.WARNING,
        ("Документы печатаются вдвое медленнее, чем могли бы.", "Papers take twice the time that they could."),
        f"apt-get install {' '.join(missing.values())}",
    )


def _not_loadable(libraries: Mapping[str, str]) -> dict[str, str]:
    missing = {}
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing[library] = package
    return missing
