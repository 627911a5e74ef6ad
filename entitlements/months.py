"""One pool over a calendar month: one that is to be closed, and the one that runs (rules E3, E7, M6, P5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from contracts.errors import Refusal
from contracts.terms import ONE_DAY, Term, first_of_month
from entitlements.hours import HoursAccount, account, day_starts_at, local_day
from entitlements.hours_facts import Entry, HoursFacts
from entitlements.roll_forward import burn_down


@dataclass(frozen=True, slots=True)
class Month:
    """One pool at both bounds of a calendar month, over the same facts; `entries` are its work by id."""

    client_id: int
    term: Term
    before: HoursAccount
    after: HoursAccount
    entries: Mapping[int, Entry]


def month_of(facts: HoursFacts, client_id: int, month: date) -> Month | None:
    """The pool over a month that is still to be closed; none when it is closed already (E7).

    Raises `Refusal("PREVIOUS_MONTH_OPEN")` while work counts in an earlier open month.
    """
    if facts.since is not None and month < local_day(facts.since, facts.time_zone):
        return None
    term = Term.calendar_month(month)
    early = min((entry.counts_on for entry in facts.entries), default=month)
    if early < term.starts_on:
        allowed = f"{first_of_month(early):%Y-%m}"
        raise Refusal("PREVIOUS_MONTH_OPEN", field="month", value=f"{month:%Y-%m}", allowed=allowed)
    before, after = (account(facts, day_starts_at(day, facts.time_zone)) for day in (term.starts_on, term.ends_on))
    return Month(client_id, term, before, after, {entry.id: entry for entry in facts.entries})


def left_this_month(facts: HoursFacts, at: datetime) -> tuple[int, ...]:
    """What the pool held at the end of each day of the month that runs, the day of `at` the last of them (P5)."""
    today = local_day(at, facts.time_zone)
    bounds = (first_of_month(today), today + ONE_DAY)
    before, after = (account(facts, day_starts_at(day, facts.time_zone)) for day in bounds)
    return burn_down(before, after)
