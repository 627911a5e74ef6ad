"""The clients that a file names: found together, and made where they are new and that is wished."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from contracts.enrolling import add_client
from contracts.errors import Refusal
from contracts.parties import Client
from contracts.queries import clients_named
from contracts.requisites import search_key

NAMES_AT_ONCE = 500
MADE_BY = ("name", "external_id")
"""The keys from which a client can be made."""


class NamedClients:
    """The clients behind the values of one key, `name` or one of `contracts.queries.KEYS`.

    With `create` those that are not known are made. Raises `Refusal("MAPPING_WRONG")` when the key cannot make clients.
    """

    def __init__(self, session: Session, key: str, names: Iterable[str], *, create: bool = False, at: datetime) -> None:
        if create and key not in MADE_BY:
            raise Refusal("MAPPING_WRONG", field="client_by", value=key, allowed=list(MADE_BY))
        self._session, self._key, self._create, self._at = session, key, create, at
        self.made: set[int] = set()
        spelled: dict[str, str] = {}
        for name in names:
            spelled.setdefault(self._normal(name), name)
        known = self._by_name(list(spelled)) if key == "name" else {}
        self._found = {normal: self._find(name, known.get(normal, [])) for normal, name in spelled.items()}

    @property
    def ids(self) -> list[int]:
        """All that were found or made, in the order in which clients are locked."""
        return sorted({one.id for one in self._found.values() if isinstance(one, Client)})

    def named(self, name: str) -> Client:
        """The client. Raises `Refusal` with CLIENT_UNKNOWN, CLIENT_AMBIGUOUS, or what is wrong with the name (D4)."""
        found = self._found[self._normal(name)]
        if isinstance(found, Refusal):
            raise found
        return found

    def _normal(self, name: str) -> str:
        return search_key(name) if self._key == "name" else name

    def _by_name(self, normal: Sequence[str]) -> Mapping[str, list[int]]:
        ids = defaultdict(list)
        for start in range(0, len(normal), NAMES_AT_ONCE):
            some = col(Client.search_key).in_(normal[start : start + NAMES_AT_ONCE])
            for key, client_id in self._session.exec(select(Client.search_key, Client.id).where(some)):
                ids[key].append(client_id)
        return ids

    def _find(self, name: str, ids: list[int]) -> Client | Refusal:
        try:
            if self._key != "name":
                ids = self._by_key(name)
            if len(ids) > 1:
                return Refusal("CLIENT_AMBIGUOUS", field="client", candidates=sorted(ids))
            if ids:
                return self._session.get_one(Client, ids[0])
            return self._make(name) if self._create else Refusal("CLIENT_NOT_FOUND", field="client")
        except Refusal as wrong:
            return Refusal(wrong.code, field="client", **wrong.facts)

    def _by_key(self, value: str) -> list[int]:
        if self._key != "id":
            return clients_named(self._session, {self._key: value})
        number = int(value) if value.isascii() and value.isdecimal() and len(value) < len(str(2**63)) else 0
        return clients_named(self._session, {"id": number})

    def _make(self, name: str) -> Client:
        external_id = name if self._key == "external_id" else None
        client = add_client(self._session, name, at=self._at, external_id=external_id)
        self.made.add(client.id)
        return client
