"""Which entries count, in the order of the work, and for how many billed minutes (rules H1, H3, H10)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from contracts.policies import RoundingScope
from contracts.terms import first_of_month
from entitlements.hours_facts import Entry, HoursFacts
from entitlements.rounding import RoundingPolicy, billed_together, round_up

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
    together: dict[tuple[object, ...], list[Entry]] = {}
    for entry in counted:
        policy = _policy(facts, entry)
        if entry.reverses is not None:
            billed[entry.id] = 0
        elif policy.scope is RoundingScope.ENTRY or not entry.ticket:
            billed[entry.id] = round_up(entry.weighted_hundredths, policy.quantum_minutes, entry.minimum_minutes)
        else:
            together.setdefault(_scope(entry, policy), []).append(entry)
    for group in together.values():
        quantum = _policy(facts, group[0]).quantum_minutes
        minimum = max(entry.minimum_minutes for entry in group)
        minutes = billed_together([entry.weighted_hundredths for entry in group], quantum, minimum)
        billed.update(zip((entry.id for entry in group), minutes, strict=True))
    for entry in counted:
        yield entry, billed[entry.id]


def _policy(facts: HoursFacts, entry: Entry) -> RoundingPolicy:
    return facts.policies.get(entry.plan_version_id or 0, DEFAULT_ROUNDING)


def _scope(entry: Entry, policy: RoundingPolicy) -> tuple[object, ...]:
    """What is rounded up as one; a scope never crosses a calendar month, so that a closed month stays."""
    day = first_of_month(entry.counts_on) if policy.scope is RoundingScope.TICKET else entry.counts_on
    return entry.ticket, day, entry.charge, entry.plan_version_id


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
