"""The bonus hour: in which months a client earns it (rule H7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contracts.terms import Term


@dataclass(frozen=True, slots=True)
class EarningPeriod:
    """Days of service under one plan version with a seller, `term` without the days before the service began.

    `its_hours` tells that it is an ITS subscription with an included hour; `bonus_minutes` are those of a service
    contract that gives a bonus.
    """

    seller_id: int
    term: Term
    its_hours: bool = False
    bonus_minutes: int = 0


def bonus_months(periods: Iterable[EarningPeriod]) -> dict[tuple[int, date], int]:
    """The bonus minutes of each calendar month in which, on one day at least, a client has both (H7).

    By the seller of the service contract and the first day of the month. Several service contracts of one seller give
    the most of theirs, once.
    """
    known = list(periods)
    earned: dict[tuple[int, date], int] = {}
    for service in (one for one in known if one.bonus_minutes):
        for its in (one for one in known if one.its_hours):
            starts_on = max(service.term.starts_on, its.term.starts_on)
            ends_on = min(service.term.ends_on, its.term.ends_on)
            if starts_on < ends_on:
                for part in Term(starts_on, ends_on).calendar_months():
                    key = service.seller_id, part.starts_on.replace(day=1)
                    earned[key] = max(earned.get(key, 0), service.bonus_minutes)
    return earned
