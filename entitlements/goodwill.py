"""How much work engineers may give as goodwill in a month, how much they gave, and letting them give more (H9).

A month is a calendar month, as that of the statement; goodwill counts as it was worked, on the day on which it counts.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from contracts.appending import append
from contracts.catalogue import PlanVersion
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.parties import Seller
from contracts.requisites import require_text
from contracts.subscriptions import Specification
from contracts.terms import first_of_month, next_month
from entitlements.goodwill_allowances import GoodwillAllowance
from entitlements.hours_facts import Charge
from entitlements.statements import Statement
from entitlements.work import WorkEntry

WHO_MAY = "sales"
"""The role that may allow more, beside the administrator's."""

LONGEST_ALLOWANCE = 60 * 24 * 31
"""The most minutes that are allowed at once: a month of them."""


@dataclass(frozen=True, slots=True)
class GoodwillMonth:
    """The goodwill of a client with a seller in a month: the plan's budget, what was allowed beyond, what was given."""

    seller_id: int
    month: date
    budget_minutes: int
    allowances: tuple[GoodwillAllowance, ...]
    given_minutes: int

    @property
    def allowed_minutes(self) -> int:
        """What engineers may give in all."""
        return self.budget_minutes + sum(one.minutes for one in self.allowances)

    @property
    def left_minutes(self) -> int:
        """What engineers may still give."""
        return max(self.allowed_minutes - self.given_minutes, 0)


def goodwill_of(session: Session, client_id: int, day: date) -> dict[int, GoodwillMonth]:
    """The goodwill of the day's month, by the seller's id; without sellers whose plans set no budget.

    Of several plans that serve in the month the greatest budget holds.
    """
    month, until = first_of_month(day), next_month(day)
    budgets = {row.seller_id: row.minutes for row in _rows(session, _budgets(client_id, month, until))}
    if not budgets:
        return {}
    allowed: dict[int, list[GoodwillAllowance]] = defaultdict(list)
    more = select(GoodwillAllowance).where(col(GoodwillAllowance.client_id) == client_id)
    for one in session.scalars(more.where(col(GoodwillAllowance.month) == month).order_by(col(GoodwillAllowance.id))):
        allowed[one.seller_id].append(one)
    given = {row.seller_id: int(row.minutes) for row in _rows(session, _given(client_id, month, until))}
    return {
        seller_id: GoodwillMonth(seller_id, month, minutes, tuple(allowed[seller_id]), given.get(seller_id, 0))
        for seller_id, minutes in budgets.items()
    }


def require_goodwill(session: Session, client_id: int, seller_id: int, day: date, more_minutes: int) -> None:
    """Raises `Refusal("GOODWILL_SPENT")`, naming who may allow more, when the minutes are beyond the budget."""
    if more_minutes <= 0:
        return
    month = goodwill_of(session, client_id, day).get(seller_id)
    if month is not None and more_minutes > month.left_minutes:
        raise Refusal(
            "GOODWILL_SPENT",
            field="charge",
            value=Charge.GOODWILL,
            month=f"{month.month:%Y-%m}",
            left_minutes=month.left_minutes,
            allowed_minutes=month.allowed_minutes,
            who_may_allow=WHO_MAY,
        )


def allow_goodwill(
    session: Session,
    client_id: int,
    seller_id: int,
    month: date,
    minutes: int,
    *,
    allowed_by: str,
    reason: str,
    at: datetime,
) -> GoodwillAllowance:
    """Let engineers give so many minutes more in an open month, by a person and for a reason.

    Raises `Refusal` with CLIENT_UNKNOWN, SELLER_UNKNOWN, MINUTES_WRONG, TEXT_WRONG, MONTH_CLOSED, or NO_GOODWILL_BUDGET
    where no plan of the month sets one.
    """
    said = {"allowed_by": require_text(allowed_by, "allowed_by", 200), "reason": require_text(reason, "reason", 300)}
    if not 1 <= minutes <= LONGEST_ALLOWANCE:
        raise Refusal("MINUTES_WRONG", field="minutes", value=minutes, allowed=f"1 to {LONGEST_ALLOWANCE}")
    known_row(session, Seller, seller_id)
    lock_client(session, client_id)
    first = first_of_month(month)
    closed = select(col(Statement.id)).where(col(Statement.client_id) == client_id, col(Statement.month) >= first)
    if session.scalars(closed.where(col(Statement.seller_id) == seller_id)).first() is not None:
        raise Refusal("MONTH_CLOSED", field="month", value=f"{first:%Y-%m}")
    if seller_id not in goodwill_of(session, client_id, first):
        raise Refusal("NO_GOODWILL_BUDGET", field="month", value=f"{first:%Y-%m}")
    of = {"client_id": client_id, "seller_id": seller_id, "month": first, "minutes": minutes}
    return append(session, GoodwillAllowance, {**of, **said, "recorded_at": at})


def _rows(session: Session, query: Any) -> list[Row[Any]]:
    return list(session.connection().execute(query))


def _budgets(client_id: int, month: date, until: date) -> Any:
    """The greatest budget of the plans that serve on a day of the month, by seller."""
    greatest = func.max(col(PlanVersion.goodwill_minutes)).label("minutes")
    served = select(col(Specification.seller_id), greatest).join(
        PlanVersion, col(PlanVersion.id) == col(Specification.plan_version_id)
    )
    served = served.where(col(Specification.client_id) == client_id, col(PlanVersion.goodwill_minutes).is_not(None))
    served = served.where(col(Specification.starts_on) < until, col(Specification.ends_on) > month)
    return served.where(col(Specification.ends_on) > col(Specification.starts_on)).group_by(
        col(Specification.seller_id)
    )


def _given(client_id: int, month: date, until: date) -> Any:
    """The minutes that were worked as goodwill and count in the month, less what was taken back, by seller."""
    worked = func.sum(col(WorkEntry.worked_minutes)).label("minutes")
    given = select(col(WorkEntry.seller_id), worked).where(col(WorkEntry.client_id) == client_id)
    given = given.where(col(WorkEntry.charge) == Charge.GOODWILL)
    given = given.where(col(WorkEntry.counts_on) >= month, col(WorkEntry.counts_on) < until)
    return given.group_by(col(WorkEntry.seller_id))
