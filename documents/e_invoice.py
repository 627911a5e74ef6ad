"""The e-invoice: an invoice or a credit note as the data of EN 16931, which say what the paper says (M1–M3, E4)."""

from dataclasses import dataclass
from datetime import date, datetime, time

import msgspec

from contracts.countries import EURO_UNION, HOME, SEPA
from contracts.money import Money, divide
from contracts.terms import ONE_DAY, Term
from documents.credit_note import CreditNoteSheet
from documents.invoice import InvoiceSheet
from documents.lines import LineSheet, RateTotal, Unit
from documents.parties import PartySheet
from documents.statement_data import DataFile
from documents.templating import data_source
from documents.words import Language

NAME = "factur-x.xml"
"""The name by which programs look for the data in a paper."""
TOO_FAR_MINOR = 100
"""How far from the rate of its basis the tax of a rate is refused by a program that checks the data (BR-S-09)."""


@dataclass(frozen=True, slots=True)
class DataLine:
    """A line with its price and amount before tax."""

    sheet: LineSheet

    @property
    def net(self) -> Money:
        """The amount without the tax that the paper prints in it."""
        return self.sheet.amount - self.sheet.vat

    @property
    def price(self) -> Money:
        """What `base_quantity` costs before tax, so that price times quantity is the line's amount without rounding."""
        return Money(abs(self.net.minor), self.net.currency)

    @property
    def base_quantity(self) -> int:
        """For how many units the price is."""
        return abs(self.sheet.quantity) or 1

    @property
    def unit_code(self) -> str:
        """The unit of the quantity by UN/ECE Recommendation 20: minutes, or one of something."""
        return "MIN" if self.sheet.unit is Unit.MINUTES else "C62"

    @property
    def category(self) -> str:
        """How the line is taxed, by UNTDID 5305."""
        return _category(self.sheet.vat_rate)


@dataclass(frozen=True, slots=True)
class DataTax:
    """What the lines of one rate come to before tax, and their tax."""

    total: RateTotal

    @property
    def rate(self) -> int | None:
        """The rate in per cent; none is without VAT."""
        return self.total.vat_rate

    @property
    def category(self) -> str:
        """How the lines are taxed, by UNTDID 5305."""
        return _category(self.total.vat_rate)

    @property
    def basis(self) -> Money:
        """The sum of the lines before tax."""
        return self.total.amount - self.total.vat

    @property
    def tax(self) -> Money:
        """The sum of the tax that the paper prints in the lines (M3)."""
        return self.total.vat

    @property
    def fits(self) -> bool:
        """Whether the tax, rounded on each line, is near enough to that of the sum."""
        computed = divide(self.basis.minor * (self.rate or 0), 100)
        return abs(self.tax.minor - computed) < TOO_FAR_MINOR


@dataclass(frozen=True, slots=True)
class DataBill:
    """An invoice or a credit note as its data say it; every amount is one of the paper, or the difference of two."""

    sheet: InvoiceSheet | CreditNoteSheet

    @property
    def lines(self) -> tuple[DataLine, ...]:
        """The lines."""
        return tuple(map(DataLine, self.sheet.lines))

    @property
    def taxes(self) -> tuple[DataTax, ...]:
        """The tax of each rate."""
        return tuple(map(DataTax, self.sheet.by_rate))

    @property
    def exempt_grounds(self) -> str:
        """The laws by which licences are exempt."""
        return "; ".join(dict.fromkeys(line.exempt_ground for line in self.sheet.lines if line.exempt_ground))

    @property
    def net(self) -> Money:
        """The sum of the lines before tax."""
        return self.sheet.total - self.sheet.vat

    @property
    def type_code(self) -> str:
        """The kind of the document by UNTDID 1001."""
        if isinstance(self.sheet, CreditNoteSheet):
            return "381"
        return "380" if self.sheet.correction is None else "384"

    @property
    def means_code(self) -> str:
        """How it is paid by UNTDID 4461, a transfer in euro or another; empty where nothing is asked for."""
        bank = self.sheet.seller.bank
        if bank is None or not isinstance(self.sheet, InvoiceSheet):
            return ""
        return "58" if self.sheet.total.currency == "EUR" and bank.account[:2] in SEPA else "30"

    @property
    def due_on(self) -> date | None:
        """Until when it is to be paid; a credit note is due at once."""
        return self.sheet.pay_by_on or self.sheet.issued_on if isinstance(self.sheet, InvoiceSheet) else None

    @property
    def corrects(self) -> tuple[str, date] | None:
        """Number and day of the invoice that a credit note reduces, or that a corrected one takes the place of."""
        if isinstance(self.sheet, CreditNoteSheet):
            return self.sheet.invoice_number, self.sheet.invoice_issued_on
        return None if self.sheet.correction is None else (self.sheet.number, self.sheet.issued_on)

    @property
    def term(self) -> Term | None:
        """The days over which the lines were supplied."""
        terms = [line.term for line in self.sheet.lines if line.term is not None]
        if not terms:
            return None
        return Term(min(term.starts_on for term in terms), max(term.last_day for term in terms) + ONE_DAY)

    @staticmethod
    def has_vat_number(party: PartySheet) -> bool:
        """Whether the party's number is a VAT identification number of the European Union."""
        return party.country in EURO_UNION


def _category(rate: int | None) -> str:
    if rate is None:
        return "E"
    return "S" if rate else "Z"


def e_invoice(sheet: object, language: Language) -> DataFile | None:
    """The data file of an invoice or a credit note of a seller outside Russia; none for any other sheet.

    There is none either where so many lines are rounded the same way that the tax would be refused as wrong.
    """
    if not isinstance(sheet, InvoiceSheet | CreditNoteSheet) or sheet.seller.country == HOME:
        return None
    bill = DataBill(sheet)
    if not all(tax.fits for tax in bill.taxes):
        return None
    source = data_source("e_invoice", 1, language, bill)
    return DataFile(NAME, "Alternative", source.encode(), datetime.combine(sheet.issued_on, time()))


def stored_e_invoice(kind: str, language: str, sheet_json: str) -> DataFile | None:
    """The data file of a paper as it was issued; none for a paper that carries none."""
    sheets: dict[str, type[InvoiceSheet] | type[CreditNoteSheet]]
    sheets = {"invoice": InvoiceSheet, "credit_note": CreditNoteSheet}
    return e_invoice(msgspec.json.decode(sheet_json, type=sheets[kind]), Language(language)) if kind in sheets else None
