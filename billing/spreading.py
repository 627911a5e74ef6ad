"""Spreading what is taken off over invoices, so that none of them is worth less than nothing (rules M1, M2, M4, M5)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from billing.invoice_lines import LineAmounts
from billing.tax import included_tax
from contracts.money import Money


@dataclass(frozen=True, slots=True)
class TakenOff:
    """What is taken off, a positive line; `statement_line_id` names the line of a statement that takes work back."""

    line: LineAmounts
    statement_line_id: int | None = None

    def part(self, amount: Money) -> "TakenOff":
        """A part of it: one piece, with its own tax."""
        if amount == self.line.amount:
            return self
        tax = included_tax(amount, self.line.rate)
        return replace(self, line=replace(self.line, quantity_minutes=None, price=amount, amount=amount, tax=tax))


def spread(
    taken_off: Iterable[tuple[TakenOff, Sequence[int]]], worth: Mapping[int, Money]
) -> dict[int, list[TakenOff]]:
    """The lines of a credit note to each invoice, by its id, from what the invoices are worth.

    Each line comes with the invoices that it goes to, the first one first: as much to each as that is still worth.
    """
    left = {invoice_id: amount.minor for invoice_id, amount in worth.items()}
    notes: dict[int, list[TakenOff]] = defaultdict(list)
    for one, invoice_ids in taken_off:
        rest = one.line.amount
        for invoice_id in invoice_ids:
            fits = Money(min(rest.minor, left[invoice_id]), rest.currency)
            if fits.minor > 0:
                notes[invoice_id].append(one.part(fits))
                left[invoice_id] -= fits.minor
                rest -= fits
    return notes


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """A line of an invoice, by the invoice's id, and what no credit note has taken off it yet."""

    invoice_id: int
    line: LineAmounts
    left: Money


def spread_at_rates(
    taken_off: Iterable[LineAmounts], charged: Sequence[ChargedLine], worth: Mapping[int, Money]
) -> dict[int, list[TakenOff]]:
    """The lines of a credit note to each invoice, none of which takes off more at a rate than was charged at it (M2).

    Each line goes to the charged lines of its rate, the first one first. What is then left of it was given back for
    days that were served: it goes off the charged lines as they are, with what a note has at their rate already.
    """
    left = [one.left.minor for one in charged]
    of = {invoice_id: amount.minor for invoice_id, amount in worth.items()}
    notes: dict[int, list[TakenOff]] = defaultdict(list)

    def take(amount: Money, by_rate: LineAmounts | None) -> Money:
        for place, one in enumerate(charged):
            if by_rate is None or _taxed_alike(one.line, by_rate):
                fits = Money(min(amount.minor, left[place], of[one.invoice_id]), amount.currency)
                if fits.minor > 0:
                    _add(notes[one.invoice_id], by_rate or one.line, fits, as_charged=by_rate is None)
                    left[place] -= fits.minor
                    of[one.invoice_id] -= fits.minor
                    amount -= fits
        return amount

    for rest in [take(line.amount, line) for line in taken_off]:
        take(rest, None)
    return notes


def _add(note: list[TakenOff], line: LineAmounts, amount: Money, *, as_charged: bool) -> None:
    """Add an amount to a note, on the line that has it already: that of the same days, and of what is taken off as it
    was charged any that is taxed alike."""
    for place, one in enumerate(note):
        if _taxed_alike(one.line, line) and (as_charged or one.line.supplied == line.supplied):
            note[place] = one.part(one.line.amount + amount)
            return
    note.append(TakenOff(line).part(amount))


def _taxed_alike(one: LineAmounts, other: LineAmounts) -> bool:
    return (one.rate, one.exempt_ground) == (other.rate, other.exempt_ground)
