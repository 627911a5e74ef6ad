"""Setting what an hour of an engineer costs, and reading it for a day."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from billing.engineer_rates import EngineerRate
from contracts.appending import append
from contracts.errors import Refusal
from contracts.money import CURRENCIES, Money
from contracts.requisites import require_text

RateOn = Callable[[str, date], Money | None]
"""What an hour of the engineer of a name costs on a day; none where nobody said."""


def set_rate(session: Session, engineer: str, hour_cost: Money, valid_from: date, *, at: datetime) -> EngineerRate:
    """What an hour of an engineer costs from a day on; what was said of that day before no longer holds.

    Raises `Refusal` with TEXT_WRONG, AMOUNT_UNREADABLE for less than nothing, or FIELD_WRONG for the currency.
    """
    name = require_text(engineer, "engineer", 200)
    if hour_cost.minor < 0:
        raise Refusal("AMOUNT_UNREADABLE", field="hour_cost", value=str(hour_cost), allowed="0.00 or more")
    if hour_cost.currency not in CURRENCIES:
        raise Refusal("FIELD_WRONG", field="currency", value=hour_cost.currency, allowed=list(CURRENCIES))
    fact = {"engineer": name, "valid_from": valid_from, "hour_minor": hour_cost.minor}
    return append(session, EngineerRate, {**fact, "currency": hour_cost.currency, "recorded_at": at})


def list_rates(session: Session, engineer: str | None = None) -> Sequence[EngineerRate]:
    """Every rate that was recorded, by engineer and day, the last of a day last."""
    rows = select(EngineerRate)
    if engineer is not None:
        rows = rows.where(EngineerRate.engineer == engineer)
    return session.exec(rows.order_by(EngineerRate.engineer, col(EngineerRate.valid_from), col(EngineerRate.id))).all()


def engineer_rates(session: Session) -> RateOn:
    """The rates as a function of engineer and day."""
    by_engineer: dict[str, list[EngineerRate]] = defaultdict(list)
    for row in list_rates(session):
        by_engineer[row.engineer].append(row)

    def rate_on(engineer: str, day: date) -> Money | None:
        for row in reversed(by_engineer.get(engineer, [])):
            if row.valid_from <= day:
                return Money(row.hour_minor, row.currency)
        return None

    return rate_on
