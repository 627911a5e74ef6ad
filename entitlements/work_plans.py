"""Which plan work falls under, whose rounding, minimum and rate then hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import Row, Select, String, bindparam, func, or_, select
from sqlmodel import Session, col

from contracts.catalogue import PlanService, PlanVersion, Service
from contracts.subscriptions import FreePeriod, Subscription
from entitlements.facts import ROUNDING, rounding_policy
from entitlements.rounding import RoundingPolicy


@dataclass(frozen=True, slots=True)
class WorkTerms:
    """How work is billed (H3); the minimum is the service's own where the plan has one (a visit), else the plan's."""

    plan_version_id: int | None
    rounding: RoundingPolicy
    minimum_minutes: int


WITHOUT_PLAN = WorkTerms(None, RoundingPolicy(), RoundingPolicy().minimum_minutes)


class WorkPlans:
    """The plans of clients, read when they are first asked for and kept: work itself changes none of them."""

    def __init__(self, session: Session) -> None:
        self._sold = cache(partial(_periods, session, _SOLD))
        self._free = cache(partial(_periods, session, _FREE))

    def terms(self, client_id: int, seller_id: int, service: str, day: date) -> WorkTerms:
        """Those of the plan that runs on the day, else of the one that ended last, else of the next.

        Among those that run, one that includes the service and draws hours for it, then the one that ends first (D3).
        """
        sold = self._sold(client_id, seller_id, service)
        running = [one for one in sold if one.starts_on <= day < one.ends_on]
        if running:
            return _terms(min(running, key=lambda one: (not one.draws_hours, one.ends_on, one.id)))
        for period in self._free(client_id, seller_id, service):
            if period.starts_on <= day < period.ends_on:
                return _terms(period)
        if not sold:
            return WITHOUT_PLAN
        ended = [one for one in sold if one.ends_on <= day]
        return _terms(max(ended, key=lambda one: one.ends_on) if ended else min(sold, key=lambda one: one.starts_on))


def _terms(period: Row[Any]) -> WorkTerms:
    return WorkTerms(period.plan_version_id, rounding_policy(period), period.least_minutes)


def _periods(session: Session, own: Select[Any], client_id: int, seller_id: int, service: str) -> Sequence[Row[Any]]:
    named = {"client_id": client_id, "seller_id": seller_id, "service": service}
    return session.connection().execute(own, named).all()


def _own(period: type[Subscription] | type[FreePeriod]) -> Select[Any]:
    """A client's periods with a seller, each with what its plan says of rounding and of the service."""
    service = bindparam("service", type_=String())
    of_plan = col(PlanService.plan_version_id) == col(PlanVersion.id)
    offered = select(col(PlanService.minimum_minutes)).join(Service).where(of_plan)
    drawing = offered.where(col(PlanService.draws_hours), or_(service == "", col(Service.code) == service))
    minimum = offered.where(col(Service.code) == service).scalar_subquery()
    columns = [getattr(period, name) for name in ("id", "starts_on", "ends_on", "plan_version_id")]
    columns += [getattr(PlanVersion, name) for name in ROUNDING]
    columns += [drawing.exists().label("draws_hours")]
    columns += [func.coalesce(minimum, col(PlanVersion.minimum_minutes)).label("least_minutes")]
    own = select(*columns).join(PlanVersion, col(PlanVersion.id) == col(period.plan_version_id))
    own = own.where(col(period.client_id) == bindparam("client_id"), col(period.seller_id) == bindparam("seller_id"))
    return own.order_by(col(period.id))


_SOLD, _FREE = _own(Subscription), _own(FreePeriod)
