"""What matching rests on: the sellers' accounts, who a payer may be, and what the invoices still ask for (M5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, or_, select

from billing.bank_file import LONGEST_ACCOUNT, BankLineKind, Payer, account_currency, bare
from billing.bank_lines import BankAccount, BankLine, BankLineStep
from billing.bank_matching import Asked, KnownPayer, Match, MatchReason, match
from billing.bills import Invoice
from billing.payments import Payment, PaymentReversal
from billing.purpose import Named, read_purpose
from billing.settling import left_of_invoice
from contracts.appending import append
from contracts.errors import Refusal
from contracts.money import CURRENCIES, Money
from contracts.parties import Entity, Seller
from contracts.requisites import require_text


def add_account(session: Session, seller_id: int, number: str, currency: str, *, at: datetime) -> BankAccount:
    """Let the statements of one more account of a seller be read; that of its requisites is read without it.

    Raises `Refusal` with SELLER_UNKNOWN, TEXT_WRONG, CURRENCY_WRONG, or BANK_ACCOUNT_EXISTS.
    """
    if session.get(Seller, seller_id) is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    account = require_text(bare(number), "number", LONGEST_ACCOUNT)
    if currency not in CURRENCIES:
        raise Refusal("CURRENCY_WRONG", field="currency", value=currency, allowed=list(CURRENCIES))
    if account in sellers_of_accounts(session):
        raise Refusal("BANK_ACCOUNT_EXISTS", field="number", value=account)
    facts = {"seller_id": seller_id, "number": account, "currency": currency, "recorded_at": at}
    return append(session, BankAccount, facts)


def sellers_of_accounts(session: Session) -> Mapping[str, tuple[int, str]]:
    """Each account whose statements are read, with its seller and currency."""
    own = select(Seller.id, Seller.bank_account).where(Seller.bank_account != "").order_by(col(Seller.id).desc())
    known = {number: (seller_id, account_currency(number)) for seller_id, number in session.exec(own)}
    return known | {one.number: (one.seller_id, one.currency) for one in session.exec(select(BankAccount))}


def known_payers(session: Session, seller_id: int, payer: Payer) -> list[KnownPayer]:
    """The entities that a payer may be: by INN and, of several, by KPP; without an INN by the account.

    The account is one of the entity's requisites, or one from which a payment of it came before, and no bank's own.
    """
    if payer.inn:
        chosen = select(Entity).where(Entity.inn == payer.inn)
    elif payer.own_account:
        before = select(Payment.entity_id).join(BankLineStep).join(BankLine)
        before = before.where(BankLine.payer_account == payer.own_account, Payment.seller_id == seller_id)
        before = before.where(col(Payment.id).not_in(select(PaymentReversal.payment_id)))
        chosen = select(Entity).where(or_(Entity.bank_account == payer.own_account, col(Entity.id).in_(before)))
    else:
        return []
    found = session.exec(chosen.order_by(col(Entity.id))).all()
    exact = [one for one in found if payer.kpp and one.kpp == payer.kpp]
    return [KnownPayer(one.id, one.client_id) for one in exact or found]


def asked_of(session: Session, seller_id: int, named: Named, payers: Sequence[KnownPayer]) -> list[Asked]:
    """The seller's invoices that are named, whosever and however paid, and the open ones of the payers."""
    left = left_of_invoice()
    wanted = [and_(col(Invoice.entity_id).in_([one.entity_id for one in payers]), left > 0)]
    wanted += [col(Invoice.number).in_(named.numbers)]
    wanted += [and_(Invoice.sequence == sequence, Invoice.issued_on == on) for sequence, on in named.dated]
    found = select(Invoice, left).where(Invoice.seller_id == seller_id, or_(*wanted)).order_by(col(Invoice.id))
    return [
        Asked(
            one.id,
            one.number,
            one.sequence,
            one.issued_on,
            one.entity_id,
            one.client_id,
            Money(max(int(minor), 0), one.currency),
        )
        for one, minor in session.exec(found)
    ]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A payment that is like a line, and whether it is already that of some line."""

    payment_id: int
    entity_id: int
    is_told: bool


def recorded_payment(session: Session, line: BankLine, entity_ids: Sequence[int]) -> Recorded | None:
    """The payment of these entities that a line may be: of its day or its document's, not reversed; first one that is
    no line's yet."""
    told = col(Payment.id).in_(select(BankLineStep.payment_id).where(col(BankLineStep.payment_id).is_not(None)))
    own = select(Payment, told).where(Payment.seller_id == line.seller_id, Payment.number == line.number)
    own = own.where(
        Payment.currency == line.currency,
        Payment.amount_minor == line.amount_minor,
        col(Payment.entity_id).in_(entity_ids),
    )
    own = own.where(col(Payment.paid_on).in_([line.booked_on, line.dated_on]))
    own = own.where(col(Payment.id).not_in(select(PaymentReversal.payment_id)))
    found = [Recorded(one.id, one.entity_id, bool(is_told)) for one, is_told in session.exec(own)]
    return min(found, key=lambda one: (one.is_told, one.payment_id), default=None)


def match_line(session: Session, line: BankLine) -> Match:
    """What a line is for as things stand now; one that was recorded by hand is that payment, and none beside it."""
    named, payers = read_purpose(line.purpose), known_payers(session, line.seller_id, line.payer)
    if line.kind is BankLineKind.RECEIVED:
        recorded = recorded_payment(session, line, [one.entity_id for one in payers])
        if recorded is not None and recorded.is_told:
            return Match(MatchReason.PAYMENT_EXISTS, recorded.entity_id)
        if recorded is not None:
            return Match(MatchReason.RECORDED_BY_HAND, recorded.entity_id, payment_id=recorded.payment_id)
    return match(line.kind, line.amount, named, payers, asked_of(session, line.seller_id, named, payers))
