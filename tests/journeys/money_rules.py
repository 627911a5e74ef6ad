"""What always holds of invoices, credit notes, acts and payments, recomputed from the rows alone (M4, M5, E4, E6)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from billing.bills import Act, CreditNote, Invoice, InvoiceKind
from billing.bookkeeping import journal_of
from billing.journal import RUSSIAN
from billing.payments import Payment, PaymentPart, PaymentReversal
from billing.reconciling_accounts import settlement_of
from billing.settling import InvoiceState, standing_of
from contracts.parties import Entity, Seller
from contracts.subscriptions import PaymentMark
from contracts.terms import Term

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
        self.put_of: dict[int, int] = defaultdict(int)
        for part in self.parts:
            self.put_to[part.invoice_id] += part.amount_minor
            self.put_of[part.payment_id] += part.amount_minor

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
        yield from ((one, one.total_minor) for one in self.acts)
        yield from ((one, -one.total_minor) for one in self.credits)


def m5_nothing_is_put_twice(session: Session, money: Money) -> Found:
    """No payment gives more than it has, no invoice gets more than it asks for, and its state is what is left."""
    for payment in money.payments:
        if money.put_of[payment.id] > payment.amount_minor:
            yield f"payment {payment.id} of {payment.amount_minor} gave {money.put_of[payment.id]}"
    for invoice in money.invoices.values():
        credited = sum(one.total_minor for one in money.credits if one.invoice_id == invoice.id)
        paid, standing = money.put_to[invoice.id], standing_of(session, invoice)
        left = max(invoice.total_minor - credited - paid, 0)
        if paid > invoice.total_minor:
            yield f"invoice {invoice.id} of {invoice.total_minor} got {paid}"
        if (standing.left.minor, standing.state is InvoiceState.PAID) != (left, left == 0):
            yield f"of invoice {invoice.id} {left} is left, and {standing} is said"


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
        for account, sign in ((entry.debit, 1), (entry.credit, -1)):
            if account in clients:
                left[entry.voucher.contract_id] += sign * entry.amount.minor
    told = {key: minor for key, minor in left.items() if minor}
    if told != owed:
        yield f"seller {seller.id} is owed {owed} by contract, and the journal says {told}"
    bank = sum(one.debit.minor for one in made.turnovers() if one.account == RUSSIAN.bank)
    if bank != came:
        yield f"seller {seller.id} got {came}, and the journal says {bank}"
    keys = [one.key for one in made.entries]
    if len(keys) != len(set(keys)):
        yield f"entries of seller {seller.id} share a key"


def p1_the_reconciliation_act_comes_to_the_same(session: Session, money: Money) -> Found:
    """What an entity owes a seller is what was billed and not paid, for it or by it."""
    for seller in money.sellers(session):
        for entity in session.exec(select(Entity).where(col(Entity.id).in_(money.entities(seller.id)))):
            both = (seller.id, entity.id)
            owed = sum(minor for bill, minor in money.billed() if (bill.seller_id, bill.entity_id) == both)
            for part in money.parts:
                invoice = money.invoices[part.invoice_id]
                owed -= part.amount_minor if (invoice.seller_id, invoice.entity_id) == both else 0
            for payment in money.payments:
                rest = payment.amount_minor - money.put_of[payment.id]
                owed -= rest if (payment.seller_id, payment.entity_id) == both else 0
            told = settlement_of(session, seller, entity, ALWAYS).closing.minor
            if told != owed:
                yield f"entity {entity.id} owes seller {seller.id} {owed}, and the act says {told}"


RULES = (
    m5_nothing_is_put_twice,
    s8_service_is_paid_while_its_invoice_is,
    e4_the_journal_comes_to_what_was_billed_and_paid,
    p1_the_reconciliation_act_comes_to_the_same,
)
