"""When a decision on an objection is due, and when somebody is reminded, in working days of the seller (rule P6)."""

from datetime import date
from enum import StrEnum

from entitlements.calendar import WorkingCalendar

DECISION_DAYS = 5
"""Working days in which an objection is decided: as many as the client usually has to object, so neither side waits
longer than the other."""
SOON_DAYS = 2
"""Working days before a last day on which somebody is reminded of it: enough to ask an engineer and to answer."""


class ObjectionNews(StrEnum):
    """What is told about objections, and to whom."""

    LAST_DAY = "last_day"
    """To the client: objections to a statement are taken until soon."""
    DECISION_SOON = "decision_soon"
    """To the staff: a decision is due soon."""
    DECISION_DUE = "decision_due"
    """To the staff: it is due, or late."""
    DECIDED = "decided"
    """To the client: how an objection was decided."""


def decision_due_on(calendar: WorkingCalendar, raised_on: date) -> date:
    """The day by whose end an objection that was raised on a day is decided."""
    return calendar.add_working_days(raised_on, DECISION_DAYS)


def decision_news(calendar: WorkingCalendar, raised_on: date, on: date) -> ObjectionNews | None:
    """What the staff is told on a day of an objection that nobody has decided; nothing while there is time."""
    due_on = decision_due_on(calendar, raised_on)
    if on >= due_on:
        return ObjectionNews.DECISION_DUE
    return ObjectionNews.DECISION_SOON if due_on <= calendar.add_working_days(on, SOON_DAYS) else None


def is_told_of_last_day(calendar: WorkingCalendar, issued_on: date, last_day: date, on: date) -> bool:
    """Whether the client of a statement that waits for its answer is reminded on a day of the last one.

    Not when the statement was issued so late that it says itself what the reminder would.
    """
    soon = calendar.add_working_days(on, SOON_DAYS)
    return on <= last_day <= soon and calendar.add_working_days(issued_on, SOON_DAYS) < last_day
