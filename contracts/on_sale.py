"""What is on sale on a day: the plan version in force and its prices (rules T2, T3)."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session, col, select

from contracts.catalogue import HourPackage, Plan, PlanPrice, PlanVersion
from contracts.errors import Bounds, Refusal
from contracts.money import Money
from contracts.policies import Alignment
from contracts.renewal_choices import TermPrice
from contracts.subscriptions import Subscription
from contracts.terms import boundary, next_month, require_term_on_sale


def plan_in_force(session: Session, plan_code: str, on: date) -> tuple[Plan, PlanVersion]:
    """The plan and its version in force on the day. Raises `Refusal` with PLAN_UNKNOWN or PLAN_NOT_ON_SALE."""
    plan = session.exec(select(Plan).where(Plan.code == plan_code)).first()
    if plan is None:
        allowed = list(session.exec(select(Plan.code).order_by(Plan.code)))
        raise Refusal("PLAN_UNKNOWN", field="plan", value=plan_code, allowed=allowed)
    version = session.exec(
        select(PlanVersion)
        .where(PlanVersion.plan_id == plan.id, PlanVersion.valid_from <= on)
        .order_by(col(PlanVersion.valid_from).desc(), col(PlanVersion.version).desc())
    ).first()
    if version is None:
        raise Refusal("PLAN_NOT_ON_SALE", field="plan", value=plan_code, on=on)
    return plan, version


def next_version_from(session: Session, plan: Plan, on: date) -> date | None:
    """The day after `on` from which another version of the plan is in force; none when none is published yet."""
    later = select(PlanVersion).where(PlanVersion.plan_id == plan.id, PlanVersion.valid_from > on)
    following = session.exec(later.order_by(col(PlanVersion.valid_from))).first()
    return None if following is None else following.valid_from


def price_of_term(session: Session, version: PlanVersion, term_months: int, agreed: Money | None) -> Money:
    """The continuous price of a term incl. tax: as agreed in the sale, else from the list.

    Raises `Refusal` with TERM_NOT_ON_SALE (T2), PRICE_REQUIRED where the list has none, CURRENCY_WRONG, or
    PRICE_NEGATIVE.
    """
    prices = term_prices(session, version)
    require_term_on_sale(term_months, prices)
    if agreed is None:
        listed = prices[term_months].continuous
        if listed is None:
            raise Refusal("PRICE_REQUIRED", field="price", value=None)
        return listed
    return require_price(version, agreed)


def require_price(version: PlanVersion, agreed: Money) -> Money:
    """The agreed price. Raises `Refusal` with CURRENCY_WRONG or PRICE_NEGATIVE."""
    if agreed.currency != version.currency:
        raise Refusal("CURRENCY_WRONG", field="currency", value=agreed.currency, allowed=[version.currency])
    if agreed.minor < 0:
        raise Refusal("PRICE_NEGATIVE", field="price", value=str(agreed), allowed="0.00 or more")
    return agreed


def term_prices(session: Session, version: PlanVersion) -> dict[int, TermPrice]:
    """The list prices of every term on sale, by its months, the shortest first."""
    rows = select(PlanPrice).where(PlanPrice.plan_version_id == version.id).order_by(col(PlanPrice.term_months))
    return {row.term_months: term_price(row, version.currency) for row in session.exec(rows)}


def term_price(row: PlanPrice, currency: str) -> TermPrice:
    """The two prices that a list has for a term, each none where it is agreed in the sale."""
    return TermPrice(listed_price(row.price_minor, currency), listed_price(row.after_break_minor, currency))


def listed_price(minor: int | None, currency: str) -> Money | None:
    """A price of a list; none where it is agreed in each sale."""
    return None if minor is None else Money(minor, currency)


def require_aligned(version: PlanVersion, starts_on: date) -> None:
    """Raises `Refusal("START_NOT_ALIGNED")`, naming the nearest allowed days, for any other start (T3)."""
    if version.alignment is Alignment.FIRST_OF_MONTH and starts_on.day != 1:
        allowed = [starts_on.replace(day=1), next_month(starts_on)]
        raise Refusal("START_NOT_ALIGNED", field="starts_on", value=starts_on, allowed=allowed)


def package_start(asked: date | None, today: date) -> date:
    """The first day of a package's hours: today, unless a later day within a year is asked for (H8, S9).

    Raises `Refusal("START_OUT_OF_RANGE")`, naming the first and the last day allowed.
    """
    latest = boundary(today, 12)
    if asked is not None and not today <= asked <= latest:
        raise Refusal("START_OUT_OF_RANGE", field="starts_on", value=asked, allowed=Bounds(today, latest))
    return asked or today


def package_for_contract(session: Session, contract_id: int, code: str) -> HourPackage:
    """The hour package of that code, in the money of the contract's subscriptions.

    Raises `Refusal` with PACKAGE_UNKNOWN or PACKAGE_CURRENCY.
    """
    package, currencies = package_on_sale(session, code), currencies_of(session, [contract_id])
    if package.currency not in currencies:
        raise Refusal("PACKAGE_CURRENCY", field="package", value=package.currency, allowed=currencies)
    return package


def currencies_of(session: Session, contract_ids: Collection[int]) -> list[str]:
    """The money in which subscriptions were sold under any of the contracts: packages are sold in it too."""
    sold = select(Subscription.currency).where(col(Subscription.contract_id).in_(contract_ids))
    return sorted(set(session.exec(sold)))


def package_on_sale(session: Session, code: str) -> HourPackage:
    """The hour package of that code. Raises `Refusal("PACKAGE_UNKNOWN")`."""
    package = session.exec(select(HourPackage).where(HourPackage.code == code)).first()
    if package is None:
        allowed = list(session.exec(select(HourPackage.code).order_by(HourPackage.code)))
        raise Refusal("PACKAGE_UNKNOWN", field="package", value=code, allowed=allowed)
    return package
