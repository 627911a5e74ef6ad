"""Who serves a client, and under which plan: whose hours work falls to, whose rounding, minimum and rate then hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import BindParameter, Row, Select, String, bindparam, func, or_, select
from sqlmodel import Session, col

from contracts.catalogue import PlanService, PlanVersion, Service
from contracts.errors import Refusal
from contracts.parties import Seller
from contracts.subscriptions import FreePeriod, Specification
from contracts.terms import next_month
from entitlements.facts import ROUNDING, rounding_policy
from entitlements.rounding import RoundingPolicy
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


@dataclass(frozen=True, slots=True)
class WorkTerms:
    """How work is billed (H3); the minimum is the service's own where the plan has one (a visit), else the plan's."""

    plan_version_id: int | None
    rounding: RoundingPolicy
    minimum_minutes: int
    bills_travel: bool = False

    def travel_hundredths(self, travel_minutes: int) -> int:
        """What the way to a visit weighs: itself, whatever the hour, where the plan bills it (H3)."""
        return 100 * travel_minutes if self.bills_travel else 0


WITHOUT_PLAN = WorkTerms(None, RoundingPolicy(), RoundingPolicy().minimum_minutes)


class Serving:
    """The sellers and plans of clients, read when they are first asked for and kept: work itself changes none."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sold = cache(partial(_periods, session, _SOLD))
        self._free = cache(partial(_periods, session, _FREE))
        self._unsold = cache(partial(_pools, session))

    def pools(self, client_id: int, service: str) -> Sequence[WorkPool]:
        """Those with the sellers that serve the client; without a subscription with every seller."""
        return _distinct(self._sold(client_id, service)) or self._unsold(client_id)

    def pool(self, client_id: int, seller_id: int, service: str) -> WorkPool:
        """The pool with that seller. Raises `Refusal("SELLER_UNKNOWN")`."""
        for pools in (self.pools(client_id, service), self._unsold(client_id)):
            for pool in pools:
                if pool.seller_id == seller_id:
                    return pool
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)

    def chosen_pool(self, client_id: int, seller_id: int | None, service: str) -> WorkPool:
        """That of the seller named, else of who serves the client, else of the only one there is.

        Raises `Refusal` with SELLER_UNKNOWN or SELLER_REQUIRED.
        """
        if seller_id is not None:
            return self.pool(client_id, seller_id, service)
        pools = self.pools(client_id, service)
        if len(pools) != 1:
            allowed = list(self._session.scalars(select(col(Seller.id)).order_by(col(Seller.id))))
            raise Refusal("SELLER_REQUIRED", field="seller_id", value=None, allowed=allowed)
        return pools[0]

    def terms(self, client_id: int, seller_id: int, service: str, day: date) -> WorkTerms:
        """Those of the plan that runs on the day, else of the one that ended last, else of the next.

        Among those that run, one that includes the service and draws hours for it, then the one that ends first (D3).
        """
        sold = [one for one in self._sold(client_id, service) if one.seller_id == seller_id]
        running = [one for one in sold if one.starts_on <= day < one.ends_on]
        if running:
            return _terms(min(running, key=lambda one: (not one.draws_hours, one.ends_on, one.id)))
        for period in self._free(client_id, service):
            if period.seller_id == seller_id and period.starts_on <= day < period.ends_on:
                return _terms(period)
        if not sold:
            return WITHOUT_PLAN
        ended = [one for one in sold if one.ends_on <= day]
        return _terms(max(ended, key=lambda one: one.ends_on) if ended else min(sold, key=lambda one: one.starts_on))


def _terms(period: Row[Any]) -> WorkTerms:
    return WorkTerms(period.plan_version_id, rounding_policy(period), period.least_minutes, period.bills_travel)


def _distinct(rows: Iterable[Row[Any]]) -> Sequence[WorkPool]:
    found = {row.seller_id: row for row in rows}
    return [WorkPool(row.seller_id, row.calendar, row.time_zone, row.last_closed) for row in found.values()]


def _periods(session: Session, own: Select[Any], client_id: int, service: str) -> Sequence[Row[Any]]:
    return session.connection().execute(own, {"client_id": client_id, "service": service}).all()


def _pools(session: Session, client_id: int) -> Sequence[WorkPool]:
    return _distinct(session.connection().execute(_POOLS, {"client_id": client_id}))


_CLIENT: BindParameter[int] = bindparam("client_id")
_LAST_CLOSED = select(func.max(col(Statement.month))).where(
    col(Statement.client_id) == _CLIENT, col(Statement.seller_id) == col(Seller.id)
)
_POOL: tuple[Any, ...] = (
    col(Seller.id).label("seller_id"),
    col(Seller.calendar),
    col(Seller.time_zone),
    _LAST_CLOSED.scalar_subquery().label("last_closed"),
)
_POOLS = select(*_POOL).order_by(col(Seller.id))


def _own(period: type[Specification] | type[FreePeriod]) -> Select[Any]:
    """A client's periods, each with its seller and with what its plan says of rounding and of the service."""
    service = bindparam("service", type_=String())
    of_plan = col(PlanService.plan_version_id) == col(PlanVersion.id)
    offered = select(col(PlanService.minimum_minutes)).join(Service).where(of_plan)
    drawing = offered.where(col(PlanService.draws_hours), or_(service == "", col(Service.code) == service))
    minimum = offered.where(col(Service.code) == service).scalar_subquery()
    columns = [getattr(period, name) for name in ("id", "starts_on", "ends_on", "plan_version_id")]
    columns += [getattr(PlanVersion, name) for name in ROUNDING]
    columns += [col(PlanVersion.bills_travel)]
    columns += [drawing.exists().label("draws_hours")]
    columns += [func.coalesce(minimum, col(PlanVersion.minimum_minutes)).label("least_minutes")]
    own = select(*columns, *_POOL).join(PlanVersion, col(PlanVersion.id) == col(period.plan_version_id))
    own = own.join(Seller, col(Seller.id) == col(period.seller_id)).where(col(period.client_id) == _CLIENT)
    return own.order_by(col(period.id))


_SOLD, _FREE = _own(Specification), _own(FreePeriod)
