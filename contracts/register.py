"""What the vendor's register says of a registration number, and whoever can be asked for it (rules S8 and D11)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from contracts.errors import Refusal

REGISTER_ZONE = ZoneInfo("Europe/Moscow")
"""The register's days are Moscow's, whatever the zone of a seller."""
MIDNIGHT = time(0)


class Partner(StrEnum):
    """Through whom a registration is held: us, another partner of the vendor, or the register does not say."""

    OWN = "own"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HeldPeriod:
    """That the register holds a number under one of the vendor's codes over `[starts_on, ends_on)`.

    None means that the register does not say: an unknown code, an unknown start, an unknown end. It never means that
    there is none. Raises `Refusal("TERM_EMPTY")` for two known days without a day between them.
    """

    code: str | None
    starts_on: date | None
    ends_on: date | None
    partner: Partner = Partner.UNKNOWN

    def __post_init__(self) -> None:
        if self.starts_on is not None and self.ends_on is not None and self.ends_on <= self.starts_on:
            raise Refusal("TERM_EMPTY", field="ends_on", value=self.ends_on, starts_on=self.starts_on)


@dataclass(frozen=True, slots=True)
class Held:
    """The register's answer for one number: its current and next periods together; without any, it holds nothing."""

    periods: tuple[HeldPeriod, ...]


class Unanswered(StrEnum):
    """Why there is no answer for a number; nothing is concluded from any of them."""

    NOT_ASKED = "not_asked"
    """The asking ended before its turn came."""
    UNREACHABLE = "unreachable"
    """No connection, no answer in time, or it broke off."""
    REFUSED = "refused"
    """A status that is no answer, and stayed so."""
    UNREADABLE = "unreadable"
    """Not JSON, or too much of it."""
    WRONG_SHAPE = "wrong_shape"
    """Not what a register answers: a field, a type, an instant that is not a midnight in Moscow, a foreign number."""
    REPEATED = "repeated"
    """Two answers for one number."""
    LEFT_OUT = "left_out"
    """The answer does not name the number."""


Answers = Mapping[str, Held | Unanswered]
"""What came back for each number that was asked."""


class Register(Protocol):
    """Whoever answers by registration number: the vendor's own server, or a file of its answers."""

    @property
    def source(self) -> str:
        """The name under which its answers are kept."""

    def ask(self, numbers: Sequence[str]) -> Iterator[Answers]:
        """Every number exactly once, answered or not, some at a time."""


def register_day(instant: datetime) -> date:
    """The day that begins at an instant, which must be a midnight in Moscow; else `Refusal("NOT_MIDNIGHT")`.

    A period begins with the day of its start and is over before the day of its end, so both days are those of a
    half-open term: 2026-03-31T21:00:00Z to 2027-03-31T21:00:00Z is [01.04.2026, 01.04.2027), its last day 31.03.2027.
    """
    with suppress(OverflowError):  # at the ends of the calendar
        local = instant.astimezone(REGISTER_ZONE)
        if instant.tzinfo is not None and local == datetime.combine(local, MIDNIGHT, REGISTER_ZONE):
            return local.date()
    raise Refusal("NOT_MIDNIGHT", field="starts_at", value=instant, allowed="2026-03-31T21:00:00Z")
