"""What an entry would move, as it is told: lots, lines of statements, overage and money (H14)."""

from collections.abc import Collection
from datetime import date

from pydantic import Field

from api.outputs import Answer
from api.v1.desk_answers import PartsTold, WorkAnswer
from billing.previewing import MovedWork
from contracts.money import Money
from entitlements.hours import LotState
from entitlements.hours_facts import GrantKind, LotOrigin, Parts
from entitlements.moved_hours import MovedLine, MovedLot

MONEY = "Incl. tax. None for a key that may not know prices, and when no price was agreed."


class LineTold(Answer):
    """A line of the statement: the minutes billed, what pays for them, and what the rest costs."""

    billed_minutes: int
    parts: PartsTold
    amount: str | None = Field(description=MONEY, examples=["675.00"])
    currency: str | None


class MovedLineTold(Answer):
    """A line that changes; `id` is none for what is not recorded yet, `before` or `after` where there is no line."""

    id: int | None
    source: str
    external_id: str
    counts_on: date
    before: LineTold | None
    after: LineTold | None


class BalanceTold(Answer):
    """The minutes of a grant at the end of the last month in which anything counts; the rest was used or burnt."""

    minutes: int
    used_minutes: int
    burnt_minutes: int
    rolled_minutes: int
    left_minutes: int


class MovedGrantTold(Answer):
    """A grant that changes, as it was and as it would be; none where there is no such grant.

    `id` is that of the grant, also of what rolled over from it, and none for what a correction gives back.
    """

    id: int | None
    origin: LotOrigin
    kind: GrantKind
    starts_on: date
    last_day: date
    before: BalanceTold | None
    after: BalanceTold | None


class MovedTold(Answer):
    """All that the entry would change; `overage_minutes` and `amounts` are the differences."""

    grants: list[MovedGrantTold]
    lines: list[MovedLineTold]
    overage_minutes: int
    amounts: dict[str, str] | None = Field(description=f"By currency. {MONEY}", examples=[{"RUB": "675.00"}])


class WorkPreview(WorkAnswer):
    """What recording the work would answer, and what it would move."""

    moved: MovedTold


def moved_told(moved: MovedWork, new_ids: Collection[int], *, money: bool) -> MovedTold:
    """What is moved, for a caller who may know prices or may not; rows that are undone have no id."""
    return MovedTold(
        grants=[_grant(lot) for lot in moved.hours.lots],
        lines=[_line(line, moved, new_ids, money) for line in moved.hours.lines],
        overage_minutes=moved.hours.overage_minutes,
        amounts={currency: str(amount) for currency, amount in moved.difference.items()} if money else None,
    )


def _line(line: MovedLine, moved: MovedWork, new_ids: Collection[int], money: bool) -> MovedLineTold:
    entry, amounts = line.entry, moved.amounts[line.entry.id]
    return MovedLineTold(
        id=None if entry.id in new_ids else entry.id,
        source=entry.source,
        external_id=entry.external_id,
        counts_on=entry.counts_on,
        before=_paid(line.before, amounts.before if money else None),
        after=_paid(line.after, amounts.after if money else None),
    )


def _paid(parts: Parts | None, amount: Money | None) -> LineTold | None:
    if parts is None:
        return None
    return LineTold(
        billed_minutes=parts.billed_minutes,
        parts=PartsTold.model_validate(parts),
        amount=None if amount is None else str(amount),
        currency=None if amount is None else amount.currency,
    )


def _grant(moved: MovedLot) -> MovedGrantTold:
    lot = moved.lot
    return MovedGrantTold(
        id=None if lot.origin is LotOrigin.RETURNED else lot.source_id,
        origin=lot.origin,
        kind=lot.kind,
        starts_on=lot.starts_on,
        last_day=date.fromordinal(lot.ends_on.toordinal() - 1),
        before=_balance(moved.before),
        after=_balance(moved.after),
    )


def _balance(state: LotState | None) -> BalanceTold | None:
    if state is None:
        return None
    return BalanceTold(
        minutes=state.lot.minutes,
        used_minutes=state.used_minutes,
        burnt_minutes=state.burnt_minutes,
        rolled_minutes=state.rolled_minutes,
        left_minutes=state.remaining_minutes + state.held_minutes,
    )
