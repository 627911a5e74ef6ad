"""The pipeline: which subscription ends when, what renewing it costs, and what puts the renewal at risk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from contracts.money import Money
from contracts.standing import Standing
from contracts.terms import ONE_DAY, Term


class Risk(StrEnum):
    """What may keep a client from renewing; each is measured by the function that `billing.risks` names for it."""

    UNPAID = "unpaid"
    """Days for which it has not been paid although it was due (S8)."""
    HOURS_REFUSED = "hours_refused"
    """Requests that the desk denied or held for lack of hours."""
    HOURS_LOST = "hours_lost"
    """Minutes that burnt, or are about to."""
    OPEN_OBJECTIONS = "open_objections"
    """Objections to lines of statements that nobody decided (P6)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One subscription that ends; `price` is what renewing it for the same term costs today by the list, incl. tax.

    There is no price where it is agreed in each sale. `renewed` tells that another subscription serves after it;
    `risks` holds how much there is of each risk that there is.
    """

    subscription_id: int
    client_id: int
    client: str
    manager: str
    seller_id: int
    seller: str
    seller_inn: str
    contract_number: str
    plan: str
    plan_version_id: int
    registrations: tuple[str, ...]
    sold_on: date
    starts_on: date
    last_day: date
    days_left: int
    term_months: int
    last_price: Money
    price: Money | None
    standing: Standing
    renewed: bool
    risks: Mapping[Risk, int] = field(default_factory=dict)

    @property
    def known_since(self) -> date:
        """The day of the sale or the first day of service, whichever is later."""
        return max(self.sold_on, self.starts_on)

    @property
    def term(self) -> Term:
        """The days of service, half-open."""
        return Term(self.starts_on, self.last_day + ONE_DAY)


DAYS_BACK, DAYS_AHEAD = timedelta(days=30), timedelta(days=366)
"""Which last days are shown when nobody says: those of the last month, and those of a year from then on."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which lines are asked for: those with a last day from one day to another, both inside, and no other facts."""

    ends_from: date
    ends_until: date
    seller_id: int | None = None
    manager: str | None = None
    plan: str | None = None
    renewed: bool | None = None
    risk: Risk | None = None

    @classmethod
    def around(cls, today: date, ends_from: date | None, ends_until: date | None, **facts: Any) -> "Chosen":
        """The same with the usual days where none are given."""
        first = ends_from or today - DAYS_BACK
        return cls(first, ends_until or max(first, today) + DAYS_AHEAD, **facts)
