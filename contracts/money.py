"""Money: integer minor units with a currency, and the one rounding of the product (rule M1)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.errors import Refusal

CURRENCIES = ("RUB", "EUR", "KZT", "BYN", "USD")


def divide(numerator: int, denominator: int) -> int:
    """The quotient rounded half away from zero: the only rounding of money in the product (M1)."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (kopecks, cents) of one currency; amounts of two currencies never mix."""

    minor: int
    currency: str = "RUB"

    @classmethod
    def parse(cls, text: str, currency: str = "RUB") -> "Money":
        """Read "33816", "33816.00" or "33 816,00"; raises `Refusal("AMOUNT_UNREADABLE")` for anything else."""
        match = re.fullmatch(r"(-?)(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,15})(?:[.,](\d{2}))?", text.strip(), re.ASCII)
        if match is None:
            raise Refusal("AMOUNT_UNREADABLE", field="amount", value=text, allowed="33816.00")
        sign, whole, cents = match.groups()
        minor = int(re.sub(r"\D", "", whole)) * 100 + int(cents or 0)
        return cls(-minor if sign else minor, currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str = "RUB") -> "Money":
        """The sum of the amounts; zero in `currency` when there are none."""
        total: Money | None = None
        for amount in amounts:
            total = amount if total is None else total + amount
        return total or cls(0, currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        """Plain data form, "33816.00"; paper and pages format it in their language."""
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{abs(self.minor) // 100}.{abs(self.minor) % 100:02d}"

    def share(self, part: int, whole: int) -> "Money":
        """The amount times `part / whole`, rounded once, half away from zero (M1)."""
        return Money(divide(self.minor * part, whole), self.currency)

    def for_minutes(self, minutes: int) -> "Money":
        """What `minutes` cost when this amount is the price of an hour."""
        return self.share(minutes, 60)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor
