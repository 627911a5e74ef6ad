"""Which minutes of a pool a client has lost or is about to lose without having used them."""

from datetime import timedelta

from contracts.terms import Term
from entitlements.hours import HoursAccount, LotState, closes_on

ABOUT_TO_BURN = timedelta(days=30)
"""How long before their end unused minutes are about to burn."""


def lost_minutes(hours: HoursAccount, term: Term) -> int:
    """Of the minutes that end in a term: what burnt by the account, and what will soon; nothing that was voided."""
    own = [state for state in hours.lots if term.starts_on < closes_on(state.lot) <= term.ends_on]
    burnt = sum(state.expired_minutes - state.rolled_minutes for state in own)
    return burnt + sum(_would_burn(state) for state in own if closes_on(state.lot) <= hours.on + ABOUT_TO_BURN)


def _would_burn(state: LotState) -> int:
    lot, rolls = state.lot, state.lot.rollover_ends_on is not None and state.lot.voided_on is None
    return max(state.remaining_minutes - (lot.rollover_cap_minutes if rolls else 0), 0)
