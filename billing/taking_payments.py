"""Recording what clients pay, putting it to invoices, and reversing it; service follows it (M5, S8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from billing.bills import Invoice
from billing.invoicing import taxation
from billing.payments import Payment, PaymentPart, PaymentReversal
from billing.settling import InvoiceState, payment_standing, standing_of
from billing.taking_dunning_steps import lift_settled
from contracts.appending import append
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.money import CURRENCIES, Money
from contracts.parties import Entity, Seller
from contracts.paying import payment_came, payment_went
from contracts.requisites import require_text


@dataclass(frozen=True, slots=True)
class Received:
    """What a seller received: from which entity, under which number of the payer's, when, how much, what for."""

    seller_id: int
    entity_id: int
    number: str
    paid_on: date
    amount: Money
    purpose: str


@dataclass(frozen=True, slots=True)
class Put:
    """To which invoice a payment is put, and how much of it: as much as fits unless it is said."""

    invoice_id: int
    amount: Money | None = None


def take_payment(session: Session, received: Received, puts: Sequence[Put], *, at: datetime) -> Payment:
    """Record a payment and put it to invoices in their order, all or nothing; what is left stays an advance.

    Raises as `record_payment` and `put_to_invoice`.
    """
    payment = record_payment(session, received, at=at)
    for put in puts:
        put_to_invoice(session, payment.id, put.invoice_id, put.amount, at=at)
    return payment


def record_payment(session: Session, received: Received, *, at: datetime) -> Payment:
    """Record a payment; until it is put to invoices it is an advance of the client.

    Raises `Refusal` with SELLER_UNKNOWN, ENTITY_UNKNOWN, PAYMENT_AMOUNT_WRONG, CURRENCY_UNKNOWN, PAID_ON_IN_FUTURE,
    TEXT_WRONG, PAYMENT_EXISTS naming the one that was recorded and not reversed, or TAX_MODE_UNKNOWN and
    TAX_RATE_UNKNOWN: an advance of a day whose rate is not known cannot be entered in the books.
    """
    number, purpose = require_text(received.number, "number", 60), require_text(received.purpose, "purpose", 300)
    seller, entity = session.get(Seller, received.seller_id), session.get(Entity, received.entity_id)
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=received.seller_id)
    if entity is None:
        raise Refusal("ENTITY_UNKNOWN", field="entity_id", value=received.entity_id)
    _require_amount(received.amount)
    _require_rate(session, received)
    if received.paid_on > seller.day_of(at):
        raise Refusal("PAID_ON_IN_FUTURE", field="paid_on", value=received.paid_on, allowed=seller.day_of(at))
    lock_client(session, entity.client_id)
    return append_once(session, replace(received, number=number, purpose=purpose), entity.client_id, at=at)


def append_once(
    session: Session, moved: Received, client_id: int, returns_id: int | None = None, *, at: datetime
) -> Payment:
    """Store what was received, or paid back, unless it is there and not reversed; the caller holds the client's row.

    Raises `Refusal` with PAYMENT_EXISTS.
    """
    key = {"seller_id": moved.seller_id, "entity_id": moved.entity_id, "paid_on": moved.paid_on}
    key |= {"number": moved.number, "amount_minor": moved.amount.minor, "currency": moved.amount.currency}
    earlier = session.exec(select(Payment).filter_by(**key).order_by(col(Payment.revision))).all()
    if earlier and payment_standing(session, earlier[-1]).reversal is None:
        raise Refusal("PAYMENT_EXISTS", field="number", value=moved.number, payment_id=earlier[-1].id)
    made = {"client_id": client_id, "purpose": moved.purpose, "revision": len(earlier), "recorded_at": at}
    return append(session, Payment, key | made | {"returns_id": returns_id})


