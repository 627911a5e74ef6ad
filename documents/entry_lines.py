"""The lines of a statement: each work entry, why it was billed as it was, and what paid for it (P5, E1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.money import Money


class PaidFrom(StrEnum):
    """What paid for minutes: the kinds of grants in draw order (H4), then what no grant paid for (H9).

    `FREE` is work given as goodwill, `GOODWILL` are minutes granted as such.
    """

    BONUS = "bonus"
    GOODWILL = "goodwill"
    ROLLOVER = "rollover"
    INCLUDED = "included"
    PACKAGE = "package"
    OVERAGE = "overage"
    PAID = "paid"
    FREE = "free"
    OUT_OF_SCOPE = "out_of_scope"


class DifferenceKind(StrEnum):
    """Why billed minutes differ from worked ones, or do not although there was a way to go (H3)."""

    ROUNDING = "rounding"
    MINIMUM = "minimum"
    IN_HOURS = "in_hours"
    OUT_OF_HOURS = "out_of_hours"
    DAY_OFF = "day_off"
    TICKET = "ticket"
    TRAVEL = "travel"
    TRAVEL_FREE = "travel_free"


@dataclass(frozen=True, slots=True)
class DifferenceSheet:
    """One reason of a difference: `minutes` is the quantum, minimum or way, `percent` the multiplier (150 is x1.5)."""

    kind: DifferenceKind
    minutes: int = 0
    percent: int = 100


@dataclass(frozen=True, slots=True)
class ShareSheet:
    """How many billed minutes of an entry one kind paid for."""

    paid_from: PaidFrom
    minutes: int


@dataclass(frozen=True, slots=True)
class EntrySheet:
    """One work entry; its shares add up to its billed minutes, else ValueError (E1). `hour_rate` includes VAT.

    `service` is in the paper's language. `entity` is named when it is not the one that signed (H8). An entry that
    `takes_back` one of a closed month has negative minutes (H10); `forgiven` overage costs nothing (D6).
    """

    worked_on: date
    ticket: str
    title: str
    asked_by: str
    worked_by: str
    channel: str
    worked_minutes: int
    billed_minutes: int
    shares: tuple[ShareSheet, ...]
    amount: Money
    differences: tuple[DifferenceSheet, ...] = ()
    hour_rate: Money | None = None
    entity: str = ""
    service: str = ""
    takes_back: bool = False
    forgiven: bool = False
    approval: str = ""
    """What the client said of it before the close, as `EntryState` names it; empty where the plan does not ask (P6)."""

    def __post_init__(self) -> None:
        if sum(share.minutes for share in self.shares) != self.billed_minutes:
            raise ValueError(f"the shares of entry {self.ticket} of {self.worked_on} are not its billed minutes (E1)")

    def minutes_from(self, paid_from: PaidFrom) -> int:
        """The billed minutes that `paid_from` paid for."""
        return sum(share.minutes for share in self.shares if share.paid_from == paid_from)


def minutes_from(entries: Iterable[EntrySheet], source: PaidFrom) -> int:
    """The billed minutes of these entries that `source` paid for."""
    return sum(entry.minutes_from(source) for entry in entries)


def shares_of(entries: Sequence[EntrySheet]) -> tuple[ShareSheet, ...]:
    """How many billed minutes of these entries each source paid for, those without any left out."""
    paid = ((source, minutes_from(entries, source)) for source in PaidFrom)
    return tuple(ShareSheet(source, minutes) for source, minutes in paid if minutes)
