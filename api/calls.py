"""Calls that may be repeated: the same caller-made key gets the stored answer, and nothing happens twice (rule D8)."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel
from sqlalchemy import bindparam, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from api.inputs import read_file
from api.keys import CallAnswer
from api.request import Call, Writer
from contracts.errors import Refusal

CREATED = 201

KEY_PATTERN = r'^([!#-~][!-~]{0,199}|"([!#-\[\]-~]|\\["\\]){1,200}")$'


def plain_key(written: str) -> str:
    """The key itself: in quotes, as a String of RFC 8941, it is the same one as without them."""
    return re.sub(r"\\(.)", r"\1", written[1:-1]) if written.startswith('"') else written


_HEADER = Header(
    alias="Idempotency-Key",
    pattern=KEY_PATTERN,
    description="A key of the caller's own, new for each thing to be done and the same for each repetition; in quotes"
    " (a String of RFC 8941) or without them.",
    examples=["8f14e45f-ceea-467f-a8f3-2d5a9a2b1c77"],
)
CallKey = Annotated[str, _HEADER, AfterValidator(plain_key)]
MaybeCallKey = Annotated[Annotated[str, AfterValidator(plain_key)] | None, _HEADER]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a call: its status and JSON body, and whether it was given before."""

    status: int
    body: str
    replayed: bool = False

    def response(self) -> Response:
        """The answer as it goes out."""
        headers = {"Idempotent-Replayed": "true"} if self.replayed else None
        return Response(self.body, self.status, headers, media_type="application/json")


def answer_once(
    session: Session, caller: str, key: str, fingerprint: str, act: Callable[[], Answered], *, at: datetime
) -> Answered:
    """What `act` answers, stored in its own transaction; or the answer that this key has got already (D8).

    A refusal is not stored: nothing has happened, so the same key may be tried again. Of two calls at the same time the
    one that comes second is undone and gets the other's answer. Raises `Refusal("KEY_REUSED")` when the key came with
    another request.
    """
    known = _stored(session, caller, key, fingerprint)
    if known is not None:
        return known
    try:
        answer = act()
        session.flush()
        written = {"fingerprint": fingerprint, "status": answer.status, "body": answer.body, "answered_at": at}
        session.connection().execute(_WRITE, {"caller": caller, "key": key, **written})
    except (Refusal, IntegrityError):
        session.rollback()
        known = _stored(session, caller, key, fingerprint)
        if known is None:
            raise
        return known
    return answer


_WRITE = insert(CallAnswer)
_KNOWN = select(CallAnswer.fingerprint, CallAnswer.status, CallAnswer.body).where(
    CallAnswer.caller == bindparam("caller"), CallAnswer.key == bindparam("key")
)


def _stored(session: Session, caller: str, key: str, fingerprint: str) -> Answered | None:
    row = session.connection().execute(_KNOWN, {"caller": caller, "key": key}).one_or_none()
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise Refusal("KEY_REUSED", field="Idempotency-Key", value=key)
    return Answered(row.status, row.body, replayed=True)


def fingerprint_of(request: Request) -> str:
    """The digest of what is asked: method, address and body, however its fields are ordered and spaced."""
    asked = [request.method, request.url.path, sorted(request.query_params.multi_items()), request.state.body]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def call_key_of(request: Request) -> str:
    """The caller-made key, for an endpoint that reads its request itself.

    Raises `Refusal` with CALL_KEY_REQUIRED or FIELD_WRONG.
    """
    require_one_key(request)
    key = request.headers.get("idempotency-key")
    if key is None:
        raise Refusal("CALL_KEY_REQUIRED", field="Idempotency-Key")
    if not re.fullmatch(KEY_PATTERN, key):
        raise Refusal("FIELD_WRONG", field="Idempotency-Key", value=key, allowed=KEY_PATTERN)
    return plain_key(key)


def require_one_key(request: Request) -> None:
    """Of two keys nobody can say which is the call's: raises `Refusal("FIELD_WRONG")`."""
    keys = request.headers.getlist("idempotency-key")
    if len(keys) > 1:
        raise Refusal("FIELD_WRONG", field="Idempotency-Key", value=", ".join(keys), allowed="one key")


@dataclass(frozen=True, slots=True)
class OnceCall:
    """A writer's call that carries a caller-made key."""

    call: Call
    key: str | None
    fingerprint: str

    def answer(self, act: Callable[[Call], BaseModel], status: int = CREATED) -> Response:
        """Do it once, and answer each repetition with the stored answer; without a key it is simply done."""

        def acted() -> Answered:
            return Answered(status, act(self.call).model_dump_json())

        call = self.call
        if self.key is None:
            return acted().response()
        return answer_once(
            call.session, call.principal.caller, self.key, self.fingerprint, acted, at=call.at
        ).response()


def _once(request: Request, call: Writer, key: CallKey) -> OnceCall:
    require_one_key(request)
    return OnceCall(call, key, fingerprint_of(request))


def _maybe_once(request: Request, call: Writer, key: MaybeCallKey = None) -> OnceCall:
    require_one_key(request)
    return OnceCall(call, key, fingerprint_of(request))


FileBody = Annotated[bytes, Depends(read_file)]
"""A file that is sent as the body."""


def _once_with_file(request: Request, content: FileBody, once: "Once") -> tuple[bytes, OnceCall]:
    return content, replace(once, fingerprint=fingerprint_of(request))


Once = Annotated[OnceCall, Depends(_once)]
"""A call that must carry a key."""
MaybeOnce = Annotated[OnceCall, Depends(_maybe_once)]
"""A call that may carry a key."""
OnceWithFile = Annotated[tuple[bytes, OnceCall], Depends(_once_with_file)]
"""A file, and a call that must carry a key."""
