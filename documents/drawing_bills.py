"""Drawing up invoices, acts and credit notes from their rows, to the kopeck (P1, E4)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from billing.bills import (
    Act,
    ActKind,
    ActLine,
    Bill,
    BillLine,
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    TermLine,
)
from contracts.catalogue import Plan, PlanPromotion, PlanVersion, Service
from contracts.money import Money
from contracts.subscriptions import Amendment, Cancellation, Specification, Subscription
from contracts.terms import Term
from documents.act import ActSheet
from documents.credit_note import Cancelled, CreditNoteSheet, Reduced, TakenBack
from documents.drawing_lines import line_sheet, term_line
from documents.drawing_parties import called, contract_reference, parties_of, party_sheet
from documents.drawing_service_acts import service_lines
from documents.invoice import InvoiceSheet
from documents.lines import LineKind, LineSheet, RateTotal, totals_by_rate
from documents.words import Language, day_in_figures, hours_in_words
from entitlements.grants import Grant
from entitlements.statements import Statement, StatementLine
from entitlements.work import WorkEntry

Sheet = TypeVar("Sheet", InvoiceSheet, ActSheet, CreditNoteSheet)


def draw_invoice(session: Session, invoice: Invoice) -> InvoiceSheet:
    """The invoice's sheet. Raises ValueError when its lines do not come to the invoice's totals (E4)."""
    parties = parties_of(session, invoice.contract_id)
    sheet = InvoiceSheet(
        number=invoice.number,
        issued_on=invoice.issued_on,
        seller=party_sheet(parties.seller),
        client=party_sheet(parties.entity),
        lines=_invoice_lines(session, invoice, parties.language),
        tax_mode=invoice.tax_mode,
        contract=contract_reference(parties.contract),
        pay_by_on=invoice.due_on,
    )
    return _adding_up(sheet, invoice)


def draw_act(session: Session, act: Act) -> ActSheet:
    """The act's sheet. Raises ValueError when its lines do not come to the act's totals (E4)."""
    parties = parties_of(session, act.contract_id)
    statement, is_of_service = session.get_one(Statement, act.statement_id), act.kind is ActKind.SERVICE
    sheet = ActSheet(
        number=act.number,
        issued_on=act.issued_on,
        term=Term.calendar_month(statement.month),
        seller=party_sheet(parties.seller),
        client=party_sheet(parties.entity),
        contract=contract_reference(parties.contract),
        lines=(service_lines if is_of_service else _acted_work)(session, act, parties.language),
        tax_mode=act.tax_mode,
        object_until_on=statement.object_until,
        statement_number="" if is_of_service else statement.number,
        is_of_service=is_of_service,
    )
    return _adding_up(sheet, act)


def _acted_work(session: Session, act: Act, language: Language) -> tuple[LineSheet, ...]:
    return _work_lines(session, ActLine, col(ActLine.act_id) == act.id, act.currency, language)


def draw_credit_note(session: Session, note: CreditNote) -> CreditNoteSheet:
    """The credit note's sheet. Raises ValueError when its lines do not come to its totals (E4)."""
    parties = parties_of(session, note.contract_id)
    invoice = session.get_one(Invoice, note.invoice_id)
    cause, lines = _cause(session, note), _credit_lines(session, note, invoice, parties.language)
    sheet = CreditNoteSheet(
        number=note.number,
        issued_on=note.issued_on,
        seller=party_sheet(parties.seller),
        client=party_sheet(parties.entity),
        contract=contract_reference(parties.contract),
        invoice_number=invoice.number,
        invoice_issued_on=invoice.issued_on,
        cause=cause,
        lines=lines,
        tax_mode=note.tax_mode,
    )
    return _adding_up(sheet, note)


def _cause(session: Session, note: CreditNote) -> Cancelled | Reduced | TakenBack:
    if note.cancellation_id is not None:
        cancellation = session.get_one(Cancellation, note.cancellation_id)
        sold, _, version = _sold(session, cancellation.subscription_id)
        return Cancelled(cancellation.last_day, version.refund, sold.never_serves)
    if note.amendment_id is not None:
        return Reduced(session.get_one(Amendment, note.amendment_id).effective_on)
    statement = session.get_one(Statement, note.statement_id)
    return TakenBack(statement.month, statement.number)


def _credit_lines(session: Session, note: CreditNote, invoice: Invoice, language: Language) -> tuple[LineSheet, ...]:
    """The lines under the plan that an amendment moved to, whether it is the reason or was invoiced; else as sold."""
    own = col(CreditNoteLine.credit_note_id) == note.id
    if note.statement_id is not None:
        return _work_lines(session, CreditNoteLine, own, note.currency, language)
    lines = session.exec(select(CreditNoteLine).where(own).order_by(col(CreditNoteLine.position))).all()
    amendment_id = note.amendment_id or invoice.amendment_id
    if amendment_id is None:
        sold, plan, _ = _sold(session, invoice.subscription_id)
    else:
        amendment, plan = _amended(session, amendment_id)
        sold = session.get_one(Subscription, amendment.subscription_id)
    return _term_lines(lines, sold, plan, language)


