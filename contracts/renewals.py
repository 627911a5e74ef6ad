"""Reading what a seller's report of a month rests on: every subscription it sold, by one select."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from contracts.catalogue import Plan, PlanVersion
from contracts.money import Money
from contracts.parties import Client, Seller
from contracts.renewal_report import Ended, Following, RenewalReport, renewal_report
from contracts.subscriptions import Amendment, Contract, Specification, Subscription
from contracts.succession import successors
from contracts.terms import ONE_DAY, Term


def renewals_of(session: Session, seller: Seller, month: date, *, at: datetime) -> RenewalReport:
    """What became of what ended in a month, as it is known now."""
    rows = {
        row.id: row for row in session.connection().execute(_sold().where(col(Subscription.seller_id) == seller.id))
    }
    never_served = {
        row.id for row in rows.values() if row.cancelled_on is not None and row.cancelled_on < row.starts_on
    }
    following = successors({row.id: row.predecessor_id for row in rows.values()}, never_served)
    ended = (
        _ended(row, _following(rows[following[row.id]], seller) if row.id in following else None)
        for row in rows.values()
        if row.id not in never_served
    )
    return renewal_report(ended, Term.calendar_month(month), seller.day_of(at))


def _sold() -> Any:
    own = (
        "id",
        "client_id",
        "starts_on",
        "ends_on",
        "cancelled_on",
        "predecessor_id",
        "sold_at",
        "currency",
    )
    columns: list[Any] = [getattr(Subscription, name) for name in own]
    columns += [Client.name, Contract.number, Plan.code, PlanVersion.grace_days]
    columns.append(func.coalesce(col(Amendment.price_minor), col(Subscription.price_minor)).label("price_minor"))
    sold = select_columns(*columns).select_from(Subscription).join(Specification, _last_specification())
    for table, key in (
        (Client, Subscription.client_id),
        (Contract, Subscription.contract_id),
        (PlanVersion, Specification.plan_version_id),
        (Plan, PlanVersion.plan_id),
    ):
        sold = sold.join(table, col(table.id) == key)
    return sold.outerjoin(Amendment, col(Amendment.specification_id) == col(Specification.id))


def _last_specification() -> ColumnElement[bool]:
    """What a subscription comes to at its end (S9)."""
    any_of_it = aliased(Specification)
    last = select_columns(func.max(col(any_of_it.starts_on))).where(
        col(any_of_it.subscription_id) == col(Subscription.id)
    )
    own = col(Specification.subscription_id) == col(Subscription.id)
    return and_(own, col(Specification.starts_on) == last.correlate(Subscription).scalar_subquery())


def _ended(row: Row[Any], following: Following | None) -> Ended:
    """The row as it ends; no grace follows a cancellation."""
    last_day = row.ends_on - ONE_DAY if row.cancelled_on is None else row.cancelled_on
    return Ended(
        subscription_id=row.id,
        client_id=row.client_id,
        client=row.name,
        contract_number=row.number,
        plan=row.code,
        last_day=last_day,
        served_until=last_day + timedelta(days=row.grace_days if row.cancelled_on is None else 0),
        is_cancelled=row.cancelled_on is not None,
        price=Money(row.price_minor, row.currency),
        following=following,
    )


def _following(row: Row[Any], seller: Seller) -> Following:
    return Following(row.id, seller.day_of(row.sold_at), Money(row.price_minor, row.currency))
