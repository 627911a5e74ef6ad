"""A question decided twice: under the plan that was held, and under one that is tried (rule H15)."""

from datetime import date, datetime

from msgspec import Struct

from entitlements.reasons import Reason, Verdict


class Told(Struct, frozen=True):
    """What is told the desk: the reason, and the minutes left where there is a cover."""

    reason: Reason
    available_minutes: int | None

    @property
    def verdict(self) -> Verdict:
        """What the desk does."""
        return self.reason.verdict


class Redecided(Struct, frozen=True):
    """A stored question decided again under the plan that was held and under the one that is tried."""

    decision_id: str
    asked_at: datetime
    asked_on: date
    ticket: str
    held: Told
    tried: Told

    @property
    def differs(self) -> bool:
        """Whether the desk would have been told otherwise."""
        return self.held != self.tried

    @property
    def request(self) -> str:
        """What is counted once, however often it was asked about."""
        return self.ticket or self.decision_id
