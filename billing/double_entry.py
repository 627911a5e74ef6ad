"""Double entry: the journal that follows from what is supplied and from the money that moved (rules M2, M4, M5, E4).

A prepaid service becomes revenue by the days that were served, month by month; charged work with its act. Nothing is
entered before the paper that says it was issued: what was served earlier counts in the month of the paper. Money pays
what its invoice asks for and nothing else (M5); what came before that was supplied is an advance. Tax is owed on it on
the day it comes, at the computed rate (art. 154 and 164, item 4, 167 of the Russian Tax Code), and deducted when the
service is supplied or the money goes back (art. 171, items 5 and 8, and 172, item 6); so it is in the general mode and
in the simplified ones of 5 and 7 %. Without VAT there is none.

What happens is taken in the order in which it became known, and nothing that comes later changes an entry. So the
journal of days that have passed stays as it was told. Only what became known later than its day is added to it: an act,
which is issued when its month is closed, and money that was recorded later than it came.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from billing.journal import BEGINNING, RUSSIAN, Chart, Entry, Journal, Moved, Operation, Side, Supply
from contracts.money import Money
from contracts.terms import Term, first_of_month, next_month

Key = tuple[int | None, int | None]
"""What money is kept for: an invoice, or no invoice and the payment that it is of."""
When = tuple[date, datetime]
"""A day of the seller's, and a moment of it."""
_minor = attrgetter("minor")


def journal(months: Term, supplies: Iterable[Supply], moves: Sequence[Moved] = (), chart: Chart = RUSSIAN) -> Journal:
    """The journal of whole months. Of an invoice with money all supplies are needed: they say what of it was ahead."""
    return Journal(months, tuple(sorted(entries(months, supplies, moves, chart), key=attrgetter("place"))))


def entries(
    months: Term, supplies: Iterable[Supply], moves: Sequence[Moved] = (), chart: Chart = RUSSIAN
) -> Iterator[Entry]:
    """The entries of a journal one by one, in no order: for who adds them up and keeps none."""
    with_money = {_key(side, one) for one in moves for side in one.sides}
    served: list[Supply] = []
    for supply in supplies:
        if (supply.invoice_id, None) in with_money:
            served.append(supply)
        else:
            yield from _revenue(supply, months, chart)
    for one in _settled(served, moves, _known_before(months, served, moves), chart):
        if one.on in months:
            yield one


def _known_before(months: Term, supplies: Iterable[Supply], moves: Iterable[Moved]) -> date:
    """Until when all must be known to tell the months: longer where something of theirs became known later."""
    late = [one.known_on for one in moves if one.on < months.ends_on]
    late += [max(one.known_on, one.issued_on) for one in supplies if one.issued_on < months.ends_on]
    return max(months.ends_on, *map(next_month, late)) if late else months.ends_on


