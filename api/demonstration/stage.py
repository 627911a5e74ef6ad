"""The stage: what is known while the demonstration is told, and the moments at which things happen in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from contracts.parties import Entity

MOSCOW = "Europe/Moscow"
TODAY = date(2026, 11, 5)
"""The day on which the demonstration is told, whatever day it is."""

Tell = Callable[[str, int, int], None]
"""Told what is being done, how many of its parts are done, and how many there are."""


@dataclass(slots=True)
class Stage:
    """The database of the demonstration and the ids of who and what is in it, by their names in the play."""

    engine: Engine
    seller_id: int = 0
    seller_abroad_id: int = 0
    clients: dict[str, int] = field(default_factory=dict)
    entities: dict[str, list[Entity]] = field(default_factory=dict)
    contracts: dict[str, int] = field(default_factory=dict)
    subscriptions: dict[str, int] = field(default_factory=dict)
    post: Callable[[datetime], None] = lambda _: None
    """Sends the letters that wait at a moment; unless it is given, they wait."""
    bank_file: bytes = b""
    """What the bank gave out in October."""


def moment(day: date, clock: str = "10:00") -> datetime:
    """The instant at which the clock of the play shows that time."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(MOSCOW)).astimezone(UTC)
