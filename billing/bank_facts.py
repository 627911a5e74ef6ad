"""What matching rests on: the sellers' accounts, who a payer may be, and what the invoices still ask for (M5)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, or_, select, tuple_, union

from billing.bank_file import LONGEST_ACCOUNT, BankLineKind, Document, ReadLine, account_currency, bare
from billing.bank_lines import BankAccount, BankLine, BankLineStep
from billing.bank_matching import Asked, KnownPayer, Match, MatchReason, match
from billing.bills import Invoice
from billing.payments import Payment, PaymentReversal
from billing.purpose import read_purpose
from billing.settling import left_of_invoice
from contracts.appending import append
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.money import CURRENCIES, Money
from contracts.parties import Entity, Seller
from contracts.requisites import require_text


def add_account(session: Session, seller_id: int, number: str, currency: str, *, at: datetime) -> BankAccount:
    """Let the statements of one more account of a seller be read; that of its requisites is read without it.

    Raises `Refusal` with SELLER_UNKNOWN, TEXT_WRONG, CURRENCY_UNKNOWN, or BANK_ACCOUNT_EXISTS.
    """
    known_row(session, Seller, seller_id)
    account = require_text(bare(number), "number", LONGEST_ACCOUNT)
    if currency not in CURRENCIES:
        raise Refusal("CURRENCY_UNKNOWN", field="currency", value=currency, allowed=list(CURRENCIES))
    if account in sellers_of_accounts(session):
        raise Refusal("BANK_ACCOUNT_EXISTS", field="number", value=account)
    facts = {"seller_id": seller_id, "number": account, "currency": currency, "recorded_at": at}
    return append(session, BankAccount, facts)


def sellers_of_accounts(session: Session) -> Mapping[str, tuple[int, str]]:
    """Each account whose statements are read, with its seller and currency."""
    own = select(Seller.id, Seller.bank_account).where(Seller.bank_account != "").order_by(col(Seller.id).desc())
    known = {number: (seller_id, account_currency(number)) for seller_id, number in session.exec(own)}
    return known | {one.number: (one.seller_id, one.currency) for one in session.exec(select(BankAccount))}


def known_payers(session: Session, lines: Sequence[BankLine]) -> dict[int, list[KnownPayer]]:
    """The entities that the payer of each line may be: by INN and, of several, by KPP; without an INN by the account.

    The account is one of the entity's requisites, or one from which a payment of it came before, and no bank's own.
    """
    inns = {line.payer_inn for line in lines if line.payer_inn}
    accounts = {line.payer.own_account for line in lines if not line.payer_inn} - {""}
    if not inns and not accounts:
        return {line.id: [] for line in lines}
    paid_from = _paid_from(session, accounts) if accounts else set()
    known = or_(col(Entity.inn).in_(inns), col(Entity.bank_account).in_(accounts))
    known = or_(known, col(Entity.id).in_({entity_id for *_, entity_id in paid_from}))
    found = session.exec(select(Entity).where(known).order_by(col(Entity.id))).all()
    return {line.id: _payers_of(line, found, paid_from) for line in lines}


def _paid_from(session: Session, accounts: Collection[str]) -> set[tuple[int, str, int]]:
    """From which of the accounts which entity has paid which seller before: seller, account, entity."""
    before = select(Payment.seller_id, BankLine.payer_account, Payment.entity_id).select_from(Payment)
    before = before.join(BankLineStep).join(BankLine).where(col(BankLine.payer_account).in_(accounts))
    return set(session.exec(before.where(col(Payment.id).not_in(select(PaymentReversal.payment_id)))).all())


def _payers_of(
    line: BankLine, entities: Sequence[Entity], paid_from: Collection[tuple[int, str, int]]
) -> list[KnownPayer]:
    payer, account = line.payer, line.payer.own_account
    if payer.inn:
        found = [one for one in entities if one.inn == payer.inn]
    elif account:
        found = [
            one for one in entities if one.bank_account == account or (line.seller_id, account, one.id) in paid_from
        ]
    else:
        found = []
    exact = [one for one in found if payer.kpp and one.kpp == payer.kpp]
    return [KnownPayer(one.id, one.client_id) for one in exact or found]


def asked_of(
    session: Session, lines: Sequence[BankLine], payers: Mapping[int, Sequence[KnownPayer]]
) -> dict[int, list[Asked]]:
    """For each line the invoices of its seller that it names, whosever and however paid, and the open ones of its
    payers."""
    left, named = left_of_invoice(), {line.id: read_purpose(line.purpose) for line in lines}
    entities = {payer.entity_id for one in payers.values() for payer in one}
    numbers = {number for one in named.values() for number in one.numbers}
    dated = {(line.seller_id, on.year, sequence, on) for line in lines for sequence, on in named[line.id].dated}
    place = tuple_(*map(col, (Invoice.seller_id, Invoice.year, Invoice.sequence, Invoice.issued_on)))
    wanted = (and_(col(Invoice.entity_id).in_(entities), left > 0), col(Invoice.number).in_(numbers), place.in_(dated))
    each_by_its_index = union(*(select(Invoice.id).where(one) for one in wanted))
    found = select(Invoice, left).where(col(Invoice.id).in_(each_by_its_index))  # those of other sellers fall out below
    asked = [
        (
            one.seller_id,
            Asked(
                one.id,
                one.number,
                one.sequence,
                one.issued_on,
                one.entity_id,
                one.client_id,
                Money(max(int(minor), 0), one.currency),
            ),
        )
        for one, minor in session.exec(found.order_by(col(Invoice.id)))
    ]
    return {
        line.id: [
            one
            for seller_id, one in asked
            if seller_id == line.seller_id
            and (one.is_named(named[line.id]) or _is_open_to(one, payers.get(line.id, ())))
        ]
        for line in lines
    }


def _is_open_to(asked: Asked, payers: Sequence[KnownPayer]) -> bool:
    return asked.left.minor > 0 and asked.entity_id in {payer.entity_id for payer in payers}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A payment that is like a line, and whether it is already that of some line."""

    payment_id: int
    entity_id: int
    is_told: bool


