"""The credit note: what is taken off an invoice again, and why (P1, M4)."""

from dataclasses import dataclass
from datetime import date

from msgspec import Struct

from contracts.money import Money
from contracts.policies import Refund
from contracts.tax_modes import TaxMode
from documents.lines import LineSheet, RateTotal, total_amount, total_vat, totals_by_rate
from documents.parties import ContractReference, PartySheet


class Cancelled(Struct, frozen=True, tag="cancelled"):
    """That the subscription was cancelled: the last day of service that was named, how the refund was found (S11)."""

    last_day: date
    refund_policy: Refund
    never_served: bool = False


class Reduced(Struct, frozen=True, tag="reduced"):
    """That an amendment made the days left cheaper from its effective day on (S9)."""

    effective_on: date


@dataclass(frozen=True, slots=True)
class CreditNoteSheet:
    """Everything a credit note prints; amounts are positive, they reduce the invoice."""

    number: str
    issued_on: date
    seller: PartySheet
    client: PartySheet
    contract: ContractReference
    invoice_number: str
    invoice_issued_on: date
    cause: Cancelled | Reduced
    lines: tuple[LineSheet, ...]
    tax_mode: TaxMode

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
