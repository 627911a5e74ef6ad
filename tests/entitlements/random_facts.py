"""Facts at random over the first half of 2026: overlapping lots of all kinds, roll-overs, voids, late work, holds."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.policies import Channel, IncludedPer, OverLimit, RoundingScope, Unpaid
from contracts.support_lines import SUPPORT_LINES
from contracts.terms import boundary, first_of_month, next_month
from entitlements.answers import Question
from entitlements.case_states import CaseState
from entitlements.covers import (
    Approval,
    CaseFacts,
    ClientFacts,
    Cover,
    CoverKind,
    NamedContact,
    RegisteredPeriod,
    RegistrationFacts,
    Stop,
    UseFacts,
)
from entitlements.hours import day_starts_at, local_day
from entitlements.hours_facts import Charge, Entry, GrantKind, HoursFacts, Lot, LotOrigin, Reserve
from entitlements.plan_terms import PlanTerms, ServiceTerms
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
EXAMPLES, MANY_EXAMPLES = 60, 20_000


def for_any(**facts: Callable[[Random], Any]) -> Callable[[Callable[..., None]], Any]:
    """A property, tried on some random facts in every run and on 20 000 in the long one.

    In the long run only the seed is Hypothesis's, which is many times faster but tells no smallest example.
    """

    def decorate(holds: Callable[..., None]) -> Any:
        @pytest.mark.parametrize("examples", [EXAMPLES, pytest.param(MANY_EXAMPLES, marks=pytest.mark.long)])
        def run(examples: int) -> None:
            source = st.randoms(use_true_random=examples == MANY_EXAMPLES)
            drawn = {name: source.map(at_random) for name, at_random in facts.items()}
            settings(max_examples=examples, deadline=None)(given(**drawn)(holds))()

        run.__name__, run.__doc__ = holds.__name__, holds.__doc__
        return run

    return decorate


def one_of(*values: Any) -> Callable[[Random], Any]:
    """One of the values."""
    return lambda chance: chance.choice(values)


def a_day(chance: Random) -> date:
    """A day of the half-year; the bounds of months more often than chance would have them."""
    return date(2026, chance.randint(1, 6), chance.choice([1, 1, 15, chance.randint(1, 28)]))


def an_instant(chance: Random, time_zone: str = "Europe/Moscow") -> datetime:
    """A moment of the half-year; midnights more often than chance would have them."""
    return day_starts_at(a_day(chance), time_zone) + timedelta(seconds=chance.choice([0, chance.randint(0, 86_400)]))


def some_minutes(chance: Random) -> int:
    """Up to five hours."""
    return chance.choice([15 * chance.randint(1, 16), chance.randint(1, 300)])


def some_lots(chance: Random) -> tuple[Lot, ...]:
    """Single lots of all kinds and monthly ones that roll over; some voided before, in or after their life."""
    lots = []
    for _ in range(chance.randint(0, 4)):
        starts_on = a_day(chance)
        ends_on = chance.choice([boundary(starts_on, 1), boundary(starts_on, 3), starts_on + timedelta(days=9)])
        lots.append(Lot(LotOrigin.GRANT, 0, chance.choice(GIVEN), some_minutes(chance), starts_on, ends_on))
    start, minutes = a_day(chance), some_minutes(chance)
    cap, life = chance.choice([(0, 0), (30, 1), (60, 2), (480, 1), (480, 2)])
    for k in range(chance.randint(0, 5)):
        opens, closes = boundary(start, k), boundary(start, k + 1)
        until = boundary(start, k + 1 + life) if life else None
        lots.append(Lot(LotOrigin.GRANT, 0, GrantKind.INCLUDED, minutes, opens, closes, 0, cap, until))
    voids = [chance.choice([None, None, lot.ends_on, a_day(chance)]) for lot in lots]
    return tuple(
        replace(lot, source_id=n, voided_on=voided_on)
        for n, (lot, voided_on) in enumerate(zip(lots, voids, strict=True), start=1)
    )


def some_work(chance: Random, time_zone: str) -> tuple[Entry, ...]:
    """Work of every charge: some entered after its month was closed, some reversed at once or in a later month and
    entered anew with other minutes."""
    work: list[Entry] = []
    for number in range(1, chance.randint(0, 9) + 1):
        day = a_day(chance)
        started_at = day_starts_at(day, time_zone) + timedelta(minutes=chance.randint(0, 22 * 60))
        entry = Entry(
            id=number,
            source=chance.choice(["desk", "file"]),
            external_id=str(number),
            revision=1,
            started_at=started_at,
            counts_at=started_at,
            counts_on=day,
            weighted_hundredths=chance.randint(1, 24_000),
            minimum_minutes=chance.choice([0, 15, 60]),
            plan_version_id=chance.choice([None, 1, 2, 3]),
            ticket=chance.choice(["", "SD-1", "SD-2"]),
            charge=chance.choice([Charge.DRAW] * 4 + list(Charge)),
        )
        work.append(_moved(entry, next_month(day), time_zone) if chance.randint(0, 2) == 0 else entry)
        if chance.randint(0, 2) == 0:
            work += _correction(chance, work[-1], time_zone)
    return tuple(work)


def _correction(chance: Random, original: Entry, time_zone: str) -> list[Entry]:
    number, hundredths = original.id + 100, chance.randint(1, 24_000)
    undo = replace(original, id=number, revision=2, reverses=original.id, weighted_hundredths=0, minimum_minutes=0)
    correction = [undo, replace(original, id=number + 100, revision=3, weighted_hundredths=hundredths)]
    later = chance.choice([True, False])
    return [_moved(entry, next_month(original.counts_on), time_zone) if later else entry for entry in correction]


def _moved(entry: Entry, day: date, time_zone: str) -> Entry:
    return replace(entry, counts_on=day, counts_at=day_starts_at(day, time_zone))


def a_hold(chance: Random, time_zone: str, hold_id: int) -> Reserve:
    """A hold of an hour up to a month, ended early or never."""
    placed_at = an_instant(chance, time_zone)
    expires_at = placed_at + timedelta(hours=chance.choice([1, 72, 720]))
    ended_at = chance.choice([None, placed_at + timedelta(minutes=50)])
    return Reserve(hold_id, some_minutes(chance), placed_at, expires_at, ended_at)


def a_pool(chance: Random) -> HoursFacts:
    """All facts of a pool from zero."""
    zone = chance.choice(ZONES)
    return HoursFacts(
        time_zone=zone,
        lots=some_lots(chance),
        entries=some_work(chance, zone),
        reserves=tuple(a_hold(chance, zone, hold_id) for hold_id in range(chance.randint(0, 2))),
        policies=POLICIES,
    )


def a_plan(chance: Random, plan_version_id: int) -> PlanTerms:
    """A plan with one service that draws hours, under every policy over the limit."""
    return PlanTerms(
        plan_version_id=plan_version_id,
        code=f"plan-{plan_version_id}",
        version=1,
        rounding=RoundingPolicy(),
        services=(
            ServiceTerms("remote_work", True),
            ServiceTerms("consultation", False),
            ServiceTerms("question", False, included_count=chance.choice([1, 2]), count_months=chance.choice([1, 3])),
            ServiceTerms("advice", False, price_minor=chance.choice([None, 100_000])),
        ),
        included_per=chance.choice(list(IncludedPer)),
        over_limit=chance.choice(list(OverLimit)),
        overrun_percent=chance.choice([None, 0, 50]),
        grace_days=chance.choice([0, 5]),
        expiring_days=chance.choice([0, 10, 45]),
        kind_id=chance.randint(1, 2),
        requires=chance.choice([None, None, "plan-1"]),
        channels=chance.choice([(), (), (Channel.PHONE,), (Channel.EMAIL, Channel.CHAT)]),
        highest_line=chance.choice([None, None, 1, 2]),
        requires_signature=chance.choice([False, False, True]),
        unpaid=chance.choice(list(Unpaid)),
        named_contacts_only=chance.choice([False, False, True]),
        register_check_days=chance.choice([None, None, 1, 10]),
    )


def a_cover(chance: Random, number: int, time_zone: str) -> Cover:
    """A subscription or a free period of one to three months; at times stopped, cancelled or amended."""
    starts_on, months = a_day(chance), chance.randint(1, 3)
    ends_early = starts_on + timedelta(days=chance.randint(-1, 27))
    cancelled_on = ends_early if chance.randint(0, 4) == 0 else None
    paid_until = chance.choice([None, None, a_day(chance)])
    amended = cancelled_on is None and ends_early > starts_on and chance.randint(0, 3) == 0
    from_at, until_at = an_instant(chance, time_zone), an_instant(chance, time_zone)
    stop = Stop(min(from_at, until_at), chance.choice([None, max(from_at, until_at)]))
    return Cover(
        kind=chance.choice(list(CoverKind)),
        id=number,
        seller_id=1,
        contract_number="2026/1",
        plan_version_id=chance.randint(1, 2),
        starts_on=starts_on,
        ends_on=boundary(starts_on, months),
        term_months=months,
        registrations=chance.choice([None, ("800",)]),
        has_successor=chance.choice([True, False]),
        succeeded_on=chance.choice([None, boundary(starts_on, months) + timedelta(days=chance.randint(0, 5))]),
        stops=(stop,) if chance.randint(0, 3) == 0 else (),
        serves_until=ends_early if amended else None,
        cancelled_on=cancelled_on,
        paid_until=paid_until,
        served_unpaid_until=None if paid_until is None else paid_until + timedelta(days=chance.choice([0, 7])),
        signed_on=chance.choice([None, a_day(chance)]),
    )


def some_register(chance: Random) -> Iterator[RegisteredPeriod]:
    """What the vendor's register says: nothing, or periods of some kind, of known and unknown bounds."""
    for _ in range(chance.choice([0, 0, 1, 2])):
        starts_on = a_day(chance)
        ends_on = chance.choice([None, boundary(starts_on, 1), boundary(starts_on, 4)])
        yield RegisteredPeriod(
            chance.choice([1, 2, None]), chance.choice([None, starts_on]), ends_on, chance.choice([True, False])
        )


