"""Which entries count, in the order of the work, and for how many billed minutes (rules H1, H3, H10)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from contracts.policies import RoundingScope
from contracts.terms import first_of_month
from entitlements.hours_facts import Entry, HoursFacts
from entitlements.rounding import RoundingPolicy, billed_in_scope

DEFAULT_ROUNDING = RoundingPolicy()


def billed_entries(facts: HoursFacts, at: datetime) -> Iterator[tuple[Entry, int]]:
    """The entries that count before `at`, in the order of the work, with their billed minutes (H3).

    An entry reversed on its own day vanishes with its reversal; a reversal of a closed month's entry stays.
    """
    counted = sorted((entry for entry in facts.entries if entry.counts_at < at), key=_work_order)
    gone = _undone_at_once(counted)
    if gone:
        counted = [entry for entry in counted if entry.id not in gone]
    billed: dict[int, int] = {}
    for policy, group in _rounding_groups(counted, facts.policies):
        minimum = max(entry.minimum_minutes for entry in group)
        minutes = billed_in_scope([entry.weighted_hundredths for entry in group], policy, minimum)
        billed.update(zip((entry.id for entry in group), minutes, strict=True))
    for entry in counted:
        yield entry, billed.get(entry.id, 0)


def _undone_at_once(counted: Sequence[Entry]) -> set[int]:
    """The reversals that count on the day of their original, and those originals (H10)."""
    reversals = {entry.reverses: entry for entry in counted if entry.reverses is not None}
    pairs = [(entry, reversals[entry.id]) for entry in counted if entry.id in reversals]
    return {
        entry.id
        for original, reversal in pairs
        if original.counts_on == reversal.counts_on
        for entry in (original, reversal)
    }


def _rounding_groups(
    counted: Sequence[Entry], policies: dict[int, RoundingPolicy]
) -> Iterable[tuple[RoundingPolicy, list[Entry]]]:
    """Entries that are rounded up as one; a scope never crosses a calendar month, so that a closed month stays."""
    groups: dict[tuple[object, ...], tuple[RoundingPolicy, list[Entry]]] = {}
    for entry in counted:
        if entry.reverses is not None:
            continue
        policy = policies.get(entry.plan_version_id or 0, DEFAULT_ROUNDING)
        key: tuple[object, ...] = (entry.id,)
        if entry.ticket and policy.scope is not RoundingScope.ENTRY:
            whole_month = policy.scope is RoundingScope.TICKET
            day = first_of_month(entry.counts_on) if whole_month else entry.counts_on
            key = (entry.ticket, day, entry.charge, entry.plan_version_id)
        groups.setdefault(key, (policy, []))[1].append(entry)
    return groups.values()


def _work_order(entry: Entry) -> tuple[object, ...]:
    """By the work, never by typing; what a reversal gives back is there for the work of the same moment."""
    return (
        entry.counts_at,
        entry.reverses is None,
        entry.started_at,
        entry.source,
        entry.external_id,
        entry.revision,
    )
