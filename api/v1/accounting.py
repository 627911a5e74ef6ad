"""What an accountant takes of a seller's month: the general journal, and all of it for an accounting program."""

from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from api.books_export import books_zip
from api.journeys import seller_of
from api.outputs import Amount, Answer
from api.request import Call, GuardedRoute, Reader
from api.v1.months import PathMonth
from api.v1.pipeline import InLanguage, as_file, named, spoken
from api.v1.renewal_reports import SellerId
from billing.bookkeeping import journal_of, sides
from billing.journal import Operation, Source
from contracts.terms import Term
from documents.journal_table import journal_table
from documents.tables import CSV, XLSX, Table, as_csv, as_xlsx
from documents.words import Language

router = APIRouter(route_class=GuardedRoute, tags=["accounting"])

ZIP = "application/zip"


class EntryAnswer(Answer):
    """One entry; `key` is the same whenever the journal is asked for, a negative amount takes back."""

    key: str
    on: date
    operation: Operation
    debit: str
    credit: str
    amount: Amount
    currency: str
    tax_percent: int | None
    source: Source
    source_id: int
    number: str
    client_id: int
    contract_id: int


class TurnoverAnswer(Answer):
    """What the entries come to on an account in a currency."""

    account: str
    currency: str
    debit: Amount
    credit: Amount


class JournalAnswer(Answer):
    """The journal of a month as it is known now; in each currency the debits of the turnovers are the credits."""

    month: str
    seller_id: int
    entries: list[EntryAnswer]
    turnovers: list[TurnoverAnswer]


@router.get("/v1/journals/{month}.csv", response_class=Response, responses=as_file(CSV))
def csv_file(
    month: PathMonth, seller_id: SellerId, call: Reader, request: Request, language: InLanguage = None
) -> Response:
    """The entries as a CSV file."""
    table = _table(call, seller_id, month, spoken(request, language))
    return Response(as_csv(table), media_type=CSV, headers=named(f"journal-{month:%Y-%m}.csv"))


@router.get("/v1/journals/{month}.xlsx", response_class=Response, responses=as_file(XLSX))
def xlsx_file(
    month: PathMonth, seller_id: SellerId, call: Reader, request: Request, language: InLanguage = None
) -> Response:
    """The entries as a workbook."""
    table = _table(call, seller_id, month, spoken(request, language))
    return Response(as_xlsx(table), media_type=XLSX, headers=named(f"journal-{month:%Y-%m}.xlsx"))


@router.get("/v1/journals/{month}")
def journal(month: PathMonth, seller_id: SellerId, call: Reader) -> JournalAnswer:
    """The double entries of a seller's month: what was supplied, credited, paid ahead and offset, with the tax."""
    made = journal_of(call.session, seller_of(call.session, seller_id), Term.calendar_month(month))
    entries = [
        EntryAnswer(
            key=one.key,
            on=one.on,
            operation=one.operation,
            debit=one.debit,
            credit=one.credit,
            amount=str(one.amount),
            currency=one.amount.currency,
            tax_percent=one.tax_percent,
            source=one.voucher.source,
            source_id=one.voucher.id,
            number=one.voucher.number,
            client_id=one.voucher.client_id,
            contract_id=one.voucher.contract_id,
        )
        for one in made.entries
    ]
    turnovers = [
        TurnoverAnswer(account=one.account, currency=one.debit.currency, debit=str(one.debit), credit=str(one.credit))
        for one in made.turnovers()
    ]
    return JournalAnswer(month=f"{month:%Y-%m}", seller_id=seller_id, entries=entries, turnovers=turnovers)


@router.get("/v1/accounting/{month}.zip", response_class=StreamingResponse, responses=as_file(ZIP))
def books(month: PathMonth, seller_id: SellerId, call: Reader, request: Request) -> StreamingResponse:
    """The month for an accounting program: CSV and XML of counterparties, contracts, bills, lines and entries."""
    seller = seller_of(call.session, seller_id)
    pieces = books_zip(request.app.state.engine, seller.id, month)
    return StreamingResponse(pieces, media_type=ZIP, headers=named(f"books-{month:%Y-%m}.zip"))


def _table(call: Call, seller_id: int, month: date, language: Language) -> Table:
    seller = seller_of(call.session, seller_id)
    made = journal_of(call.session, seller, Term.calendar_month(month))
    return journal_table(made, sides(call.session, seller.id), language)
