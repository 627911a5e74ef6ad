"""The act: what was done or served in a month and what it cost (P1, M4)."""

from dataclasses import dataclass
from datetime import date

from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.correction import Correction
from documents.lines import LineSheet, WithLines
from documents.parties import ContractReference, PartySheet


@dataclass(frozen=True, slots=True)
class ActSheet(WithLines):
    """Everything an act prints; silence until `object_until_on` accepts it (P6).

    One `is_of_service` is over service that was paid ahead: each line names its invoice, and nothing is left to pay.
    """

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
    is_of_service: bool = False
    correction: Correction | None = None