def rate_totals(lines: Iterable[BillLine], currency: str) -> tuple[RateTotal, ...]:
    """What the lines of a bill come to at each VAT rate (M2)."""
    return totals_by_rate(
        [
            RateTotal(line.tax_percent, Money(line.tax_minor, currency), Money(line.amount_minor, currency))
            for line in lines
        ]
    )


def _adding_up(sheet: Sheet, bill: Bill) -> Sheet:
    if (sheet.total, sheet.vat) != (bill.total, bill.tax):
        raise ValueError(f"the lines of {bill.number} come to {sheet.total}, VAT {sheet.vat}, the bill does not (E4)")
    return sheet


def _invoice_lines(session: Session, invoice: Invoice, language: Language) -> tuple[LineSheet, ...]:
    own = col(InvoiceLine.invoice_id) == invoice.id
    if invoice.kind is InvoiceKind.MONTH:
        return _work_lines(session, InvoiceLine, own, invoice.currency, language)
    lines = session.exec(select(InvoiceLine).where(own).order_by(col(InvoiceLine.position))).all()
    if invoice.kind is InvoiceKind.PACKAGE:
        title = hours_in_words(session.get_one(Grant, invoice.grant_id).minutes, language)
        return tuple(line_sheet(line, invoice.currency, LineKind.PACKAGE, title) for line in lines)
    if invoice.kind is InvoiceKind.AMENDMENT:
        plan = _amended(session, invoice.amendment_id)[1]
        return tuple(term_line(line, invoice.currency, LineKind.AMENDMENT, called(plan, language)) for line in lines)
    sold, plan, _ = _sold(session, invoice.subscription_id)
    promotion = _promotion(session, sold, language)
    sheets = _term_lines(lines, sold, plan, language)
    return tuple(replace(one, promotion=promotion if one.kind is LineKind.SUBSCRIPTION else "") for one in sheets)


def _promotion(session: Session, sold: Subscription, language: Language) -> str:
    """The name of the promotion that the price of a term is from; empty without one."""
    if sold.promotion_id is None:
        return ""
    return called(session.get_one(PlanPromotion, sold.promotion_id), language)


def _amended(session: Session, amendment_id: int | None) -> tuple[Amendment, Plan]:
    """An amendment and the plan that the subscription is on from then."""
    rows = select(Amendment, Plan).select_from(Amendment).join(Specification)
    rows = rows.join(PlanVersion, col(PlanVersion.id) == col(Specification.plan_version_id)).join(Plan)
    return session.exec(rows.where(Amendment.id == amendment_id)).one()


def _sold(session: Session, subscription_id: int | None) -> tuple[Subscription, Plan, PlanVersion]:
    rows = select(Subscription, Plan, PlanVersion)
    rows = rows.join(PlanVersion, col(PlanVersion.id) == col(Subscription.plan_version_id))
    return session.exec(rows.join(Plan).where(Subscription.id == subscription_id)).one()


def _term_lines(lines: Iterable[TermLine], sold: Subscription, plan: Plan, language: Language) -> tuple[LineSheet, ...]:
    """The lines of a subscription; what was supplied before its first day is the gap (S5)."""

    def kind(line: BillLine) -> LineKind:
        return LineKind.GAP if line.supplied_from < sold.starts_on else LineKind.SUBSCRIPTION

    title = called(plan, language)
    return tuple(term_line(line, sold.currency, kind(line), title) for line in lines)


def _work_lines(
    session: Session,
    table: type[InvoiceLine] | type[ActLine] | type[CreditNoteLine],
    own: ColumnElement[bool],
    currency: str,
    language: Language,
) -> tuple[LineSheet, ...]:
    """The lines of charged work, each with its day, ticket and subject; a line that takes work back is a credit."""
    rows = (
        select(table, StatementLine, WorkEntry, Service)
        .join(StatementLine, col(StatementLine.id) == col(table.statement_line_id))
        .join(WorkEntry, col(WorkEntry.id) == col(StatementLine.work_entry_id))
        .outerjoin(Service, col(Service.code) == col(WorkEntry.service))
        .where(own)
        .order_by(col(table.position))
    )
    return tuple(
        line_sheet(line, currency, _kind(line, stated), _subject(work, service, language), _origin(work))
        for line, stated, work, service in session.exec(rows)
    )


def _kind(line: BillLine, stated: StatementLine) -> LineKind:
    if isinstance(line, CreditNoteLine) or stated.billed_minutes < 0:
        return LineKind.CREDIT
    if stated.rate_minor == 0:
        return LineKind.FORGIVEN
    return LineKind.PAID_WORK if stated.paid_minutes else LineKind.OVERAGE


def _subject(work: WorkEntry, service: Service | None, language: Language) -> str:
    return work.summary or (called(service, language) if service is not None else "")


def _origin(work: WorkEntry) -> str:
    return ", ".join(part for part in (day_in_figures(work.work_on), work.ticket) if part)
