"""Who wants to be told of changes, and how each message to them fared (D12)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import Id, choice, identifier, reference


class WebhookEndpoint(SQLModel, table=True):
    """An address that is told of changes of some kinds; of what it is signed with nothing is ever shown again."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (CheckConstraint("(disabled_at IS NULL) = (disabled_reason = '')", name="reason"),)

    id: int = identifier()
    url: str = Field(max_length=1000)
    kinds: str = Field(max_length=400)
    """The kinds of change it wants, separated by spaces."""
    secret: str = Field(max_length=100)
    previous_secret: str = Field(default="", max_length=100)
    """What it was signed with before, and still is until `previous_until`."""
    previous_until: datetime | None = None
    queued_until: int = Field(default=0, sa_type=Id)
    """The last change of the feed that was looked at for it."""
    created_at: datetime
    failing_since: datetime | None = None
    """Since when no message was taken."""
    failures: int = 0
    """How often in a row it could not be reached."""
    paused_until: datetime | None = None
    """Until when nothing is tried, since it could not be reached."""
    disabled_at: datetime | None = None
    disabled_reason: str = Field(default="", max_length=300)

    def secrets(self, at: datetime) -> list[str]:
        """What a message is signed with at a moment: during a rotation with both."""
        overlaps = self.previous_until is not None and at < self.previous_until
        return [self.secret, *([self.previous_secret] if overlaps else [])]


class DeliveryState(StrEnum):
    """Where a message stands on its way."""

    QUEUED = "queued"
    TAKEN = "taken"
    PARKED = "parked"
    """Refused too often: it waits for a person."""
    WITHDRAWN = "withdrawn"
    """Its endpoint was disabled first."""


class WebhookDelivery(SQLModel, table=True):
    """The message of one change to one endpoint."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "change_id"),
        CheckConstraint("(state = 'taken') = (taken_at IS NOT NULL)", name="taken"),
        Index("ix_webhook_delivery_state", "state", "endpoint_id", "attempts", "id"),
    )

    id: int = identifier()
    endpoint_id: int = reference("webhook_endpoint.id", index=False)
    change_id: int = reference("client_change.id")
    state: DeliveryState = choice(DeliveryState, default=DeliveryState.QUEUED)
    attempts: int = 0
    claimed_until: datetime | None = None
    """Until when a worker has it to itself, or nobody tries it again."""
    taken_at: datetime | None = None


class WebhookAttempt(SQLModel, table=True):
    """One attempt to hand a message over: the status of the answer, or why there was none."""

    __tablename__ = "webhook_attempt"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    delivery_id: int = reference("webhook_delivery.id")
    attempted_at: datetime
    status: int | None = None
    problem: str = Field(default="", max_length=300)
    took_milliseconds: int
