"""Calls that are done once, whatever their number (D8), and calls that are only tried."""

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from api.cli.installation import now

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

CALLER = "cli"
"""The name under which answers to the command line are stored."""


def once(engine: "Engine", key: str | None, asked: list[Any], do: Callable[["Session"], dict[str, Any]]) -> Any:
    """What the call made, as plain data; a repeat with the same key and words gets the stored answer.

    `asked` is all that the call says. Raises `Refusal("KEY_REUSED")` when the key came with other words.
    """
    from api.calls import CREATED, Answered, answer_once
    from api.database import transaction

    with transaction(engine) as session:
        if key is None:
            return do(session)
        words = json.dumps(asked, default=str)
        fingerprint = hashlib.sha256(words.encode()).hexdigest()
        answer = answer_once(
            session, CALLER, key, fingerprint, lambda: Answered(CREATED, json.dumps(do(session))), at=now()
        )
        return json.loads(answer.body)


def tried(engine: "Engine", do: Callable[["Session"], dict[str, Any]]) -> dict[str, Any]:
    """What the call would make; nothing is written, and numbers, which are given at issue, mean nothing."""
    from api.database import transaction

    with transaction(engine) as session:
        told = do(session)
        session.rollback()
    return told
