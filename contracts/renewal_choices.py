"""What renewing on a day can be: the choices side by side, with dates, prices and what a lapse costs (S4, S5)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from contracts.money import Money
from contracts.policies import Alignment, LapseRenewal
from contracts.terms import ONE_DAY, Term, aligned


@dataclass(frozen=True, slots=True)
class TermPrice:
    """The list prices of a term incl. tax; none where it is agreed in each sale, or not sold after a break."""

    continuous: Money | None
    after_break: Money | None


@dataclass(frozen=True, slots=True)
class Renewable:
    """A subscription that may be renewed: its term, the days of grace and the lapse policy that it was sold with."""

    term: Term
    grace_days: int
    lapse_renewal: LapseRenewal

    @property
    def served_until(self) -> date:
        """The last day on which a renewal counts as continuous (S5)."""
        return self.term.last_day + timedelta(days=self.grace_days)

    def open_kind(self, on: date) -> LapseRenewal:
        """The one way to renew that is open on the day: the continuous one, after a lapse that of the policy (S5)."""
        return self.lapse_renewal if on > self.served_until else LapseRenewal.CONTINUOUS


@dataclass(frozen=True, slots=True)
class RenewalChoice:
    """One way to renew; service begins on `serves_from`, and `gap` is what is paid for days before the new term.

    `lost_days` are days without service, `lost_money` is what the lapse costs: the gap, the dearer price after a break,
    or the paid days of the new term that were over before it was bought. `is_open` tells whether the plan's policy lets
    sales take it on that day.
    """

    kind: LapseRenewal
    term_months: int
    term: Term
    serves_from: date
    price: Money
    gap: Money
    lost_days: int
    lost_money: Money
    is_open: bool

    @property
    def total(self) -> Money:
        """What the client pays."""
        return self.price + self.gap


def renewal_choices(
    old: Renewable, price: TermPrice, months: int, alignment: Alignment, on: date
) -> tuple[RenewalChoice, ...]:
    """The choices for a term of so many months, the one that is open on the day first; none without a list price.

    While the subscription runs or is in grace only the continuous one is open (S4); the others show what a renewal on
    the first day after the grace would cost. After that the plan's policy opens one of them (S5).
    """
    if price.continuous is None:
        return ()
    lapsed = on > old.served_until
    late_on = on if lapsed else old.served_until + ONE_DAY
    late = Term.of_months(aligned(alignment, late_on), months)
    ways = [_pay_gap(old, late, price.continuous)]
    if price.after_break is not None:
        ways.append(_new_start(old, late, price.continuous, price.after_break))
    unbroken = Term.of_months(old.term.ends_on, months)
    if on < unbroken.ends_on:
        ways.append(_continuous(unbroken, on if lapsed else unbroken.starts_on, price.continuous))
    choices = (RenewalChoice(term_months=months, is_open=way["kind"] is old.open_kind(on), **way) for way in ways)
    return tuple(sorted(choices, key=lambda choice: (not choice.is_open, choice.kind)))


def _continuous(term: Term, serves_from: date, price: Money) -> dict[str, Any]:
    lost_days = (serves_from - term.starts_on).days
    return {
        "kind": LapseRenewal.CONTINUOUS,
        "term": term,
        "serves_from": serves_from,
        "price": price,
        "gap": Money(0, price.currency),
        "lost_days": lost_days,
        "lost_money": price.share(lost_days, term.days),
    }


def _new_start(old: Renewable, term: Term, continuous: Money, after_break: Money) -> dict[str, Any]:
    return {
        "kind": LapseRenewal.NEW_START,
        "term": term,
        "serves_from": term.starts_on,
        "price": after_break,
        "gap": Money(0, after_break.currency),
        "lost_days": _days_unserved(old, term),
        "lost_money": after_break - continuous,
    }


def _pay_gap(old: Renewable, term: Term, continuous: Money) -> dict[str, Any]:
    gap = continuous.share((term.starts_on - old.term.ends_on).days, term.days)
    return {
        "kind": LapseRenewal.PAY_GAP,
        "term": term,
        "serves_from": term.starts_on,
        "price": continuous,
        "gap": gap,
        "lost_days": _days_unserved(old, term),
        "lost_money": gap,
    }


def _days_unserved(old: Renewable, term: Term) -> int:
    """The days between the last day served, grace included, and the new term."""
    return (term.starts_on - old.served_until).days - 1
