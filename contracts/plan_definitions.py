"""What a version of a plan was published from, so that the next one says again all that does not change (S9)."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from contracts.catalogue import Plan, PlanKind, PlanPrice, PlanPromotion, PlanService, PlanVersion, Service
from contracts.due_times import PlanDueTime
from contracts.errors import Refusal
from contracts.money import Money
from contracts.warning_percents import read_percents

_NOT_DEFINED = {"id", "plan_id", "version", "plan_version_id", "service_id"}


def definition_of(session: Session, version: PlanVersion) -> dict[str, Any]:
    """The definition that `publish_plan` makes this very version of: its settings, services, prices and promises.

    The plan's codes in the vendor's register are not repeated: they are the plan's, whatever its version.
    """
    plan = session.get_one(Plan, version.plan_id)
    settings = _written(version)
    settings["channels"] = version.channels.split()
    settings["warning_percents"] = list(read_percents(version.warning_percents))
    services = select(Service.code, PlanService).join(PlanService).where(PlanService.plan_version_id == version.id)
    required = None if plan.requires_plan_id is None else session.get_one(Plan, plan.requires_plan_id).code
    return settings | {
        "code": plan.code,
        "name": plan.name,
        "name_en": plan.name_en,
        "kind": session.get_one(PlanKind, plan.kind_id).code,
        "requires": required,
        "services": [
            {"code": code, **_written(terms)} for code, terms in session.exec(services.order_by(col(PlanService.id)))
        ],
        "prices": _rows(session, PlanPrice, version, col(PlanPrice.term_months)),
        "promotions": _rows(session, PlanPromotion, version, col(PlanPromotion.id)),
        "due_times": _rows(session, PlanDueTime, version, col(PlanDueTime.id)),
    }


def named_anew(session: Session, definition: Mapping[str, Any], code: str, name: str, name_en: str) -> dict[str, Any]:
    """The definition of a new plan that is like another one, and of its kind (S6).

    Raises `Refusal("PLAN_EXISTS")`, since a known code would be the next version of that plan.
    """
    if session.exec(select(Plan.id).where(Plan.code == code)).first() is not None:
        raise Refusal("PLAN_EXISTS", field="new_code", value=code)
    return {**definition, "code": code, "name": name, "name_en": name_en}


def _rows(session: Session, table: Any, version: PlanVersion, order: Any) -> list[dict[str, Any]]:
    own = select(table).where(table.plan_version_id == version.id).order_by(order)
    return [_written(row) for row in session.exec(own)]


def _written(row: SQLModel) -> dict[str, Any]:
    """The fields of a row as a definition writes them: money as "2700.00", what is not there left out."""
    values = {name: value for name, value in row.model_dump(exclude=_NOT_DEFINED).items() if value is not None}
    return {
        name.removesuffix("_minor"): str(Money(value)) if name.endswith("_minor") else value
        for name, value in values.items()
    }
