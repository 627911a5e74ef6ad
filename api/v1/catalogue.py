"""What is supported and on sale: products, plans in force, hour packages."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import Session, col, select

from api.inputs import Day
from api.outputs import Amount, Answer
from api.request import GuardedRoute, Reader
from api.v1.offers import PackageTold, package_told
from contracts.catalogue import (
    Plan,
    PlanPrice,
    PlanPromotion,
    PlanService,
    PlanVersion,
    Product,
    Service,
)
from contracts.due_times import PlanDueTime
from contracts.errors import Refusal
from contracts.money import Money
from contracts.on_sale import plan_in_force
from contracts.parties import TRADE_ZONE
from contracts.policies import Alignment, Channel, IncludedPer, Level, OverLimit, PromotionFor, RoundingScope, Unpaid
from documents.drawing_offer import packages_on_sale

router = APIRouter(route_class=GuardedRoute, tags=["catalogue"])


class ProductAnswer(Answer):
    """A supported title."""

    code: str
    name: str
    level: Level


class ServiceAnswer(Answer):
    """A service that a plan includes, whether its work draws hours, and its own minimum of billed minutes.

    `included_count` uses are in the price for every `count_months`; with a `price` it is paid for separately.
    """

    code: str
    draws_hours: bool
    minimum_minutes: int | None
    included_count: int | None
    count_months: int | None
    price: Amount | None


class PriceAnswer(Answer):
    """A term on sale; no price means that it is agreed in each sale."""

    term_months: int
    price: Amount | None
    after_break: Amount | None


class PromotionAnswer(Answer):
    """A dated price of a term, chosen by its code; `last_day` is none for as long as the version is in force."""

    code: str
    name: str
    name_en: str
    term_months: int
    pay_months: int
    price: Amount
    valid_from: date
    last_day: date | None
    applies_to: PromotionFor


class DueTimeAnswer(Answer):
    """In how many business minutes a request of a priority is answered and, where that is promised, solved."""

    priority: str
    name: str
    name_en: str
    respond_minutes: int
    resolve_minutes: int | None


class PlanAnswer(Answer):
    """A plan as it is in force on the day."""

    code: str
    name: str
    name_en: str
    version: int
    valid_from: date
    currency: str
    alignment: Alignment
    included_minutes: int
    included_per: IncludedPer
    rollover_cap_minutes: int
    quantum_minutes: int
    minimum_minutes: int
    rounding_scope: RoundingScope
    over_limit: OverLimit
    overrun_percent: int | None
    overage_rate: Amount | None
    grace_days: int
    services: list[ServiceAnswer]
    prices: list[PriceAnswer]
    promotions: list[PromotionAnswer]
    desk_hours: str
    due_times: list[DueTimeAnswer]
    channels: list[Channel]
    highest_line: int | None
    requires_signature: bool
    unpaid: Unpaid
    named_contacts_only: bool
    register_check_days: int | None
    bonus_minutes: int
    bills_travel: bool
    goodwill_minutes: int | None
    entry_approval: bool
    exempt_percent: int
    exempt_ground: str


@router.get("/v1/products")
def products(call: Reader) -> list[ProductAnswer]:
    """The titles that are supported."""
    rows = call.session.exec(select(Product).order_by(Product.code))
    return [ProductAnswer.model_validate(product) for product in rows]


@router.get("/v1/plans")
def plans(call: Reader, on: Annotated[Day | None, Query()] = None) -> list[PlanAnswer]:
    """The plans on sale on the day, today unless told otherwise."""
    day = on or call.at.astimezone(TRADE_ZONE).date()
    codes = call.session.exec(select(Plan.code).order_by(Plan.code))
    return [plan for code in codes.all() if (plan := _plan(call.session, code, day)) is not None]


@router.get("/v1/packages")
def packages(call: Reader) -> list[PackageTold]:
    """The hour packages on sale: price, price an hour, and the last day of their hours if they are bought today."""
    today = call.at.astimezone(TRADE_ZONE).date()
    return [package_told(package) for package in packages_on_sale(call.session, today)]


def _plan(session: Session, code: str, on: date) -> PlanAnswer | None:
    try:
        plan, version = plan_in_force(session, code, on)
    except Refusal as refused:
        if refused.code == "PLAN_NOT_ON_SALE":
            return None
        raise
    return PlanAnswer.model_validate(
        version.model_dump()
        | plan.model_dump(include={"code", "name", "name_en"})
        | {
            "overage_rate": _amount(version.overage_rate_minor),
            "services": _services(session, version),
            "prices": _prices(session, version),
            "promotions": _promotions(session, version),
            "due_times": _due_times(session, version),
            "channels": version.channels.split(),
        }
    )


def _services(session: Session, version: PlanVersion) -> list[ServiceAnswer]:
    included = select(Service.code, PlanService).join(PlanService).where(PlanService.plan_version_id == version.id)
    return [
        ServiceAnswer(
            code=code,
            **terms.model_dump(include={"draws_hours", "minimum_minutes", "included_count", "count_months"}),
            price=_amount(terms.price_minor),
        )
        for code, terms in session.exec(included.order_by(Service.code))
    ]


def _prices(session: Session, version: PlanVersion) -> list[PriceAnswer]:
    listed = select(PlanPrice).where(PlanPrice.plan_version_id == version.id).order_by(col(PlanPrice.term_months))
    return [
        PriceAnswer(
            term_months=row.term_months, price=_amount(row.price_minor), after_break=_amount(row.after_break_minor)
        )
        for row in session.exec(listed)
    ]


def _promotions(session: Session, version: PlanVersion) -> list[PromotionAnswer]:
    own = select(PlanPromotion).where(PlanPromotion.plan_version_id == version.id).order_by(col(PlanPromotion.code))
    return [
        PromotionAnswer(
            **row.model_dump(include={"code", "name", "name_en", "term_months", "pay_months", "applies_to"}),
            price=str(Money(row.price_minor)),
            valid_from=row.valid_from,
            last_day=row.valid_until,
        )
        for row in session.exec(own)
    ]


def _due_times(session: Session, version: PlanVersion) -> list[DueTimeAnswer]:
    promised = select(PlanDueTime).where(PlanDueTime.plan_version_id == version.id).order_by(col(PlanDueTime.id))
    return [DueTimeAnswer.model_validate(one) for one in session.exec(promised)]


def _amount(minor: int | None) -> str | None:
    return None if minor is None else str(Money(minor))