def an_answer(chance: Random, time_zone: str) -> datetime | None:
    """When the register answered last, if ever."""
    return chance.choice([None, an_instant(chance, time_zone)])


def a_use(chance: Random, time_zone: str) -> UseFacts:
    """A use of the counted service under some cover, at times given back."""
    used_at = an_instant(chance, time_zone)
    returned_at = chance.choice([None, used_at + timedelta(days=chance.randint(0, 40))])
    kind, day = chance.choice(list(CoverKind)), local_day(used_at, time_zone)
    return UseFacts(kind, chance.randint(0, 2), "question", used_at, day, returned_at)


def a_client(chance: Random) -> ClientFacts:
    """A client with a pool, up to three covers and two registrations, one of which may be surrendered."""
    pool = a_pool(chance)
    surrendered_on, free = chance.choice([None, a_day(chance)]), chance.choice([(), ("consultation",)])
    return ClientFacts(
        client_id=7,
        state_version=1,
        covers=tuple(a_cover(chance, number, pool.time_zone) for number in range(chance.randint(0, 3))),
        plans={number: a_plan(chance, number) for number in (1, 2)},
        registrations=(
            RegistrationFacts(
                "800", free, surrendered_on, tuple(some_register(chance)), an_answer(chance, pool.time_zone)
            ),
            RegistrationFacts("801", free, observed_at=an_answer(chance, pool.time_zone)),
        ),
        pools={1: pool},
        approvals=tuple(some_approvals(chance, pool.time_zone)),
        uses=tuple(a_use(chance, pool.time_zone) for _ in range(chance.choice([0, 0, 1, 3]))),
        contacts=tuple(some_contacts(chance, pool.time_zone)),
        cases=tuple(some_cases(chance, pool.time_zone)),
    )


