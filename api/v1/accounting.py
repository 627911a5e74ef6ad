"""What an accountant takes: the general journal, a month for an accounting program, reconciliation acts."""

from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.books_export import books_zip
from api.calls import CREATED, Once
from api.inputs import Day, Id, Input
from api.journeys import settle_accounts
from api.outputs import Amount, Answer
from api.request import Call, GuardedRoute, Reader
from api.v1.months import PathMonth
from api.v1.pipeline import InLanguage, as_file, named, spoken
from api.v1.renewal_reports import SellerId
from billing.bookkeeping import journal_of, sides
from billing.journal import Operation, Source
from billing.reconciliation_acts import ReconciliationAct
from contracts.known_rows import known_row
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import ONE_DAY, Term
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
    entity_id: int
    contract_id: int | None
    """None for money that was put to no invoice."""
    credit_entity_id: int
    """Whose the credit is: another's than the debit where money moves between two sides."""
    credit_contract_id: int | None


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
    made = journal_of(call.session, known_row(call.session, Seller, seller_id), Term.calendar_month(month))
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
            entity_id=one.voucher.entity_id,
            contract_id=one.voucher.contract_id,
            credit_entity_id=one.credited.entity_id,
            credit_contract_id=one.credited.contract_id,
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
    seller = known_row(call.session, Seller, seller_id)
    pieces = books_zip(request.app.state.engine, seller.id, month)
    return StreamingResponse(pieces, media_type=ZIP, headers=named(f"books-{month:%Y-%m}.zip"))


class ReconciliationInput(Input):
    """Between which seller and entity, over which days, in which currency."""

    seller_id: Id
    entity_id: Id
    starts_on: Day
    last_day: Day
    currency: str = Field(default="RUB", min_length=3, max_length=3, examples=["RUB"])


class ReconciliationAnswer(Answer):
    """An issued reconciliation act: opening + debit - credit = closing; above zero is owed to the seller."""

    id: int
    number: str
    seller_id: int
    client_id: int
    entity_id: int
    starts_on: date
    last_day: date
    opening: Amount
    debit: Amount
    credit: Amount
    closing: Amount
    currency: str
    paper_id: int


@router.post("/v1/reconciliation-acts", status_code=CREATED, response_model=ReconciliationAnswer)
def reconcile(new: ReconciliationInput, once: Once) -> Response:
    """Issue a reconciliation act over days that have passed, with its paper, under the next number of its series.

    It counts acts and payments, not invoices: the services of a month from the moment when the month is closed.
    """

    def act(call: Call) -> ReconciliationAnswer:
        seller, span = known_row(call.session, Seller, new.seller_id), Term(new.starts_on, new.last_day + ONE_DAY)
        issued, paper = settle_accounts(call.session, seller, new.entity_id, span, new.currency, at=call.at)
        return _reconciled(issued, paper.id)

    return once.answer(act)


def _reconciled(act: ReconciliationAct, paper_id: int) -> ReconciliationAnswer:
    return ReconciliationAnswer(
        id=act.id,
        number=act.number,
        seller_id=act.seller_id,
        client_id=act.client_id,
        entity_id=act.entity_id,
        starts_on=act.starts_on,
        last_day=act.ends_on - ONE_DAY,
        opening=str(Money(act.opening_minor, act.currency)),
        debit=str(Money(act.debit_minor, act.currency)),
        credit=str(Money(act.credit_minor, act.currency)),
        closing=str(Money(act.closing_minor, act.currency)),
        currency=act.currency,
        paper_id=paper_id,
    )


def _table(call: Call, seller_id: int, month: date, language: Language) -> Table:
    seller = known_row(call.session, Seller, seller_id)
    made = journal_of(call.session, seller, Term.calendar_month(month))
    return journal_table(made, sides(call.session, seller.id), language)
