"""Closing a month of the book without papers, in milliseconds a client, and the statements a second that come of it."""

import time
from datetime import UTC, date, datetime

from api.database import transaction
from billing.month import close_clients
from billing.month_queue import claim, open_run
from billing.month_runs import TaskState
from contracts.locking import lock_clients
from tests.benchmarks.book import Book, seller_of

MONTH = date(2026, 11, 1)
CLOSED_AT = datetime(2026, 12, 2, 9, tzinfo=UTC)
CHUNK = 25


def milliseconds_a_client(book: Book, clients: int = 1000) -> float:
    """What closing the month costs for each of so many clients, all of it but the papers."""
    with transaction(book.engine) as session:
        run = open_run(session, book.seller_id, MONTH, at=CLOSED_AT).id
    began, done = time.perf_counter(), 0
    while done < clients:
        with transaction(book.engine) as session:
            tasks = claim(session, run, CHUNK)
            if not tasks:
                break
            ids = [task.client_id for task in tasks]
            lock_clients(session, ids)
            closed, broken = close_clients(session, seller_of(session), ids, MONTH, at=CLOSED_AT)
            if broken or len(closed) != len(ids):
                raise AssertionError(f"not closed: {broken}")
            for task in tasks:
                task.state = TaskState.CLOSED
            done += len(ids)
    return 1000 * (time.perf_counter() - began) / done
