"""What a cancellation gives back of what was charged, by the policy that was sold (rule S11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.money import Money
from contracts.policies import Refund
from contracts.terms import Term


@dataclass(frozen=True, slots=True)
class Charged:
    """An amount that was charged for a span of days; what was credited is negative."""

    days: Term
    amount: Money

    def unused(self, last_day: date) -> Money:
        """The part of the amount for the days after the last day of service."""
        left = min(max((self.days.last_day - last_day).days, 0), self.days.days)
        return self.amount.share(left, self.days.days)


def refund(
    policy: Refund,
    sold: Charged,
    term_months: int,
    term_prices: Mapping[int, Money],
    amended: Sequence[Charged],
    last_day: date,
) -> Money:
    """What is given back when the last day of service is `last_day`; all before the first day, and never less
    than nothing or more than is charged.

    `unused_months` gives back the months that have not begun, `unused_days` the days, `by_term_price` what the term
    cost more than the shortest term on sale that holds the months begun; nothing when the list has none, or a dearer
    one. What amendments added or took off goes by days whatever the policy, as it was charged (S9).
    """
    back = _refund_of_sale(policy, sold, term_months, term_prices, last_day)
    total = Money.total([back, *(one.unused(last_day) for one in amended)])
    charged = Money.total([sold.amount, *(one.amount for one in amended)])
    return Money(max(min(total.minor, charged.minor), 0), total.currency)


def _refund_of_sale(
    policy: Refund, sold: Charged, term_months: int, term_prices: Mapping[int, Money], last_day: date
) -> Money:
    begun = sum(month.starts_on <= last_day for month in sold.days.months())
    if begun == 0:
        return sold.amount
    match policy:
        case Refund.UNUSED_MONTHS:
            return sold.amount.share(term_months - begun, term_months)
        case Refund.UNUSED_DAYS:
            return sold.unused(last_day)
        case Refund.BY_TERM_PRICE:
            long_enough = [months for months in term_prices if months >= begun]
            return sold.amount - term_prices[min(long_enough)] if long_enough else Money(0, sold.amount.currency)
