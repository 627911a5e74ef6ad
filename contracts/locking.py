"""Taking turns: writers of a client's facts take its row first, so that none decides on old facts; others a name."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text, update
from sqlmodel import Session, col, select

from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import TELL_AT_ONCE, Client
from contracts.subscriptions import Subscription

CLIENTS_AT_ONCE = 500
"""How many rows one statement locks."""

_TURN = text("SELECT pg_advisory_xact_lock(hashtext(:name))")


@dataclass(frozen=True, slots=True)
class LockedClient:
    """A client whose row a writer has taken; `state_version` is the one that the writer makes."""

    id: int
    state_version: int


_RAISED = (
    update(Client)
    .values(state_version=col(Client.state_version) + 1, tell_at=TELL_AT_ONCE)
    .execution_options(takes_turn=True)
)
"""Says that somebody changes the clients' facts, and changes none itself, as the option tells who listens."""
TAKEN = _RAISED.where(col(Client.id) == bindparam("client_id")).returning(col(Client.state_version))
"""Takes the row of the client with the id `client_id` and returns the version that the writer makes."""


def lock_client(session: Session, client_id: int) -> LockedClient:
    """The client, its row locked until the transaction ends, with its `state_version` raised.

    On SQLite the writing transaction itself is the lock. Raises `Refusal("CLIENT_UNKNOWN")`.
    """
    version = session.connection().execute(TAKEN, {"client_id": client_id}).scalar_one_or_none()
    if version is None:
        raise Refusal("CLIENT_UNKNOWN", field="client_id", value=client_id)
    return LockedClient(client_id, version)


def lock_subscription(session: Session, subscription_id: int) -> Subscription:
    """A subscription as it is once its client's row is taken: what somebody else did meanwhile is in it.

    Raises `Refusal("SUBSCRIPTION_UNKNOWN")`.
    """
    sold = known_row(session, Subscription, subscription_id)
    lock_client(session, sold.client_id)
    session.refresh(sold)
    return sold


def lock_clients(session: Session, client_ids: Sequence[int]) -> None:
    """The rows of several clients, locked in the order of their ids, with their `state_version` raised.

    A transaction that writes for several clients takes them all before any number series, so that it cannot deadlock
    with one that writes for one of them.
    """
    chosen = col(Client.id).in_(client_ids)
    session.exec(select(Client.id).where(chosen).order_by(col(Client.id)).with_for_update(key_share=True)).all()
    session.connection().execute(_RAISED.where(chosen))


def lock_whoever(session: Session, read: Callable[[], Collection[int]]) -> None:
    """The rows of the clients that `read` names, locked as by `lock_clients`, once it names no others behind the lock.

    Others may add to them until the rows are taken. Those that were taken are then given back with their savepoint and
    all are taken anew, so that they are always taken in the order of their ids.
    """
    wanted = set(read())
    while True:
        with session.begin_nested() as savepoint:
            in_order = sorted(wanted)
            for start in range(0, len(in_order), CLIENTS_AT_ONCE):
                lock_clients(session, in_order[start : start + CLIENTS_AT_ONCE])
            found = wanted.union(read())
            if found == wanted:
                return
            savepoint.rollback()
        wanted = found


def touch_every_client(session: Session) -> None:
    """Raise every client's `state_version`: what is on sale changed, or whatever else the facts of all rest on."""
    session.exec(select(Client.id).order_by(col(Client.id)).with_for_update(key_share=True)).all()
    session.connection().execute(_RAISED)


def take_turn(session: Session, what: str) -> None:
    """Wait until nobody else does `what`, and let nobody until the transaction ends.

    For what no row stands for yet, or no single one. On SQLite the writing transaction itself is the lock.
    """
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(_TURN, {"name": f"abonement {what}"})
