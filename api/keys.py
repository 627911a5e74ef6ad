"""API keys and the stored answers to calls that carry a caller-made key."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from api.roles import Role
from contracts.columns import choice, identifier, reference


class ApiKey(SQLModel, table=True):
    """A caller's key: only its prefix and the SHA-256 of its secret are kept.

    A key with a `client_id` sees that client alone; every other client is as good as missing to it.
    """

    __tablename__ = "api_key"

    id: int = identifier()
    name: str = Field(max_length=100)
    prefix: str = Field(max_length=12, unique=True)
    secret_sha256: str = Field(max_length=64)
    role: Role = choice(Role)
    client_id: int | None = reference("client.id", nullable=True)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


class CallAnswer(SQLModel, table=True):
    """The answer to a call with a caller-made key, stored in the call's own transaction (D8)."""

    __tablename__ = "call_answer"
    __table_args__ = ({"info": {"append_only": True}},)

    caller: str = Field(primary_key=True, max_length=60)
    key: str = Field(primary_key=True, max_length=200)
    fingerprint: str = Field(max_length=64)
    status: int
    body: str = Field(sa_type=Text)
    answered_at: datetime
