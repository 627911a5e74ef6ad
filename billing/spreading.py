"""Spreading what is taken off over invoices, so that none of them is worth less than nothing (rules M1, M2, M4, M5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from billing.invoice_lines import LineAmounts
from billing.tax import included_tax
from contracts.money import Money
from contracts.terms import Term


@dataclass(frozen=True, slots=True)
class TakenOff:
    """What is taken off, a positive line; `statement_line_id` names the line of a statement that it is about.

    `charged_by` is the invoice that charged it, so that no later one is to be credited; none is any.
    """

    line: LineAmounts
    statement_line_id: int | None = None
    charged_by: int | None = None

    def part(self, amount: Money) -> "TakenOff":
        """A part of it: one piece, with its own tax."""
        if amount == self.line.amount:
            return self
        tax = included_tax(amount, self.line.rate)
        return replace(self, line=replace(self.line, quantity_minutes=None, price=amount, amount=amount, tax=tax))


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """A line of an invoice, by the invoice's id, and what is left of it after what was taken off at its rate so far.

    That is below zero for what the invoice of a month took back itself, of work that an earlier one charged.
    `unserved` is what of it is for days that are not served; none is all of it.
    """

    invoice_id: int
    line: LineAmounts
    left: Money
    statement_line_id: int | None = None
    unserved: Money | None = None


def spread(
    taken_off: Iterable[TakenOff], charged: Sequence[ChargedLine], worth: Mapping[int, Money]
) -> dict[int, list[TakenOff]]:
    """The lines of a credit note to each invoice, none of which takes off more at a rate than was charged at it (M2).

    Each line goes to the charged lines of its rate, the first one first. What is then left of it goes off the charged
    lines as they are, with what a note has at their rate already: the seller's mode changed since; or its invoice
    charged it, and took back as much at another rate: that is given again there, and taken off these instead. All this
    is done with what is not served, and then with the rest that was charged, of one invoice after the other.
    """
    spreading = _Spreading(charged, worth)
    rest = spreading.take_all([(one, one.line.amount) for one in taken_off])
    for invoice_id in sorted(worth):
        spreading.open_what_was_served(invoice_id)
        rest = spreading.take_all(rest)
    return {of: [piece.of.part(piece.amount) for piece in note] for of, note in spreading.notes.items()}


@dataclass(slots=True)
class _Piece:
    """An amount of something that is taken off; it may be below zero where that is given again."""

    of: TakenOff
    amount: Money


class _Spreading:
    """What may be taken of charged lines, what their invoices are worth, and the notes so far."""

    def __init__(self, charged: Sequence[ChargedLine], worth: Mapping[int, Money]) -> None:
        self._charged = charged
        self._left = [(one.left if one.unserved is None else one.unserved).minor for one in charged]
        self._worth = {of: amount.minor for of, amount in worth.items()}
        self.notes: dict[int, list[_Piece]] = defaultdict(list)

    def take_all(self, taken_off: Iterable[tuple[TakenOff, Money]]) -> list[tuple[TakenOff, Money]]:
        """Take the amounts, each at its rate, and what is left of them as it was charged; what does not fit is
        returned."""
        at_rate = [(one, self._take(one, amount)) for one, amount in taken_off]
        return [(one, self._take_as_charged(one, amount)) for one, amount in at_rate]

    def open_what_was_served(self, invoice_id: int) -> None:
        """Let what an invoice charged for days that are served be taken, too, from now on."""
        for place, one in enumerate(self._charged):
            if one.invoice_id == invoice_id and one.unserved is not None:
                self._left[place] += (one.left - one.unserved).minor

    def _take(self, one: TakenOff, amount: Money) -> Money:
        """Take it off the lines of its rate; what does not fit is returned."""
        for place, line in self._lines(one):
            if _taxed_alike(line.line, one.line):
                fits = self._take_from(place, amount)
                if fits.minor:
                    self._add(line.invoice_id, one, fits, same_days=True)
                    amount -= fits
        return amount

    def _take_as_charged(self, one: TakenOff, amount: Money) -> Money:
        """Take an amount off whatever was charged, and set its own rate right where it was charged; what does not fit
        is returned."""
        for place, line in self._lines(one):
            fits = self._take_from(place, amount)
            if fits.minor:
                supplied = _days(one.line.supplied, line.line.supplied)
                instead = TakenOff(replace(line.line, supplied=supplied), line.statement_line_id)
                self._add(line.invoice_id, instead, fits, same_days=False)
                self._exchange(one, instead, fits)
                amount -= fits
        return amount

    def _exchange(self, one: TakenOff, instead: TakenOff, amount: Money) -> None:
        """Take it off invoices that charged it, and give what is taken off instead again where they took it back."""
        for place, line in self._lines(one):
            for other, back in self._lines(one):
                fits = Money(min(amount.minor, self._left[place], -self._left[other]), amount.currency)
                same = line.invoice_id == back.invoice_id and _taxed_alike(line.line, one.line)
                if same and fits.minor > 0 and _taxed_alike(back.line, instead.line):
                    self._add(line.invoice_id, one, fits, same_days=True)
                    self._add(line.invoice_id, instead, -fits, same_days=False)
                    self._left[place] -= fits.minor
                    self._left[other] += fits.minor
                    amount -= fits

    def _lines(self, one: TakenOff) -> Iterator[tuple[int, ChargedLine]]:
        for place, line in enumerate(self._charged):
            if one.charged_by is None or line.invoice_id <= one.charged_by:
                yield place, line

    def _take_from(self, place: int, amount: Money) -> Money:
        """As much as fits; nothing of a line below zero."""
        of = self._charged[place].invoice_id
        fits = max(0, min(amount.minor, self._left[place], self._worth[of]))
        self._left[place] -= fits
        self._worth[of] -= fits
        return Money(fits, amount.currency)

    def _add(self, invoice_id: int, one: TakenOff, amount: Money, *, same_days: bool) -> None:
        """Add an amount to a note, on the line that has it already: that of the same days, or any taxed alike."""
        for piece in self.notes[invoice_id]:
            same = piece.of.statement_line_id == one.statement_line_id and _taxed_alike(piece.of.line, one.line)
            if same and (piece.of.line.supplied == one.line.supplied or not same_days):
                piece.amount += amount
                return
        self.notes[invoice_id].append(_Piece(one, amount))


def _days(taken_off: Term, charged: Term) -> Term:
    """The days that are taken off, where they were charged; else those that were."""
    within = charged.starts_on <= taken_off.starts_on and taken_off.ends_on <= charged.ends_on
    return taken_off if within else charged


def _taxed_alike(one: LineAmounts, other: LineAmounts) -> bool:
    return (one.rate, one.exempt_ground) == (other.rate, other.exempt_ground)
