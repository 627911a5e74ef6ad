"""Random pools over the first half of 2026: overlapping lots of all kinds, roll-overs, voids, late work and holds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.policies import IncludedPer, OverLimit, RoundingScope
from contracts.terms import boundary, next_month
from entitlements.covers import ClientFacts, Cover, CoverKind, PlanTerms, RegistrationFacts, ServiceTerms, Stop
from entitlements.hours import day_starts_at
from entitlements.hours_facts import Charge, Entry, GrantKind, HoursFacts, Lot, LotOrigin, Reserve
from entitlements.rounding import RoundingPolicy

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
MONTHS = [boundary(FIRST, k) for k in range(7)]
ZONES = ["Europe/Moscow", "Asia/Kamchatka", "America/New_York"]
BY_TICKET = 2
POLICIES = {
    1: RoundingPolicy(),
    BY_TICKET: RoundingPolicy(30, 60, RoundingScope.TICKET),
    3: RoundingPolicy(15, 20, RoundingScope.TICKET_DAY),
}
GIVEN = [kind for kind in GrantKind if kind is not GrantKind.ROLLOVER]

days = st.sampled_from(MONTHS[:-1]) | st.sampled_from([date(2026, m, 15) for m in range(1, 7)]) | st.dates(FIRST, LAST)


def for_any(examples: int = 60, **strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """A property, tried on some examples in every run and on 20 000 in the long one."""
    lengths = [pytest.param(examples, id="short"), pytest.param(20_000, id="long", marks=pytest.mark.long)]

    def decorate(holds: Callable[..., None]) -> Any:
        @pytest.mark.parametrize("examples", lengths)
        def run(examples: int) -> None:
            settings(max_examples=examples, deadline=None)(given(**strategies)(holds))()

        run.__name__, run.__doc__ = holds.__name__, holds.__doc__
        return run

    return decorate


@st.composite
def instants(draw: st.DrawFn, time_zone: str) -> datetime:
    """A moment of the half-year; midnights of the pool more often than chance would have them."""
    midnight = day_starts_at(draw(days), time_zone)
    return midnight + draw(st.just(timedelta()) | st.timedeltas(timedelta(), timedelta(days=1)))


@st.composite
def lots(draw: st.DrawFn) -> tuple[Lot, ...]:
    """Single lots of all kinds and monthly ones that roll over; some voided before, in or after their life."""
    given_lots = []
    for _ in range(draw(st.integers(0, 4))):
        starts_on = draw(days)
        ends_on = draw(st.sampled_from([boundary(starts_on, 1), boundary(starts_on, 3), starts_on + timedelta(days=9)]))
        given_lots.append(Lot(LotOrigin.GRANT, 0, draw(st.sampled_from(GIVEN)), draw(_minutes), starts_on, ends_on))
    start, minutes = draw(days), draw(_minutes)
    cap, life = draw(st.sampled_from([(0, 0), (30, 1), (60, 2), (480, 1), (480, 2)]))
    for k in range(draw(st.integers(0, 5))):
        opens, closes = boundary(start, k), boundary(start, k + 1)
        until = boundary(start, k + 1 + life) if life else None
        given_lots.append(Lot(LotOrigin.GRANT, 0, GrantKind.INCLUDED, minutes, opens, closes, 0, cap, until))
    voids = st.none() | st.none() | days
    return tuple(replace(lot, source_id=n, voided_on=draw(voids)) for n, lot in enumerate(given_lots, start=1))


_minutes = st.integers(1, 16).map(lambda quarters: quarters * 15) | st.integers(1, 300)


@st.composite
def entries(draw: st.DrawFn, time_zone: str) -> tuple[Entry, ...]:
    """Work of every charge; some was entered after its month was closed, some is reversed at once or in a later month
    and entered anew with other minutes."""
    work: list[Entry] = []
    for number in range(1, draw(st.integers(0, 9)) + 1):
        day = draw(days)
        started_at = day_starts_at(day, time_zone) + timedelta(minutes=draw(st.integers(0, 22 * 60)))
        entry = Entry(
            id=number,
            source=draw(st.sampled_from(["desk", "file"])),
            external_id=str(number),
            revision=1,
            started_at=started_at,
            counts_at=started_at,
            counts_on=day,
            weighted_hundredths=draw(st.integers(1, 24_000)),
            minimum_minutes=draw(st.sampled_from([0, 15, 60])),
            plan_version_id=draw(st.sampled_from([None, 1, 2, 3])),
            ticket=draw(st.sampled_from(["", "SD-1", "SD-2"])),
            charge=draw(st.sampled_from([Charge.DRAW, Charge.DRAW, Charge.DRAW, *Charge])),
        )
        work.append(draw(st.just(entry) | st.just(_moved(entry, next_month(day), time_zone))))
        if (corrected := draw(st.sampled_from(["no", "no", "at once", "later"]))) != "no":
            work += _correction(work[-1], corrected == "later", draw(st.integers(1, 24_000)), time_zone)
    return tuple(work)


def _correction(original: Entry, later: bool, hundredths: int, time_zone: str) -> list[Entry]:
    number = original.id + 100
    undo = replace(original, id=number, revision=2, reverses=original.id, weighted_hundredths=0, minimum_minutes=0)
    anew = replace(original, id=number + 100, revision=3, weighted_hundredths=hundredths)
    correction = [undo, anew]
    return [_moved(entry, next_month(original.counts_on), time_zone) if later else entry for entry in correction]


def _moved(entry: Entry, day: date, time_zone: str) -> Entry:
    return replace(entry, counts_on=day, counts_at=day_starts_at(day, time_zone))


@st.composite
def reserves(draw: st.DrawFn, time_zone: str, hold_id: int = 0) -> Reserve:
    """A hold of some hours up to a month, ended early or never."""
    placed_at = draw(instants(time_zone))
    expires_at = placed_at + draw(st.sampled_from([timedelta(hours=72), timedelta(hours=1), timedelta(days=30)]))
    ended_at = draw(st.none() | st.just(placed_at + timedelta(minutes=50)))
    return Reserve(hold_id, draw(_minutes), placed_at, expires_at, ended_at)


@st.composite
def pools(draw: st.DrawFn) -> HoursFacts:
    """All facts of a pool from zero."""
    zone = draw(st.sampled_from(ZONES))
    held = [draw(reserves(zone, hold_id)) for hold_id in range(draw(st.integers(0, 2)))]
    return HoursFacts(
        time_zone=zone,
        lots=draw(lots()),
        entries=draw(entries(zone)),
        reserves=tuple(held),
        policies=POLICIES,
    )


@st.composite
def plans(draw: st.DrawFn, plan_version_id: int) -> PlanTerms:
    """A plan with one service that draws hours, under every policy over the limit."""
    return PlanTerms(
        plan_version_id=plan_version_id,
        code=f"plan-{plan_version_id}",
        version=1,
        rounding=RoundingPolicy(),
        services=(ServiceTerms("remote_work", True), ServiceTerms("consultation", False)),
        included_per=draw(st.sampled_from(IncludedPer)),
        over_limit=draw(st.sampled_from(OverLimit)),
        overrun_percent=draw(st.sampled_from([None, 0, 50])),
        grace_days=draw(st.sampled_from([0, 5])),
        expiring_days=draw(st.sampled_from([0, 10, 45])),
    )


@st.composite
def covers(draw: st.DrawFn, number: int, time_zone: str) -> Cover:
    """A subscription or a free period of one to three months, stopped at times."""
    starts_on, months = draw(days), draw(st.integers(1, 3))
    from_at, until_at = sorted([draw(instants(time_zone)), draw(instants(time_zone))])
    stops = (Stop(from_at, draw(st.sampled_from([None, until_at]))),) if draw(st.integers(0, 3)) == 0 else ()
    return Cover(
        kind=draw(st.sampled_from(CoverKind)),
        id=number,
        seller_id=1,
        contract_number="2026/1",
        plan_version_id=draw(st.integers(1, 2)),
        starts_on=starts_on,
        ends_on=boundary(starts_on, months),
        term_months=months,
        registrations=draw(st.sampled_from([None, ("800",)])),
        has_successor=draw(st.booleans()),
        stops=stops,
    )


@st.composite
def clients(draw: st.DrawFn) -> ClientFacts:
    """A client with a pool, up to three covers and two registrations, one of which may be surrendered."""
    pool = draw(pools())
    surrendered_on, free = draw(st.none() | days), draw(st.sampled_from([(), ("consultation",)]))
    return ClientFacts(
        client_id=7,
        state_version=1,
        covers=tuple(draw(covers(number, pool.time_zone)) for number in range(draw(st.integers(0, 3)))),
        plans={number: draw(plans(number)) for number in (1, 2)},
        registrations=(RegistrationFacts("800", free, surrendered_on), RegistrationFacts("801", free)),
        pools={1: pool},
    )
