"""What always holds of invoices, credit notes, acts and payments, recomputed from the rows alone (M4, M5, E4, E6)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from billing.bills import Act, ActKind, ActLine, CreditNote, CreditNoteLine, Invoice, InvoiceKind, InvoiceLine
from billing.bookkeeping import journal_of
from billing.invoice_lines import as_amounts
from billing.journal import RUSSIAN, Entry, Source
from billing.payments import Payment, PaymentPart, PaymentReversal
from billing.reconciling_accounts import settlement_of
from billing.settlement import Settled
from billing.settling import InvoiceState, payment_standing, standing_of
from contracts.parties import Entity, Seller
from contracts.refunds import Charged
from contracts.subscriptions import Cancellation, PaymentMark
from contracts.terms import Term, next_month
from entitlements.statements import Statement

Found = Iterator[str]
ALWAYS = Term(date(2023, 1, 1), date(2033, 1, 1))


class Money:
    """The rows, and what they come to: billed and paid by contract, unput by entity."""

    def __init__(self, session: Session) -> None:
        taken_back = set(session.exec(select(PaymentReversal.payment_id)))
        self.payments = [one for one in session.exec(select(Payment)) if one.id not in taken_back]
        self.invoices = {one.id: one for one in session.exec(select(Invoice))}
        own = {one.id for one in self.payments}
        self.parts = [one for one in session.exec(select(PaymentPart)) if one.payment_id in own]
        self.credits = list(session.exec(select(CreditNote)))
        self.acts = list(session.exec(select(Act)))
        self.put_to: dict[int, int] = defaultdict(int)
        self.gone_of: dict[int, int] = defaultdict(int)
        """What of each payment is put, or was paid back."""
        self.put_of: dict[int, int] = defaultdict(int)
        for part in self.parts:
            self.put_to[part.invoice_id] += part.amount_minor
            self.put_of[part.payment_id] += part.amount_minor
            self.gone_of[part.payment_id] += part.amount_minor
        for payment in self.payments:
            if payment.returns_id is not None:
                self.gone_of[payment.returns_id] -= payment.amount_minor

    def sellers(self, session: Session) -> list[Seller]:
        """Those who billed something or were paid."""
        ids = {one.seller_id for one in (*self.invoices.values(), *self.acts, *self.payments)}
        return [session.get_one(Seller, one) for one in sorted(ids)]

    def entities(self, seller_id: int) -> set[int]:
        """Those who have to do with a seller's bills."""
        rows = (*self.invoices.values(), *self.acts, *self.credits, *self.payments)
        return {one.entity_id for one in rows if one.seller_id == seller_id}

    def billed(self) -> Iterator[tuple[Any, int]]:
        """Each bill that says what was supplied or taken back, with its sum."""
        yield from ((one, one.total_minor) for one in self.invoices.values() if one.kind is not InvoiceKind.MONTH)
        yield from ((one, one.total_minor) for one in self.acts if one.kind is ActKind.MONTH)
        yield from ((one, -one.total_minor) for one in self.credits)


def m5_nothing_is_put_twice(session: Session, money: Money) -> Found:
    """Put, paid back and free are what came; no invoice keeps more than it is worth, and its state is what is left."""
    for payment in (one for one in money.payments if one.returns_id is None):
        free = payment_standing(session, payment).advance.minor
        if free < 0 or money.gone_of[payment.id] + free != payment.amount_minor:
            yield f"of payment {payment.id} of {payment.amount_minor} {money.gone_of[payment.id]} is gone, {free} free"
    for invoice in money.invoices.values():
        credited = sum(one.total_minor for one in money.credits if one.invoice_id == invoice.id)
        paid, standing = money.put_to[invoice.id], standing_of(session, invoice)
        left = invoice.total_minor - credited - paid
        if left < 0 or paid < 0 or invoice.total_minor < credited:
            yield f"invoice {invoice.id} of {invoice.total_minor}, less {credited}, keeps {paid}"
        if (standing.left.minor, standing.state is InvoiceState.PAID) != (left, left == 0):
            yield f"of invoice {invoice.id} {left} is left, and {standing} is said"


