"""Months of a client as they were and as they are under another plan, side by side: hours and money (rule H15)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from billing.month_draft import Forgiveness, charge_of
from billing.month_draft import Terms as ChargeTerms
from contracts.errors import Refusal
from contracts.money import Money
from contracts.terms import Term
from entitlements.hours import HoursAccount, account, day_starts_at
from entitlements.hours_facts import Entry, HoursFacts, Parts
from entitlements.reasons import Verdict
from entitlements.redecided import Redecided, Told
from entitlements.roll_forward import RollForward, roll_forward


@dataclass(frozen=True, slots=True)
class Side:
    """What a month, or all of them, came to under one plan.

    `charged` is overage and paid work, `price` the days of the subscriptions' terms, both incl. tax; none where no
    price was agreed. Of the requests, `refused` were denied and `awaiting` needed approval; asked about twice is one.
    """

    parts: Parts
    hours: RollForward
    charged: Money | None
    price: Money | None
    refused: int
    awaiting: int

    @property
    def total(self) -> Money | None:
        """What the client pays."""
        return sum_of([self.charged, self.price])

    @property
    def currency(self) -> str | None:
        """That of the money; none where no price was agreed."""
        known = [amount for amount in (self.charged, self.price) if amount is not None]
        return next((amount.currency for amount in known if amount.minor), known[0].currency if known else None)


@dataclass(frozen=True, slots=True)
class ReplayedMonth:
    """A calendar month under both plans; one that is not closed yet may still change."""

    term: Term
    is_closed: bool
    worked_minutes: int
    held: Side
    tried: Side


@dataclass(frozen=True, slots=True)
class TriedPlan:
    """What is tried: a plan version by its code and number, none where each keeps its own, and changed settings."""

    plan: str | None
    version: int | None
    settings: Mapping[str, str]
    subscription_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """A client's months with a seller under both plans; `answers` are those that the desk would give otherwise."""

    client_id: int
    seller_id: int
    span: Term
    trial: TriedPlan
    months: tuple[ReplayedMonth, ...]
    answers: tuple[Redecided, ...]
    asked: int
    """How many questions of the span were decided again."""

    @property
    def worked_minutes(self) -> int:
        """What was worked in all months."""
        return sum(month.worked_minutes for month in self.months)

    @property
    def held_sum(self) -> Side:
        """All months as they were."""
        return together([month.held for month in self.months])

    @property
    def tried_sum(self) -> Side:
        """All months under the plan that is tried."""
        return together([month.tried for month in self.months])

    @property
    def open_months(self) -> tuple[date, ...]:
        """The months that are not closed yet."""
        return tuple(month.term.starts_on for month in self.months if not month.is_closed)


def together(sides: Sequence[Side]) -> Side:
    """Months after each other as one: what moved is added up, between the first opening and the last closing."""
    names = [name for name in RollForward.__struct_fields__ if name not in ("opening_minutes", "closing_minutes")]
    return Side(
        added(side.parts for side in sides),
        RollForward(
            opening_minutes=sides[0].hours.opening_minutes,
            closing_minutes=sides[-1].hours.closing_minutes,
            **{name: sum(getattr(side.hours, name) for side in sides) for name in names},
        ),
        sum_of([side.charged for side in sides]),
        sum_of([side.price for side in sides]),
        sum(side.refused for side in sides),
        sum(side.awaiting for side in sides),
    )


def added(parts: Iterable[Parts]) -> Parts:
    """How all of it was paid."""
    known = list(parts)
    return Parts(**{name: sum(getattr(one, name) for one in known) for name in Parts.__struct_fields__})


def sum_of(amounts: Sequence[Money | None]) -> Money | None:
    """The sum; none where one is not agreed. Raises `Refusal("MIXED_CURRENCIES")`."""
    agreed = [amount for amount in amounts if amount is not None]
    currencies = sorted({amount.currency for amount in agreed if amount.minor})
    if len(currencies) > 1:
        raise Refusal("MIXED_CURRENCIES", field="currency", value=currencies)
    if len(agreed) < len(amounts):
        return None
    currency = next(iter(currencies or [amount.currency for amount in agreed]), "RUB")
    return Money(sum(amount.minor for amount in agreed), currency)


@dataclass(frozen=True, slots=True)
class Months:
    """The months of a pool whose facts reach back to its beginning, with the money of each."""

    facts: HoursFacts
    terms: Mapping[int, ChargeTerms]
    accounts: Mapping[date, HoursAccount]
    entries: Mapping[int, Entry]

    @classmethod
    def of(cls, facts: HoursFacts, bounds: Iterable[date], terms: Mapping[int, ChargeTerms]) -> "Months":
        """The accounts at the bounds of the months."""
        accounts = {day: account(facts, day_starts_at(day, facts.time_zone)) for day in bounds}
        return cls(facts, terms, accounts, {entry.id: entry for entry in facts.entries})

    def entry_ids(self, month: Term) -> list[int]:
        """The entries that count in a month."""
        return [line.entry_id for line in self._after(month).lines]

    def side(self, month: Term, forgiven: Forgiveness, price: Money | None, told: Mapping[str, Told]) -> Side:
        """A month with its hours and money; `told` is what the desk was told of each request."""
        after = self._after(month)
        amounts = [
            charge_of(self.entries[line.entry_id], line.parts, self.terms, forgiven)
            for line in after.lines
            if line.parts.overage_minutes or line.parts.paid_minutes
        ]
        verdicts = [one.verdict for one in told.values()]
        return Side(
            added(line.parts for line in after.lines),
            roll_forward(self.accounts[month.starts_on], after),
            sum_of(amounts),
            price,
            verdicts.count(Verdict.DENY),
            verdicts.count(Verdict.NEEDS_APPROVAL),
        )

    def _after(self, month: Term) -> HoursAccount:
        """The account at the end of a month, with the lines of that month alone."""
        after = self.accounts[month.ends_on]
        return replace(after, lines=tuple(line for line in after.lines if line.counts_on in month))


@dataclass(frozen=True, slots=True)
class PricedDays:
    """Days of service out of a term, and the price of the whole term; none where none was agreed."""

    days: Term
    term: Term
    price: Money | None

    def within(self, month: Term) -> Money | None:
        """The share of the days in a month; over all months the shares add up to the price of the days (M1)."""
        first, last = max(self.days.starts_on, month.starts_on), min(self.days.ends_on, month.ends_on)
        if first >= last:
            return Money(0) if self.price is None else Money(0, self.price.currency)
        if self.price is None:
            return None
        by_then, before = (self.price.share((day - self.term.starts_on).days, self.term.days) for day in (last, first))
        return by_then - before
