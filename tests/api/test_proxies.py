"""Behind a proxy: what it says of the browser is believed where it is named, and nowhere else."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from api.database import reading, transaction
from api.inviting import add_person
from api.people import FailedSignIn
from api.roles import PersonRole
from api.signing_in import make_link
from tests.api.test_reminding import ROOT
from tests.loopback import nobody

BROWSER = "198.51.100.7"
SAID = {"X-Forwarded-For": BROWSER, "X-Forwarded-Proto": "https"}


@contextmanager
def serving(engine: Engine, folder: Path, **settings: str) -> Iterator[httpx.Client]:
    """A proxy on this machine before the server that the command starts."""
    url, address = engine.url.render_as_string(hide_password=False), nobody()
    told = {"ABONEMENT_DATABASE_URL": url, "ABONEMENT_STORE_URL": folder.as_uri(), "PYTHONPATH": str(ROOT), **settings}
    words = [sys.executable, "-m", "api.cli", "serve", "--port", address.rpartition(":")[2]]
    server = subprocess.Popen(words, env=os.environ | told, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=address, headers=SAID | {"Origin": address}, timeout=30) as proxy:
            deadline = time.monotonic() + 60
            while not answers(proxy):
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield proxy
    finally:
        server.terminate()
        server.wait(30)


def answers(proxy: httpx.Client) -> bool:
    try:
        return proxy.get("/health/ready").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize(
    ("settings", "is_believed"),
    [
        ({}, True),
        ({"ABONEMENT_PROXY_NETWORKS": "127.0.0.0/8 10.1.2.3/32"}, True),
        ({"ABONEMENT_PROXY_NETWORKS": "10.1.2.3/32"}, False),
        ({"ABONEMENT_PROXY_NETWORKS": ""}, False),
    ],
)
def test_only_a_proxy_that_is_named_says_who_asks_and_how(
    sqlite_engine: Engine, tmp_path: Path, settings: dict[str, str], is_believed: bool
) -> None:
    now = datetime.now(UTC)
    with transaction(sqlite_engine) as session:
        person = add_person(session, "sales@example.org", "Котова И. Л.", PersonRole.SALES, at=now)
        token = make_link(session, person, at=now)
    with serving(sqlite_engine, tmp_path, **settings) as proxy:
        assert proxy.post("/sign-in", data={"email": "a@example.org", "password": "x"}).status_code == 401
        opened = proxy.post("/sign-in/link", data={"token": token})
        long = proxy.post("/sign-in/link", data={"token": token}, headers={"X-Forwarded-For": "x" * 200})
    assert (opened.status_code, long.status_code) == (303, 410)
    assert ("Secure" in opened.headers["set-cookie"]) is is_believed
    with reading(sqlite_engine) as session:
        places = session.exec(select(FailedSignIn.place).order_by(col(FailedSignIn.id))).all()
    assert list(places) == ([BROWSER, "x" * 64] if is_believed else ["127.0.0.1"] * 2)