def recorded_payments(
    session: Session, lines: Sequence[BankLine], entity_ids: Mapping[int, Sequence[int]]
) -> dict[int, Recorded]:
    """The payment that each line may be, of these entities by the line's id: of its day or its document's, not
    reversed; first one that is no line's yet. Lines that are none are left out."""
    told = col(Payment.id).in_(select(BankLineStep.payment_id).where(col(BankLineStep.payment_id).is_not(None)))
    own = select(Payment, told).where(
        col(Payment.entity_id).in_({one for ids in entity_ids.values() for one in ids}),
        col(Payment.number).in_({line.number for line in lines}),
        col(Payment.id).not_in(select(PaymentReversal.payment_id)),
    )
    payments = session.exec(own).all()
    found: dict[int, Recorded] = {}
    for line in lines:
        same = [
            Recorded(one.id, one.entity_id, bool(is_told))
            for one, is_told in payments
            if one.entity_id in entity_ids[line.id] and _is_like(one, line)
        ]
        if same:
            found[line.id] = min(same, key=lambda one: (one.is_told, one.payment_id))
    return found


def _is_like(payment: Payment, line: BankLine) -> bool:
    """Whether a payment is what a line tells of."""
    same = (payment.seller_id, payment.number) == (line.seller_id, line.number)
    same = same and (payment.amount_minor, payment.currency) == (line.amount_minor, line.currency)
    return same and payment.paid_on in (line.booked_on, line.dated_on)


def stored_like(session: Session, lines: Sequence[BankLine | ReadLine]) -> dict[Document, list[BankLine]]:
    """The stored lines that tell of the same documents as these, in the order in which they came."""
    own = select(BankLine).where(
        col(BankLine.account).in_({line.account for line in lines}),
        col(BankLine.dated_on).in_({line.dated_on for line in lines}),
        col(BankLine.number).in_({line.number for line in lines}),
    )
    found: dict[Document, list[BankLine]] = {line.document: [] for line in lines}
    for one in session.exec(own.order_by(col(BankLine.id))):
        if one.document in found:
            found[one.document].append(one)
    return found


def _may_have_come(line: BankLine, stored: Sequence[BankLine]) -> bool:
    """Whether an earlier line may be the same, for nothing that they say of their payers tells them apart."""
    return any(one.id < line.id and one.payer.is_same(line.payer) is not False for one in stored)


def match_lines(session: Session, lines: Sequence[BankLine]) -> dict[int, Match]:
    """What each line is for as things stand now, by its id; one that was recorded by hand is that payment, and none
    beside it, and one that may have come before is none. As many statements however many lines."""
    if not lines:
        return {}
    stored = stored_like(session, lines)
    payers = known_payers(session, lines)
    received = [line for line in lines if line.kind is BankLineKind.RECEIVED and payers[line.id]]
    entity_ids = {line.id: [one.entity_id for one in payers[line.id]] for line in received}
    recorded = recorded_payments(session, received, entity_ids) if received else {}
    others = [line for line in lines if line.id not in recorded]
    asked = asked_of(session, others, payers) if others else {}
    return {
        line.id: _as_recorded(recorded[line.id])
        if line.id in recorded
        else Match(MatchReason.PAYMENT_EXISTS)
        if line.kind is BankLineKind.RECEIVED and _may_have_come(line, stored[line.document])
        else match(line.kind, line.amount, read_purpose(line.purpose), payers[line.id], asked[line.id])
        for line in lines
    }


def _as_recorded(payment: Recorded) -> Match:
    if payment.is_told:
        return Match(MatchReason.PAYMENT_EXISTS, payment.entity_id)
    return Match(MatchReason.RECORDED_BY_HAND, payment.entity_id, payment_id=payment.payment_id)
