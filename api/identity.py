"""Who calls: API keys, of which only a prefix and a digest are kept, and the ring that knows them again."""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from sqlalchemy import Engine, or_, update
from sqlmodel import Session, col, select

from api.database import reading, transaction
from api.keys import ApiKey
from api.roles import Role
from api.waiting import in_time
from contracts.errors import Refusal
from contracts.parties import Client
from contracts.requisites import require_text

TRUSTED_SECONDS = 1.0
"""For how long after it was loaded a key is not looked up again: so long may a revocation go unseen."""
BOUND = (Role.CLIENT, Role.DESK, Role.VERDICT)
"""The roles whose keys may be bound to one client; a client's own key must be."""
_TOKEN = re.compile(r"abk_(?P<prefix>[0-9a-f]{8})_(?P<secret>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a request comes from; a principal with a `client_id` sees that client alone."""

    key_id: int
    name: str
    role: Role
    client_id: int | None = None

    @property
    def caller(self) -> str:
        """The name under which answers to this caller are stored."""
        return f"key:{self.key_id}"


def create_key(
    session: Session,
    name: str,
    role: Role,
    *,
    at: datetime,
    client_id: int | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its token "abk_<prefix>_<secret>", which is shown once and kept nowhere.

    Raises `Refusal` with TEXT_WRONG, CLIENT_REQUIRED, KEY_NOT_BOUND, CLIENT_UNKNOWN or EXPIRY_PAST.
    """
    if client_id is None and role is Role.CLIENT:
        raise Refusal("CLIENT_REQUIRED", field="client_id", value=None)
    if client_id is not None and role not in BOUND:
        raise Refusal("KEY_NOT_BOUND", field="client_id", value=client_id, role=role, allowed=list(BOUND))
    if client_id is not None and session.get(Client, client_id) is None:
        raise Refusal("CLIENT_UNKNOWN", field="client_id", value=client_id)
    if expires_at is not None and expires_at <= at:
        raise Refusal("EXPIRY_PAST", field="expires_at", value=expires_at, allowed=f"after {at.isoformat()}")
    prefix, secret = secrets.token_hex(4), secrets.token_hex(32)
    key = ApiKey(
        name=require_text(name, "name", 100),
        prefix=prefix,
        secret_sha256=_digest(secret),
        role=role,
        client_id=client_id,
        created_at=at,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    return key, f"abk_{prefix}_{secret}"


def revoke(session: Session, prefix: str, *, at: datetime) -> ApiKey:
    """End a key for good; ending it again changes nothing. Raises `Refusal("KEY_UNKNOWN")`."""
    key = session.exec(select(ApiKey).where(ApiKey.prefix == prefix)).first()
    if key is None:
        raise Refusal("KEY_UNKNOWN", field="prefix", value=prefix)
    key.revoked_at = key.revoked_at or at
    session.flush()
    return key


@dataclass(frozen=True, slots=True)
class _Known:
    principal: Principal
    expires_at: datetime | None
    stale_at: float


class KeyRing:
    """The keys that were shown lately, each trusted for a second after it was loaded, however often it comes.

    `stopwatch` measures that second; it is not the wall clock, which may be set back.
    """

    def __init__(
        self, engine: Engine, clock: Callable[[], datetime], stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine, self._clock, self._stopwatch = engine, clock, stopwatch
        self._known: dict[bytes, _Known] = {}
        self._used: dict[int, datetime] = {}

    async def principal_of(self, token: str) -> Principal:
        """Who shows the token. Raises `Refusal` with KEY_WRONG, KEY_REVOKED or KEY_EXPIRED."""
        known = self._trusted(token)
        if known is None:
            known = await in_time(self._load, token)
        return self._unexpired(known)

    def write_uses(self) -> None:
        """Write down when each key was last used, in a transaction of its own; called once a minute and at the end."""
        used, self._used = self._used, {}
        if not used:
            return
        with transaction(self._engine) as session:
            for key_id, at in sorted(used.items()):
                earlier = or_(col(ApiKey.last_used_at).is_(None), col(ApiKey.last_used_at) < at)
                session.exec(update(ApiKey).where(col(ApiKey.id) == key_id, earlier).values(last_used_at=at))

    def _trusted(self, token: str) -> _Known | None:
        known = self._known.get(_fingerprint(token))
        return known if known is not None and self._stopwatch() < known.stale_at else None

    def _load(self, token: str) -> _Known:
        stale_at = self._stopwatch() + TRUSTED_SECONDS
        shown = _TOKEN.fullmatch(token)
        if shown is None:
            raise Refusal("KEY_WRONG")
        with reading(self._engine) as session:
            key = session.exec(select(ApiKey).where(ApiKey.prefix == shown["prefix"])).first()
        if key is None or not hmac.compare_digest(_digest(shown["secret"]), key.secret_sha256):
            raise Refusal("KEY_WRONG")
        if key.revoked_at is not None:
            raise Refusal("KEY_REVOKED")
        known = _Known(Principal(key.id, key.name, key.role, key.client_id), key.expires_at, stale_at)
        self._known[_fingerprint(token)] = known
        self._used[key.id] = self._clock()
        return known

    def _unexpired(self, known: _Known) -> Principal:
        if known.expires_at is not None and known.expires_at <= self._clock():
            raise Refusal("KEY_EXPIRED", expired_at=known.expires_at)
        return known.principal


async def principal_of(request: Request, *, as_password: bool = False) -> Principal:
    """Who sent the request, by its header `Authorization: Bearer abk_…`.

    `as_password` lets the key come as the password of HTTP Basic too, under any name: a program that can be told no
    headers can be told a password, and neither stands in an address, which would be logged. Raises `Refusal` with
    KEY_REQUIRED, KEY_WRONG, KEY_REVOKED or KEY_EXPIRED.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if as_password and scheme.lower() == "basic":
        token = _password(token)
    elif scheme.lower() != "bearer":
        raise Refusal("KEY_REQUIRED", field="Authorization")
    ring: KeyRing = request.app.state.keys
    return await ring.principal_of(token.strip())


def _password(credentials: str) -> str:
    """The password of `name:password` in base64; none when it is no such thing."""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _fingerprint(token: str) -> bytes:
    """What stands for the token in memory, so that no dump of the process shows it."""
    return hashlib.blake2s(token.encode(errors="surrogateescape")).digest()
