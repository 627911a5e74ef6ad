"""What the pages say, in Russian and English: `api/locale/<room>.toml`, a table for each text."""

import tomllib
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from documents.words import Language

LOCALE = files("api") / "locale"


@cache
def texts() -> dict[str, dict[str, str]]:
    """Every text by "room.name", then by language."""
    rooms = sorted(LOCALE.iterdir(), key=lambda file: file.name)
    read = {file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8")) for file in rooms}
    return {f"{room}.{name}": text for room, named in read.items() for name, text in named.items()}


def say(name: str, language: Language, /, **values: object) -> Markup:
    """The text with its values, which are only ever text. A text that is missing is a fault."""
    return Markup(texts()[name][language]).format(**values)
