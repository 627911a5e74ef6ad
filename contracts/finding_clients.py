"""Finding clients by whatever a person has at hand: a name, an INN, a registration number, an e-mail or a phone."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, tuple_
from sqlmodel import Session, col, select

from contracts.catalogue import Registration
from contracts.errors import Refusal
from contracts.parties import Client, ClientContact, ContactAddress, Entity
from contracts.requisites import normal_phone, search_key
from contracts.subscriptions import Subscription
from contracts.terms import ONE_DAY


@dataclass(frozen=True, slots=True)
class FoundClient:
    """A client with the INNs of its entities and the last day of all that it bought; none where it bought nothing."""

    client: Client
    inns: tuple[str, ...]
    last_day: date | None


def find_clients(session: Session, text: str, *, after: int | None = None, limit: int) -> list[FoundClient]:
    """The clients that the text names, all of them when it is empty, in the order of their names.

    A name is found by any part of it, a number and an e-mail by how it begins, a phone by the whole of it in any
    writing. `after` is the last client of the page before; raises `Refusal("CLIENT_UNKNOWN")` where there is none.
    """
    found = select(Client).order_by(Client.search_key, col(Client.id)).limit(limit)
    if text.strip():
        found = found.where(or_(*_ways(text)))
    if after is not None:
        last = session.get(Client, after)
        if last is None:
            raise Refusal("CLIENT_UNKNOWN", field="after", value=after)
        found = found.where(tuple_(Client.search_key, Client.id) > tuple_(last.search_key, last.id))
    clients = session.exec(found).all()
    ids = [client.id for client in clients]
    inns, last_days = _inns(session, ids), _last_days(session, ids)
    return [FoundClient(client, tuple(inns[client.id]), last_days.get(client.id)) for client in clients]


def _ways(text: str) -> Iterator[Any]:
    """Each way in which the text may name a client."""
    yield col(Client.search_key).contains(search_key(text), autoescape=True)
    number = unicodedata.normalize("NFC", text).strip()
    entity = col(Entity.inn).startswith("".join(number.split()).upper(), autoescape=True)
    yield col(Client.id).in_(select(Entity.client_id).where(entity))
    copy = col(Registration.number).startswith(number, autoescape=True)
    yield col(Client.id).in_(select(Registration.client_id).where(copy))
    if "@" in number:
        yield col(Client.id).in_(_speaks(col(ContactAddress.value).startswith(number.casefold(), autoescape=True)))
    with suppress(Refusal):
        yield col(Client.id).in_(_speaks(col(ContactAddress.value) == normal_phone(number)))


def _speaks(reached: Any) -> Any:
    same = col(ContactAddress.contact_id) == col(ClientContact.contact_id)
    return select(ClientContact.client_id).join(ContactAddress, same).where(reached)


def _inns(session: Session, client_ids: Collection[int]) -> Mapping[int, list[str]]:
    own = select(Entity.client_id, Entity.inn).where(col(Entity.client_id).in_(client_ids)).order_by(col(Entity.id))
    inns: dict[int, list[str]] = defaultdict(list)
    for client_id, inn in session.exec(own):
        inns[client_id].append(inn)
    return inns


def _last_days(session: Session, client_ids: Collection[int]) -> Mapping[int, date]:
    """The last day of the longest subscription of each client that was not cancelled."""
    ends = select(Subscription.client_id, func.max(col(Subscription.ends_on)))
    ends = ends.where(col(Subscription.client_id).in_(client_ids), col(Subscription.cancelled_on).is_(None))
    return {client_id: day - ONE_DAY for client_id, day in session.exec(ends.group_by(col(Subscription.client_id)))}