def e4_a_month_is_billed_as_its_statement_says(session: Session, money: Money) -> Found:
    """Act and invoice, less the credit notes of the month, come to the statement; none of them is below zero."""
    for statement in session.exec(select(Statement)):
        credited = sum(one.total_minor for one in money.credits if one.statement_id == statement.id)
        acts = [one for one in money.acts if one.kind is ActKind.MONTH]
        for name, bills in (("act", acts), ("invoice", money.invoices.values())):
            billed = [one.total_minor for one in bills if one.statement_id == statement.id]
            if sum(billed) - credited != statement.total_minor or min(billed, default=0) < 0:
                yield f"{name} {billed}, less {credited}, of statement {statement.id} of {statement.total_minor}"


def m4_the_acts_of_what_is_served_come_to_its_invoices(session: Session, money: Money) -> Found:
    """Once its last month is closed the acts over an invoice are what it asked for; those over the invoices of a
    contract that are credited come to what they are worth together, or more: a month in which the credit notes take off
    all that it served, or more, has no act. Until then they are no more than was asked for. No act is below zero."""
    closed: dict[tuple[int, int], date] = {}
    for statement in session.exec(select(Statement).order_by(col(Statement.month))):
        closed[statement.seller_id, statement.client_id] = next_month(statement.month)
    until: dict[int, date] = {}
    for line in session.exec(select(InvoiceLine)):
        until[line.invoice_id] = max(line.supplied_until, until.get(line.invoice_id, date.min))
    acted: dict[int, int] = defaultdict(int)
    rows = select(InvoiceLine.invoice_id, ActLine.amount_minor)
    for invoice_id, minor in session.exec(rows.join(ActLine, col(ActLine.invoice_line_id) == InvoiceLine.id)):
        acted[invoice_id] += minor
    together: dict[Any, list[Invoice]] = defaultdict(list)
    for invoice in money.invoices.values():
        if invoice.kind is not InvoiceKind.MONTH:
            together[invoice.seller_id, invoice.client_id, invoice.contract_id, invoice.currency].append(invoice)
    for (seller_id, client_id, *of), invoices in together.items():
        closed_until = closed.get((seller_id, client_id), date.min)
        over = [max(one.issued_on, until[one.id]) < closed_until for one in invoices]
        credited = sum(one.total_minor for one in money.credits if one.invoice_id in {own.id for own in invoices})
        served, worth = (sum(acted[one.id] for one in invoices), sum(one.total_minor for one in invoices) - credited)
        if all(over) and not served >= worth:
            yield f"invoices of {of} are worth {worth}, and have acts over {served}"
        for invoice, is_over in zip(invoices, over, strict=True):
            total, own = invoice.total_minor, acted[invoice.id]
            if own > total or (is_over and not credited and own < total):
                yield f"invoice {invoice.id} of {total}, over: {is_over}, has acts over {own}"
    yield from (f"act {one.id} is over {one.total_minor}" for one in money.acts if one.total_minor < 0)


def m2_a_note_takes_off_what_was_charged_at_its_rates(session: Session, money: Money) -> Found:
    """Credit notes take off no more at a rate, or of a licence, than the invoice charged so; and where the invoice of a
    month took back more at a rate than it charged, they give again no more than that."""
    charged: dict[Any, int] = defaultdict(int)
    for line in session.exec(select(InvoiceLine)):
        charged[line.invoice_id, line.tax_percent, line.exempt_ground] += line.amount_minor
    off: dict[Any, int] = defaultdict(int)
    of_note = {one.id: one.invoice_id for one in money.credits}
    for credited in session.exec(select(CreditNoteLine)):
        alike = (of_note[credited.credit_note_id], credited.tax_percent, credited.exempt_ground)
        off[alike] += credited.amount_minor
    for (invoice_id, *rate), minor in off.items():
        most = charged[invoice_id, *rate]
        if not min(0, most) <= minor <= max(0, most):
            yield f"of {most} of invoice {invoice_id} at {rate} {minor} is taken off"


