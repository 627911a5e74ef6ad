"""Which subscriptions are succeeded: what was renewed is not lost, and a cancelled renewal renews nothing (S4, S11)."""

from collections.abc import Collection, Mapping


def successors(predecessors: Mapping[int, int | None], never_served: Collection[int]) -> dict[int, int]:
    """For each subscription after which another one serves, the id of that one.

    `predecessors` names for each subscription the one that it renews. One that was cancelled before its first day
    succeeds nothing, but what renews it succeeds all that it was to succeed.
    """
    found: dict[int, int] = {}
    for subscription_id, predecessor_id in predecessors.items():
        if subscription_id in never_served:
            continue
        while predecessor_id is not None:
            found[predecessor_id] = subscription_id
            predecessor_id = predecessors.get(predecessor_id) if predecessor_id in never_served else None
    return found


def succeeded(predecessors: Mapping[int, int | None], never_served: Collection[int]) -> set[int]:
    """The ids of the subscriptions after which another one serves, as `successors` finds them."""
    return set(successors(predecessors, never_served))
