"""An equation of the trade that does not hold, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """What breaks which equation: what is stored, and what would be right."""

    equation: str
    subject: str
    found: str
    right: str