def put_to_invoice(
    session: Session, payment_id: int, invoice_id: int, amount: Money | None = None, *, at: datetime
) -> PaymentPart:
    """Put a part of a payment to an invoice of the same client, seller and currency: as much as fits unless it is said.

    An invoice that is paid thereby marks its subscription as paid. Raises `Refusal` with PAYMENT_UNKNOWN,
    PAYMENT_REVERSED, INVOICE_UNKNOWN, CURRENCY_DIFFERS, PAYMENT_AMOUNT_WRONG, or NOTHING_TO_PUT where the payment has
    no more, or the invoice asks for no more.
    """
    payment = lock_payment(session, payment_id)
    invoice = session.get(Invoice, invoice_id)
    if invoice is None or (invoice.client_id, invoice.seller_id) != (payment.client_id, payment.seller_id):
        raise Refusal("INVOICE_UNKNOWN", field="invoice_id", value=invoice_id)
    for currency in (invoice.currency, payment.currency if amount is None else amount.currency):
        if currency != payment.currency:
            raise Refusal("CURRENCY_DIFFERS", field="currency", value=currency, allowed=[payment.currency])
    free, left = payment_standing(session, payment).advance, standing_of(session, invoice).left
    most = Money(min(free.minor, left.minor), payment.currency)
    if most.minor == 0:
        raise Refusal("NOTHING_TO_PUT", field="invoice_id", value=invoice_id, advance=free, left=left)
    put = most if amount is None else amount
    if not 0 < put.minor <= most.minor:
        raise Refusal("PAYMENT_AMOUNT_WRONG", field="amount", value=put, allowed=f"0.01 to {most}")
    part = {"payment_id": payment.id, "invoice_id": invoice.id, "amount_minor": put.minor, "put_at": at}
    stored = append(session, PaymentPart, part)
    if invoice.subscription_id is not None and standing_of(session, invoice).state is InvoiceState.PAID:
        payment_came(session, invoice.subscription_id, note_of(payment), at=at)
    lift_settled(session, invoice, at=at)
    return stored


def reverse_payment(
    session: Session, payment_id: int, reversed_by: str, reason: str, *, at: datetime
) -> PaymentReversal:
    """Take a payment back, by a person and for a reason; from its day on what it paid is awaited again.

    Money that was paid back is reversed the same way, and then it is free again. Raises `Refusal` with PAYMENT_UNKNOWN,
    PAYMENT_REVERSED, TEXT_WRONG, or PAYMENT_PAID_BACK naming what was paid back of it.
    """
    said = {"reversed_by": require_text(reversed_by, "reversed_by", 200), "reason": require_text(reason, "reason", 300)}
    payment = lock_payment(session, payment_id)
    given = payment_standing(session, payment).paid_back
    if given:
        raise Refusal("PAYMENT_PAID_BACK", field="payment_id", value=payment_id, paid_back=[one.id for one in given])
    own = select(PaymentPart.invoice_id).where(PaymentPart.payment_id == payment.id).distinct()
    invoices = [session.get_one(Invoice, invoice_id) for invoice_id in session.exec(own).all()]
    paid = [one for one in invoices if standing_of(session, one).state is InvoiceState.PAID]
    reversal = append(session, PaymentReversal, {"payment_id": payment.id, **said, "reversed_at": at})
    for invoice in paid:
        if invoice.subscription_id is not None and standing_of(session, invoice).state is not InvoiceState.PAID:
            payment_went(session, invoice.subscription_id, invoice.due_on, note_of(payment), at=at)
    return reversal


def _require_rate(session: Session, received: Received) -> None:
    try:
        taxation(session, received.seller_id).rate_on(received.paid_on)
    except Refusal as unknown:
        raise Refusal(unknown.code, field="paid_on", value=received.paid_on) from unknown


def _require_amount(amount: Money) -> None:
    if amount.minor <= 0:
        raise Refusal("PAYMENT_AMOUNT_WRONG", field="amount", value=amount, allowed="0.01 or more")
    if amount.currency not in CURRENCIES:
        raise Refusal("CURRENCY_UNKNOWN", field="currency", value=amount.currency, allowed=list(CURRENCIES))


def lock_payment(session: Session, payment_id: int) -> Payment:
    """The payment, its client's row taken; raises `Refusal` with PAYMENT_UNKNOWN or PAYMENT_REVERSED."""
    payment = known_row(session, Payment, payment_id)
    lock_client(session, payment.client_id)
    reversal = payment_standing(session, payment).reversal
    if reversal is not None:
        raise Refusal("PAYMENT_REVERSED", field="payment_id", value=payment_id, reversed_at=reversal.reversed_at)
    return payment


def note_of(payment: Payment) -> str:
    """How a mark, or what is paid back, names a payment."""
    return f"№ {payment.number}, {payment.paid_on:%d.%m.%Y}"
