"""The key that signs, as a server holds it: read from the database, and trusted for a second after that."""

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from api.database import reading, transaction
from api.identity import TRUSTED_SECONDS
from entitlements.key_rotation import first_key, signing_key
from entitlements.receipts import SigningKey

log = structlog.get_logger()


class Signer:
    """Gives the key that signs now; a rotation by another process is seen within a second."""

    def __init__(
        self, engine: Engine, clock: Callable[[], datetime], stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine, self._clock, self._stopwatch = engine, clock, stopwatch
        self._known: tuple[SigningKey, float] | None = None

    async def key(self) -> SigningKey:
        """The key, for the event loop."""
        known = self._trusted()
        return known if known is not None else await run_in_threadpool(self._load)

    def key_now(self) -> SigningKey:
        """The key, for a thread; asked for before a transaction begins, since the first key takes one of its own."""
        known = self._trusted()
        return known if known is not None else self._load()

    def _trusted(self) -> SigningKey | None:
        return self._known[0] if self._known is not None and self._stopwatch() < self._known[1] else None

    def _load(self) -> SigningKey:
        stale_at = self._stopwatch() + TRUSTED_SECONDS
        key = stored_key(self._engine, at=self._clock())
        self._known = key, stale_at
        return key


def open_signer(engine: Engine, clock: Callable[[], datetime]) -> Signer:
    """The signer of a server that starts, with the first key made; a database that takes none now is asked later."""
    signer = Signer(engine, clock)
    try:
        signer.key_now()
    except SQLAlchemyError as away:
        log.warning("no key that signs yet", problem=type(away).__name__)
    return signer


def stored_key(engine: Engine, *, at: datetime) -> SigningKey:
    """The key that signs now; the first one is made when it is first needed."""
    with reading(engine) as session:
        known = signing_key(session)
    if known is None:
        with transaction(engine) as session:
            first_key(session, at=at)
        with reading(engine) as session:
            known = signing_key(session)
    assert known is not None
    return known
