"""Tests are alone: with databases of their own, and without the world outside this machine."""

import asyncio
import socket

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, select

from api.database import transaction
from contracts.parties import Contact
from tests.rows import put_row

OUTSIDE = "192.0.2.1"  # an address for documentation, which nobody has


@pytest.mark.parametrize("host", [OUTSIDE, "example.org"])
def test_no_test_reaches_beyond_this_machine(host: str) -> None:
    with pytest.raises(RuntimeError, match=f"loopback only, not {host}"):
        socket.create_connection((host, 80), timeout=1)


def test_no_event_loop_reaches_beyond_this_machine() -> None:
    with pytest.raises(RuntimeError, match="loopback only"):
        asyncio.run(asyncio.open_connection(OUTSIDE, 80))


def test_loopback_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("run", [1, 2])
def test_what_one_test_commits_another_does_not_see(engine: Engine, run: int) -> None:
    with transaction(engine) as session:
        assert session.exec(select(func.count()).select_from(Contact)).one() == 0, f"run {run}"
        put_row(session, Contact)


@pytest.mark.parametrize("run", [1, 2])
def test_a_session_is_rolled_back_at_the_end(session: Session, run: int) -> None:
    assert session.exec(select(func.count()).select_from(Contact)).one() == 0, f"run {run}"
    assert put_row(session, Contact).id == 1, "ids begin anew"


def test_nobody_commits_where_sessions_are_rolled_back(session: Session) -> None:
    with pytest.raises(RuntimeError, match="asks for `engine`"), transaction(session.get_bind()) as other:
        put_row(other, Contact)
    assert session.exec(select(func.count()).select_from(Contact)).one() == 0
