"""Reminders and digests as facts, and the letters that carry these and others, as waiting rows (S12, H13, P2, P6)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference


class Reminder(SQLModel, table=True):
    """That a reminder of a subscription's end was taken up, once for ever: sent, or skipped for it came too late."""

    __table_args__ = (
        UniqueConstraint("subscription_id", "days_before"),
        CheckConstraint("days_before >= 0", name="days_before"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id")
    subscription_id: int = reference("subscription.id", index=False)
    days_before: int
    is_sent: bool
    """Whether letters were queued for it."""
    recorded_at: datetime


class ManagerDigest(SQLModel, table=True):
    """That a manager's digest of a month was taken up, once for ever: sent, or there was nothing to tell (H13)."""

    __tablename__ = "manager_digest"
    __table_args__ = (UniqueConstraint("manager", "month"), {"info": {"append_only": True}})

    id: int = identifier()
    manager: str = Field(max_length=200)
    month: date
    """Its first day."""
    is_sent: bool
    recorded_at: datetime


class OwnPurchase(SQLModel, table=True):
    """That a client bought or renewed by itself, once for each invoice; its manager is told (S4, H8)."""

    __tablename__ = "own_purchase"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    client_id: int = reference("client.id")
    invoice_id: int = reference("invoice.id", index=False, unique=True)
    bought_by: str = Field(max_length=200)
    """The client's person who agreed to the price."""
    recorded_at: datetime


class LetterState(StrEnum):
    """Where a letter stands on its way to the mail server."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    """It was no news any more."""
    STOPPED = "stopped"
    """Its address is on the bounce list."""


class Letter(SQLModel, table=True):
    """One reminder, notice, warning, digest or mailing of papers to one address, worded when it was queued.

    What it says is never changed, except that papers which turn out too large to be attached become links.
    `message_key` makes the Message-ID, the same for each attempt, so that a mailbox can tell a repetition.
    """

    __table_args__ = (
        UniqueConstraint("reminder_id", "recipient"),
        UniqueConstraint("warning_id", "recipient"),
        UniqueConstraint("notice_id", "recipient"),
        UniqueConstraint("mailing_id", "recipient"),
        UniqueConstraint("objection_reminder_id", "recipient"),
        UniqueConstraint("own_purchase_id", "recipient"),
        CheckConstraint(
            "CASE WHEN own_purchase_id IS NOT NULL THEN objection_reminder_id IS NULL AND mailing_id IS NULL"
            " AND notice_id IS NULL AND reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL"
            " AND client_id IS NOT NULL"
            " WHEN objection_reminder_id IS NOT NULL THEN mailing_id IS NULL AND notice_id IS NULL"
            " AND reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
            " WHEN mailing_id IS NOT NULL THEN notice_id IS NULL"
            " AND reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
            " WHEN notice_id IS NOT NULL THEN"
            " reminder_id IS NULL AND warning_id IS NULL AND digest_id IS NULL AND client_id IS NOT NULL"
            " WHEN digest_id IS NULL THEN (reminder_id IS NULL) <> (warning_id IS NULL) AND client_id IS NOT NULL"
            " ELSE reminder_id IS NULL AND warning_id IS NULL AND client_id IS NULL END",
            name="subject_matter",
        ),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        CheckConstraint("state <> 'failed' OR problem <> ''", name="problem"),
        CheckConstraint("links_end_on IS NULL OR mailing_id IS NOT NULL", name="links"),
        Index("ix_letter_state", "state", "id"),
        Index("ix_letter_message_key", "message_key"),
    )

    id: int = identifier()
    client_id: int | None = reference("client.id", nullable=True)
    """None for a digest, which is about all clients of a manager."""
    reminder_id: int | None = reference("reminder.id", nullable=True, index=False)
    recipient: str = Field(max_length=254)
    sender_name: str = Field(max_length=300)
    reply_to: str = Field(default="", max_length=254)
    subject: str = Field(max_length=500)
    body: str = Field(sa_type=Text)
    message_key: str = Field(max_length=120)
    state: LetterState = choice(LetterState, default=LetterState.QUEUED)
    problem: str = Field(default="", max_length=1000)
    """What the mail server said last."""
    attempts: int = 0
    claimed_until: datetime | None = None
    """Until when a worker has the letter to itself, or nobody tries it again."""
    queued_at: datetime
    sent_at: datetime | None = None
    warning_id: int | None = reference("hours_warning.id", nullable=True, index=False)
    digest_id: int | None = reference("manager_digest.id", nullable=True, index=False, unique=True)
    notice_id: int | None = reference("dunning_taken.id", nullable=True, index=False)
    """The step of dunning that it tells of."""
    language: str = Field(default="ru", max_length=2)
    mailing_id: int | None = reference("paper_mailing.id", nullable=True, index=False)
    links_end_on: date | None = None
    """The last day on which its links to papers open; none where they are attached."""
    objection_reminder_id: int | None = reference("objection_reminder.id", nullable=True, index=False)
    own_purchase_id: int | None = reference("own_purchase.id", nullable=True, index=False)
    """What the client bought or renewed by itself, of which its manager is told."""
