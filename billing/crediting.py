"""Crediting what was invoiced and will not be served: a credit note to each invoice that charged it (S9, S11, M4)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select

from billing.bills import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from billing.invoice_lines import LineAmounts, as_amounts, term_line_columns, term_lines
from billing.invoicing import amendment_lines, bill_columns, exemption, subscription_lines, taxation
from billing.payments import PaymentPart, PaymentReversal
from billing.settling import InvoiceState, standing_of
from billing.spreading import ChargedLine, TakenOff, spread
from billing.taking_dunning_steps import lift_settled
from contracts.amending import Amended, amendments_of
from contracts.appending import append
from contracts.catalogue import PlanVersion
from contracts.columns import summed
from contracts.money import Money
from contracts.numbering import Series
from contracts.paying import payment_came
from contracts.refunds import Charged
from contracts.subscriptions import Amendment, Cancellation, Contract, Subscription
from contracts.terms import ONE_DAY, Term


def credit_cancellation(session: Session, cancellation: Cancellation, *, at: datetime) -> list[CreditNote]:
    """The credit notes for what a cancellation gives back, taxed as the days that are not served.

    There is none when nothing is given back, or when the subscription came with a book and was invoiced elsewhere.
    """
    if cancellation.refund_minor == 0:
        return []
    sold = session.get_one(Subscription, cancellation.subscription_id)
    lines, reason = _lines(session, sold, cancellation), {"cancellation_id": cancellation.id}
    return _credit(session, sold, lines, cancellation.last_day, reason, at)


def credit_amendment(session: Session, amended: Amended, *, at: datetime) -> list[CreditNote]:
    """The credit notes for what the days left cost less (S9); none for what was invoiced elsewhere."""
    lines, reason = amendment_lines(session, amended), {"amendment_id": amended.amendment.id}
    return _credit(session, amended.subscription, lines, amended.amendment.effective_on - ONE_DAY, reason, at)


def _credit(
    session: Session,
    sold: Subscription,
    lines: Sequence[LineAmounts],
    last_day: date,
    reason: dict[str, Any],
    at: datetime,
) -> list[CreditNote]:
    """Credit notes to the invoices that charged a subscription, each by what it is worth at most.

    Each invoice gives back what it charged for the days after the last one, the latest first. What is given back beyond
    that goes off the earliest first: it is the sale's, of which months, or the price of a term, are not the price by
    days (S11). Each note repeats the rates of the lines that it credits, and takes off no more at a rate than they
    charged (M2, M4).
    """
    amended = select(Amendment.id).where(Amendment.subscription_id == sold.id)
    charged = or_(col(Invoice.subscription_id) == sold.id, col(Invoice.amendment_id).in_(amended))
    invoices = {one.id: one for one in session.exec(select(Invoice).where(charged).order_by(col(Invoice.id).desc()))}
    if all(one.subscription_id is None for one in invoices.values()):
        return []
    worth = {one.id: standing_of(session, one).worth for one in invoices.values()}
    notes = spread(map(TakenOff, reversed(lines)), charged_lines(session, invoices, last_day), worth)
    return [issue_credit_note(session, invoices[of], notes[of][::-1], reason, at=at) for of in invoices if of in notes]


def charged_lines(session: Session, invoices: Mapping[int, Invoice], last_day: date = date.min) -> list[ChargedLine]:
    """The lines of invoices, the last of the latest first, with what is left of them at their rate, and what of that is
    for days after the last one that is served.

    What they took back themselves, and what credit notes took off, is taken off what they charged first.
    """
    own = select(InvoiceLine).where(col(InvoiceLine.invoice_id).in_(invoices))
    rows = session.exec(own.order_by(col(InvoiceLine.invoice_id).desc(), col(InvoiceLine.position).desc())).all()
    rows = sorted(rows, key=lambda row: row.amount_minor < 0)
    of_note = select(CreditNote.invoice_id, CreditNoteLine).join(CreditNoteLine)
    of_note = of_note.where(col(CreditNote.invoice_id).in_(invoices))
    lines = [(row.invoice_id, as_amounts(row, invoices[row.invoice_id].currency)) for row in rows]
    off = [(of, as_amounts(row, invoices[of].currency)) for of, row in session.exec(of_note)]
    all_left, later = _left(lines, off, date.min), _left(lines, off, last_day)
    return [
        ChargedLine(row.invoice_id, line, left, row.statement_line_id, min(left, unserved, key=lambda one: one.minor))
        for row, (_, line), left, unserved in zip(rows, lines, all_left, later, strict=True)
    ]


OfInvoice = tuple[int, LineAmounts]


def _left(lines: Sequence[OfInvoice], taken_off: Sequence[OfInvoice], last_day: date) -> list[Money]:
    """What is left of each line for the days after the last one; those below zero come last."""
    off: dict[Any, int] = defaultdict(int)
    charged = [(_alike(one), _after(one[1], last_day)) for one in lines]
    for alike, amount in [(_alike(one), _after(one[1], last_day)) for one in taken_off]:
        off[alike] += amount.minor
    for alike, amount in charged:
        off[alike] -= min(0, amount.minor)
    left = []
    for alike, amount in charged:
        added = max(0, amount.minor)
        taken = off[alike] if amount.minor < 0 else min(added, off[alike])
        off[alike] -= taken
        left.append(Money(added - taken, amount.currency))
    return left


def _alike(one: OfInvoice) -> tuple[int, Any, str | None]:
    return one[0], one[1].rate, one[1].exempt_ground


def _after(line: LineAmounts, last_day: date) -> Money:
    return Charged(line.supplied, line.amount).unused(last_day)


def issue_credit_note(
    session: Session, invoice: Invoice, taken_off: Sequence[TakenOff], reason: dict[str, Any], *, at: datetime
) -> CreditNote:
    """A credit note to an invoice, by its reason's column; what it leaves to be paid may be nothing (M5).

    What is put to the invoice beyond that is an advance again.
    """
    contract = session.get_one(Contract, invoice.contract_id)
    awaited = standing_of(session, invoice).state is not InvoiceState.PAID
    lines = [one.line for one in taken_off]
    sums = bill_columns(session, contract, Series.CREDIT_NOTE, lines, invoice.currency, at)
    note = CreditNote(invoice_id=invoice.id, **reason, **sums)
    session.add(note)
    session.flush()
    for position, one in enumerate(taken_off, 1):
        line = {**term_line_columns(one.line), "statement_line_id": one.statement_line_id}
        session.add(CreditNoteLine(credit_note_id=note.id, position=position, **line))
    session.flush()
    take_off_credited(session, invoice, at=at)
    if invoice.subscription_id is not None and awaited and standing_of(session, invoice).state is InvoiceState.PAID:
        payment_came(session, invoice.subscription_id, f"№ {note.number}, {note.issued_on:%d.%m.%Y}", at=at)
    lift_settled(session, invoice, at=at)
    return note


def take_off_credited(session: Session, invoice: Invoice, *, at: datetime) -> None:
    """Free what is put to an invoice beyond what it is worth after its credit notes: first what was put last (M5)."""
    over = -standing_of(session, invoice).left.minor
    last_put = func.max(PaymentPart.id).filter(col(PaymentPart.amount_minor) > 0)
    kept = select(PaymentPart.payment_id, summed(PaymentPart.amount_minor))
    kept = kept.where(PaymentPart.invoice_id == invoice.id)
    kept = kept.where(col(PaymentPart.payment_id).not_in(select(PaymentReversal.payment_id)))
    kept = kept.group_by(col(PaymentPart.payment_id)).order_by(last_put.desc())
    for payment_id, put in session.exec(kept).all():
        freed = min(over, put)
        if freed > 0:
            part = {"payment_id": payment_id, "invoice_id": invoice.id, "amount_minor": -freed, "put_at": at}
            append(session, PaymentPart, part)
            over -= freed


def _lines(session: Session, sold: Subscription, cancellation: Cancellation) -> list[LineAmounts]:
    """Those of the invoice where all of it is given back, else the refund for the days after the last one."""
    if sold.never_serves and cancellation.refund_minor == sold.price_minor + sold.gap_minor:
        return subscription_lines(session, sold)
    taxed, exempt = taxation(session, sold.seller_id), exemption(session.get_one(PlanVersion, sold.plan_version_id))
    parts = _given_back(session, sold, cancellation)
    return [line for days, amount in parts.items() for line in term_lines(days, amount, taxed, exempt)]


def _given_back(session: Session, sold: Subscription, cancellation: Cancellation) -> dict[Term, Money]:
    """The refund by the days for which it is given back: what was added for later days alone goes back for these."""
    unserved = Term(cancellation.last_day + ONE_DAY, sold.ends_on)
    parts = {unserved: Money(cancellation.refund_minor, sold.currency)}
    for one in amendments_of(session, sold):
        added = Money(one.difference_minor, sold.currency)
        if one.effective_on > unserved.starts_on and 0 < added.minor <= parts[unserved].minor:
            days = Term(one.effective_on, sold.ends_on)
            parts[days] = parts.get(days, Money(0, sold.currency)) + added
            parts[unserved] -= added
    return {days: amount for days, amount in parts.items() if amount.minor}
