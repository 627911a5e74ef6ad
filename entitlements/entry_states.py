"""What a client can say to a single work entry, and where an entry stands (P6)."""

from enum import StrEnum


class EntryStance(StrEnum):
    """What was said to an entry before its month was closed."""

    OBJECTED = "objected"
    APPROVED = "approved"


class EntryState(StrEnum):
    """Where an entry stands that the plan asks the client about; what still waits at the close silence accepts."""

    AWAITING = "awaiting"
    OBJECTED = "objected"
    APPROVED = "approved"
