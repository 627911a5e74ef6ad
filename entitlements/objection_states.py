"""How objections, and the lines of statements that they are about, stand (rule P6)."""

from enum import StrEnum


class ObjectionState(StrEnum):
    """How far an objection is."""

    UNDECIDED = "undecided"
    REJECTED = "rejected"
    UPHELD = "upheld"


class LineState(StrEnum):
    """How a line of a statement stands; silence accepts it by the clock alone."""

    OPEN = "open"
    ACCEPTED = "accepted"
    ACCEPTED_BY_SILENCE = "accepted_by_silence"
    UNDECIDED = "undecided"
    REJECTED = "rejected"
    UPHELD = "upheld"
