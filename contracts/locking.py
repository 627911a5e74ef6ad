"""Taking a client's turn: writers of a client's facts take its row first, so that none decides on old facts."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import Session, col, select

from contracts.errors import Refusal
from contracts.parties import Client


def lock_client(session: Session, client_id: int) -> Client:
    """The client's row, locked until the transaction ends, with its `state_version` raised.

    On SQLite the writing transaction itself is the lock. Raises `Refusal("CLIENT_UNKNOWN")`.
    """
    row = select(Client).where(Client.id == client_id).with_for_update().execution_options(populate_existing=True)
    client = session.exec(row).one_or_none()
    if client is None:
        raise Refusal("CLIENT_UNKNOWN", field="client_id", value=client_id)
    client.state_version += 1
    session.flush()
    return client


def lock_clients(session: Session, client_ids: Sequence[int]) -> None:
    """The rows of several clients, locked in the order of their ids, with their `state_version` raised.

    A transaction that writes for several clients takes them all before any number series, so that it cannot deadlock
    with one that writes for one of them.
    """
    chosen = col(Client.id).in_(client_ids)
    session.exec(select(Client.id).where(chosen).order_by(col(Client.id)).with_for_update()).all()
    session.connection().execute(update(Client).where(chosen).values(state_version=col(Client.state_version) + 1))


def touch_every_client(session: Session) -> None:
    """Raise every client's `state_version`: what is on sale changed, and answers name what is on sale."""
    session.connection().execute(update(Client).values(state_version=col(Client.state_version) + 1))
