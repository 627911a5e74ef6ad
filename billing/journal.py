"""The values of the general journal: what is supplied, what money moved, the entries that say it (M2, M4, M5, E4)."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from contracts.money import Money
from contracts.terms import ONE_DAY, Term

BEGINNING = datetime.min.replace(tzinfo=UTC)
"""The moment of what was known at the beginning of a day."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts that the journal is kept in."""

    bank: str
    receivable: str
    advance: str
    revenue: str
    revenue_tax: str
    tax: str
    advance_tax: str


RUSSIAN = Chart("51", "62.01", "62.02", "90.01", "90.03", "68.02", "76.АВ")
"""The Russian chart of accounts with the usual subaccounts."""


class Source(StrEnum):
    """The papers that entries rest on, in the order of one day."""

    INVOICE = "invoice"
    ACT = "act"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    PAYMENT_BACK = "payment_back"
    PAYMENT_REVERSAL = "payment_reversal"


class Operation(StrEnum):
    """What an entry says, in the order of one line of a paper."""

    REVENUE = "revenue"
    REVENUE_TAX = "revenue_tax"
    PAYMENT = "payment"
    ADVANCE = "advance"
    ADVANCE_TAX = "advance_tax"
    OFFSET = "offset"
    OFFSET_TAX = "offset_tax"
    CREDIT_KEPT = "credit_kept"
    ADVANCE_MOVED = "advance_moved"
    ADVANCE_TAX_MOVED = "advance_tax_moved"
    PAYMENT_BACK = "payment_back"
    ADVANCE_BACK = "advance_back"


_SOURCES = {source: place for place, source in enumerate(Source)}
_OPERATIONS = {operation: place for place, operation in enumerate(Operation)}


@dataclass(frozen=True, slots=True)
class Side:
    """Whose money is: of an entity's contract, or of the entity that paid, while it is put to no invoice."""

    entity_id: int
    contract_id: int | None


@dataclass(frozen=True, slots=True)
class Voucher:
    """The paper that an entry rests on, and whose it is; money that was put to no invoice belongs to no contract."""

    source: Source
    id: int
    number: str
    client_id: int
    entity_id: int
    contract_id: int | None

    @property
    def side(self) -> Side:
        """Whose it is."""
        return Side(self.entity_id, self.contract_id)

    def of(self, side: Side) -> "Voucher":
        """The same paper as another's."""
        return replace(self, entity_id=side.entity_id, contract_id=side.contract_id)


@dataclass(frozen=True, slots=True)
class Supply:
    """A line of a bill; a credited one is negative. It becomes revenue by days, once its paper was issued.

    It is known from the moment of issue, on the seller's day `known_on`: that of the paper, or later, as an act bears
    the last day of its month and is issued when the month is closed. From `ended_on` on all of it counts: the service
    was cancelled, on that day at `ended_at` or earlier, and its credit note says what of it is given back.

    Of a line whose days are taxed at several rates each supply counts some days, `counted`, of the whole line, with the
    tax that all of it would have at their rate; so the months' amounts are the same, however the days are taxed (M2).
    `part` is its place among them.

    `invoice_id` says which invoice asks for it: money that is put to that one pays it, and no other.
    """

    voucher: Voucher
    position: int
    supplied: Term
    issued_on: date
    amount: Money
    tax: Money
    tax_percent: int | None
    ended_on: date | None = None
    known_on: date = date.min
    known_at: datetime = BEGINNING
    ended_at: datetime = BEGINNING
    counted: Term | None = None
    part: int = 0
    invoice_id: int | None = None

    @property
    def days(self) -> Term:
        """The days that it counts."""
        return self.counted or self.supplied

    def before(self, day: date) -> tuple[Money, Money]:
        """What of the amount, and of its tax, is revenue of the days before the first of a month (M1)."""
        own = self.days
        if day <= self.issued_on:
            until = own.starts_on
        elif self.ended_on is not None and day > self.ended_on:
            until = own.ends_on
        else:
            until = min(max(day, own.starts_on), own.ends_on)
        (was, tax_was), (now, tax_now) = self._up_to(own.starts_on), self._up_to(until)
        return now - was, tax_now - tax_was

    def is_all_before(self, day: date) -> bool:
        """Whether all of it is revenue of the days before the first of a month."""
        own = self.days
        return day > self.issued_on and (day >= own.ends_on or (self.ended_on is not None and day > self.ended_on))

    def _up_to(self, day: date) -> tuple[Money, Money]:
        days = (day - self.supplied.starts_on).days
        return self.amount.share(days, self.supplied.days), self.tax.share(days, self.supplied.days)

    def in_month(self, month: Term) -> tuple[Money, Money]:
        """What of the amount, and of its tax, is revenue of a month; the months add up to the whole (M1)."""
        (was, tax_was), (now, tax_now) = self.before(month.starts_on), self.before(month.ends_on)
        return now - was, tax_now - tax_was

    def counted_in(self, month: Term) -> list[tuple[bool, Money, Money]]:
        """That amount and tax: first what counts on that day anyway, then what does by the end of the service."""
        amount, tax = self.in_month(month)
        if self.counts_on(month) != self.ended_on:
            return [(False, amount, tax)]
        endless = replace(self, ended_on=None)
        if endless.counts_on(month) != self.ended_on:
            return [(True, amount, tax)]
        anyway, tax_anyway = endless.in_month(month)
        return [(False, anyway, tax_anyway), (True, amount - anyway, tax - tax_anyway)]

    def days_in(self, month: Term) -> Term:
        """The days that count in a month: in that of the paper also those before it, in that of the end none after."""
        first = self.days.starts_on
        if self.issued_on not in month:
            first = max(first, month.starts_on)
        return Term(first, max(first, self._last_day_in(month)) + ONE_DAY)

    def counts_on(self, month: Term) -> date:
        """The day on which its part of a month is entered."""
        return max(self._last_day_in(month), self.issued_on, month.starts_on)

    def _last_day_in(self, month: Term) -> date:
        last = min(month.last_day, self.days.last_day)
        return min(last, self.ended_on) if self.ended_on is not None and self.ended_on in month else last


