"""The lines of an invoice or an act, and their sums (M1, M2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.money import Money
from contracts.terms import Term


class LineKind(StrEnum):
    """What a line is for; with `LineSheet.term` it gives the wording in the paper's language."""

    SUBSCRIPTION = "subscription"
    GAP = "gap"
    AMENDMENT = "amendment"
    PACKAGE = "package"
    OVERAGE = "overage"
    PAID_WORK = "paid_work"
    FORGIVEN = "forgiven"
    CREDIT = "credit"
    OTHER = "other"


class Unit(StrEnum):
    """The unit of a line's quantity; minutes are priced by the hour and printed as hours, 1:15."""

    SERVICE = "service"
    MONTH = "month"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class AdvanceSheet:
    """The invoice by which a line was paid ahead; `is_paid` says whether all of it had come when the month ended."""

    invoice_number: str
    invoice_issued_on: date
    is_paid: bool


@dataclass(frozen=True, slots=True)
class LineSheet:
    """One line of goods or services; prices and amounts include VAT.

    `vat_rate` is in per cent; None prints "without VAT", which is not the same as 0 % (M2).
    `quantity` is in `unit`; `price` is for one unit, for an hour when the unit is minutes. `promotion` is the name of
    the one that the price is from; `exempt_ground` the law by which a licence is exempt from VAT. A line of an act over
    what was paid ahead names the registration numbers of the `copies` served, and the `advance`.
    """

    kind: LineKind
    title: str
    quantity: int
    unit: Unit
    price: Money
    vat_rate: int | None
    vat: Money
    amount: Money
    term: Term | None = None
    details: str = ""
    promotion: str = ""
    exempt_ground: str = ""
    copies: tuple[str, ...] = ()
    advance: AdvanceSheet | None = None


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What the lines of one VAT rate come to."""

    vat_rate: int | None
    vat: Money
    amount: Money


def total_amount(lines: Sequence[LineSheet | RateTotal]) -> Money:
    """The sum of the lines' amounts: what a person with a calculator gets (M1)."""
    return Money.total((line.amount for line in lines), lines[0].amount.currency)


def total_vat(lines: Sequence[LineSheet | RateTotal]) -> Money:
    """The sum of the VAT printed in the lines (M3)."""
    return Money.total((line.vat for line in lines), lines[0].amount.currency)


def totals_by_rate(lines: Sequence[LineSheet | RateTotal]) -> tuple[RateTotal, ...]:
    """One total per VAT rate, the highest rate first, lines without VAT last (M2)."""
    rates = sorted({line.vat_rate for line in lines}, key=lambda rate: -1 if rate is None else rate, reverse=True)
    by_rate = [(rate, [line for line in lines if line.vat_rate == rate]) for rate in rates]
    return tuple(RateTotal(rate, total_vat(same), total_amount(same)) for rate, same in by_rate)


class WithLines:
    """A bill on paper, which comes to the sums of its lines (M1–M3)."""

    __slots__ = ()
    lines: tuple[LineSheet, ...]

    @property
    def total(self) -> Money:
        """The amount, VAT included: the sum of the lines (M1)."""
        return total_amount(self.lines)

    @property
    def vat(self) -> Money:
        """The VAT inside the total: the sum of the lines' VAT (M3)."""
        return total_vat(self.lines)

    @property
    def is_taxed(self) -> bool:
        """Whether any line has a rate of VAT; 0 % is one, "without VAT" is none (M2)."""
        return any(line.vat_rate is not None for line in self.lines)

    @property
    def sums(self) -> tuple[Money, ...]:
        """Every sum that the table prints, but for VAT, which is always smaller than what it is inside."""
        of_lines = (one for line in self.lines for one in (line.price, line.amount))
        return (*of_lines, *(one.amount for one in self.by_rate), self.total)

    @property
    def by_rate(self) -> tuple[RateTotal, ...]:
        """The totals of each VAT rate (M2)."""
        return totals_by_rate(self.lines)
