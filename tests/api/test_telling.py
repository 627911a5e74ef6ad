"""A worker tells of whoever is due, in rounds, and says of whom it cannot (D12)."""

from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, func
from sqlmodel import select

from api import telling
from api.database import reading, transaction
from api.telling import tell_changes
from api.worker import work
from contracts.locking import touch_every_client
from entitlements.changes import ClientChange
from tests.api.conftest import Clock, settings_for
from tests.builders import a_client, its_catalogue


def told(engine: Engine) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(ClientChange)).one()


def test_everybody_is_told_in_rounds(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "CLIENTS_AT_ONCE", 2)
    with transaction(engine) as session:
        its_catalogue(session)
        for n in range(5):
            a_client(session, f"Клиент {n}")
    assert tell_changes(engine, Clock()) == 5
    with transaction(engine) as session:
        touch_every_client(session)
    assert tell_changes(engine, Clock()) == 5
    assert tell_changes(engine, Clock()) == 0
    assert told(engine) == 10


def test_a_worker_tells_what_changed(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_client(session)
    work(engine, settings_for(engine, tmp_path), Event(), once=True, clock=Clock())
    assert told(engine) == 1
