"""What renewing on a day can be: the choices side by side, with dates, prices and what a lapse costs (S4, S5)."""

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.money import Money
from contracts.policies import Alignment, LapseRenewal
from contracts.terms import ONE_DAY, Term, aligned


@dataclass(frozen=True, slots=True)
class TermPrice:
    """The prices of a term incl. tax; none where it is agreed in each sale, or not sold after a break.

    The days of a gap are priced by `of_gap`, the list price under a promotion, else by the continuous price.
    """

    continuous: Money | None
    after_break: Money | None
    of_gap: Money | None = None


@dataclass(frozen=True, slots=True)
class Renewable:
    """A subscription that may be renewed: its end, the days of grace after it, and the lapse policy that was sold."""

    ends_on: date
    grace_days: int
    lapse_renewal: LapseRenewal

    @property
    def last_day(self) -> date:
        """The last day that was paid."""
        return self.ends_on - ONE_DAY

    @property
    def served_until(self) -> date:
        """The last day on which a renewal counts as continuous (S5)."""
        return self.last_day + timedelta(days=self.grace_days)

    def open_kind(self, on: date) -> LapseRenewal:
        """The one way to renew that is open on the day: the continuous one, after a lapse that of the policy (S5)."""
        return self.lapse_renewal if on > self.served_until else LapseRenewal.CONTINUOUS

    def starts_on(self, alignment: Alignment, on: date) -> date:
        """The first day of the term that a renewal on the day begins, whatever its length and price (S4, S5)."""
        return self.ends_on if self.open_kind(on) is LapseRenewal.CONTINUOUS else aligned(alignment, on)


@dataclass(frozen=True, slots=True)
class RenewalChoice:
    """One way to renew; service begins on `serves_from`, and `gap` is what is paid for days before the new term.

    `lost_days` are days without service, `lost_money` is what the lapse costs: the gap, the dearer price after a break,
    or the paid days of the new term that nobody served. `is_open` tells whether the plan's policy lets
    sales take it on that day. `promotion` is the code of the promotion that the price is from, `saved` what the same
    way costs more at the list price; none without a list price.
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
    promotion: str = ""
    saved: Money | None = None

    @property
    def total(self) -> Money:
        """What the client pays."""
        return self.price + self.gap


@dataclass(frozen=True, slots=True)
class RenewalOffer:
    """The ways to renew on a day, and the last day on which all of them still stand as they are (S5).

    `served_until` is the last day on which the old term is served, grace included; `version_id` names the plan version
    that is on sale.
    None are left of what is renewed already, or of what was sold without list prices.
    """

    on: date
    valid_until: date
    served_until: date
    version_id: int
    choices: tuple[RenewalChoice, ...]


def renewal_choices(
    old: Renewable, price: TermPrice, months: int, alignment: Alignment, on: date
) -> tuple[RenewalChoice, ...]:
    """The choices for a term of so many months, the one that is open on the day first; none without a list price.

    While the subscription runs or is in grace only the continuous one is open (S4); the others show what a renewal on
    the first day after the grace would cost. After that the plan's policy opens one of them (S5).
    """
    continuous, after_break = price.continuous, price.after_break
    if continuous is None:
        return ()
    nothing, lapsed = Money(0, continuous.currency), on > old.served_until

    def choice(
        kind: LapseRenewal, term: Term, serves_from: date, paid: Money, gap: Money, lost: Money
    ) -> RenewalChoice:
        unserved = _days_unserved(old, serves_from)
        return RenewalChoice(kind, months, term, serves_from, paid, gap, unserved, lost, kind is old.open_kind(on))

    late = Term.of_months(aligned(alignment, on if lapsed else old.served_until + ONE_DAY), months)
    gap = (price.of_gap or continuous).share((late.starts_on - old.ends_on).days, late.days)
    choices = [choice(LapseRenewal.PAY_GAP, late, late.starts_on, continuous, gap, gap)]
    if after_break is not None:
        dearer = after_break - continuous
        choices.append(choice(LapseRenewal.NEW_START, late, late.starts_on, after_break, nothing, dearer))
    unbroken = Term.of_months(old.ends_on, months)
    if on < unbroken.ends_on:
        serves_from = on if lapsed else unbroken.starts_on
        over = continuous.share(_days_unserved(old, serves_from), unbroken.days)
        choices.append(choice(LapseRenewal.CONTINUOUS, unbroken, serves_from, continuous, nothing, over))
    return tuple(sorted(choices, key=lambda one: (not one.is_open, one.kind)))


def _days_unserved(old: Renewable, serves_from: date) -> int:
    """The days between the last day served, grace included, and the new service."""
    return max((serves_from - old.served_until).days - 1, 0)
