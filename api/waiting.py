"""How long the desk is kept waiting: what does not come in time is a 503, never a yes, a no or a hanging call."""

from collections.abc import Callable
from typing import TypeVar

import anyio
from anyio import to_thread

from contracts.errors import Refusal

WAIT_SECONDS = 2.0
"""How long a read may wait for a connection, and for the database."""

Read = TypeVar("Read")


async def in_time(read: Callable[..., Read], *arguments: object) -> Read:
    """What a read in a thread gives. Raises `Refusal("UNAVAILABLE")` when it is late; its thread is left behind."""
    try:
        with anyio.fail_after(WAIT_SECONDS):
            return await to_thread.run_sync(read, *arguments, abandon_on_cancel=True)
    except TimeoutError:
        raise Refusal("UNAVAILABLE") from None
