"""Terms, the months inside them, and the days on which they may start (rules T1, T2 and T3)."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import lru_cache

from msgspec import Struct

from contracts.errors import Refusal
from contracts.policies import Alignment

ONE_DAY = timedelta(days=1)
REMEMBERED = 10_000
"""How many days and months are kept once they are computed; all subscriptions of a firm begin on a few hundred days."""


@lru_cache(REMEMBERED)
def boundary(start: date, months: int) -> date:
    """The day `months` calendar months after `start`; the 1st of the next month when that day does not exist (T1).

    Always counted from the start, never from another boundary, so that 31.01 does not drift to 28.03.
    """
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        return date(year, month0 + 1, start.day)
    except ValueError:
        year, month0 = divmod(year * 12 + month0 + 1, 12)
        return date(year, month0 + 1, 1)


def first_of_month(day: date) -> date:
    """The first day of the calendar month that holds `day`."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the calendar month after the one that holds `day`."""
    return boundary(first_of_month(day), 1)


def aligned(alignment: Alignment, earliest: date) -> date:
    """The first day on or after `earliest` on which a subscription may start (T3)."""
    if alignment is Alignment.FIRST_OF_MONTH and earliest.day != 1:
        return next_month(earliest)
    return earliest


class Term(Struct, frozen=True, order=True):
    """A half-open span of days `[starts_on, ends_on)`; paper prints `last_day`.

    Raises `Refusal("TERM_EMPTY")` when it does not hold at least one day.
    """

    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on <= self.starts_on:
            raise Refusal("TERM_EMPTY", field="ends_on", value=self.ends_on, starts_on=self.starts_on)

    @classmethod
    def of_months(cls, starts_on: date, months: int) -> "Term":
        """The term of `months` calendar months from `starts_on` (T1)."""
        return cls(starts_on, boundary(starts_on, months))

    @classmethod
    def calendar_month(cls, day: date) -> "Term":
        """The whole calendar month that holds `day`."""
        return cls(first_of_month(day), next_month(day))

    @property
    def last_day(self) -> date:
        """The last day that is inside the term."""
        return self.ends_on - ONE_DAY

    @property
    def days(self) -> int:
        """How many days the term holds."""
        return (self.ends_on - self.starts_on).days

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.starts_on <= day < self.ends_on

    def overlaps(self, other: "Term") -> bool:
        """Whether at least one day lies in both terms."""
        return self.starts_on < other.ends_on and other.starts_on < self.ends_on

    def months(self) -> Iterator["Term"]:
        """The usage months of the term, counted from its start; they tile it, the last one cut at its end (T1)."""
        k, opens = 0, self.starts_on
        while opens < self.ends_on:
            k += 1
            closes = min(boundary(self.starts_on, k), self.ends_on)
            yield Term(opens, closes)
            opens = closes

    def month_at(self, day: date) -> "Term":
        """The usage month that holds the day; the first or the last one when the day lies outside the term (T1)."""
        return _month_at(self, self._nearest(day))

    def calendar_month_at(self, day: date) -> "Term":
        """The part of the term in the calendar month that holds the day; the first or last one outside the term."""
        day = self._nearest(day)
        return Term(max(first_of_month(day), self.starts_on), min(next_month(day), self.ends_on))

    def _nearest(self, day: date) -> date:
        return min(max(day, self.starts_on), self.last_day)

    def calendar_months(self) -> Iterator["Term"]:
        """The parts of the term that lie in one calendar month each; they tile it."""
        opens = self.starts_on
        while opens < self.ends_on:
            closes = min(next_month(opens), self.ends_on)
            yield Term(opens, closes)
            opens = closes


@lru_cache(REMEMBERED)
def _month_at(term: Term, day: date) -> Term:
    """The usage month that holds a day of the term."""
    start = term.starts_on
    k = (day.year - start.year) * 12 + day.month - start.month
    if boundary(start, k) > day:
        k -= 1
    elif boundary(start, k + 1) <= day:
        k += 1
    return Term(boundary(start, k), min(boundary(start, k + 1), term.ends_on))


def require_term_on_sale(term_months: int, on_sale: Collection[int]) -> None:
    """Raises `Refusal("TERM_NOT_ON_SALE")`, naming the allowed numbers of months, for any other number (T2)."""
    if term_months not in on_sale:
        raise Refusal("TERM_NOT_ON_SALE", field="term_months", value=term_months, allowed=sorted(on_sale))
