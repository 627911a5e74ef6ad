"""The board of what ends, month by month: how much, how much of it is renewed, and what is at risk."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session, select

from api.inputs import PathId
from api.pages.forms import Month
from api.pages.page import ON_A_PAGE, PageRoute, ReadingPage
from billing.ending_months import ending_months
from billing.pipeline import Chosen
from billing.risks import pipeline
from contracts.parties import Client
from contracts.terms import ONE_DAY, boundary, first_of_month, next_month
from documents.drawing_parties import plan_names
from documents.pipeline_table import STANDINGS, risks_in_words

router = APIRouter(route_class=PageRoute, include_in_schema=False)

MONTHS_BACK, MONTHS_AHEAD = 1, 12


@router.get("/renewals")
def show(
    page: ReadingPage,
    month: Annotated[Month | None, Query()] = None,
    manager: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[PathId | None, Query()] = None,
) -> Response:
    """What ends in a month, this one unless another is asked for, beside the months around it."""
    chosen, who = first_of_month(month or page.today), manager or None
    first = boundary(first_of_month(page.today), -MONTHS_BACK)
    span = Chosen(first, boundary(first, MONTHS_BACK + 1 + MONTHS_AHEAD) - ONE_DAY, manager=who)
    wanted = Chosen(chosen, next_month(chosen) - ONE_DAY, manager=who)
    lines = pipeline(page.session, wanted, at=page.at, after=after, limit=ON_A_PAGE + 1)
    return page.show(
        "renewals/board.html",
        months=ending_months(page.session, span),
        month=chosen,
        manager=manager,
        managers=_managers(page.session),
        lines=[(line, risks_in_words(line.risks, page.language)) for line in lines[:ON_A_PAGE]],
        following=lines[ON_A_PAGE - 1].subscription_id if len(lines) > ON_A_PAGE else None,
        standings=STANDINGS[page.language],
        plans=plan_names(page.session, page.language),
    )


def _managers(session: Session) -> Sequence[str]:
    named = select(Client.manager).where(Client.manager != "").distinct()
    return session.exec(named.order_by(Client.manager)).all()
