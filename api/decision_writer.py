"""Writing the desk's answers in groups, at the latest one second after they were given (rules D2, E5).

A check stores nothing but its answer, and a transaction for each would cost more than the check. So a thread of the
server writes them together. When the database does not take them the next check is not answered: an answer that
nobody can prove later is no honest answer.
"""

import threading
import time
from collections import deque
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from api.database import transaction
from api.group_insert import GroupInsert
from contracts.errors import Refusal
from entitlements.client_facts import keep_snapshot
from entitlements.covers import ClientFacts
from entitlements.decision_log import StoredDecision

EVERY_SECONDS = 0.6
"""How long an answer waits for company."""
LATEST_SECONDS = 5.0
"""How long answers may stay unwritten before no more are given."""
LARGEST_GROUP = 2000

log = structlog.get_logger()


class DecisionWriter:
    """Takes answers from the event loop and writes them from a thread of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = GroupInsert(StoredDecision.__table__, engine.dialect)  # type: ignore[attr-defined]
        self._waiting: deque[tuple[float, dict[str, Any]]] = deque()
        self._facts: dict[int, ClientFacts] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decisions", daemon=True)
        self._thread.start()

    def add(self, row: dict[str, Any]) -> None:
        """Take the row of an answer that is about to be given. Raises `Refusal("UNAVAILABLE")` when none are taken."""
        now = time.monotonic()
        if self._waiting and now - self._waiting[0][0] > LATEST_SECONDS:
            raise Refusal("UNAVAILABLE", waiting=len(self._waiting))
        self._waiting.append((now, row))

    def add_facts(self, facts: ClientFacts) -> None:
        """Take facts that were read anew, to keep them as the client's snapshot."""
        self._facts[facts.client_id] = facts

    def find(self, decision_id: str) -> dict[str, Any] | None:
        """The row of an answer that is not written yet."""
        return next((row for _, row in list(self._waiting) if row["id"] == decision_id), None)

    def close(self) -> None:
        """Write what is left and stop."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            self._write_all()
        self._write_all()

    def _write_all(self) -> None:
        """Write what waits by now; what comes meanwhile waits for the next group, or every group would be of a few.

        Snapshots go in the order of their clients, so that no two servers wait for each other's.
        """
        known, self._facts = self._facts, {}
        facts = [known[client_id] for client_id in sorted(known)]
        left = len(self._waiting)
        while left or facts:
            group = [self._waiting[place][1] for place in range(min(left, LARGEST_GROUP))]
            try:
                self._write_or_part(group, facts)
            except SQLAlchemyError as broken:
                log.error("decisions not written", waiting=len(self._waiting), problem=type(broken).__name__)
                return
            for _ in group:
                self._waiting.popleft()
            left, facts = left - len(group), []

    def _write_or_part(self, group: list[dict[str, Any]], facts: list[ClientFacts]) -> None:
        """Write a group; what the database will never take is told in the log, and keeps back nothing else."""
        try:
            self._write(group, facts)
        except IntegrityError as refused:
            if len(group) + len(facts) == 1:
                log.error("decision refused", id=[row["id"] for row in group], problem=str(refused.orig))
                return
            for row in group:
                self._write_or_part([row], [])
            for one in facts:
                self._write_or_part([], [one])

    def _write(self, group: list[dict[str, Any]], facts: list[ClientFacts]) -> None:
        with transaction(self._engine) as session:
            if group:
                self._insert.execute(session.connection(), group)
            for one in facts:
                keep_snapshot(session, one)
