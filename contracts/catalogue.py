"""What is supported and what is sold: products, registrations, plans as dated versions, prices, packages."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.business_hours import USUAL_HOURS
from contracts.columns import choice, identifier, minor, reference
from contracts.policies import (
    Alignment,
    FirstMonth,
    IncludedPer,
    LapseRenewal,
    Level,
    OverLimit,
    PromotionFor,
    Purchase,
    Refund,
    RoundingScope,
    Unpaid,
)
from contracts.warning_percents import USUAL_PERCENTS, stored_percents


class Product(SQLModel, table=True):
    """A supported title.

    `vendor_services` names, separated by spaces, the services that the vendor's own line gives for this
    product for free and without a subscription (S2); empty for products that need one.
    """

    id: int = identifier()
    code: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=300)
    level: Level = choice(Level)
    vendor_services: str = Field(default="", max_length=300)


class Registration(SQLModel, table=True):
    """One registered copy of a product, owned by a client's entity."""

    id: int = identifier()
    number: str = Field(max_length=40, unique=True)
    product_id: int = reference("product.id")
    client_id: int = reference("client.id")
    entity_id: int = reference("entity.id")
    purchase: Purchase = choice(Purchase, default=Purchase.BOX)
    bought_on: date | None = None
    surrendered_on: date | None = None
    """The upgrade date from which this copy is no longer covered (S1)."""
    recorded_at: datetime
    surrendered_at: datetime | None = None
    """When the upgrade was taken in: what the desk was told before rests on the copy as it was (D1)."""


class Service(SQLModel, table=True):
    """A kind of help that a request can ask for: remote work, visit, consultation line, updates."""

    id: int = identifier()
    code: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=200)
    name_en: str = Field(max_length=200)


class PlanKind(SQLModel, table=True):
    """Plans of one kind exclude each other on a registration number (S6)."""

    __tablename__ = "plan_kind"

    id: int = identifier()
    code: str = Field(max_length=60, unique=True)


class Plan(SQLModel, table=True):
    """What is sold; its terms are in its dated versions."""

    id: int = identifier()
    code: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=300)
    name_en: str = Field(max_length=300)
    kind_id: int = reference("plan_kind.id")
    requires_plan_id: int | None = reference("plan.id", nullable=True)


