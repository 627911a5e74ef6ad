"""Whose work it is: the pools of hours that a client has with sellers, each with the first day still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial

from sqlalchemy import BindParameter, bindparam, func, select
from sqlmodel import Session, col

from contracts.errors import Refusal
from contracts.parties import Seller
from contracts.subscriptions import Subscription
from contracts.terms import next_month
from entitlements.statements import Statement


@dataclass(frozen=True, slots=True)
class WorkPool:
    """A client's hours with a seller: the seller's calendar, and the last month that was closed, if any."""

    seller_id: int
    calendar: str
    time_zone: str
    last_closed: date | None

    def counts_on(self, day: date) -> date:
        """When the hours account counts what belongs to a day: then, or on the first open day after closed months."""
        return day if self.last_closed is None else max(day, next_month(self.last_closed))


class WorkPools:
    """The pools of clients, read when they are first asked for and kept: work itself changes none of them."""

    def __init__(self, session: Session) -> None:
        self.named = cache(partial(_named, session))
        self.serving = cache(partial(_serving, session))


_CLIENT: BindParameter[int] = bindparam("client_id")
_LAST_CLOSED = select(func.max(col(Statement.month))).where(
    col(Statement.client_id) == _CLIENT, col(Statement.seller_id) == col(Seller.id)
)
_POOLS = select(col(Seller.id), col(Seller.calendar), col(Seller.time_zone), _LAST_CLOSED.scalar_subquery())
_NAMED = _POOLS.where(col(Seller.id) == bindparam("seller_id"))
_SERVING = _POOLS.join(Subscription).where(col(Subscription.client_id) == _CLIENT).distinct().limit(2)
_ANY = _POOLS.limit(2)


def _named(session: Session, client_id: int, seller_id: int) -> WorkPool:
    """The pool with that seller. Raises `Refusal("SELLER_UNKNOWN")`."""
    of = {"client_id": client_id, "seller_id": seller_id}
    row = session.connection().execute(_NAMED, of).one_or_none()
    if row is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    return WorkPool(*row)


def _serving(session: Session, client_id: int) -> Sequence[WorkPool]:
    """Those with who serves the client; without a subscription with anybody. More than one is as good as many."""
    connection, of = session.connection(), {"client_id": client_id}
    rows = connection.execute(_SERVING, of).all() or connection.execute(_ANY, of).all()
    return [WorkPool(*row) for row in rows]
