"""Spreading what is taken off over invoices, so that none of them is worth less than nothing (rules M1, M4, M5)."""

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
