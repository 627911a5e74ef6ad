"""The equations of money over the whole database: what came is where it belongs, once, and the journal says so (M5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from billing.bills import Act, ActKind, ActLine, CreditNote, CreditNoteLine, Invoice, InvoiceKind, InvoiceLine
from billing.bookkeeping import entries_of
from billing.journal import RUSSIAN, Entry
from billing.payments import Payment, PaymentPart, PaymentReversal
from billing.service_equations import service_breaches
from contracts.columns import summed
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import Term
from entitlements.breaches import Breach

ALWAYS = Term(date(1, 1, 1), date(9999, 12, 1))

Balances = dict[tuple[int, int | None, str], int]
"""What is left by entity, contract or none, and currency; above zero is owed to the seller."""


def payment_breaches(session: Session) -> Iterator[Breach]:
    """Payments of which more is put to invoices and was paid back than came; invoices that are worth less than nothing
    after their credit notes, to which more is put than they are worth, or of which more was freed than put; and money
    paid back of no such payment (M5)."""
    put, back = _put_by(PaymentPart.payment_id), _sums(Payment.returns_id, -col(Payment.amount_minor), _counts(Payment))
    came, gone = col(Payment.amount_minor), func.coalesce(put.c.sum, 0) + func.coalesce(back.c.sum, 0)
    spent = _chosen(Payment.number, gone, came).outerjoin(put, put.c.id == Payment.id)
    spent = spent.outerjoin(back, back.c.id == Payment.id).where(_counts(Payment), came > 0, gone > came)
    yield from _over(session, "payment", "put and paid back", spent.order_by(Payment.id))
    put, credited = _put_by(PaymentPart.invoice_id), _sums(CreditNote.invoice_id, CreditNote.total_minor)
    whole = col(Invoice.total_minor) - func.coalesce(credited.c.sum, 0)
    poor = _chosen(Invoice.number, whole).outerjoin(credited, credited.c.id == Invoice.id).where(whole < 0)
    for number, found in session.connection().execute(poor.order_by(Invoice.id)):
        yield Breach("M5", f"invoice {number}", f"worth {Money(found)}", "0.00 at least")
    worth = case((whole > 0, whole), else_=0)
    rich = _chosen(Invoice.number, put.c.sum, worth).join(put, put.c.id == Invoice.id)
    rich = rich.outerjoin(credited, credited.c.id == Invoice.id).where(put.c.sum > worth)
    yield from _over(session, "invoice", "put", rich.order_by(Invoice.id))
    freed = -summed(PaymentPart.amount_minor)
    lost = _chosen(Invoice.number, freed, 0).join(PaymentPart, col(PaymentPart.invoice_id) == Invoice.id)
    lost = lost.where(_part_counts()).group_by(Invoice.id, Invoice.number, PaymentPart.payment_id).having(freed > 0)
    yield from _over(session, "invoice", "freed and never put", lost.order_by(Invoice.id))
    source = aliased(Payment)
    unlike = [getattr(source, name) != getattr(Payment, name) for name in ("seller_id", "entity_id", "currency")]
    given = _chosen(Payment.number, -col(Payment.amount_minor), 0).join(source, source.id == Payment.returns_id)
    given = given.where(_counts(Payment), or_(~_counts(source), col(source.amount_minor) < 0, *unlike))
    yield from _over(session, "payment", "paid back of another", given.order_by(Payment.id))


def _chosen(*columns: Any) -> Any:
    return select(*columns)


def _counts(payments: Any) -> Any:
    """That a payment is not reversed."""
    return payments.id.not_in(select(PaymentReversal.payment_id))  # type: ignore[call-overload]


def _sums(by: Any, amount: Any, *where: Any) -> Any:
    return select(by.label("id"), summed(amount).label("sum")).where(by.is_not(None), *where).group_by(by).subquery()


def _part_counts() -> Any:
    return col(PaymentPart.payment_id).not_in(select(PaymentReversal.payment_id))  # type: ignore[call-overload]


def _put_by(by: Any) -> Any:
    """What is put of each payment, or to each invoice; nothing of what was reversed."""
    return _sums(by, PaymentPart.amount_minor, _part_counts())


def _over(session: Session, name: str, word: str, query: Any) -> Iterator[Breach]:
    for number, found, most in session.connection().execute(query):
        yield Breach("M5", f"{name} {number}", f"{Money(found)} {word}", f"{Money(most)} at most")


def journal_breaches(session: Session) -> Iterator[Breach]:
    """Sellers whose journal does not come to what each contract was billed less what is put to its invoices, to what is
    free of each payer's money, to what the bank got, or to the acts over service that was paid ahead (E4, M5)."""
    for seller in session.exec(select_rows(Seller).order_by(col(Seller.id))).all():
        told = _Told()
        yield from list(service_breaches(session, seller, told.reading(entries_of(session, seller, ALWAYS))))
        right, bank = _billed_and_put(session, seller)
        for side in sorted(told.left.keys() | right.keys(), key=str):
            if told.left[side] != right[side]:
                entity, contract, currency = side
                subject = f"journal of {seller.code}, entity {entity}, contract {contract}"
                yield Breach("M5", subject, f"{Money(told.left[side])} {currency}", f"{Money(right[side])} {currency}")
        for currency in sorted(told.bank.keys() | bank.keys()):
            if told.bank[currency] != bank[currency]:
                found, due = (f"{Money(of[currency])} {currency}" for of in (told.bank, bank))
                yield Breach("M5", f"journal of {seller.code}, bank", found, due)