class PlanVersion(SQLModel, table=True):
    """The dated terms of a plan; never edited once a subscription was issued on it.

    Minutes, days and per cent are whole numbers; money is in minor units of `currency`.
    """

    __tablename__ = "plan_version"
    __table_args__ = (
        UniqueConstraint("plan_id", "version"),
        CheckConstraint("included_minutes >= 0 AND free_minutes >= 0 AND bonus_minutes >= 0", name="minutes_given"),
        CheckConstraint("rollover_cap_minutes >= 0 AND rollover_periods >= 0", name="rollover"),
        CheckConstraint("quantum_minutes BETWEEN 1 AND 480", name="quantum_minutes"),
        CheckConstraint("minimum_minutes BETWEEN 0 AND 480", name="minimum_minutes"),
        CheckConstraint("in_hours_percent >= 0 AND out_of_hours_percent >= 0 AND weekend_percent >= 0", name="percent"),
        CheckConstraint("overrun_percent IS NULL OR overrun_percent >= 0", name="overrun_percent"),
        CheckConstraint("overage_rate_minor IS NULL OR overage_rate_minor >= 0", name="overage_rate_minor"),
        CheckConstraint("grace_days >= 0 AND expiring_days >= 0 AND payment_grace_days >= 0", name="days"),
        CheckConstraint("low_balance_percent BETWEEN 0 AND 100", name="low_balance_percent"),
        CheckConstraint("hold_hours BETWEEN 1 AND 8760", name="hold_hours"),
        CheckConstraint("highest_line BETWEEN 1 AND 4", name="highest_line"),
        CheckConstraint("register_check_days BETWEEN 1 AND 366", name="register_check_days"),
        CheckConstraint("warning_quiet_hours BETWEEN 0 AND 720", name="warning_quiet_hours"),
        CheckConstraint("goodwill_minutes >= 0", name="goodwill_minutes"),
        CheckConstraint(
            "exempt_percent BETWEEN 0 AND 100 AND (exempt_percent = 0) = (exempt_ground = '')", name="exempt"
        ),
    )

    id: int = identifier()
    plan_id: int = reference("plan.id")
    version: int
    valid_from: date
    currency: str = Field(default="RUB", max_length=3)

    covers_registrations: bool = True
    """Whether it covers named registrations only; otherwise every product of the client."""
    alignment: Alignment = choice(Alignment, default=Alignment.ANY_DAY)
    free_box_months: int = Field(default=0, ge=0)
    free_upgrade_months: int = Field(default=0, ge=0)
    free_plus_its_months: int = Field(default=0, ge=0)
    free_minutes: int = Field(default=0, ge=0)
    """Minutes given in each month of a free period (S3)."""

    included_minutes: int = Field(default=0, ge=0)
    included_per: IncludedPer = choice(IncludedPer, default=IncludedPer.SUBSCRIPTION_MONTH)
    first_month: FirstMonth = choice(FirstMonth, default=FirstMonth.FULL)
    rollover_cap_minutes: int = Field(default=0, ge=0)
    rollover_periods: int = Field(default=0, ge=0)
    bonus_minutes: int = Field(default=0, ge=0)
    """The bonus hour: minutes given in a month with both an ITS subscription and a service contract (H7).

    With 0 the hour that ITS includes is still not charged against the contract's own: it stands beside them.
    """

    quantum_minutes: int = Field(default=15, ge=1, le=480)
    minimum_minutes: int = Field(default=15, ge=0, le=480)
    rounding_scope: RoundingScope = choice(RoundingScope, default=RoundingScope.ENTRY)
    in_hours_percent: int = Field(default=100, ge=0)
    out_of_hours_percent: int = Field(default=150, ge=0)
    weekend_percent: int = Field(default=200, ge=0)

    over_limit: OverLimit = choice(OverLimit, default=OverLimit.APPROVE)
    overrun_percent: int | None = Field(default=None, ge=0)
    """The overrun ceiling in per cent of the minutes given in the usage period; none means no ceiling (D6)."""
    overage_rate_minor: int | None = minor(default=None, ge=0)
    """What an hour beyond the grants, or an hour of paid work, costs incl. tax; none when it is not agreed."""

    grace_days: int = Field(default=0, ge=0)
    expiring_days: int = Field(default=30, ge=0)
    low_balance_percent: int = Field(default=80, ge=0, le=100)
    """The share of used minutes from which the desk is warned (H13)."""
    hold_hours: int = Field(default=72, ge=1, le=8760)
    lapse_renewal: LapseRenewal = choice(LapseRenewal, default=LapseRenewal.NEW_START)
    refund: Refund = choice(Refund, default=Refund.UNUSED_MONTHS)
    payment_grace_days: int = Field(default=5, ge=0)
    """Working days after the due day in which service goes on unpaid (S8)."""
    objection_days: int = Field(default=5, ge=0)
    """Working days in which the client may object to a statement; silence accepts (P6)."""
    desk_hours: str = Field(default=USUAL_HOURS, max_length=11)
    """The hours of a working day in which due times run (D10); rates keep to those of the seller's calendar (H3)."""
    channels: str = Field(default="", max_length=100)
    """The channels that are included, separated by spaces; empty when all are (D9)."""
    highest_line: int | None = Field(default=None, ge=1, le=4)
    """The last support line that is included; none when all are (D9)."""
    requires_signature: bool = False
    """Whether service waits until the contract is marked as signed (D2)."""
    unpaid: Unpaid = choice(Unpaid, default=Unpaid.DENY)
    """Whether a request after the payment grace is refused or held for approval (S8)."""
    named_contacts_only: bool = False
    """Whether only a contact of the client may ask (D2)."""
    register_check_days: int | None = Field(default=None, ge=1, le=366)
    """For how many days an answer of the vendor's register is fresh; none where the plan asks for no answer (D11)."""
    warning_percents: str = Field(default=stored_percents(USUAL_PERCENTS), max_length=40)
    """The shares of used hours at which client and staff are warned, separated by spaces; empty when never (H13)."""
    warning_quiet_hours: int = Field(default=4, ge=0, le=720)
    """For how long after a warning the next one about the same hours waits (H13)."""
    bills_travel: bool = False
    """Whether the way to a visit and back is billed, minute for minute before rounding; else it is only shown (H3)."""
    goodwill_minutes: int | None = Field(default=None, ge=0)
    """How many minutes of work engineers may give as goodwill in a calendar month; none sets no limit (H9)."""
    entry_approval: bool = False
    """Whether the client is asked to approve each work entry before its month is closed; silence accepts it (P6)."""
    exempt_percent: int = Field(default=0, ge=0, le=100)
    """How much of the price is for licences that are exempt from VAT, and not for services (M2)."""
    exempt_ground: str = Field(default="", max_length=200)
    """By which law it is exempt, as papers print it; empty where nothing is."""


