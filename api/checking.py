"""The desk's check on the event loop: one read, one pure decision, and the record written in company."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from api.check_reader import CheckReader, Found
from api.database import reading
from api.decision_writer import DecisionWriter
from api.waiting import in_time
from billing.owed import with_what_is_owed, would_change
from contracts.queries import parameters_of
from entitlements.answers import Decision, Question
from entitlements.client_facts import decode, read_facts
from entitlements.covers import ClientFacts
from entitlements.decision import decide
from entitlements.desk import Asked, Caller, check, reaches_back, stored
from entitlements.reasons import Reason


@dataclass(frozen=True, slots=True)
class Checking:
    """Answers checks from the clients' snapshots; what a snapshot cannot answer goes the way of sessions."""

    engine: Engine
    reader: CheckReader
    writer: DecisionWriter

    async def check(self, caller: Caller, question: Question, asked: Asked, known_at: datetime | None) -> Decision:
        """The answer, with its record on the way to the database.

        Raises `Refusal("UNAVAILABLE")`, a database error or whatever a row that makes no sense leads to: no honest
        answer can be given.
        """
        decision = await self._decide(caller, question, known_at)
        self.writer.add(stored(decision, asked))
        return decision

    async def with_what_is_owed(self, decision: Decision, known_at: datetime) -> Decision:
        """The answer for a caller who sees money: only where paying would change it, it takes a read more."""
        return await in_time(self._priced, decision, known_at) if would_change(decision) else decision

    def _priced(self, decision: Decision, known_at: datetime) -> Decision:
        with reading(self.engine) as session:
            return with_what_is_owed(session, [decision], known_at=known_at)[0]

    async def close(self) -> None:
        """Write what waits and let go of the connections."""
        await run_in_threadpool(self.writer.close)
        await self.reader.close()

    async def _decide(self, caller: Caller, question: Question, known_at: datetime | None) -> Decision:
        if known_at is not None:
            return await in_time(self._by_session, caller, question, known_at)
        found = await self.reader.find(caller.keys, parameters_of(caller.keys, question.at))
        if caller.only_client_id is not None:
            found = [one for one in found if one.client_id == caller.only_client_id]
        if len(found) > 1 and question.registration_number is not None:
            found = await self._owners(found, question.registration_number, question.at)
        if len(found) != 1:
            reason = Reason.CLIENT_AMBIGUOUS if found else Reason.CLIENT_UNKNOWN
            return Decision(reason, question.at, None, 0, candidates=tuple(one.client_id for one in found))
        kept = decode(found[0].facts) if found[0].facts is not None else None
        facts = kept if kept is not None else await in_time(self._read, found[0].client_id)
        if reaches_back(facts, question.at):
            return await in_time(self._by_session, caller, question, None)
        decision = decide(facts, question)
        if kept is None:  # what leads to no decision is not kept either: a row that is wrong may be mended
            self.writer.add_facts(facts)
        return decision

    async def _owners(self, found: Sequence[Found], number: str, at: datetime) -> Sequence[Found]:
        """Those of the clients that own the program asked about; all of them when none does (D4)."""
        keys = {"registration_number": number}
        owners = {one.client_id for one in await self.reader.find(keys, parameters_of(keys, at))}
        return [one for one in found if one.client_id in owners] or found

    def _read(self, client_id: int) -> ClientFacts:
        with reading(self.engine) as session:
            return read_facts(session, client_id)

    def _by_session(self, caller: Caller, question: Question, known_at: datetime | None) -> Decision:
        with reading(self.engine) as session:
            return check(session, caller, question, known_at=known_at)


def encoded(answer: dict[str, Any]) -> bytes:
    """An answer as JSON."""
    return msgspec.json.encode(answer)


def question_text(body: Any) -> str:
    """The question as it came, for the record."""
    return msgspec.json.encode(body).decode()
