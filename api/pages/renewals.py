"""The board of what ends, month by month: how much, how much of it is renewed, and what is at risk."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlmodel import Session, select

from api.inputs import PathId
from api.pages.forms import Month
from api.pages.page import PageRoute, ReadingPage
from billing.ending import ending
from billing.pipeline import Chosen, Line
from billing.risks import pipeline
from contracts.catalogue import Plan
from contracts.money import Money
from contracts.parties import Client
from contracts.terms import ONE_DAY, boundary, first_of_month, next_month
from documents.drawing_parties import called
from documents.pipeline_table import STANDINGS, risks_in_words

router = APIRouter(route_class=PageRoute, include_in_schema=False)

ON_A_PAGE = 50
MONTHS_BACK, MONTHS_AHEAD = 1, 12


@dataclass(frozen=True, slots=True)
class EndingMonth:
    """The subscriptions that end in a calendar month: how many, how many are renewed, and their last prices."""

    month: date
    ends: int
    renewed: int
    sums: tuple[Money, ...]
    """One for each currency."""

    @property
    def left(self) -> int:
        """How many are still to be renewed."""
        return self.ends - self.renewed


@router.get("/renewals")
def show(
    page: ReadingPage,
    month: Annotated[Month | None, Query()] = None,
    manager: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[PathId | None, Query()] = None,
) -> Response:
    """What ends in a month, this one unless another is asked for, beside the months around it."""
    today = page.at.astimezone(page.zone).date()
    chosen, who = first_of_month(month or today), manager or None
    first = boundary(first_of_month(today), -MONTHS_BACK)
    span = Chosen(first, boundary(first, MONTHS_BACK + 1 + MONTHS_AHEAD) - ONE_DAY, manager=who)
    wanted = Chosen(chosen, next_month(chosen) - ONE_DAY, manager=who)
    lines = pipeline(page.session, wanted, at=page.at, after=after, limit=ON_A_PAGE + 1)
    return page.show(
        "renewals/board.html",
        months=ending_months(ending(page.session, span, at=page.at), span),
        month=chosen,
        manager=manager,
        managers=_managers(page.session),
        lines=[(line, risks_in_words(line.risks, page.language)) for line in lines[:ON_A_PAGE]],
        following=lines[ON_A_PAGE - 1].subscription_id if len(lines) > ON_A_PAGE else None,
        standings=STANDINGS[page.language],
        plans={plan.code: called(plan, page.language) for plan in page.session.exec(select(Plan))},
    )


def ending_months(lines: Sequence[Line], span: Chosen) -> list[EndingMonth]:
    """The months of a span with what ends in each, also those in which nothing does."""
    by_month: dict[date, list[Line]] = defaultdict(list)
    for line in lines:
        by_month[first_of_month(line.last_day)].append(line)
    months, month = [], first_of_month(span.ends_from)
    while month <= span.ends_until:
        own = by_month[month]
        months.append(EndingMonth(month, len(own), sum(line.renewed for line in own), _sums(own)))
        month = next_month(month)
    return months


def _sums(lines: Sequence[Line]) -> tuple[Money, ...]:
    by_currency: dict[str, Any] = {}
    for line in lines:
        currency = line.last_price.currency
        by_currency[currency] = by_currency.get(currency, Money(0, currency)) + line.last_price
    return tuple(by_currency.values())


def _managers(session: Session) -> Sequence[str]:
    named = select(Client.manager).where(Client.manager != "").distinct()
    return session.exec(named.order_by(Client.manager)).all()
