"""The versions of a plan side by side: what a new one says otherwise; what was sold stays on its own (S9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanPrice, PlanService, PlanVersion, Service
from contracts.due_times import PlanDueTime
from contracts.errors import Refusal
from contracts.money import Money

_MONEY = ("price_minor", "after_break_minor", "overage_rate_minor")
_NOT_SETTINGS = {"id", "plan_id", "version"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting of a plan in two of its versions; none where a version has no such service, term or value."""

    setting: str
    before: str | None
    after: str | None


def versions_of(session: Session, plan_code: str) -> list[PlanVersion]:
    """The versions of a plan, the oldest first. Raises `Refusal("PLAN_UNKNOWN")`, naming the plans there are."""
    own = select(PlanVersion).join(Plan).where(Plan.code == plan_code).order_by(col(PlanVersion.version))
    versions = list(session.exec(own))
    if not versions:
        allowed = list(session.exec(select(Plan.code).order_by(Plan.code)))
        raise Refusal("PLAN_UNKNOWN", field="plan", value=plan_code, allowed=allowed)
    return versions


def last_version(session: Session, plan_code: str, number: int | None = None) -> PlanVersion:
    """The last version of a plan, that of the given number where somebody has written another one from it.

    Raises `Refusal` with PLAN_UNKNOWN, or PLAN_NEWER when the number is no longer the last.
    """
    last = versions_of(session, plan_code)[-1]
    if number not in (None, last.version):
        raise Refusal("PLAN_NEWER", field="base", value=number, allowed=[last.version])
    return last


def plan_differences(session: Session, plan_code: str, before: int, after: int) -> list[Difference]:
    """What one version of a plan says otherwise than another: settings, services, terms on sale and their prices.

    Raises `Refusal` with PLAN_UNKNOWN or PLAN_VERSION_UNKNOWN, naming the versions there are.
    """
    versions = {one.version: one for one in versions_of(session, plan_code)}
    for number in (before, after):
        if number not in versions:
            raise Refusal("PLAN_VERSION_UNKNOWN", field="version", value=number, allowed=list(versions))
    return differences(session, versions[before], versions[after])


def differences(session: Session, before: PlanVersion, after: PlanVersion) -> list[Difference]:
    """What one version says otherwise than another, be they of one plan or of two."""
    old, new = (dict(_settings(session, one)) for one in (before, after))
    return [
        Difference(name, old.get(name), new.get(name))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _settings(session: Session, version: PlanVersion) -> Iterator[tuple[str, str]]:
    """Every setting of a version by its name, "services.visit.minimum_minutes", as text."""
    for name in PlanVersion.model_fields:
        if name not in _NOT_SETTINGS:
            yield from _told(name, getattr(version, name))
    included = select(Service.code, PlanService).join(PlanService).where(PlanService.plan_version_id == version.id)
    for code, terms in session.exec(included.order_by(Service.code)):
        yield from _told(f"services.{code}.draws_hours", terms.draws_hours)
        yield from _told(f"services.{code}.minimum_minutes", terms.minimum_minutes)
        yield from _told(f"services.{code}.included_count", terms.included_count)
        yield from _told(f"services.{code}.count_months", terms.count_months)
        yield from _told(f"services.{code}.price_minor", terms.price_minor)
    listed = select(PlanPrice).where(PlanPrice.plan_version_id == version.id).order_by(col(PlanPrice.term_months))
    for row in session.exec(listed):
        yield f"prices.{row.term_months}", "on sale"
        yield from _told(f"prices.{row.term_months}.price_minor", row.price_minor)
        yield from _told(f"prices.{row.term_months}.after_break_minor", row.after_break_minor)
    promised = select(PlanDueTime).where(PlanDueTime.plan_version_id == version.id).order_by(col(PlanDueTime.id))
    for promise in session.exec(promised):
        yield from _told(f"due_times.{promise.priority}.respond_minutes", promise.respond_minutes)
        yield from _told(f"due_times.{promise.priority}.resolve_minutes", promise.resolve_minutes)


def _told(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is not None:
        is_money = name.endswith(_MONEY)
        yield name.removesuffix("_minor"), str(Money(value)) if is_money else str(value)
