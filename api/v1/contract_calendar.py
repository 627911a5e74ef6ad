"""The calendar of a contract's whole life, to be seen before it is signed."""

from datetime import date

from fastapi import APIRouter

from api.inputs import PathId
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from contracts.contract_calendar import EventKind, Tiling
from contracts.known_rows import known_row
from contracts.queries import calendar_of
from contracts.subscriptions import Contract

router = APIRouter(route_class=GuardedRoute, tags=["selling"])


class CalendarEvent(Answer):
    """What begins or ends on a day; what begins names its own last day.

    It is a subscription's, or the free period's of a registration.
    """

    on: date
    kind: EventKind
    last_day: date | None
    subscription_id: int | None
    registration_number: str | None


class UsageMonth(Answer):
    """A usage month, counted from the start of the term."""

    starts_on: date
    last_day: date
    days: int


class TiledTerm(Answer):
    """A subscription's term and its usage months: how many they are and how many days they hold in all.

    `tiles` is computed from them: the first starts with the term, each other one on the day after the one before it,
    the last ends with the term, none of its days is missing, and there are `term_months` of them.
    """

    subscription_id: int
    plan: str
    starts_on: date
    last_day: date
    term_months: int
    term_days: int
    months: list[UsageMonth]
    month_count: int
    month_days: int
    tiles: bool


class CalendarAnswer(Answer):
    """Every period, renewal, notice and expiry of a contract in the order of the days, and the proof of its months."""

    contract_id: int
    contract_number: str
    events: list[CalendarEvent]
    terms: list[TiledTerm]


@router.get("/v1/contracts/{contract_id}/calendar")
def calendar(contract_id: PathId, call: Reader) -> CalendarAnswer:
    """Every dated event of a contract's life, and the proof that its usage months tile."""
    contract = known_row(call.session, Contract, contract_id)
    found = calendar_of(call.session, contract)
    return CalendarAnswer(
        contract_id=contract.id,
        contract_number=contract.number,
        events=[CalendarEvent.model_validate(event) for event in found.events],
        terms=[_tiled(tiling) for tiling in found.tilings],
    )


def _tiled(tiling: Tiling) -> TiledTerm:
    sold = tiling.sold
    return TiledTerm(
        subscription_id=sold.subscription_id,
        plan=sold.plan_code,
        starts_on=sold.term.starts_on,
        last_day=sold.term.last_day,
        term_months=sold.term_months,
        term_days=sold.term.days,
        months=[UsageMonth.model_validate(month) for month in tiling.months],
        month_count=len(tiling.months),
        month_days=tiling.days,
        tiles=tiling.tiles,
    )