@dataclass(frozen=True, slots=True)
class Moved:
    """A part of a payment, above zero, that moved: from the bank to a side, between two sides, or to the bank again.

    It stands on the day `on`, and is known from a moment of the seller's day `known_on`, which is later only of money
    that was recorded later than it came, or went. `tax` is in it at the rate of the day on which the payment came, were
    all of it ahead.
    """

    voucher: Voucher
    """Who paid, and no contract."""
    position: int
    payment_id: int
    on: date
    known_on: date
    known_at: datetime
    amount: Money
    tax: Money
    origin: Side | None
    """Whose it was; none for the bank."""
    target: Side | None
    """Whose it is from then on; none for the bank."""
    invoice_id: int | None
    """The invoice to which it is put, or was until then; none of money that is put to no invoice."""

    @property
    def sides(self) -> tuple[Side, Side]:
        """Whose account is debited, and whose is credited; the bank's own stands beside either."""
        payer = self.voucher.side
        return self.origin or self.target or payer, self.target or self.origin or payer


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: an amount from the credit of one account to the debit of another; a negative one takes it back.

    Both accounts are of the voucher's side, unless the credit is of the side `to`.
    """

    on: date
    operation: Operation
    voucher: Voucher
    position: int
    debit: str
    credit: str
    amount: Money
    tax_percent: int | None = None
    to: Side | None = None
    part: int = 0
    """Of a line whose days are taxed at several rates."""
    by_end: bool = False
    """Whether it counts on its day by the end of the service alone, and so is known from that on."""

    @property
    def credited(self) -> Side:
        """Whose the account is that is credited."""
        return self.to or self.voucher.side

    @property
    def place(self) -> tuple[date, int, int, int, int, bool, int]:
        """Where it stands in the journal."""
        paper = (_SOURCES[self.voucher.source], self.voucher.id, self.position)
        return self.on, *paper, self.part, self.by_end, _OPERATIONS[self.operation]

    @property
    def key(self) -> str:
        """The same for the same entry, however often the journal is made."""
        part = (f":{self.part}" if self.part else "") + (":end" if self.by_end else "")
        return f"{self.voucher.source}:{self.voucher.id}:{self.position}:{self.on}:{self.operation}{part}"


@dataclass(frozen=True, slots=True)
class Turnover:
    """What entries come to on an account in a currency."""

    account: str
    debit: Money
    credit: Money


@dataclass(frozen=True, slots=True)
class Journal:
    """The entries of some months in the order of days."""

    months: Term
    entries: tuple[Entry, ...]

    def turnovers(self) -> tuple[Turnover, ...]:
        """What the entries come to, by account and currency; in each currency debits and credits are equal."""
        sums: dict[tuple[str, str], list[Money]] = {}
        for entry in self.entries:
            currency = entry.amount.currency
            for side, account in enumerate((entry.debit, entry.credit)):
                both = sums.setdefault((account, currency), [Money(0, currency)] * 2)
                both[side] += entry.amount
        return tuple(Turnover(account, *both) for (account, _), both in sorted(sums.items()))
