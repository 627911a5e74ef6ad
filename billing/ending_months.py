"""What ends month by month: how much, how much of it is renewed, and its worth, counted by the database."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from billing.ending import ends_in
from billing.pipeline import Chosen
from contracts.columns import summed
from contracts.money import Money
from contracts.subscriptions import Amendment, Subscription
from contracts.succession import succeeded
from contracts.terms import ONE_DAY, first_of_month, next_month


@dataclass(frozen=True, slots=True)
class EndingMonth:
    """The subscriptions that end in a calendar month: how many, how many are renewed, and their last prices.

    There is a sum for each currency.
    """

    month: date
    ends: int
    renewed: int
    sums: tuple[Money, ...]


def ending_months(session: Session, chosen: Chosen) -> list[EndingMonth]:
    """The months of the chosen days in their order, also those in which nothing ends; of any plan, renewed or not."""
    ends, renewed = Counter[date](), Counter[date]()
    sums: dict[date, dict[str, Money]] = defaultdict(dict)
    for row in session.connection().execute(_counted(session, chosen)):
        month, known = first_of_month(row.ends_on - ONE_DAY), Money(int(row.price), row.currency)
        ends[month] += row.ends
        renewed[month] += int(row.renewed)
        sums[month][row.currency] = sums[month].get(row.currency, Money(0, row.currency)) + known
    months, month = [], first_of_month(chosen.ends_from)
    while month <= chosen.ends_until:
        by_currency = sorted(sums[month].items())
        months.append(EndingMonth(month, ends[month], renewed[month], tuple(one for _, one in by_currency)))
        month = next_month(month)
    return months


def _counted(session: Session, chosen: Chosen) -> Any:
    """A row for each day and currency."""
    agreed = select(col(Amendment.price_minor)).where(col(Amendment.subscription_id) == col(Subscription.id))
    agreed = agreed.order_by(col(Amendment.effective_on).desc()).limit(1).correlate(Subscription)
    price = func.coalesce(agreed.scalar_subquery(), col(Subscription.price_minor))
    counted = select(
        col(Subscription.ends_on),
        col(Subscription.currency),
        func.count().label("ends"),
        summed(case((_is_renewed(session), 1), else_=0)).label("renewed"),
        summed(price).label("price"),
    )
    return counted.where(*ends_in(chosen)).group_by(col(Subscription.ends_on), col(Subscription.currency))


def _is_renewed(session: Session) -> Any:
    """Whether another subscription serves after it: the one that renews it, or one after that (S4, S11)."""
    following = aliased(Subscription)
    direct = select(col(following.id)).where(
        col(following.predecessor_id) == col(Subscription.id), ~_never_serves(following)
    )
    return or_(direct.correlate(Subscription).exists(), col(Subscription.id).in_(_renewed_again(session)))


def _renewed_again(session: Session) -> Collection[int]:
    """What was renewed by a subscription that never serves, and by another one after that."""
    never = select(col(Subscription.id)).where(_never_serves(Subscription))
    chain = select(
        col(Subscription.id), col(Subscription.predecessor_id), _never_serves(Subscription).label("never_serves")
    )
    chain = chain.where(or_(col(Subscription.id).in_(never), col(Subscription.predecessor_id).in_(never)))
    rows = session.connection().execute(chain).all()
    return succeeded({row.id: row.predecessor_id for row in rows}, {row.id for row in rows if row.never_serves})


def _never_serves(sold: Any) -> Any:
    return func.coalesce(sold.cancelled_on < sold.starts_on, False)
