"""How a seller and a client's entity stand over a span: what was owed, billed, credited and paid (rule P1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from billing.journal import Source
from contracts.money import Money
from contracts.terms import Term


@dataclass(frozen=True, slots=True)
class Settled:
    """One paper in the seller's books: what it adds to what the client owes, and what it takes off."""

    on: date
    source: Source
    number: str
    debit: Money
    credit: Money


@dataclass(frozen=True, slots=True)
class Settlement:
    """The papers of a span in the order of days; what is above zero at either end is owed to the seller."""

    span: Term
    opening: Money
    lines: tuple[Settled, ...]

    @property
    def debit(self) -> Money:
        """What was billed in the span."""
        return Money.total((line.debit for line in self.lines), self.opening.currency)

    @property
    def credit(self) -> Money:
        """What was credited and paid in the span."""
        return Money.total((line.credit for line in self.lines), self.opening.currency)

    @property
    def closing(self) -> Money:
        """What is owed after the span: opening + debit - credit."""
        return self.opening + self.debit - self.credit


def settlement(span: Term, papers: Iterable[Settled], currency: str) -> Settlement:
    """The settlement of all papers up to the end of a span; those before it make the opening balance."""
    lines, opening = [], Money(0, currency)
    for paper in papers:
        if paper.on in span:
            lines.append(paper)
        elif paper.on < span.starts_on:
            opening += paper.debit - paper.credit
    lines.sort(key=lambda one: (one.on, tuple(Source).index(one.source), one.number))
    return Settlement(span, opening, tuple(lines))
