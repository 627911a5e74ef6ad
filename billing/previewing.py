"""Showing what an entry moves before it is kept: hours, overage, lines of the statement and money (rule H14)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from billing.month import plan_terms
from billing.month_draft import Forgiveness, charge_of
from contracts.money import Money
from contracts.terms import first_of_month
from entitlements.case_states import CaseState
from entitlements.facts import hours_facts
from entitlements.hours_facts import Entry, Parts
from entitlements.logging_work import Logged
from entitlements.moved_hours import MovedHours, moved_hours, without
from entitlements.over_limit_facts import forgiven_entries, states_in_month


@dataclass(frozen=True, slots=True)
class MovedLineAmounts:
    """What a moved line cost and costs, incl. tax; none where there is no line, or no price was agreed."""

    before: Money | None
    after: Money | None


@dataclass(frozen=True, slots=True)
class MovedWork:
    """What an entry moves, with the amounts of the moved lines by entry and what comes up in each currency."""

    hours: MovedHours
    amounts: Mapping[int, MovedLineAmounts]
    difference: Mapping[str, Money]


NOTHING_MOVED = MovedWork(MovedHours(), {}, {})


def moved_by(session: Session, logged: Logged, *, at: datetime) -> MovedWork:
    """What an entry that was just logged moves in its pool; nothing when it was known as it is.

    Amounts are those that the close of each month would charge: what is forgiven costs nothing (D6).
    """
    return next(iter(moved_in_pools(session, [logged], at=at).values()), NOTHING_MOVED)


def moved_in_pools(session: Session, logged: Iterable[Logged], *, at: datetime) -> dict[tuple[int, int], MovedWork]:
    """What entries that were just logged together move, by client and seller; each amount as `moved_by`."""
    pools: dict[tuple[int, int], set[int]] = {}
    for one in logged:
        for entry in () if one.unchanged else (one.reversal, one.entry):
            if entry is not None:
                pools.setdefault((entry.client_id, entry.seller_id), set()).add(entry.id)
    return {pool: _moved(session, *pool, new, at) for pool, new in pools.items()}


def _moved(session: Session, client_id: int, seller_id: int, new: Collection[int], at: datetime) -> MovedWork:
    after = hours_facts(session, client_id, seller_id)
    hours = moved_hours(without(after, new), after, at)
    months = {first_of_month(line.entry.counts_on) for line in hours.lines}
    forgiven = {month: forgiveness_of(session, client_id, seller_id, month) for month in months}
    terms = plan_terms(session)

    def cost(entry: Entry, parts: Parts | None) -> Money | None:
        if parts is None:
            return None
        return charge_of(entry, parts, terms, forgiven[first_of_month(entry.counts_on)])

    amounts = {
        line.entry.id: MovedLineAmounts(cost(line.entry, line.before), cost(line.entry, line.after))
        for line in hours.lines
    }
    return MovedWork(hours, amounts, _difference(amounts))


def forgiveness_of(session: Session, client_id: int, seller_id: int, month: date) -> Forgiveness:
    """What of a client's month costs nothing, and what of closed months did (D6)."""
    cases = states_in_month(session, seller_id, month, [client_id])
    free = any(state is CaseState.FORGIVEN for _, state in cases.values())
    return Forgiveness(free, forgiven_entries(session, seller_id, [client_id], month))


def _difference(amounts: Mapping[int, MovedLineAmounts]) -> dict[str, Money]:
    moved: dict[str, Money] = {}
    for line in amounts.values():
        for amount in (line.after, None if line.before is None else -line.before):
            if amount is not None:
                moved[amount.currency] = moved.get(amount.currency, Money(0, amount.currency)) + amount
    return {currency: amount for currency, amount in moved.items() if amount.minor}
