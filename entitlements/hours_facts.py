"""What the hours account is computed from: lots of minutes, work entries and holds as plain values (rule H1)."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from entitlements.rounding import RoundingPolicy


class GrantKind(StrEnum):
    """The kinds of grant in the order in which they are drawn when they expire on the same day (H4)."""

    BONUS = "bonus"
    GOODWILL = "goodwill"
    ROLLOVER = "rollover"
    INCLUDED = "included"
    PACKAGE = "package"


class Charge(StrEnum):
    """What pays for an entry: the grants, the client by the hour, or nobody (H9)."""

    DRAW = "draw"
    PAID = "paid"
    GOODWILL = "goodwill"
    OUT_OF_SCOPE = "out_of_scope"


class LotOrigin(StrEnum):
    """Where the minutes of a lot come from: a stored grant, a roll-over of one, or a reversed entry."""

    GRANT = "grant"
    ROLLOVER = "rollover"
    RETURNED = "returned"


class Lot(Struct, frozen=True, array_like=True):
    """Minutes of one origin, valid over `[starts_on, ends_on)`, as they stand before the sweep.

    `used_minutes` is what closed months already drew. Of what is left at the end at most `rollover_cap_minutes` roll
    over and live until `rollover_ends_on` (H6). From `voided_on` on nothing more can be drawn.
    """

    origin: LotOrigin
    source_id: int
    kind: GrantKind
    minutes: int
    starts_on: date
    ends_on: date
    used_minutes: int = 0
    rollover_cap_minutes: int = 0
    rollover_ends_on: date | None = None
    voided_on: date | None = None


class Parts(Struct, frozen=True, array_like=True):
    """How the billed minutes of one entry were paid; they add up to the billed minutes (E1).

    `free_minutes` is goodwill and out-of-scope work, which draws no grants and is not charged (H9).
    """

    bonus_minutes: int = 0
    goodwill_minutes: int = 0
    rollover_minutes: int = 0
    included_minutes: int = 0
    package_minutes: int = 0
    overage_minutes: int = 0
    paid_minutes: int = 0
    free_minutes: int = 0

    @property
    def drawn_minutes(self) -> int:
        """What grants of any kind paid for."""
        return (
            self.bonus_minutes
            + self.goodwill_minutes
            + self.rollover_minutes
            + self.included_minutes
            + self.package_minutes
        )

    @property
    def billed_minutes(self) -> int:
        """All parts together."""
        return self.drawn_minutes + self.overage_minutes + self.paid_minutes + self.free_minutes


class Entry(Struct, frozen=True, array_like=True):
    """One work entry, or the reversal of one, as the account sees it.

    `counts_at` is the moment from which it counts: its start, or the first open day when its month was closed.
    `reverses` names the reversed entry; `reversed_parts` is how a closed month had paid for that entry.
    """

    id: int
    source: str
    external_id: str
    revision: int
    started_at: datetime
    counts_at: datetime
    counts_on: date
    weighted_hundredths: int
    minimum_minutes: int
    plan_version_id: int | None = None
    ticket: str = ""
    charge: Charge = Charge.DRAW
    reverses: int | None = None
    reversed_parts: Parts | None = None


class Reserve(Struct, frozen=True, array_like=True):
    """The minutes of a hold; `ended_at` is when it was settled or released (H12)."""

    hold_id: int
    minutes: int
    placed_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def is_live(self, at: datetime) -> bool:
        """Whether the hold counts at that moment: by the clock alone."""
        return self.placed_at <= at < self.expires_at and (self.ended_at is None or at < self.ended_at)


class HoursFacts(Struct, frozen=True, array_like=True):
    """All facts of one pool since its last closed month (or since the beginning).

    `since` is the bound of that month: what was before it is in the opening `lots`, and no earlier moment can be asked.
    """

    time_zone: str
    since: datetime | None = None
    lots: tuple[Lot, ...] = ()
    entries: tuple[Entry, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    closed_overage: tuple[tuple[date, int], ...] = ()
    """Overage that closed months charged, by the day it counts on: a usage period may reach back into them (D6)."""
    policies: dict[int, RoundingPolicy] = {}
    """The rounding of each plan version that an entry names."""
    country: str = "RU"
    """Whose public holidays the seller keeps (D10)."""
