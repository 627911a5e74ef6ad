"""The invoice: what the client owes, until when, and to which account (P1)."""

from dataclasses import dataclass
from datetime import date

from contracts.money import Money
from contracts.tax_modes import TaxMode
from documents.lines import LineSheet, RateTotal, total_amount, total_vat, totals_by_rate
from documents.parties import ContractReference, PartySheet


@dataclass(frozen=True, slots=True)
class InvoiceSheet:
    """Everything an invoice prints; it has at least one line, all in one currency."""

    number: str
    issued_on: date
    seller: PartySheet
    client: PartySheet
    lines: tuple[LineSheet, ...]
    tax_mode: TaxMode
    contract: ContractReference | None = None
    pay_by_on: date | None = None

    @property
    def total(self) -> Money:
        """The amount to pay, VAT included: the sum of the lines (M1)."""
        return total_amount(self.lines)

    @property
    def vat(self) -> Money:
        """The VAT inside the total: the sum of the lines' VAT (M3)."""
        return total_vat(self.lines)

    @property
    def by_rate(self) -> tuple[RateTotal, ...]:
        """The totals of each VAT rate (M2)."""
        return totals_by_rate(self.lines)