class _Told:
    """What the journal says is owed by each side, and what the bank got; a journal is too long to be kept."""

    def __init__(self) -> None:
        self.left: Balances = defaultdict(int)
        self.bank: dict[str, int] = defaultdict(int)

    def reading(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries as they pass by, on their way to who else reads them."""
        for entry in entries:
            minor, currency = entry.amount.minor, entry.amount.currency
            for account, side, sign in ((entry.debit, entry.voucher.side, 1), (entry.credit, entry.credited, -1)):
                if account in (RUSSIAN.receivable, RUSSIAN.advance):
                    self.left[side.entity_id, side.contract_id, currency] += sign * minor
                elif account == RUSSIAN.bank:
                    self.bank[currency] += sign * minor
            yield entry


def _billed_and_put(session: Session, seller: Seller) -> tuple[Balances, dict[str, int]]:
    """The same from the bills and the payments alone."""
    left: Balances = defaultdict(int)
    bank: dict[str, int] = defaultdict(int)
    execute = session.connection().execute
    bills: tuple[tuple[Any, ...], ...] = (
        (Invoice, InvoiceLine, 1, col(Invoice.kind) != InvoiceKind.MONTH),
        (Act, ActLine, 1, col(Act.kind) == ActKind.MONTH),
        (CreditNote, CreditNoteLine, -1),
    )
    for bill, line, sign, *where in bills:
        by = (bill.entity_id, bill.contract_id, bill.currency)
        billed = _chosen(*by, summed(line.amount_minor)).join(line).where(bill.seller_id == seller.id, *where)
        for *side, minor in execute(billed.group_by(*by)):
            left[tuple(side)] += sign * minor
    payer = (Payment.entity_id, Payment.currency)
    came = _chosen(*payer, summed(Payment.amount_minor)).where(Payment.seller_id == seller.id, _counts(Payment))
    for entity_id, currency, minor in execute(came.group_by(*payer)):
        left[entity_id, None, currency] -= minor
        bank[currency] += minor
    sides = (Payment.entity_id, Invoice.entity_id, Invoice.contract_id, Payment.currency)
    put = _chosen(*sides, summed(PaymentPart.amount_minor)).join(Payment, col(PaymentPart.payment_id) == Payment.id)
    put = put.join(Invoice, col(PaymentPart.invoice_id) == Invoice.id)
    put = put.where(Payment.seller_id == seller.id, _counts(Payment)).group_by(*sides)
    for payer_id, entity_id, contract_id, currency, minor in execute(put):
        left[payer_id, None, currency] += minor
        left[entity_id, contract_id, currency] -= minor
    return left, bank
