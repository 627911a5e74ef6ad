"""What was closed and billed: statements, invoices, acts."""

from collections.abc import Sequence
from datetime import date, datetime

from fastapi import APIRouter
from sqlmodel import col, select

from api.inputs import PathId
from api.outputs import Amount, Answer
from api.request import GuardedRoute, Reader
from billing.bills import (
    Act,
    ActKind,
    ActLine,
    BillLine,
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceKind,
    InvoiceLine,
)
from billing.settling import InvoiceState, standing_of
from contracts.known_rows import known_row
from contracts.money import Money
from contracts.parties import Seller
from entitlements.objection_facts import standings
from entitlements.objection_states import LineState
from entitlements.statements import Statement, StatementLine

router = APIRouter(route_class=GuardedRoute, tags=["bills"])


class StatementLineAnswer(Answer):
    """One work entry, what paid for its billed minutes, and how the line stands with the client (P6)."""

    position: int
    work_entry_id: int
    billed_minutes: int
    bonus_minutes: int
    goodwill_minutes: int
    rollover_minutes: int
    included_minutes: int
    package_minutes: int
    overage_minutes: int
    paid_minutes: int
    free_minutes: int
    amount: Amount
    state: LineState
    objection_id: int | None


class StatementAnswer(Answer):
    """A client's hours with a seller in one month, as closed: opening + given - used - burnt = closing."""

    id: int
    number: str
    client_id: int
    seller_id: int
    month: date
    issued_on: date
    opening_minutes: int
    given_minutes: int
    used_minutes: int
    burnt_minutes: int
    rolled_minutes: int
    closing_minutes: int
    overage_minutes: int
    paid_minutes: int
    total: Amount
    currency: str
    object_until: date
    closed_at: datetime
    lines: list[StatementLineAnswer]


class BillLineAnswer(Answer):
    """One line, amounts incl. tax; no per cent means without VAT, which is not 0 %.

    `exempt_ground` is the law by which a licence is exempt from VAT.
    """

    position: int
    supplied_from: date
    supplied_until: date
    quantity_minutes: int | None
    amount: Amount
    tax_percent: int | None
    tax: Amount
    exempt_ground: str | None = None


class BillAnswer(Answer):
    """What a bill says, but its lines."""

    id: int
    number: str
    client_id: int
    seller_id: int
    contract_id: int
    issued_on: date
    total: Amount
    tax: Amount
    currency: str


class InvoiceAnswer(BillAnswer):
    """A request to pay."""

    kind: InvoiceKind
    due_on: date


class WholeInvoice(InvoiceAnswer):
    """An invoice with its lines and how it stands: total - credited - paid is left, and never below nothing (M5)."""

    state: InvoiceState
    credited: Amount
    paid: Amount
    left: Amount
    lines: list[BillLineAnswer]


class ActLineAnswer(BillLineAnswer):
    """A line of an act; `invoice_id` names the invoice by which its service was paid ahead, none of a month's work."""

    invoice_id: int | None


class WholeAct(BillAnswer):
    """An act with its lines: over what a month added, or over what it served of what was paid ahead (M4)."""

    kind: ActKind
    statement_id: int
    lines: list[ActLineAnswer]


class CreditNoteAnswer(BillAnswer):
    """A credit note to an invoice; its amounts are positive, they are taken off that."""

    invoice_id: int


class WholeCreditNote(CreditNoteAnswer):
    """A credit note with its lines."""

    lines: list[BillLineAnswer]


@router.get("/v1/statements/{statement_id}")
def statement(statement_id: PathId, call: Reader) -> StatementAnswer:
    """A month's statement of hours with its lines."""
    row = known_row(call.session, Statement, statement_id)
    own = select(StatementLine).where(StatementLine.statement_id == row.id).order_by(col(StatementLine.position))
    standing = standings(call.session, row, call.session.get_one(Seller, row.seller_id).day_of(call.at))
    lines = [
        StatementLineAnswer.model_validate(
            line.model_dump() | {"amount": _amount(line.amount_minor, row.currency)} | standing[line.id]._asdict()
        )
        for line in call.session.exec(own)
    ]
    return StatementAnswer.model_validate(
        row.model_dump() | {"total": _amount(row.total_minor, row.currency), "lines": lines}
    )


@router.get("/v1/invoices/{invoice_id}")
def invoice(invoice_id: PathId, call: Reader) -> WholeInvoice:
    """An invoice with its lines, and how much of it is still to be paid."""
    row = known_row(call.session, Invoice, invoice_id)
    own = select(InvoiceLine).where(InvoiceLine.invoice_id == row.id).order_by(col(InvoiceLine.position))
    standing = standing_of(call.session, row)
    return WholeInvoice(
        **InvoiceAnswer.model_validate(row).model_dump(),
        state=standing.state,
        credited=str(standing.credited),
        paid=str(standing.paid),
        left=str(standing.left),
        lines=_lines(call.session.exec(own).all(), row.currency),
    )


@router.get("/v1/acts/{act_id}")
def act(act_id: PathId, call: Reader) -> WholeAct:
    """An act with its lines."""
    row = known_row(call.session, Act, act_id)
    own = select(ActLine, InvoiceLine.invoice_id).outerjoin(InvoiceLine, col(InvoiceLine.id) == ActLine.invoice_line_id)
    found = call.session.exec(own.where(ActLine.act_id == row.id).order_by(col(ActLine.position))).all()
    lines = _lines([line for line, _ in found], row.currency)
    return WholeAct(
        **BillAnswer.model_validate(row).model_dump(),
        kind=row.kind,
        statement_id=row.statement_id,
        lines=[
            ActLineAnswer(**line.model_dump(), invoice_id=invoice_id)
            for line, (_, invoice_id) in zip(lines, found, strict=True)
        ],
    )


@router.get("/v1/credit-notes/{credit_note_id}")
def credit_note(credit_note_id: PathId, call: Reader) -> WholeCreditNote:
    """A credit note with its lines."""
    row = known_row(call.session, CreditNote, credit_note_id)
    own = select(CreditNoteLine).where(CreditNoteLine.credit_note_id == row.id)
    return WholeCreditNote(
        **BillAnswer.model_validate(row).model_dump(),
        invoice_id=row.invoice_id,
        lines=_lines(call.session.exec(own.order_by(col(CreditNoteLine.position))).all(), row.currency),
    )


def _lines(rows: Sequence[BillLine], currency: str) -> list[BillLineAnswer]:
    return [
        BillLineAnswer.model_validate(
            row.model_dump() | {"amount": _amount(row.amount_minor, currency), "tax": _amount(row.tax_minor, currency)}
        )
        for row in rows
    ]


def _amount(minor: int, currency: str) -> str:
    return str(Money(minor, currency))