def s11_what_an_amendment_charged_for_days_that_were_served_stays(session: Session, money: Money) -> Found:
    """A cancellation takes off the invoice of an amendment what it charged for the days left, at most, by a kopeck a
    line; but where nothing is left of the sale's."""
    lines: dict[int, list[Charged]] = defaultdict(list)
    for row in session.exec(select(InvoiceLine)):
        line = as_amounts(row, money.invoices[row.invoice_id].currency)
        lines[row.invoice_id].append(Charged(line.supplied, line.amount))
    of_sale = {one.subscription_id: one for one in money.invoices.values()}
    for note in (one for one in money.credits if one.cancellation_id is not None):
        ended = session.get_one(Cancellation, note.cancellation_id)
        if money.invoices[note.invoice_id].amendment_id is not None:
            own = lines[note.invoice_id]
            most = sum(one.unused(ended.last_day).minor for one in own) + len(own)
            if note.total_minor > most and standing_of(session, of_sale[ended.subscription_id]).worth.minor:
                yield f"credit note {note.id} takes off {note.total_minor}, and {most} was for the days left"


def s8_service_is_paid_while_its_invoice_is(session: Session, money: Money) -> Found:
    """The last mark of a subscription whose payment is followed says what its invoice is."""
    marks: dict[int, PaymentMark] = {}
    for mark in session.exec(select(PaymentMark).order_by(col(PaymentMark.id))):
        marks[mark.subscription_id] = mark
    for invoice in money.invoices.values():
        mark = None if invoice.subscription_id is None else marks.get(invoice.subscription_id)
        if mark is not None:
            is_paid = standing_of(session, invoice).state is InvoiceState.PAID
            if is_paid != (mark.paid_until is not None) and invoice.total_minor:
                yield f"invoice {invoice.id} is paid: {is_paid}, and its subscription until {mark.paid_until}"


def e4_the_journal_comes_to_what_was_billed_and_paid(session: Session, money: Money) -> Found:
    """Debits are credits; the bank got what came; each contract owes what was billed and not paid."""
    for seller in money.sellers(session):
        owed: dict[int | None, int] = defaultdict(int)
        for bill, minor in money.billed():
            if bill.seller_id == seller.id:
                owed[bill.contract_id] += minor
        came = 0
        for payment in (one for one in money.payments if one.seller_id == seller.id):
            came += payment.amount_minor
            owed[None] -= payment.amount_minor - money.put_of[payment.id]
        for part in money.parts:
            if money.invoices[part.invoice_id].seller_id == seller.id:
                owed[money.invoices[part.invoice_id].contract_id] -= part.amount_minor
        yield from _told_by_the_journal(session, seller, {key: minor for key, minor in owed.items() if minor}, came)


def _told_by_the_journal(session: Session, seller: Seller, owed: dict[int | None, int], came: int) -> Found:
    made = journal_of(session, seller, ALWAYS)
    clients = {RUSSIAN.receivable, RUSSIAN.advance}
    left: dict[int | None, int] = defaultdict(int)
    for entry in made.entries:
        for account, side, sign in ((entry.debit, entry.voucher.side, 1), (entry.credit, entry.credited, -1)):
            if account in clients:
                left[side.contract_id] += sign * entry.amount.minor
    told = {key: minor for key, minor in left.items() if minor}
    if told != owed:
        yield f"seller {seller.id} is owed {owed} by contract, and the journal says {told}"
    bank = sum(one.debit.minor - one.credit.minor for one in made.turnovers() if one.account == RUSSIAN.bank)
    if bank != came:
        yield f"seller {seller.id} got {came}, and the journal says {bank}"
    keys = [one.key for one in made.entries]
    if len(keys) != len(set(keys)):
        yield f"entries of seller {seller.id} share a key"


