"""A worker's part in telling what changed: whoever is due is told, however many there are (D12)."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Engine

from api.database import reading, transaction
from entitlements.telling import due_clients, look_at_clients, tell

log = structlog.get_logger()

CLIENTS_AT_ONCE = 50


def tell_changes(engine: Engine, clock: Callable[[], datetime]) -> int:
    """Tell of every client that is due; returns how many changes were told.

    States are computed by a reader and only written down in a transaction, so no writer waits for them.
    """
    told = 0
    while True:
        at = clock()
        with reading(engine) as session:
            due = due_clients(session, CLIENTS_AT_ONCE, at=at)
            news = look_at_clients(session, due, at=at)
        for one in news:
            if one.problem:
                log.error("client not told", client_id=one.client_id, problem=one.problem)
        if news:
            with transaction(engine) as session:
                told += tell(session, news, at=at)
        if len(due) < CLIENTS_AT_ONCE:
            return told