def _settled(supplies: Iterable[Supply], moves: Iterable[Moved], before: date, chart: Chart) -> Iterator[Entry]:
    """The entries of invoices with money, of all that became known before a day."""
    revenue: dict[When, dict[Key, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for supply in supplies:
        if max(supply.known_on, supply.issued_on) < before:
            for entry in _revenue(supply, Term(date.min, before), chart):
                revenue[_known(entry, supply)][supply.invoice_id, None].append(entry)
    known: dict[When, list[Moved]] = defaultdict(list)
    for move in moves:
        if move.known_on < before:
            known[move.known_on, move.known_at].append(move)
    yield from _Ledger(chart).entries(revenue, known)


def _known(entry: Entry, supply: Supply) -> When:
    """From when an entry of a supply is known: from its day, or from a later moment that said so."""
    said_so = supply.ended_at if entry.by_end else BEGINNING
    return max((entry.on, said_so), (supply.known_on, supply.known_at))


def _revenue(supply: Supply, months: Term, chart: Chart) -> Iterator[Entry]:
    """The revenue of a supply in some months, and the tax in it."""
    opens = max(months.starts_on, first_of_month(min(supply.issued_on, months.last_day)))
    while opens < months.ends_on:
        month = Term(opens, next_month(opens))
        for by_end, amount, tax in supply.counted_in(month):
            parts = (
                (Operation.REVENUE, chart.receivable, chart.revenue, amount),
                (Operation.REVENUE_TAX, chart.revenue_tax, chart.tax, tax),
            )
            for operation, debit, credit, part in parts:
                if part.minor:
                    paper = (supply.voucher, supply.position, debit, credit, part, supply.tax_percent)
                    yield Entry(supply.counts_on(month), operation, *paper, part=supply.part, by_end=by_end)
        if supply.is_all_before(month.ends_on):
            return
        opens = month.ends_on


def _key(side: Side, move: Moved) -> Key:
    return (None, move.payment_id) if side.contract_id is None else (move.invoice_id, None)


@dataclass
class _Lot:
    """What is left of an advance, and of the tax owed on it."""

    amount: Money
    tax: Money

    def take(self, most: Money) -> tuple[Money, Money]:
        """So much of it as there is, with its part of the tax; the last part takes the rest."""
        taken = min(most, self.amount, key=_minor)
        tax = self.tax.share(taken.minor, self.amount.minor)
        self.amount, self.tax = self.amount - taken, self.tax - tax
        return taken, tax


@dataclass
class _Purse:
    """What is owed by an invoice and what was paid of it ahead; or what of a payment is put to no invoice."""

    owed: Money
    lots: list[_Lot] = field(default_factory=list)
    changes: dict[date, int] = field(default_factory=dict)
    """By how much what is owed, less what is ahead, changes on each day."""

    def change(self, on: date, amount: Money) -> None:
        """Tell that more is owed, or less is ahead, from a day on."""
        self.changes[on] = self.changes.get(on, 0) + amount.minor

    def owed_since(self, day: date) -> Money:
        """The least that is owed at the end of a day and ever since."""
        return Money(max(0, min(self._balances_since(day))), self.owed.currency)

    def ahead_since(self, day: date) -> Money:
        """The least that is ahead at the end of a day and ever since."""
        return Money(max(0, min(-owed for owed in self._balances_since(day))), self.owed.currency)

    def _balances_since(self, day: date) -> Iterator[int]:
        balance = sum(self.changes.values())
        yield balance
        for on in sorted(self.changes, reverse=True):
            if on <= day:
                return
            balance -= self.changes[on]
            yield balance

    def give(self, most: Money, *, last: bool) -> tuple[Money, Money]:
        """So much of the advances as there is, and the tax on it; the last that came first, or the first one."""
        given = tax = Money(0, most.currency)
        while self.lots and given.minor < most.minor:
            place = -1 if last else 0
            amount, taxed = self.lots[place].take(most - given)
            given, tax = given + amount, tax + taxed
            if not self.lots[place].amount.minor:
                self.lots.pop(place)
        return given, tax


class _Ledger:
    """What is owed and what is ahead, while days pass."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._purses: dict[Key, _Purse] = {}
        receivable, advance, bank = chart.receivable, chart.advance, chart.bank
        self._operations = {
            (bank, receivable): Operation.PAYMENT,
            (bank, advance): Operation.ADVANCE,
            (advance, receivable): Operation.OFFSET,
            (receivable, advance): Operation.CREDIT_KEPT,
            (advance, advance): Operation.ADVANCE_MOVED,
            (receivable, bank): Operation.PAYMENT_BACK,
            (advance, bank): Operation.ADVANCE_BACK,
        }

    def entries(
        self, revenue: Mapping[When, Mapping[Key, Sequence[Entry]]], known: Mapping[When, Sequence[Moved]]
    ) -> Iterator[Entry]:
        """Every entry of some amount, in turn; of one moment what is supplied comes before the money that moves."""
        for when in sorted({*revenue, *known}):
            for key, supplied in revenue.get(when, {}).items():
                purse = self._purse(key, supplied[0].amount.currency)
                for _, of_day in groupby(sorted(supplied, key=attrgetter("on")), attrgetter("on")):
                    yield from self._serve(purse, list(of_day), when[0])
            for move in known.get(when, ()):
                yield from self._move(move)

    def _purse(self, key: Key, currency: str) -> _Purse:
        return self._purses.setdefault(key, _Purse(Money(0, currency)))

    def _serve(self, purse: _Purse, supplied: Sequence[Entry], today: date) -> Iterator[Entry]:
        """What is supplied on a day: paid from what has been ahead since, and what is still owed from what is now."""
        yield from supplied
        last = supplied[-1]
        ahead = purse.ahead_since(last.on)
        for one in supplied:
            if one.operation is Operation.REVENUE:
                purse.owed += one.amount
                purse.change(one.on, one.amount)
        yield from self._offset(purse, min(purse.owed, ahead, key=_minor), last)
        if last.on < today:
            yield from self._offset(purse, purse.owed, replace(last, on=today))

    def _offset(self, purse: _Purse, most: Money, of: Entry) -> Iterator[Entry]:
        """So much of what is owed, paid from advances, the first first, on the day of an entry and under its paper."""
        paid, tax = purse.give(most, last=False)
        purse.owed -= paid
        chart = self._chart
        sides = (
            (Operation.OFFSET, chart.advance, chart.receivable, paid),
            (Operation.OFFSET_TAX, chart.tax, chart.advance_tax, tax),
        )
        for operation, debit, credit, amount in sides:
            if amount.minor:
                paper = (of.voucher, of.position, debit, credit, amount, of.tax_percent)
                yield Entry(of.on, operation, *paper, by_end=of.by_end)

    def _move(self, move: Moved) -> Iterator[Entry]:
        """Money that moves: where it comes it first pays what is owed, the rest is ahead, with the tax on it."""
        chart, (origin, target) = self._chart, move.sides
        given, tax_given = self._give(move)
        taken, tax_taken = self._take(move)
        tax_moved = min(tax_given, tax_taken, key=_minor)
        told = [  # what is given or what is taken is of one account, with the whole amount
            (self._operations[debit, credit], (debit, origin), (credit, target), min(one, other, key=_minor))
            for debit, one in given
            for credit, other in taken
        ]
        told += [
            (Operation.ADVANCE_TAX_MOVED, (chart.advance_tax, target), (chart.advance_tax, origin), tax_moved),
            (Operation.OFFSET_TAX, (chart.tax, origin), (chart.advance_tax, origin), tax_given - tax_moved),
            (Operation.ADVANCE_TAX, (chart.advance_tax, target), (chart.tax, target), tax_taken - tax_moved),
        ]
        entries = []
        for operation, (debit, side), (credit, other_side), amount in told:
            if amount.minor:
                voucher, to = move.voucher.of(side), None if other_side == side else other_side
                entries.append(Entry(move.on, operation, voucher, move.position, debit, credit, amount, to=to))
        yield from entries
        if move.origin is None and move.on < move.known_on:
            purse = self._purse(_key(target, move), move.amount.currency)
            yield from self._offset(purse, purse.owed, replace(entries[0], on=move.known_on))

    def _give(self, move: Moved) -> tuple[list[tuple[str, Money]], Money]:
        """What is debited for money that leaves: the last advances, then what it had paid; and the tax on it."""
        if move.origin is None:
            return [(self._chart.bank, move.amount)], Money(0, move.amount.currency)
        purse = self._purse(_key(move.origin, move), move.amount.currency)
        ahead, tax = purse.give(move.amount, last=True)
        if move.origin.contract_id is None:
            return [(self._chart.advance, move.amount)], tax
        purse.owed += move.amount - ahead
        purse.change(move.on, move.amount)
        both = [(self._chart.advance, ahead), (self._chart.receivable, move.amount - ahead)]
        return [one for one in both if one[1].minor], tax

    def _take(self, move: Moved) -> tuple[list[tuple[str, Money]], Money]:
        """What is credited for money that comes: what is owed since its day, then an advance; and the tax on that."""
        if move.target is None:
            return [(self._chart.bank, move.amount)], Money(0, move.amount.currency)
        purse = self._purse(_key(move.target, move), move.amount.currency)
        due = min(move.amount, purse.owed_since(move.on), key=_minor)
        ahead = move.amount - due
        tax = move.tax.share(ahead.minor, move.amount.minor)
        purse.owed -= due
        purse.change(move.on, -move.amount)
        if ahead.minor:
            purse.lots.append(_Lot(ahead, tax))
        both = [(self._chart.receivable, due), (self._chart.advance, ahead)]
        return [one for one in both if one[1].minor], tax
