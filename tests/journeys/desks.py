"""A real server on loopback with the database of a test, and a desk with clients of several sorts that asks it."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session

from api.app import create_app
from api.database import open_engine, transaction
from api.identity import create_key
from api.keys import Role
from contracts.blocking import raise_block
from tests.api.conftest import TODAY, settings_for
from tests.builders import a_client, a_plan, a_sale, a_seller, its_catalogue, worked
from tests.journeys.faults import PROCESSES, url_of
from tests.loopback import nobody

CHECKS = "/v1/entitlement-checks"
CALLERS = 8
PATIENCE = 60
"""Seconds in which a fault must show, and everything must be as before when it is over."""


class Desk(NamedTuple):
    """A server that answers, the token of a desk, and what is right to say of each client."""

    engine: Engine
    app: FastAPI
    address: str
    token: str
    right: dict[int, str]

    def calls(self) -> httpx.Client:
        """A client of the server that shows the token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=PATIENCE)


@contextmanager
def serving(engine: Engine, folder: Path) -> Iterator[tuple[FastAPI, str]]:
    """A server of this process on the database, with its address."""
    app = create_app(settings_for(engine, folder), clock=lambda: TODAY, works=False)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", access_log=False))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not server.started:
        assert thread.is_alive(), "the server does not start"
        assert time.monotonic() < until
        time.sleep(0.02)
    try:
        yield app, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@contextmanager
def open_desk(
    engine: Engine, folder: Path, clients: Callable[[Session], dict[int, str]] | None = None
) -> Iterator[Desk]:
    """A server with clients that are served, blocked, out of hours and without a contract."""
    with transaction(engine) as session:
        right = (clients or a_dozen_clients)(session)
        token = create_key(session, "desk", Role.DESK, at=TODAY)[1]
    with serving(engine, folder) as (app, address):
        yield Desk(engine, app, address, token, right)


def serve_in_a_process(url: str, folder: Path, port: int) -> None:
    """A server of a process of its own, for as long as the process lives."""
    app = create_app(settings_for(open_engine(url), folder), clock=lambda: TODAY, works=False)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)


@contextmanager
def serving_apart(engine: Engine, folder: Path) -> Iterator[str]:
    """The address of a server on the same database in another process."""
    address = nobody()
    arguments = (url_of(engine), folder, int(address.rpartition(":")[2]))
    process = PROCESSES.Process(target=serve_in_a_process, args=arguments)
    process.start()
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(address):
            assert process.is_alive(), "the server does not start"
            assert time.monotonic() < until
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.join(PATIENCE)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def a_dozen_clients(session: Session) -> dict[int, str]:
    """Clients by the one reason that is right for each of them."""
    its_catalogue(session)
    a_plan(session, over_limit="block")
    seller, right = a_seller(session), {}
    for place in range(12):
        customer = a_client(session, f"Клиент {place}")
        reason = ("COVERED", "CONTRACT_SUSPENDED", "HOURS_EXHAUSTED", "NO_CONTRACT")[place % 4]
        if reason != "NO_CONTRACT":
            a_sale(session, seller, customer, starts_on=TODAY.date(), at=TODAY)
        if reason == "CONTRACT_SUSPENDED":
            raise_block(session, customer.id, "долг", at=TODAY)
        if reason == "HOURS_EXHAUSTED":
            worked(session, customer, "2026-10-05 09:00", 60)
        right[customer.id] = reason
    return right


def question(client_id: int) -> dict[str, Any]:
    """A quarter of an hour of remote work."""
    return {"client": {"id": client_id}, "service": "remote_work", "requested_minutes": 15}


def by_eight(call: Callable[[int], Any]) -> list[Any]:
    """What each of eight callers comes to."""
    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(call, range(CALLERS)))
