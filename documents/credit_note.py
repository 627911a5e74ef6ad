"""The credit note: what is taken off an invoice again, and why (P1, M4)."""

from dataclasses import dataclass
from datetime import date

from msgspec import Struct

from contracts.policies import Refund
from contracts.tax_modes import TaxMode
from documents.correction import Correction
from documents.lines import LineSheet, WithLines
from documents.parties import ContractReference, PartySheet


class Cancelled(Struct, frozen=True, tag="cancelled"):
    """That the subscription was cancelled: the last day of service that was named, how the refund was found (S11)."""

    last_day: date
    refund_policy: Refund
    never_served: bool = False


class Reduced(Struct, frozen=True, tag="reduced"):
    """That an amendment made the days left cheaper from its effective day on (S9)."""

    effective_on: date


class TakenBack(Struct, frozen=True, tag="taken_back"):
    """That a month took back charged work of closed months, by the statement of the number (H10, P6)."""

    month: date
    statement_number: str


@dataclass(frozen=True, slots=True)
class CreditNoteSheet(WithLines):
    """Everything a credit note prints; amounts are positive, they reduce the invoice."""

    number: str
    issued_on: date
    seller: PartySheet
    client: PartySheet
    contract: ContractReference
    invoice_number: str
    invoice_issued_on: date
    cause: Cancelled | Reduced | TakenBack
    lines: tuple[LineSheet, ...]
    tax_mode: TaxMode
    correction: Correction | None = None
