"""What became of the subscriptions that ended in a month: renewed, lapsed, cancelled, and what was won back (S5, S11).

A renewed contract is not "cancelled", and a renewal that was cancelled before its first day is no loss of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.money import Money
from contracts.terms import Term


class Outcome(StrEnum):
    """What became of a subscription that ended."""

    RENEWED = "renewed"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    IN_GRACE = "in_grace"


@dataclass(frozen=True, slots=True)
class Following:
    """The subscription that serves after another one."""

    subscription_id: int
    sold_on: date
    price: Money


@dataclass(frozen=True, slots=True)
class Ended:
    """A subscription with its last day, and the last day on which a renewal of it counted as continuous (S5)."""

    subscription_id: int
    client_id: int
    client: str
    contract_number: str
    plan: str
    last_day: date
    served_until: date
    is_cancelled: bool
    price: Money
    following: Following | None = None

    @property
    def is_won_back(self) -> bool:
        """Whether it was renewed after a lapse."""
        return self.following is not None and self.following.sold_on > self.served_until

    def outcome(self, on: date) -> Outcome:
        """What had become of it by a day; once it is lost it stays lost in the month of its end, also when won back."""
        if self.following is not None and not self.is_won_back:
            return Outcome.RENEWED
        if self.is_cancelled:
            return Outcome.CANCELLED
        return Outcome.IN_GRACE if on <= self.served_until else Outcome.LAPSED


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the subscriptions; their sums are at the last price, by currency."""

    lines: tuple[Ended, ...]
    sums: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class RenewalReport:
    """A month of a seller; what ended is what was renewed, lapsed, was cancelled or is in grace.

    `won_back` is what was renewed after a lapse in that month, at the new price, whenever it had ended.
    """

    month: date
    ended: Group
    outcomes: dict[Outcome, Group]
    won_back: Group


def renewal_report(subscriptions: Iterable[Ended], month: Term, on: date) -> RenewalReport:
    """The report of a calendar month as it is known on a day; what has its last day on it or later has not ended."""
    known = sorted(subscriptions, key=lambda one: (one.last_day, one.subscription_id))
    ended = [one for one in known if one.last_day in month and one.last_day < on]
    won = [one for one in known if one.is_won_back and one.following is not None and one.following.sold_on in month]
    return RenewalReport(
        month=month.starts_on,
        ended=_group(ended),
        outcomes={outcome: _group([one for one in ended if one.outcome(on) is outcome]) for outcome in Outcome},
        won_back=_group(won, [one.following.price for one in won if one.following is not None]),
    )


def _group(lines: list[Ended], prices: list[Money] | None = None) -> Group:
    prices = [one.price for one in lines] if prices is None else prices
    currencies = sorted({price.currency for price in prices})
    sums = [Money.total(price for price in prices if price.currency == currency) for currency in currencies]
    return Group(tuple(lines), tuple(sums))
