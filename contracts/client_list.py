"""The list of clients, a page at a time, with what one wants to know of each at a glance."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, tuple_, union_all
from sqlmodel import Session, col, select

from contracts.errors import Refusal
from contracts.parties import Client, Entity
from contracts.subscriptions import FreePeriod, Specification
from contracts.terms import ONE_DAY
from contracts.typed_search import find_typed

MOST_FOUND = 500
"""How many clients one text finds; who looks for one types more of its name."""


@dataclass(frozen=True, slots=True)
class ListedClient:
    """A client with the INNs of its entities and the last day of its service, paid or free; none without any."""

    client: Client
    inns: tuple[str, ...]
    last_day: date | None


def list_clients(session: Session, text: str, *, after: int | None = None, limit: int) -> list[ListedClient]:
    """The clients in the order of their names; with a text, those whom `find_typed` finds by it.

    `after` is the last client of the page before; raises `Refusal("CLIENT_UNKNOWN")` where there is none.
    """
    found = select(Client).order_by(Client.search_key, col(Client.id)).limit(limit)
    if text.strip():
        found = found.where(col(Client.id).in_([one.id for one in find_typed(session, text, limit=MOST_FOUND)]))
    if after is not None:
        last = session.get(Client, after)
        if last is None:
            raise Refusal("CLIENT_UNKNOWN", field="after", value=after)
        found = found.where(tuple_(Client.search_key, Client.id) > tuple_(last.search_key, last.id))
    clients = session.exec(found).all()
    ids = [client.id for client in clients]
    inns, last_days = _inns(session, ids), _last_days(session, ids)
    return [ListedClient(client, tuple(inns[client.id]), last_days.get(client.id)) for client in clients]


def _inns(session: Session, client_ids: Collection[int]) -> Mapping[int, list[str]]:
    own = select(Entity.client_id, Entity.inn).where(col(Entity.client_id).in_(client_ids)).order_by(col(Entity.id))
    inns: dict[int, list[str]] = defaultdict(list)
    for client_id, inn in session.exec(own):
        inns[client_id].append(inn)
    return inns


def _last_days(session: Session, client_ids: Collection[int]) -> Mapping[int, date]:
    """The last day of service of each client: of what it bought, as far as a cancellation left it, or of a free period.

    What was cancelled before it began serves on no day.
    """
    sold = select(Specification.client_id, func.max(col(Specification.ends_on)))
    sold = sold.where(Specification.ends_on > Specification.starts_on, col(Specification.client_id).in_(client_ids))
    free = select(FreePeriod.client_id, func.max(col(FreePeriod.ends_on)))
    free = free.where(col(FreePeriod.client_id).in_(client_ids))
    spans = union_all(sold.group_by(col(Specification.client_id)), free.group_by(col(FreePeriod.client_id)))
    last_days: dict[int, date] = {}
    for client_id, ends_on in session.connection().execute(spans):
        last_days[client_id] = max(ends_on - ONE_DAY, last_days.get(client_id, date.min))
    return last_days
