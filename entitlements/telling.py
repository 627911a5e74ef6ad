"""Telling what changed: whoever is due is looked at after the commit, and told in an order that hides nothing (D12).

Writers only mark the client's row, which they take anyway. The feed is numbered afterwards by whoever tells, one at a
time: an order of commits cannot be had from a sequence, which gives its numbers before them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import func
from sqlmodel import Session, col, select, update

from contracts.appending import append_all
from contracts.locking import take_turn
from contracts.parties import Client
from entitlements.changes import ClientChange
from entitlements.client_facts import current_facts, read_facts
from entitlements.client_state import (
    ClientState,
    each_cover,
    kinds_of_change,
    new_warnings,
    served_pools,
    state_of,
)
from entitlements.covers import ClientFacts
from entitlements.desk import reaches_back
from entitlements.desk_card import forecasts
from entitlements.hour_warnings import HoursWarning
from entitlements.objection_facts import states_of

UNTELLABLE_WAITS = timedelta(hours=1)
"""How long a client waits whose facts cannot be read: it must not keep the others waiting."""
FACTS_ARE_WRONG = (LookupError, ValueError, TypeError, AssertionError)


@dataclass(frozen=True, slots=True)
class News:
    """A client that is due: what was told of it last, its state now, or why there is none."""

    client_id: int
    last_id: int | None
    before: ClientState | None
    state: ClientState | None
    warnings: Sequence[dict[str, object]] = ()
    """The rows of `HoursWarning` that are due with the change (H13)."""
    problem: str = ""

    @property
    def is_change(self) -> bool:
        """Whether there is anything to tell since: facts were added, or the clock went past what was told."""
        if self.state is None or self.before is None:
            return self.state is not None
        until = self.before.valid_until
        return self.state.state_version > self.before.state_version or (until is not None and until <= self.state.at)


def decoded_state(state: str) -> ClientState:
    """The state that a `ClientChange` keeps."""
    return msgspec.json.decode(state, type=ClientState)


def due_clients(session: Session, limit: int, *, at: datetime) -> list[int]:
    """The clients whose state is to be told: those that somebody changed, then those that changed by themselves."""
    due = select(Client.id).where(col(Client.tell_at) <= at)
    return list(session.exec(due.order_by(col(Client.tell_at), col(Client.id)).limit(limit)))


def look_at_clients(session: Session, client_ids: Sequence[int], *, at: datetime) -> list[News]:
    """The state of each client and what was told of it last, as a reader sees them at one moment."""
    return [_look_at(session, client_id, at) for client_id in client_ids]


def _look_at(session: Session, client_id: int, at: datetime) -> News:
    latest = select(ClientChange).where(ClientChange.client_id == client_id)
    last = session.exec(latest.order_by(col(ClientChange.id).desc()).limit(1)).first()
    last_id = last.id if last is not None else None
    before = None
    try:
        before = decoded_state(last.state) if last is not None else None
        facts = current_facts(session, client_id)
        if reaches_back(facts, at):
            facts = read_facts(session, client_id, before=at)
        state = state_of(facts, at, before, states_of(session, client_id))
    except FACTS_ARE_WRONG as wrong:
        return News(client_id, last_id, before, None, problem=type(wrong).__name__)
    return News(client_id, last_id, before, state, _warnings(session, facts, before, state))


def _warnings(
    session: Session, facts: ClientFacts, before: ClientState | None, state: ClientState
) -> list[dict[str, object]]:
    """What is warned of now for the first time, with the hours as they stand and the forecast (H13)."""
    new = new_warnings(before, state)
    if not new:
        return []
    pools, expected = served_pools(facts, each_cover(facts, state.at)), forecasts(session, facts, state.at)
    rows: list[dict[str, object]] = []
    for seller_id, warned in new.items():
        pool, forecast = pools[seller_id], expected.get(seller_id)
        told = {name: getattr(pool.hours, name) for name in COUNTED}
        told |= {"client_id": state.client_id, "seller_id": seller_id, "plan_version_id": pool.plan.plan_version_id}
        told |= {"percent": warned.percent, "warned_at": state.at}
        rows.append(told | {"runs_out_on": None if forecast is None else forecast.runs_out_on})
    return rows


COUNTED = (
    "period_starts_on",
    "period_last_day",
    "given_minutes",
    "used_minutes",
    "held_minutes",
    "available_minutes",
    "overage_minutes",
)
"""What a warning keeps of the hours as they stood."""


def tell(session: Session, news: Sequence[News], *, at: datetime) -> int:
    """Put what is new into the feed and say when each client is next due; returns how many changes were told.

    Nobody else tells meanwhile, so ids are committed in their order, and what another teller told in between is not
    told twice. A client that somebody is changing stays due; its writer is not kept waiting.
    """
    take_turn(session, "changes")
    news = _not_told_meanwhile(session, news)
    rows = [_row(one.before, one.state, at) for one in news if one.is_change and one.state is not None]
    append_all(session, ClientChange, rows)
    append_all(session, HoursWarning, [row for one in news if one.is_change for row in one.warnings])
    _plan_next(session, news, at)
    return len(rows)


def _not_told_meanwhile(session: Session, news: Sequence[News]) -> list[News]:
    of = col(ClientChange.client_id).in_([one.client_id for one in news])
    latest = select(ClientChange.client_id, func.max(ClientChange.id)).where(of).group_by(col(ClientChange.client_id))
    last_ids = dict(session.exec(latest).all())
    return [one for one in news if last_ids.get(one.client_id) == one.last_id]


def _row(before: ClientState | None, state: ClientState, at: datetime) -> dict[str, object]:
    return {
        "client_id": state.client_id,
        "state_version": state.state_version,
        "kinds": " ".join(kinds_of_change(before, state)),
        "state": msgspec.json.encode(state).decode(),
        "told_at": at,
    }


def _plan_next(session: Session, news: Sequence[News], at: datetime) -> None:
    """When each client is next due, unless its facts have changed since they were looked at."""
    chosen = col(Client.id).in_([one.client_id for one in news])
    free = select(Client.id, Client.state_version).where(chosen).order_by(col(Client.id))
    versions = dict(session.exec(free.with_for_update(skip_locked=True, key_share=True)).all())
    for one in news:
        if one.client_id not in versions:
            continue
        if one.state is None:
            next_at: datetime | None = at + UNTELLABLE_WAITS
        elif one.state.state_version == versions[one.client_id]:
            next_at = one.state.valid_until
        else:
            continue
        session.exec(update(Client).where(col(Client.id) == one.client_id).values(tell_at=next_at))
