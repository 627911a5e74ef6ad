"""The one way to say "no": a code and the facts behind it."""

from typing import NamedTuple


class Bounds(NamedTuple):
    """The first and the last of what a refusal allows, where all between them is allowed too; a list names choices."""

    first: object
    last: object


class Refusal(Exception):
    """A "no" of a rule: a stable `code`, the `field` it is about, and the facts a person needs to mend it.

    It carries no HTTP status (`api/refusals.py` gives it one) and no wording (`documents/wording.py` has that).
    """

    def __init__(self, code: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(code, field, facts)
        self.code = code
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}{f' ({self.field})' if self.field else ''}{': ' + facts if facts else ''}"
