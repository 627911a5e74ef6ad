"""Value added tax: dated rates, tax inside and on top of an amount, terms over a change of rate (rules M2 and M3)."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
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


@dataclass(frozen=True, slots=True)
class Taxation:
    """How a seller is taxed: by the law of which country, and in which mode from each day on, the latest first (M2)."""

    country: str
    modes: tuple[tuple[date, TaxMode], ...]

    def mode_on(self, day: date) -> TaxMode:
        """The mode of a day. Raises `Refusal("TAX_MODE_UNKNOWN")` before the first one."""
        for valid_from, mode in self.modes:
            if valid_from <= day:
                return mode
        raise Refusal("TAX_MODE_UNKNOWN", field="tax_mode", value=None, on=day)

    def rate_on(self, day: date) -> TaxRate:
        """The rate for what is supplied on a day. Raises as `mode_on` and `tax_rate`."""
        return tax_rate(self.mode_on(day), day, self.country)

    def spans(self, term: Term) -> list[tuple[Term, TaxRate]]:
        """The term cut where the rate changes, and each piece's rate. Raises as `rate_on`."""
        changes = [term.starts_on, *(day for day in _changes(self) if day in term and day > term.starts_on)]
        opens = [(next(days), rate) for rate, days in groupby(changes, self.rate_on)]
        closes = [*(day for day, _ in opens[1:]), term.ends_on]
        return [(Term(first, end), rate) for (first, rate), end in zip(opens, closes, strict=True)]

    def as_of(self, day: date) -> "Taxation":
        """The same without the modes that begin later."""
        return Taxation(self.country, tuple(one for one in self.modes if one[0] <= day))

    def changed_since(self, day: date) -> bool:
        """Whether a mode begins after the day."""
        return any(valid_from > day for valid_from, _ in self.modes)


def tax_rate(mode: TaxMode, supplied_on: date, country: str = "RU", field: str = "supplied_on") -> TaxRate:
    """The rate of a seller in `mode` for what is supplied on a day, whenever it is invoiced or paid (M2).

    Raises `Refusal("TAX_RATE_UNKNOWN")`, naming the field, for a country without data and for a day before the mode's
    first known rate.
    """
    if not mode.is_taxed:
        return WITHOUT_TAX
    known = _rates(country) if country in tax_countries() else {}
    for from_on, percent in known.get(mode, ()):
        if supplied_on >= from_on:
            return TaxRate(percent)
    raise Refusal("TAX_RATE_UNKNOWN", field=field, value=supplied_on, country=country, mode=mode)


def require_tax_country(country: str) -> None:
    """Raises `Refusal("TAX_COUNTRY_UNKNOWN")` for a country without data, naming those there are."""
    if country not in tax_countries():
        raise Refusal("TAX_COUNTRY_UNKNOWN", field="country", value=country, allowed=list(tax_countries()))


@cache
def tax_countries() -> tuple[str, ...]:
    """The countries of whose rates there are data."""
    shipped = (files("billing") / "tax_rates").iterdir()
    return tuple(sorted(file.name.removesuffix(".json").upper() for file in shipped if file.name.endswith(".json")))


@lru_cache(maxsize=1024)
def _changes(taxation: Taxation) -> tuple[date, ...]:
    """The days from which a seller may be taxed at another rate."""
    law = _rates(taxation.country) if taxation.country in tax_countries() else {}
    decreed = {from_on for dated in law.values() for from_on, _ in dated}
    return tuple(sorted(decreed | {valid_from for valid_from, _ in taxation.modes}))


@cache
def _rates(country: str) -> dict[TaxMode, tuple[tuple[date, int], ...]]:
    """The per cent of each mode, in force from a day on, the latest first."""
    record = json.loads((files("billing") / "tax_rates" / f"{country.lower()}.json").read_text("utf-8"))
    rates: dict[TaxMode, list[tuple[date, int]]] = defaultdict(list)
    for rate in record["rates"]:
        rates[TaxMode(rate["mode"])].append((date.fromisoformat(rate["valid_from"]), rate["percent"]))
    return {mode: tuple(sorted(dated, reverse=True)) for mode, dated in rates.items()}


def included_tax(gross: Money, rate: TaxRate) -> Money:
    """The tax inside a gross amount, gross × r / (100 + r), rounded once per line (M1, M3); nothing without VAT."""
    percent = rate.percent or 0
    return gross.share(percent, 100 + percent)


def split_by_tax(term: Term, amount: Money, taxation: Taxation) -> list[TaxedPart]:
    """The term cut where the rate changes, its amount shared by days: a term over New Year makes two lines (M2).

    The parts tile the term and add up to the amount. Raises as `Taxation.rate_on`.
    """
    parts: list[TaxedPart] = []
    given = Money(0, amount.currency)
    for days, rate in taxation.spans(term):
        given_by_then = amount.share((days.ends_on - term.starts_on).days, term.days)
        parts.append(TaxedPart(days, given_by_then - given, rate))
        given = given_by_then
    return parts
