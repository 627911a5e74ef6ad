"""Value added tax: dated rates, tax inside and on top of an amount, terms over a change of rate (rules M2 and M3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from contracts.errors import Refusal
from contracts.money import Money
from contracts.tax_modes import TaxMode
from contracts.terms import Term


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A rate in per cent; None is "without VAT", which is not a rate of 0 % (M2)."""

    percent: int | None


@dataclass(frozen=True, slots=True)
class TaxedPart:
    """The days of a term that are taxed at one rate, and their part of its amount."""

    term: Term
    amount: Money
    rate: TaxRate


WITHOUT_TAX = TaxRate(None)

# By country and mode: the per cent in force from a day on, the latest first (art. 164 of the Russian Tax Code).
RATES: dict[tuple[str, TaxMode], list[tuple[date, int]]] = {
    ("RU", TaxMode.GENERAL): [(date(2026, 1, 1), 22), (date(2019, 1, 1), 20), (date(2004, 1, 1), 18)],
    ("RU", TaxMode.SIMPLIFIED_5): [(date(2025, 1, 1), 5)],
    ("RU", TaxMode.SIMPLIFIED_7): [(date(2025, 1, 1), 7)],
}


def tax_rate(mode: TaxMode, supplied_on: date, country: str = "RU") -> TaxRate:
    """The rate of a seller in `mode` for what is supplied on a day, whenever it is invoiced or paid (M2).

    Raises `Refusal("TAX_RATE_UNKNOWN")` for a country without data and for a day before its first known rate.
    """
    if mode is TaxMode.SIMPLIFIED_EXEMPT:
        return WITHOUT_TAX
    for from_on, percent in RATES.get((country, mode), []):
        if supplied_on >= from_on:
            return TaxRate(percent)
    raise Refusal("TAX_RATE_UNKNOWN", field="supplied_on", value=supplied_on, country=country, mode=mode)


def included_tax(gross: Money, rate: TaxRate) -> Money:
    """The tax inside a gross amount, gross × r / (100 + r), rounded once per line (M1, M3); nothing without VAT."""
    percent = rate.percent or 0
    return gross.share(percent, 100 + percent)


def gross_from_net(net: Money, rate: TaxRate) -> Money:
    """A net amount with its tax on top, rounded once (M1, M2)."""
    return net.share(100 + (rate.percent or 0), 100)


def split_by_tax(term: Term, amount: Money, mode_on: Callable[[date], TaxMode], country: str = "RU") -> list[TaxedPart]:
    """The term cut where the rate changes, its amount shared by days: a term over New Year makes two lines (M2).

    `mode_on` gives the seller's mode on a day. The parts tile the term and add up to the amount. Raises as `tax_rate`.
    """
    days = (term.starts_on + timedelta(days=n) for n in range(term.days))
    parts: list[TaxedPart] = []
    opens, given = term.starts_on, Money(0, amount.currency)
    for rate, run in groupby(days, lambda day: tax_rate(mode_on(day), day, country)):
        closes = opens + timedelta(days=len(list(run)))
        given_by_then = amount.share((closes - term.starts_on).days, term.days)
        parts.append(TaxedPart(Term(opens, closes), given_by_then - given, rate))
        opens, given = closes, given_by_then
    return parts
