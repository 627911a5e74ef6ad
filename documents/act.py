"""The act: what was done in a month of service and what it cost (P1, M4)."""

from dataclasses import dataclass
from datetime import date

from contracts.money import Money
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.lines import LineSheet, RateTotal, total_amount, total_vat, totals_by_rate
from documents.parties import ContractReference, PartySheet


@dataclass(frozen=True, slots=True)
class ActSheet:
    """Everything an act prints; silence until `object_until_on` accepts it (P6)."""

    number: str
    issued_on: date
    term: Term
    seller: PartySheet
    client: PartySheet
    contract: ContractReference
    lines: tuple[LineSheet, ...]
    tax_mode: TaxMode
    object_until_on: date | None = None
    statement_number: str = ""

    @property
    def total(self) -> Money:
        """The cost of the services, VAT included: the sum of the lines (M1)."""
        return total_amount(self.lines)

    @property
    def vat(self) -> Money:
        """The VAT inside the total: the sum of the lines' VAT (M3)."""
        return total_vat(self.lines)

    @property
    def by_rate(self) -> tuple[RateTotal, ...]:
        """The totals of each VAT rate (M2)."""
        return totals_by_rate(self.lines)
