"""The reconciliation act: what both sides agree is owed, paper by paper (P1)."""

from dataclasses import dataclass
from datetime import date

from billing.journal import Source
from contracts.money import Money
from contracts.terms import Term
from documents.correction import Correction
from documents.parties import PartySheet


@dataclass(frozen=True, slots=True)
class SettledSheet:
    """One paper: what it adds to what the client owes, or takes off."""

    on: date
    source: Source
    number: str
    debit: Money
    credit: Money


@dataclass(frozen=True, slots=True)
class ReconciliationSheet:
    """Everything a reconciliation act prints; balances above zero are owed to the seller."""

    number: str
    issued_on: date
    span: Term
    seller: PartySheet
    client: PartySheet
    opening: Money
    lines: tuple[SettledSheet, ...]
    debit: Money
    credit: Money
    closing: Money
    correction: Correction | None = None
    by_acts: bool = False
    """Whether what was paid ahead counts with the acts of its months; in older acts its invoices counted."""

    @property
    def sums(self) -> tuple[Money, ...]:
        """Every sum that the table prints."""
        of_lines = (one for line in self.lines for one in (line.debit, line.credit))
        return (self.opening, *of_lines, self.debit, self.credit, self.closing)
