"""Which plan work falls under, whose rounding, minimum and rate then hold."""

from collections.abc import Sequence
from datetime import date
from functools import cache, partial

from sqlmodel import Session, col, select

from contracts.catalogue import PlanService, PlanVersion, Service
from contracts.subscriptions import FreePeriod, Subscription
from entitlements.rounding import RoundingPolicy


class WorkPlans:
    """The plans of clients, read when they are first asked for and kept: work itself changes none of them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sold = cache(partial(_sold, session))
        self._free = cache(partial(_free, session))
        self._drawing = cache(partial(_drawing_versions, session))
        self._minimum = cache(partial(_minimum, session))

    def version(self, client_id: int, seller_id: int, service: str, day: date) -> PlanVersion | None:
        """The plan that runs on the day, else the one that ended last, else the next.

        Among those that run, one that includes the service and draws hours for it, then the one that ends first (D3).
        """
        sold = self._sold(client_id, seller_id)
        running = [subscription for subscription in sold if day in subscription.term]
        if running:
            drawing = self._drawing(service, frozenset(one.plan_version_id for one in running))
            best = min(running, key=lambda one: (one.plan_version_id not in drawing, one.ends_on, one.id))
            return self._session.get(PlanVersion, best.plan_version_id)
        for period in self._free(client_id, seller_id):
            if day in period.term:
                return self._session.get(PlanVersion, period.plan_version_id)
        if not sold:
            return None
        ended = [subscription for subscription in sold if subscription.ends_on <= day]
        nearest = max(ended, key=lambda one: one.ends_on) if ended else min(sold, key=lambda one: one.starts_on)
        return self._session.get(PlanVersion, nearest.plan_version_id)

    def minimum(self, version: PlanVersion | None, service: str) -> int:
        """The minutes billed at least: the service's own where the plan has one (a visit), else the plan's (H3)."""
        if version is None:
            return RoundingPolicy().minimum_minutes
        own = self._minimum(version.id, service) if service else None
        return version.minimum_minutes if own is None else own


def _sold(session: Session, client_id: int, seller_id: int) -> Sequence[Subscription]:
    own = (Subscription.client_id == client_id, Subscription.seller_id == seller_id)
    return session.exec(select(Subscription).where(*own).order_by(col(Subscription.id))).all()


def _free(session: Session, client_id: int, seller_id: int) -> Sequence[FreePeriod]:
    own = (FreePeriod.client_id == client_id, FreePeriod.seller_id == seller_id)
    return session.exec(select(FreePeriod).where(*own).order_by(col(FreePeriod.id))).all()


def _drawing_versions(session: Session, service: str, version_ids: frozenset[int]) -> set[int]:
    drawing = select(PlanService.plan_version_id).join(Service).where(PlanService.draws_hours)
    if service:
        drawing = drawing.where(Service.code == service)
    return set(session.exec(drawing.where(col(PlanService.plan_version_id).in_(version_ids))))


def _minimum(session: Session, version_id: int, service: str) -> int | None:
    own = select(PlanService.minimum_minutes).join(Service).where(Service.code == service)
    return session.exec(own.where(PlanService.plan_version_id == version_id)).first()
