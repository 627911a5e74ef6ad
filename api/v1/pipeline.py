"""The pipeline: what ends when, at what price and with what risk, as data, as files and as a calendar."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from api.inputs import Day, Limit, PathId, Searched
from api.outputs import Amount, Answer
from api.request import Call, GuardedRoute, Reader, language_of
from billing.pipeline import Chosen, Line, Risk
from billing.risks import pipeline
from contracts.parties import TRADE_ZONE, Seller
from contracts.standing import Standing
from documents.calendar_feed import ICALENDAR, calendar_feed
from documents.pipeline_table import pipeline_table
from documents.tables import CSV, XLSX, as_csv, as_xlsx
from documents.words import Language

router = APIRouter(route_class=GuardedRoute, tags=["pipeline"])


class RiskAnswer(Answer):
    """One risk and how much there is of it: refused requests, or lost minutes."""

    code: Risk
    amount: int


class LineAnswer(Answer):
    """One subscription that ends; `price` is what renewing it for the same term costs now, null where it is agreed."""

    subscription_id: int
    client_id: int
    client: str
    manager: str
    seller_id: int
    seller: str
    contract_number: str
    plan: str
    registrations: list[str]
    starts_on: date
    last_day: date
    days_left: int
    term_months: int
    last_price: Amount
    price: Amount | None
    currency: str
    standing: Standing
    renewed: bool
    risks: list[RiskAnswer]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines the caller wants."""

    call: Call
    chosen: Chosen

    def lines(self, after: int | None = None, limit: int | None = None) -> list[Line]:
        """The lines, the first to end first."""
        return pipeline(self.call.session, self.chosen, at=self.call.at, after=after, limit=limit)


def _wanted(
    call: Reader,
    seller_id: Annotated[PathId | None, Query(description="What this seller sold.")] = None,
    manager: Annotated[Searched | None, Query(description="Who looks after the client.")] = None,
    plan: Annotated[Searched | None, Query(description="The code of the plan.")] = None,
    ends_from: Annotated[Day | None, Query(description="The first last day; a month ago when left out.")] = None,
    ends_until: Annotated[Day | None, Query(description="The last one; a year from now when left out.")] = None,
    renewed: Annotated[Literal["yes", "no"] | None, Query(description="Only what is renewed, or is not.")] = None,
    risk: Annotated[Risk | None, Query(description="Only what is at this risk.")] = None,
) -> Wanted:
    seller = None if seller_id is None else call.session.get(Seller, seller_id)
    chosen = Chosen.around(
        call.at.astimezone(TRADE_ZONE).date() if seller is None else seller.day_of(call.at),
        ends_from,
        ends_until,
        seller_id=seller_id,
        manager=manager,
        plan=plan,
        renewed=None if renewed is None else renewed == "yes",
        risk=risk,
    )
    return Wanted(call, chosen)


Pipeline = Annotated[Wanted, Depends(_wanted)]
InLanguage = Annotated[
    Literal["ru", "en"] | None, Query(alias="language", description="Else as `Accept-Language` says.")
]


@router.get("/v1/pipeline")
def find(
    wanted: Pipeline,
    after: Annotated[PathId | None, Query(description="The last subscription of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[LineAnswer]:
    """What ends, the first to end first, with what puts the renewal at risk; what was cancelled is not there."""
    return [_told(line) for line in wanted.lines(after, limit)]


def as_file(media_type: str) -> dict[int | str, dict[str, object]]:
    """What the documentation says of an answer that is a file."""
    content = {media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"content": content}}


@router.get("/v1/pipeline.csv", response_class=Response, responses=as_file(CSV))
def csv_file(wanted: Pipeline, request: Request, language: InLanguage = None) -> Response:
    """The same as a CSV file, all of it."""
    table = pipeline_table(wanted.lines(), spoken(request, language))
    return Response(as_csv(table), media_type=CSV, headers=named("pipeline.csv"))


@router.get("/v1/pipeline.xlsx", response_class=Response, responses=as_file(XLSX))
def xlsx_file(wanted: Pipeline, request: Request, language: InLanguage = None) -> Response:
    """The same as a workbook, all of it."""
    table = pipeline_table(wanted.lines(), spoken(request, language))
    return Response(as_xlsx(table), media_type=XLSX, headers=named("pipeline.xlsx"))


@router.get("/v1/pipeline.ics", response_class=Response, responses=as_file(ICALENDAR))
def feed(wanted: Pipeline, request: Request, language: InLanguage = None) -> Response:
    """The same as an iCalendar feed: an event on each last day. The key may come as the password of HTTP Basic."""
    content = calendar_feed(wanted.lines(), spoken(request, language), at=wanted.call.at)
    return Response(content, media_type=ICALENDAR, headers=named("pipeline.ics"))


def spoken(request: Request, wanted: str | None) -> Language:
    """The language asked for in the address, else by the headers: a calendar or a link has none of its own."""
    return Language(wanted) if wanted is not None else language_of(request)


def named(name: str) -> dict[str, str]:
    """The headers of a file that is to be kept under a name."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _told(line: Line) -> LineAnswer:
    return LineAnswer(
        subscription_id=line.subscription_id,
        client_id=line.client_id,
        client=line.client,
        manager=line.manager,
        seller_id=line.seller_id,
        seller=line.seller,
        contract_number=line.contract_number,
        plan=line.plan,
        registrations=list(line.registrations),
        starts_on=line.starts_on,
        last_day=line.last_day,
        days_left=line.days_left,
        term_months=line.term_months,
        last_price=str(line.last_price),
        price=None if line.price is None else str(line.price),
        currency=line.last_price.currency,
        standing=line.standing,
        renewed=line.renewed,
        risks=[RiskAnswer(code=risk, amount=amount) for risk, amount in line.risks.items()],
    )
