"""Taking a client's turn: writers of a client's facts take its row first, so that none decides on old facts."""

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


def touch_every_client(session: Session) -> None:
    """Raise every client's `state_version`: what is on sale changed, and answers name what is on sale."""
    session.connection().execute(update(Client).values(state_version=col(Client.state_version) + 1))
