"""The reports of a seller over months as files: CSV for programs, XLSX for people."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from api.request import GuardedRoute
from api.v1.pipeline import InLanguage, as_file, named, spoken
from api.v1.reports import Asked, ClientId, Manager, Span, burnt_down, denied_in
from billing.profitability import profitability
from documents.report_tables import burn_down_table, denied_table, profit_table
from documents.tables import CSV, XLSX, Table, as_csv, as_xlsx
from documents.words import Language

router = APIRouter(route_class=GuardedRoute, tags=["reports"])


def _answer(span: Span, name: str, media_type: str, table: Table) -> Response:
    write: Callable[[Table], bytes] = as_csv if media_type is CSV else as_xlsx
    months = f"{span.months[0]:%Y-%m}-{span.months[-1]:%Y-%m}"
    called = f"{name}-{months}.{'csv' if media_type is CSV else 'xlsx'}"
    return Response(write(table), media_type=media_type, headers=named(called))


def _hours(span: Span, client_id: int | None, manager: str | None, language: Language) -> Table:
    clients, months = burnt_down(span, client_id, manager)
    return burn_down_table(months, clients, language)


def _profit(span: Span, language: Language) -> Table:
    return profit_table(profitability(span.call.session, span.seller, span.term), language)


@router.get("/v1/reports/hours.csv", response_class=Response, responses=as_file(CSV))
def hours_csv(
    span: Asked, request: Request, client_id: ClientId = None, manager: Manager = None, language: InLanguage = None
) -> Response:
    """The hours of clients, month by month, as a CSV file."""
    return _answer(span, "hours", CSV, _hours(span, client_id, manager, spoken(request, language)))


@router.get("/v1/reports/hours.xlsx", response_class=Response, responses=as_file(XLSX))
def hours_xlsx(
    span: Asked, request: Request, client_id: ClientId = None, manager: Manager = None, language: InLanguage = None
) -> Response:
    """The hours of clients, month by month, as a workbook."""
    return _answer(span, "hours", XLSX, _hours(span, client_id, manager, spoken(request, language)))


@router.get("/v1/reports/denied-demand.csv", response_class=Response, responses=as_file(CSV))
def denied_csv(span: Asked, request: Request, language: InLanguage = None) -> Response:
    """The denied requests as a CSV file."""
    table = denied_table(denied_in(span), span.seller, spoken(request, language))
    return _answer(span, "denied-demand", CSV, table)


@router.get("/v1/reports/denied-demand.xlsx", response_class=Response, responses=as_file(XLSX))
def denied_xlsx(span: Asked, request: Request, language: InLanguage = None) -> Response:
    """The denied requests as a workbook."""
    table = denied_table(denied_in(span), span.seller, spoken(request, language))
    return _answer(span, "denied-demand", XLSX, table)


@router.get("/v1/reports/profitability.csv", response_class=Response, responses=as_file(CSV))
def profit_csv(span: Asked, request: Request, language: InLanguage = None) -> Response:
    """The contracts with revenue and cost as a CSV file."""
    return _answer(span, "profitability", CSV, _profit(span, spoken(request, language)))


@router.get("/v1/reports/profitability.xlsx", response_class=Response, responses=as_file(XLSX))
def profit_xlsx(span: Asked, request: Request, language: InLanguage = None) -> Response:
    """The contracts with revenue and cost as a workbook."""
    return _answer(span, "profitability", XLSX, _profit(span, spoken(request, language)))