def some_cases(chance: Random, time_zone: str) -> Iterator[CaseFacts]:
    """At times an over-limit case of some month, decided or not."""
    if chance.randint(0, 2) == 0:
        asked_at = sorted(an_instant(chance, time_zone) for _ in range(chance.randint(1, 3)))
        changed_at = asked_at[-1] + timedelta(days=chance.randint(0, 9))
        changes = chance.choice([(), ((changed_at, chance.choice(list(CaseState))),)])
        yield CaseFacts(1, 1, first_of_month(local_day(asked_at[0], time_zone)), tuple(asked_at), changes)


def some_contacts(chance: Random, time_zone: str) -> Iterator[NamedContact]:
    """At times a person who may ask, whom the client may have withdrawn, and named again."""
    moments = sorted(an_instant(chance, time_zone) for _ in range(chance.randint(0, 3)))
    for place, since in enumerate(moments[::2]):
        yield NamedContact({"a@b.example": since}, *moments[2 * place + 1 : 2 * place + 2])


def some_approvals(chance: Random, time_zone: str) -> Iterator[Approval]:
    """At times an override of any service or of one."""
    if chance.randint(0, 3) == 0:
        from_at, until_at = sorted((an_instant(chance, time_zone), an_instant(chance, time_zone)))
        yield Approval("Орлова", "Ждём", from_at, until_at, chance.choice([None, "remote_work"]))


def a_question(chance: Random) -> Question:
    """A question about any of the products and services, or about none in particular."""
    return Question(
        at=an_instant(chance, chance.choice(ZONES)),
        registration_number=chance.choice([None, "800", "801"]),
        service=chance.choice([None, "remote_work", "remote_work", "consultation", "training"]),
        minutes=chance.choice([None, 15, 60, 600]),
        line=chance.choice([1, 1, *SUPPORT_LINES]),
        channel=chance.choice([None, None, *Channel]),
        feature=chance.choice([None, None, "question", "advice", "training"]),
        contact=chance.choice([(), ("a@b.example",)]),
    )