class PlanService(SQLModel, table=True):
    """That a plan version includes a service; `draws_hours` tells whether the work comes out of the grants."""

    __tablename__ = "plan_service"
    __table_args__ = (
        UniqueConstraint("plan_version_id", "service_id"),
        CheckConstraint("included_count >= 1 AND count_months IN (1, 3, 6, 12)", name="count"),
        CheckConstraint("(included_count IS NULL) = (count_months IS NULL)", name="counted"),
        CheckConstraint("price_minor >= 0", name="price_minor"),
        CheckConstraint("price_minor IS NULL OR (included_count IS NULL AND NOT draws_hours)", name="priced"),
    )

    id: int = identifier()
    plan_version_id: int = reference("plan_version.id")
    service_id: int = reference("service.id")
    draws_hours: bool = False
    minimum_minutes: int | None = None
    """A minimum of its own, for example 60 for a visit; none means the version's minimum."""
    included_count: int | None = Field(default=None, ge=1)
    """How many uses are in the price for every `count_months` of the term; none where uses are not counted."""
    count_months: int | None = None
    price_minor: int | None = minor(default=None, ge=0)
    """What a use costs incl. tax where the plan offers the service for separate payment only; none where it is in."""


class PlanPrice(SQLModel, table=True):
    """A term that is on sale (T2) and its prices incl. tax; no price means that it is agreed in each sale."""

    __tablename__ = "plan_price"
    __table_args__ = (
        UniqueConstraint("plan_version_id", "term_months"),
        CheckConstraint("term_months BETWEEN 1 AND 60", name="term_months"),
        CheckConstraint("price_minor >= 0 AND after_break_minor >= 0", name="price"),
    )

    id: int = identifier()
    plan_version_id: int = reference("plan_version.id")
    term_months: int
    price_minor: int | None = minor(default=None, ge=0)
    after_break_minor: int | None = minor(default=None, ge=0)


class PlanPromotion(SQLModel, table=True):
    """A dated price of a term instead of the list price, "pay 8 months, get 12"; sales name it by its code (S4, S5).

    `price_minor` is for the whole term incl. tax. `valid_until` is the last day on which it can be chosen; none means
    for as long as the version is in force.
    """

    __tablename__ = "plan_promotion"
    __table_args__ = (
        UniqueConstraint("plan_version_id", "code"),
        CheckConstraint("pay_months >= 1 AND term_months >= pay_months", name="months"),
        CheckConstraint("price_minor >= 0", name="price_minor"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="days"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    plan_version_id: int = reference("plan_version.id", index=False)
    code: str = Field(min_length=1, max_length=60)
    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field(min_length=1, max_length=200)
    term_months: int = Field(ge=1)
    pay_months: int = Field(ge=1)
    price_minor: int = minor(ge=0)
    valid_from: date
    valid_until: date | None = None
    applies_to: PromotionFor = choice(PromotionFor, default=PromotionFor.BOTH)


class HourPackage(SQLModel, table=True):
    """A package of hours on sale: its minutes, price incl. tax and life in months (H8)."""

    __tablename__ = "hour_package"
    __table_args__ = (CheckConstraint("minutes > 0 AND price_minor >= 0 AND life_months > 0", name="package"),)

    id: int = identifier()
    code: str = Field(max_length=60, unique=True)
    minutes: int
    price_minor: int = minor()
    currency: str = Field(default="RUB", max_length=3)
    life_months: int = 12
