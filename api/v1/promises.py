"""What an answer tells of the plan's promises besides hours: by when the request is answered and solved (D10)."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from entitlements.answers import Due


class DueTold(BaseModel):
    """By when the request is answered and, where that is promised, solved: business time of `calendar`.

    `priority` is the one whose promise holds: the plan's first where the request names none that the plan knows.
    """

    model_config = ConfigDict(extra="forbid")

    priority: str = Field(examples=["high"])
    respond_by: datetime
    resolve_by: datetime | None
    calendar: str = Field(examples=["RU 09:00-18:00 Europe/Moscow"])


def due_told(due: Due) -> dict[str, Any]:
    """Due times in the form of `DueTold`."""
    return {
        "priority": due.priority,
        "respond_by": due.respond_by,
        "resolve_by": due.resolve_by,
        "calendar": due.calendar,
    }
