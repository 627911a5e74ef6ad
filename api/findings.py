"""What the doctor finds: one finding on each thing looked at, in both languages."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How ill it is: a warning costs speed or comfort, what is broken costs work."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


class Words(NamedTuple):
    """One text in both languages."""

    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found, and how to mend it; what is well needs no mending."""

    name: str
    state: State
    what: Words
    mend: Words | None = None


def well(name: str, ru: str, en: str) -> Finding:
    """All is as it should be."""
    return Finding(name, State.OK, Words(ru, en))


def ill(name: str, state: State, what: tuple[str, str], mend: tuple[str, str] | str) -> Finding:
    """Something is not; a `mend` that is a command is the same in both languages."""
    return Finding(name, state, Words(*what), Words(mend, mend) if isinstance(mend, str) else Words(*mend))
