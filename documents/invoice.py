"""The invoice: what the client owes, until when, and to which account (P1)."""

from dataclasses import dataclass
from datetime import date

from contracts.tax_modes import TaxMode
from documents.correction import Correction
from documents.lines import LineSheet, WithLines
from documents.parties import ContractReference, PartySheet


@dataclass(frozen=True, slots=True)
class InvoiceSheet(WithLines):
    """Everything an invoice prints; it has at least one line, all in one currency."""

    number: str
    issued_on: date
    seller: PartySheet
    client: PartySheet
    lines: tuple[LineSheet, ...]
    tax_mode: TaxMode
    contract: ContractReference | None = None
    pay_by_on: date | None = None
    correction: Correction | None = None
