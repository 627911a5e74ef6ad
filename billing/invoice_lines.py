"""From supplies to bill lines: one rounding per line, tax by the day of supply, totals as sums (rules M1–M3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from billing.tax import WITHOUT_TAX, Taxation, TaxedPart, TaxRate, included_tax, split_by_tax
from contracts.money import Money
from contracts.terms import ONE_DAY, Term


@dataclass(frozen=True, slots=True)
class ChargedWork:
    """Overage or paid work of one entry: minutes (negative when credited) at the price of an hour incl. tax."""

    work_on: date
    minutes: int
    hour_price: Money


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """The money of one line: amount incl. tax, its rate (none is "without VAT") and the tax inside.

    `exempt_ground` is the law by which a licence is exempt.
    """

    supplied: Term
    quantity_minutes: int | None
    price: Money
    amount: Money
    rate: TaxRate
    tax: Money
    exempt_ground: str | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """How many per cent of a price are for licences that are exempt from VAT, and by which law (M2)."""

    percent: int
    ground: str


NOTHING_EXEMPT = Exemption(0, "")


@dataclass(frozen=True, slots=True)
class Totals:
    """What the lines come to."""

    total: Money
    tax: Money


def work_line(work: ChargedWork, taxation: Taxation) -> LineAmounts:
    """The line of charged work: hours times price, rounded once; a credit is the exact opposite (M1)."""
    amount = work.hour_price.for_minutes(work.minutes)
    rate = taxation.rate_on(work.work_on)
    day = Term(work.work_on, date.fromordinal(work.work_on.toordinal() + 1))
    return LineAmounts(day, work.minutes, work.hour_price, amount, rate, included_tax(amount, rate))


def term_lines(term: Term, price: Money, taxation: Taxation, exempt: Exemption = NOTHING_EXEMPT) -> list[LineAmounts]:
    """The lines of a prepaid term: one, or one a tax rate when the rate changes inside it (M2).

    What is exempt in the price has a line of its own after them. A seller without VAT has nothing to exempt.
    """
    free = price.share(exempt.percent, 100)
    parts = split_by_tax(term, price - free, taxation)
    if not free.minor or all(part.rate == WITHOUT_TAX for part in parts):
        return [_term_line(part) for part in split_by_tax(term, price, taxation)]
    nothing = Money(0, price.currency)
    licence = LineAmounts(term, None, free, free, WITHOUT_TAX, nothing, exempt.ground)
    return [*(_term_line(part) for part in parts if free != price), licence]


def _term_line(part: TaxedPart) -> LineAmounts:
    tax = included_tax(part.amount, part.rate)
    return LineAmounts(part.term, None, part.amount, part.amount, part.rate, tax)


def renewal_lines(
    ended_on: date, term: Term, price: Money, gap: Money, taxation: Taxation, exempt: Exemption = NOTHING_EXEMPT
) -> list[LineAmounts]:
    """The lines of a renewed term, after those of the days since the old end where they are paid (S5)."""
    before = term_lines(Term(ended_on, term.starts_on), gap, taxation, exempt) if gap.minor else []
    return [*before, *term_lines(term, price, taxation, exempt)]


def totals(lines: Sequence[LineAmounts], currency: str) -> Totals:
    """The sums of the lines' amounts and taxes, so that a calculator gets the printed total (M1, M3)."""
    return Totals(_sum((line.amount for line in lines), currency), _sum((line.tax for line in lines), currency))


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return Money.total(amounts, currency)


def term_line_columns(line: LineAmounts) -> dict[str, Any]:
    """The line as the columns of an invoice or a credit note for a term."""
    return {**line_columns(line), "exempt_ground": line.exempt_ground}


def as_amounts(row: Any, currency: str) -> LineAmounts:
    """The money of a line that was stored, of an invoice or a credit note for a term."""
    price, amount, tax = (Money(minor, currency) for minor in (row.price_minor, row.amount_minor, row.tax_minor))
    supplied = Term(row.supplied_from, row.supplied_until + ONE_DAY)
    return LineAmounts(supplied, row.quantity_minutes, price, amount, TaxRate(row.tax_percent), tax, row.exempt_ground)


def line_columns(line: LineAmounts) -> dict[str, Any]:
    """The line as the columns of `BillLine`."""
    return {
        "supplied_from": line.supplied.starts_on,
        "supplied_until": line.supplied.last_day,
        "quantity_minutes": line.quantity_minutes,
        "price_minor": line.price.minor,
        "amount_minor": line.amount.minor,
        "tax_percent": line.rate.percent,
        "tax_minor": line.tax.minor,
    }
