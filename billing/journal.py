"""The general journal: what bills and payments mean in double entry, as plain values (rules M2, M4, E4).

A prepaid service becomes revenue by the days that were served, month by month; charged work with its act. Nothing is
entered before the paper that says it was issued: what was served earlier counts in the month of the paper. Money that
came before the service is an advance. Tax is owed on it on the day it comes, at the computed rate (art. 154 and 164,
item 4, 167 of the Russian Tax Code), and deducted when the service is supplied (art. 171, item 8, and 172, item 6); so
it is in the general mode and in the simplified ones of 5 and 7 %. Without VAT there is none.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby

from contracts.money import Money
from contracts.terms import Term, first_of_month, next_month


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


@dataclass(frozen=True, slots=True)
class Voucher:
    """The paper that an entry rests on, and whose it is; money that was put to no invoice belongs to no contract."""

    source: Source
    id: int
    number: str
    client_id: int
    entity_id: int
    contract_id: int | None


@dataclass(frozen=True, slots=True)
class Supply:
    """A line of a bill; a credited one is negative. It becomes revenue by days, once its paper was issued.

    From `ended_on` on all of it counts: the service was cancelled, and its credit note says what of it is given back.
    """

    voucher: Voucher
    position: int
    supplied: Term
    issued_on: date
    amount: Money
    tax: Money
    tax_percent: int | None
    ended_on: date | None = None

    def before(self, day: date) -> tuple[Money, Money]:
        """What of the amount, and of its tax, is revenue of the days before the first of a month (M1)."""
        if day <= self.issued_on:
            days = 0
        elif self.ended_on is not None and day > self.ended_on:
            days = self.supplied.days
        else:
            days = (min(max(day, self.supplied.starts_on), self.supplied.ends_on) - self.supplied.starts_on).days
        return self.amount.share(days, self.supplied.days), self.tax.share(days, self.supplied.days)

    def counts_on(self, month: Term) -> date:
        """The day on which its part of a month is entered."""
        last = min(month.last_day, self.supplied.last_day)
        if self.ended_on is not None and self.ended_on in month:
            last = min(last, self.ended_on)
        return max(last, self.issued_on, month.starts_on)


@dataclass(frozen=True, slots=True)
class PaidIn:
    """A part of a payment for one contract or none, above zero; `tax` is in it at the day's rate, were all ahead."""

    voucher: Voucher
    position: int
    received_on: date
    amount: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: an amount from the credit of one account to the debit of another; a negative one takes it back."""

    on: date
    operation: Operation
    voucher: Voucher
    position: int
    debit: str
    credit: str
    amount: Money
    tax_percent: int | None = None

    @property
    def place(self) -> tuple[date, int, int, int, int]:
        """Where it stands in the journal."""
        source, operation = tuple(Source).index(self.voucher.source), tuple(Operation).index(self.operation)
        return self.on, source, self.voucher.id, self.position, operation

    @property
    def key(self) -> str:
        """The same for the same entry, however often the journal is made."""
        return f"{self.voucher.source}:{self.voucher.id}:{self.position}:{self.on}:{self.operation}"


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


def journal(
    months: Term, supplies: Iterable[Supply], received: Sequence[PaidIn] = (), chart: Chart = RUSSIAN
) -> Journal:
    """The journal of whole months. Of a contract that paid, all supplies since the first are needed: they say what of
    the money was ahead."""
    paid: dict[tuple[int | None, str], list[PaidIn]] = defaultdict(list)
    for money in received:
        paid[money.voucher.contract_id, money.amount.currency].append(money)
    entries: list[Entry] = []
    served: dict[tuple[int | None, str], list[Supply]] = defaultdict(list)
    for supply in supplies:
        contract = (supply.voucher.contract_id, supply.amount.currency)
        if contract in paid:
            served[contract].append(supply)
        else:
            entries += _revenue(supply, months, chart)
    for contract, came in paid.items():
        nothing = Money(0, contract[1])
        settled = _Settled(chart, nothing, nothing).all(served[contract], came, months.ends_on)
        entries += (entry for entry in settled if entry.on in months)
    entries.sort(key=lambda one: one.place)
    return Journal(months, tuple(entries))


def _revenue(supply: Supply, months: Term, chart: Chart) -> Iterator[Entry]:
    """The revenue of a supply in some months, and the tax in it."""
    opens = max(months.starts_on, first_of_month(min(supply.issued_on, months.last_day)))
    while opens < months.ends_on:
        month = Term(opens, next_month(opens))
        (was, tax_was), (now, tax_now) = supply.before(opens), supply.before(month.ends_on)
        on = supply.counts_on(month)
        parts = (
            (Operation.REVENUE, chart.receivable, chart.revenue, now - was),
            (Operation.REVENUE_TAX, chart.revenue_tax, chart.tax, tax_now - tax_was),
        )
        for operation, debit, credit, amount in parts:
            if amount.minor:
                yield Entry(on, operation, supply.voucher, supply.position, debit, credit, amount, supply.tax_percent)
        if now == supply.amount and tax_now == supply.tax and month.ends_on > supply.issued_on:
            return
        opens = month.ends_on


@dataclass
class _Lot:
    """What is left of an advance, and of the tax owed on it."""

    amount: Money
    tax: Money

    def take(self, most: Money) -> tuple[Money, Money]:
        """So much of it as there is, with its part of the tax; the last part takes the rest."""
        taken = min(most, self.amount, key=lambda one: one.minor)
        tax = self.tax.share(taken.minor, self.amount.minor)
        self.amount, self.tax = self.amount - taken, self.tax - tax
        return taken, tax


@dataclass
class _Settled:
    """What a contract owes, what it paid of that, and its advances, while its days pass."""

    chart: Chart
    owed: Money
    paid: Money
    lots: deque[_Lot] = field(default_factory=deque)

    def all(self, supplies: Sequence[Supply], received: Sequence[PaidIn], before: date) -> Iterator[Entry]:
        """Every entry of the contract; what is supplied on a day comes before what is paid on it."""
        since = first_of_month(min((one.issued_on for one in supplies), default=before))
        revenue = [entry for one in supplies for entry in _revenue(one, Term(since, before), self.chart)]
        came = sorted(received, key=lambda one: (one.received_on, one.voucher.id, one.position))
        paid = {day: list(of) for day, of in groupby(came, lambda one: one.received_on)}
        days = sorted({one.on for one in revenue} | set(paid))
        by_day = {day: list(of) for day, of in groupby(sorted(revenue, key=lambda one: one.on), lambda one: one.on)}
        for day in days:
            yield from self._serve(by_day.get(day, []))
            for money in paid.get(day, []):
                yield from self._pay(money)

    def _serve(self, revenue: Sequence[Entry]) -> Iterator[Entry]:
        """The revenue of a day: paid from advances while there are any; what was credited and paid is ahead again."""
        yield from revenue
        charged = [one for one in revenue if one.operation is Operation.REVENUE]
        for one in charged:
            self.owed += one.amount
        if not charged:
            return
        last, chart = charged[-1], self.chart
        offset = tax_offset = Money(0, self.owed.currency)
        while self.owed.minor > 0 and self.lots:
            taken, tax = self.lots[0].take(self.owed)
            self.owed, self.paid, offset = self.owed - taken, self.paid + taken, offset + taken
            tax_offset += tax
            if not self.lots[0].amount.minor:
                self.lots.popleft()
        yield from self._entries(last, (Operation.OFFSET, chart.advance, chart.receivable, offset))
        yield from self._entries(last, (Operation.OFFSET_TAX, chart.tax, chart.advance_tax, tax_offset))
        kept = min(-self.owed, self.paid, key=lambda one: one.minor)
        if kept.minor > 0:
            tax = self._tax_of_credited(kept, revenue)
            self.owed, self.paid = self.owed + kept, self.paid - kept
            self.lots.append(_Lot(kept, tax))
            yield from self._entries(last, (Operation.CREDIT_KEPT, chart.receivable, chart.advance, kept))
            yield from self._entries(last, (Operation.ADVANCE_TAX, chart.advance_tax, chart.tax, tax))

    def _tax_of_credited(self, kept: Money, revenue: Sequence[Entry]) -> Money:
        """The tax in what is kept: as in what was taken back that day, of which some may be without tax."""
        back, tax_back = (
            Money.total((one.amount for one in revenue if one.operation is of and one.amount.minor < 0), kept.currency)
            for of in (Operation.REVENUE, Operation.REVENUE_TAX)
        )
        return (-tax_back).share(kept.minor, -back.minor)

    def _pay(self, money: PaidIn) -> Iterator[Entry]:
        """Money: first for what is owed, the rest is ahead, with the tax on it."""
        due, chart = Money(max(0, min(self.owed.minor, money.amount.minor)), money.amount.currency), self.chart
        ahead = money.amount - due
        tax = money.tax.share(ahead.minor, money.amount.minor)
        self.owed, self.paid = self.owed - due, self.paid + due
        if ahead.minor:
            self.lots.append(_Lot(ahead, tax))
        of = (money.received_on, Operation.PAYMENT, money.voucher, money.position)
        first = Entry(*of, chart.bank, chart.receivable, due)
        yield from [first] if due.minor else []
        yield from self._entries(first, (Operation.ADVANCE, chart.bank, chart.advance, ahead))
        yield from self._entries(first, (Operation.ADVANCE_TAX, chart.advance_tax, chart.tax, tax))

    def _entries(self, of: Entry, told: tuple[Operation, str, str, Money]) -> Iterator[Entry]:
        operation, debit, credit, amount = told
        if amount.minor:
            yield Entry(of.on, operation, of.voucher, of.position, debit, credit, amount, of.tax_percent)
