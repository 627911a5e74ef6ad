"""What was sold: contracts, subscriptions, what they cover, free periods, blocks."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, minor, reference
from contracts.money import Money
from contracts.numbering import Numbered
from contracts.terms import Term


class Contract(Numbered, table=True):
    """The paper between a seller and an entity of a client; it holds subscriptions."""

    __table_args__ = (UniqueConstraint("seller_id", "year", "sequence"),)

    id: int = identifier()
    seller_id: int = reference("seller.id")
    client_id: int = reference("client.id")
    entity_id: int = reference("entity.id")
    signed_on: date
    created_at: datetime


class ContractSigning(SQLModel, table=True):
    """That a contract was signed on a day, who recorded it and when; once for each contract (D2)."""

    __tablename__ = "contract_signing"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    contract_id: int = reference("contract.id", index=False, unique=True)
    signed_on: date
    recorded_by: str = Field(max_length=200)
    recorded_at: datetime


class Subscription(SQLModel, table=True):
    """One plan version over one term; `predecessor_id` links a renewal to what it renews, across a lapse too."""

    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="term"),
        CheckConstraint("price_minor >= 0", name="price_minor"),
        CheckConstraint("gap_minor >= 0", name="gap_minor"),
        CheckConstraint("serves_from >= starts_on AND serves_from < ends_on", name="serves_from"),
        CheckConstraint("cancelled_on < ends_on", name="cancelled_on"),
    )

    id: int = identifier()
    contract_id: int = reference("contract.id")
    client_id: int = reference("client.id")
    seller_id: int = reference("seller.id")
    plan_version_id: int = reference("plan_version.id")
    starts_on: date
    ends_on: date
    term_months: int
    price_minor: int = minor()
    currency: str = Field(default="RUB", max_length=3)
    predecessor_id: int | None = reference("subscription.id", nullable=True, unique=True)
    sold_at: datetime
    serves_from: date
    """The first day of service: later than the start where a continuous renewal was bought after a lapse (S5)."""
    gap_minor: int = minor(default=0)
    """What was paid besides for the days between the predecessor and this one (S5)."""
    cancelled_on: date | None = None
    """The last day of service that a cancellation named; the day before the start where it never serves (S11)."""
    promotion_id: int | None = reference("plan_promotion.id", nullable=True)
    """The promotion that the price is from; none for a list price or an agreed one."""

    @property
    def term(self) -> Term:
        """The days of service, half-open."""
        return Term(self.starts_on, self.ends_on)

    @property
    def last_day(self) -> date:
        """The last day of service: of the term, or the one that a cancellation named."""
        return self.term.last_day if self.cancelled_on is None else self.cancelled_on

    @property
    def never_serves(self) -> bool:
        """Whether it was cancelled before its first day."""
        return self.cancelled_on is not None and self.cancelled_on < self.starts_on

    @property
    def price(self) -> Money:
        """The price of the whole term incl. tax."""
        return Money(self.price_minor, self.currency)

    @property
    def gap_price(self) -> Money:
        """What was paid for the days between the predecessor and this one, incl. tax."""
        return Money(self.gap_minor, self.currency)


class GapClaim(SQLModel, table=True):
    """That requests served in the gap before a continuous renewal are covered after all (S5).

    The subscription then serves from its start; `served_from` is the first day of service that it had before.
    """

    __tablename__ = "gap_claim"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    subscription_id: int = reference("subscription.id", index=False, unique=True)
    served_from: date
    claimed_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    claimed_at: datetime


class Amendment(SQLModel, table=True):
    """That a subscription is something else from a day on, who agreed to it and why (S9).

    `price_minor` is the price of the whole term from then on; `difference_minor` is what the days left cost more, or
    less when it is negative.
    """

    __table_args__ = (CheckConstraint("price_minor >= 0", name="price_minor"), {"info": {"append_only": True}})

    id: int = identifier()
    specification_id: int = reference("specification.id", index=False, unique=True)
    subscription_id: int = reference("subscription.id")
    effective_on: date
    price_minor: int = minor()
    difference_minor: int = minor()
    agreed_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    amended_at: datetime


class Cancellation(SQLModel, table=True):
    """That a subscription ends with a day, who said so and why, and what is given back (S11)."""

    __table_args__ = (CheckConstraint("refund_minor >= 0", name="refund_minor"), {"info": {"append_only": True}})

    id: int = identifier()
    subscription_id: int = reference("subscription.id", index=False, unique=True)
    last_day: date
    refund_minor: int = minor()
    cancelled_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    cancelled_at: datetime


class Specification(SQLModel, table=True):
    """What a subscription is over `[starts_on, ends_on)`: a plan version, for the registrations of its `Coverage` (S9).

    The sale writes the first one. An amendment cuts it and writes the next; a cancellation only cuts, to no day at all
    where it comes before the start.
    """

    __table_args__ = (
        UniqueConstraint("subscription_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="term"),
    )

    id: int = identifier()
    subscription_id: int = reference("subscription.id", index=False)
    client_id: int = reference("client.id")
    seller_id: int = reference("seller.id", index=False)
    plan_version_id: int = reference("plan_version.id")
    starts_on: date
    ends_on: date
    recorded_at: datetime


class Coverage(SQLModel, table=True):
    """That a specification covers a registration; the database refuses two of one plan kind on one day (S6)."""

    __table_args__ = (
        UniqueConstraint("specification_id", "registration_id"),
        CheckConstraint("ends_on >= starts_on", name="term"),
    )

    id: int = identifier()
    registration_id: int = reference("registration.id")
    plan_kind_id: int = reference("plan_kind.id")
    starts_on: date
    ends_on: date
    specification_id: int = reference("specification.id", index=False)
    is_main: bool = False
    """Whether it is the main registration of the specification: the first one that was named."""


class FreePeriod(SQLModel, table=True):
    """Free service after a purchase, once per registration number for ever (S1)."""

    __tablename__ = "free_period"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="term"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    registration_id: int = reference("registration.id", index=False, unique=True)
    client_id: int = reference("client.id")
    seller_id: int = reference("seller.id")
    plan_version_id: int = reference("plan_version.id")
    starts_on: date
    ends_on: date
    granted_at: datetime

    @property
    def term(self) -> Term:
        """The days of free service, half-open."""
        return Term(self.starts_on, self.ends_on)


class Block(SQLModel, table=True):
    """A stop sign on a client, or on one contract or subscription of it; blocks stack (S10)."""

    __table_args__ = (
        CheckConstraint("until_at IS NULL OR until_at > from_at", name="span"),
        CheckConstraint("contract_id IS NULL OR subscription_id IS NULL", name="one_subject"),
    )

    id: int = identifier()
    client_id: int = reference("client.id")
    contract_id: int | None = reference("contract.id", nullable=True)
    subscription_id: int | None = reference("subscription.id", nullable=True)
    reason: str = Field(max_length=300)
    from_at: datetime
    until_at: datetime | None = None
    raised_at: datetime
    lifted_at: datetime | None = None


class PaymentMark(SQLModel, table=True):
    """Until when a subscription is paid, or by when its invoice is due; the last mark governs (S8)."""

    __tablename__ = "payment_mark"
    __table_args__ = (
        CheckConstraint("(paid_until IS NULL) <> (due_on IS NULL)", name="one_day"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    subscription_id: int = reference("subscription.id")
    paid_until: date | None = None
    due_on: date | None = None
    note: str = Field(default="", max_length=300)
    marked_at: datetime

    @property
    def until(self) -> date:
        """The last day on which payment lets service go on, without the payment grace."""
        day = self.due_on if self.paid_until is None else self.paid_until
        assert day is not None
        return day
