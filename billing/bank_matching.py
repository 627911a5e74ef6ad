"""What a payment from the bank is for: decided only where it is certain, explained either way, never guessed (M5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing.bank_file import BankLineKind
from billing.purpose import Named
from contracts.money import Money


class MatchReason(StrEnum):
    """Why a payment is put to invoices, or why it waits for a person."""

    NUMBER_AND_SUM = "number_and_sum"
    SEVERAL_AND_SUM = "several_and_sum"
    NUMBER_AND_PART = "number_and_part"
    NUMBER_AND_MORE = "number_and_more"
    PAYER_AND_SUM = "payer_and_sum"
    RECORDED_BY_HAND = "recorded_by_hand"
    PAYER_UNKNOWN = "payer_unknown"
    PAYER_AMBIGUOUS = "payer_ambiguous"
    PAYER_DIFFERS = "payer_differs"
    INVOICE_UNKNOWN = "invoice_unknown"
    INVOICE_PAID = "invoice_paid"
    CURRENCY_DIFFERS = "currency_differs"
    SUM_DIFFERS = "sum_differs"
    SEVERAL_FIT = "several_fit"
    NOTHING_FITS = "nothing_fits"
    PAYMENT_EXISTS = "payment_exists"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"


MATCHED = {
    MatchReason.NUMBER_AND_SUM,
    MatchReason.SEVERAL_AND_SUM,
    MatchReason.NUMBER_AND_PART,
    MatchReason.NUMBER_AND_MORE,
    MatchReason.PAYER_AND_SUM,
    MatchReason.RECORDED_BY_HAND,
}
"""The reasons that decide; with any other the payment waits."""


@dataclass(frozen=True, slots=True)
class KnownPayer:
    """An entity of a client that may have paid."""

    entity_id: int
    client_id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An invoice of the seller, and what it still asks for."""

    id: int
    number: str
    sequence: int
    issued_on: date
    entity_id: int
    client_id: int
    left: Money

    def is_named(self, named: Named) -> bool:
        """Whether a purpose names it."""
        return self.number in named.numbers or (self.sequence, self.issued_on) in named.dated


@dataclass(frozen=True, slots=True)
class Match:
    """Why, for whom, to which invoices how much is put, and which invoices a person may choose among."""

    reason: MatchReason
    entity_id: int | None = None
    puts: tuple[tuple[int, Money], ...] = ()
    candidates: tuple[Asked, ...] = ()
    payment_id: int | None = None
    """The payment that was recorded by hand before the bank told of it."""

    @property
    def is_certain(self) -> bool:
        """Whether nobody need decide."""
        return self.reason in MATCHED


def match(
    kind: BankLineKind, amount: Money, named: Named, payers: Sequence[KnownPayer], invoices: Sequence[Asked]
) -> Match:
    """What a payment is for; `invoices` are those that it names, whosever they are, and the open ones of its payers."""
    meant = [one for one in invoices if one.is_named(named)]
    unknown = not (
        {one.number for one in meant} >= set(named.numbers)
        and {(one.sequence, one.issued_on) for one in meant} >= set(named.dated)
    )
    if kind is not BankLineKind.RECEIVED:
        return Match(MatchReason(kind.value), candidates=tuple(meant))
    if not payers:
        return Match(MatchReason.PAYER_UNKNOWN, candidates=tuple(meant))
    if not named.is_certain:
        return Match(MatchReason.INVOICE_UNKNOWN, candidates=_open(invoices))
    if meant and any(one.client_id not in {payer.client_id for payer in payers} for one in meant):
        return Match(MatchReason.PAYER_DIFFERS, candidates=tuple(meant))
    if unknown:
        return Match(MatchReason.INVOICE_UNKNOWN, candidates=_open(invoices))
    return _by_number(amount, payers, meant) if meant else _by_sum(amount, payers, invoices)


def _by_number(amount: Money, payers: Sequence[KnownPayer], meant: Sequence[Asked]) -> Match:
    """What to do with a payment that names invoices of its payer's client."""
    payer = _payer_of(meant, payers)
    if payer is None:
        return Match(MatchReason.PAYER_AMBIGUOUS, candidates=tuple(meant))
    if any(one.left.currency != amount.currency for one in meant):
        return Match(MatchReason.CURRENCY_DIFFERS, candidates=tuple(meant))
    unpaid = _open(meant)
    if not unpaid:
        return Match(MatchReason.INVOICE_PAID, payer, candidates=tuple(meant))
    asked = Money.total((one.left for one in unpaid), amount.currency)
    if amount.minor < asked.minor:
        if len(meant) > 1:
            return Match(MatchReason.SUM_DIFFERS, payer, candidates=unpaid)
        return Match(MatchReason.NUMBER_AND_PART, payer, ((unpaid[0].id, amount),), unpaid)
    reason = MatchReason.SEVERAL_AND_SUM if len(unpaid) > 1 else MatchReason.NUMBER_AND_SUM
    if amount.minor > asked.minor:
        reason = MatchReason.NUMBER_AND_MORE
    return Match(reason, payer, tuple((one.id, one.left) for one in unpaid), unpaid)


def _by_sum(amount: Money, payers: Sequence[KnownPayer], invoices: Sequence[Asked]) -> Match:
    """What to do with a payment that names none: it is for the one invoice of its payer that asks for just this."""
    own = [one for one in _open(invoices) if one.entity_id in {payer.entity_id for payer in payers}]
    same = [one for one in own if one.left == amount]
    if len({payer.client_id for payer in payers}) > 1:
        return Match(MatchReason.PAYER_AMBIGUOUS, candidates=tuple(own))
    if len(same) == 1:
        return Match(MatchReason.PAYER_AND_SUM, same[0].entity_id, ((same[0].id, amount),), tuple(same))
    if same:
        return Match(MatchReason.SEVERAL_FIT, _only(payers), candidates=tuple(same))
    foreign = own and all(one.left.currency != amount.currency for one in own)
    reason = MatchReason.CURRENCY_DIFFERS if foreign else MatchReason.NOTHING_FITS
    return Match(reason, _only(payers), candidates=tuple(own))


def _open(invoices: Sequence[Asked]) -> tuple[Asked, ...]:
    return tuple(one for one in invoices if one.left.minor > 0)


def _payer_of(meant: Sequence[Asked], payers: Sequence[KnownPayer]) -> int | None:
    """Which of the payers it is: the one whose invoices they are, else the only one of that client."""
    clients = {one.client_id for one in meant}
    theirs = [payer for payer in payers if payer.client_id in clients]
    billed = {one.entity_id for one in meant} & {payer.entity_id for payer in theirs}
    if len(clients) == len(billed) == 1:
        return billed.pop()
    return _only(theirs) if len(clients) == 1 else None


def _only(payers: Sequence[KnownPayer]) -> int | None:
    return payers[0].entity_id if len(payers) == 1 else None
