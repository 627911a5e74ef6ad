"""The credit note: what is taken off an invoice again, and why (P1, M4)."""

from dataclasses import dataclass
from datetime import date

from contracts.money import Money
from contracts.policies import Refund
from contracts.tax_modes import TaxMode
from documents.lines import LineSheet, RateTotal, total_amount, total_vat, totals_by_rate
from documents.parties import ContractReference, PartySheet


@dataclass(frozen=True, slots=True)
class CreditNoteSheet:
    """Everything a credit note prints; amounts are positive, they reduce the invoice.

    `last_day` is the last day of service that a cancellation named, `refund_policy` how the refund was found (S11).
    """

    number: str
    issued_on: date
    seller: PartySheet
    client: PartySheet
    contract: ContractReference
    invoice_number: str
    invoice_issued_on: date
    last_day: date
    refund_policy: Refund
    lines: tuple[LineSheet, ...]
    tax_mode: TaxMode
    never_served: bool = False

    @property
    def total(self) -> Money:
        """What is given back, VAT included: the sum of the lines (M1)."""
        return total_amount(self.lines)

    @property
    def vat(self) -> Money:
        """The VAT inside the total: the sum of the lines' VAT (M3)."""
        return total_vat(self.lines)

    @property
    def by_rate(self) -> tuple[RateTotal, ...]:
        """The totals of each VAT rate (M2)."""
        return totals_by_rate(self.lines)
