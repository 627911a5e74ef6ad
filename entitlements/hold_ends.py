"""How reserved minutes come to an end (H12)."""

from enum import StrEnum


class HoldEnd(StrEnum):
    """How a hold ended; a hold that simply reached `expires_at` has lapsed, with no row."""

    SETTLED = "settled"
    RELEASED = "released"
    EXTENDED = "extended"
