"""From worked minutes to billed minutes: percentages per rate zone, quantum, minimum and scope (rule H3)."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from contracts.errors import Refusal
from contracts.policies import RoundingScope


class RateZone(StrEnum):
    """When work was done, as far as its rate is concerned."""

    IN_HOURS = "in_hours"
    OUT_OF_HOURS = "out_of_hours"
    WEEKEND = "weekend"  # a day off of any kind, holidays included


class RoundingPolicy(Struct, frozen=True, array_like=True):
    """The plan's settings of rule H3. Raises `Refusal("ROUNDING_WRONG")` for a setting out of its range."""

    quantum_minutes: int = 15
    minimum_minutes: int = 15
    scope: RoundingScope = RoundingScope.ENTRY
    in_hours_percent: int = 100
    out_of_hours_percent: int = 150
    weekend_percent: int = 200

    def __post_init__(self) -> None:
        for field, allowed in _LEAST.items():
            if (value := getattr(self, field)) < allowed:
                raise Refusal("ROUNDING_WRONG", field=field, value=value, allowed=f">= {allowed}")

    def percent(self, zone: RateZone) -> int:
        """What a minute worked in `zone` counts, in per cent of a minute in hours."""
        match zone:
            case RateZone.IN_HOURS:
                return self.in_hours_percent
            case RateZone.OUT_OF_HOURS:
                return self.out_of_hours_percent
            case RateZone.WEEKEND:
                return self.weekend_percent


_LEAST = {
    "quantum_minutes": 1,
    "minimum_minutes": 0,
    "in_hours_percent": 0,
    "out_of_hours_percent": 0,
    "weekend_percent": 0,
}


def round_up(weighted_hundredths: int, quantum: int, minimum: int) -> int:
    """Billed minutes of work weighted in hundredths of a minute: up to the `quantum`, at least `minimum`, 0 for 0 (H3).

    Hundredths keep the multiplication by a percentage exact: 15 minutes at 150 % are 2250.
    """
    if weighted_hundredths < 0:
        raise ValueError("worked time is never negative; a reversal negates the billed minutes of its entry")
    if weighted_hundredths == 0:
        return 0
    quanta = -(-weighted_hundredths // (100 * quantum))
    return max(quanta * quantum, minimum)


def billed_together(weighted: Sequence[int], quantum: int, minimum: int) -> list[int]:
    """Billed minutes of entries that are rounded up as one, in their order, from their weighted hundredths (H3).

    `minimum` is that of the service (a visit has its own). The running total is rounded and each entry is billed what
    it adds, so that the parts add up to the rounded whole: three notes of 5 minutes at a quantum of 30 are 30, 0 and 0.
    """
    billed, total, billed_before = [], 0, 0
    for hundredths in weighted:
        total += hundredths
        billed_so_far = round_up(total, quantum, minimum)
        billed.append(billed_so_far - billed_before)
        billed_before = billed_so_far
    return billed