def p1_the_reconciliation_act_is_the_balance_of_the_clients_accounts(session: Session, money: Money) -> Found:
    """At the end of each closed month an entity owes what its accounts say in the journal; months follow each other."""
    for seller in money.sellers(session):
        told = journal_of(session, seller, ALWAYS).entries
        for entity in session.exec(select(Entity).where(col(Entity.id).in_(money.entities(seller.id)))):
            of_client = (Statement.seller_id == seller.id, Statement.client_id == entity.client_id)
            for day in session.exec(select(Statement.month).where(*of_client).order_by(col(Statement.month))):
                month = Term.calendar_month(day)
                found = settlement_of(session, seller, entity, month)
                due = sum(_on_accounts(one, entity.id) for one in told if one.on < month.ends_on)
                before = sum(_on_accounts(one, entity.id) for one in told if one.on < month.starts_on)
                if (found.opening.minor, found.closing.minor) != (before, due):
                    said = f"{found.opening} and {found.closing}"
                    yield f"entity {entity.id} owes {before} and {due} in {day:%Y-%m}, and the act says {said}"


def _on_accounts(entry: Entry, entity_id: int) -> int:
    """What an entry adds to the accounts of an entity."""
    both = ((entry.debit, entry.voucher.side, 1), (entry.credit, entry.credited, -1))
    clients = {RUSSIAN.receivable, RUSSIAN.advance}
    return sum(
        sign * entry.amount.minor for account, side, sign in both if account in clients and side.entity_id == entity_id
    )


class Passed:
    """What a seller's journal and reconciliation acts tell, before and after something happens."""

    def __init__(self, seller: Seller) -> None:
        self._seller = seller
        self._entries: dict[str, Entry] = {}
        self._lines: set[tuple[int, Settled]] = set()

    def m5_the_journal_of_passed_days_is_unchanged(self, session: Session, now: datetime) -> Found:
        """Nothing that was told is told otherwise, and only what became known later than its day is added to it.

        So is money that was recorded later than it moved, and the act of a month, which is issued when it is closed.
        """
        told, lines, today = self._entries, self._lines, self._seller.day_of(now)
        self._entries = {one.key: one for one in journal_of(session, self._seller, ALWAYS).entries}
        self._lines = set(self._settled(session))
        gone = [one for key, one in told.items() if one.on < today and self._entries.get(key) != one]
        gone += [one for one in lines - self._lines if one[1].on < today]
        yield from (f"told on {today}, and no longer: {one}" for one in gone)
        late = {(Source.PAYMENT, one.id, one.paid_on): one.recorded_at for one in session.exec(select(Payment))}
        late |= {(Source.PAYMENT_BACK, *key): at for (_, *key), at in late.items()}
        late |= {(Source.ACT, one.id, one.issued_on): one.issued_at for one in session.exec(select(Act))}
        for key, one in self._entries.items():
            if one.on < today and key not in told:
                at = late.get((one.voucher.source, one.voucher.id, one.on))
                if at is None or self._seller.day_of(at) != today:
                    yield f"told on {today}, and not before: {one}"

    def _settled(self, session: Session) -> Iterator[tuple[int, Settled]]:
        for entity in session.exec(select(Entity)):
            yield from ((entity.id, line) for line in settlement_of(session, self._seller, entity, ALWAYS).lines)


RULES = (
    e4_a_month_is_billed_as_its_statement_says,
    m4_the_acts_of_what_is_served_come_to_its_invoices,
    m2_a_note_takes_off_what_was_charged_at_its_rates,
    s11_what_an_amendment_charged_for_days_that_were_served_stays,
    m5_nothing_is_put_twice,
    s8_service_is_paid_while_its_invoice_is,
    e4_the_journal_comes_to_what_was_billed_and_paid,
    p1_the_reconciliation_act_is_the_balance_of_the_clients_accounts,
)
