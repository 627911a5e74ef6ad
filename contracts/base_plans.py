"""Plans that serve only beside another one: an industry plan needs an active base plan (rule S7)."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanVersion, Registration
from contracts.errors import Refusal
from contracts.subscriptions import Coverage, FreePeriod, Specification


def require_base(session: Session, plan: Plan, client_id: int, registration_ids: Sequence[int], on: date) -> None:
    """The plan that this one requires serves each registration on the day, sold or free of charge after a purchase.

    Where no registrations are named it serves the client. Raises `Refusal("BASE_PLAN_REQUIRED")`, naming the plan, the
    day and the first registration without it.
    """
    base = session.get(Plan, plan.requires_plan_id) if plan.requires_plan_id is not None else None
    if base is None:
        return
    sold = select(Specification).join(PlanVersion).where(PlanVersion.plan_id == base.id)
    sold = sold.where(Specification.client_id == client_id, Specification.starts_on <= on, Specification.ends_on > on)
    serving = {one.id for one in session.exec(sold)}
    covered = select(Coverage.specification_id, Coverage.registration_id)
    rows = session.exec(covered.where(col(Coverage.specification_id).in_(serving))).all()
    free = select(FreePeriod.registration_id).join(PlanVersion).where(PlanVersion.plan_id == base.id)
    free = free.where(FreePeriod.client_id == client_id, FreePeriod.starts_on <= on, FreePeriod.ends_on > on)
    served = {registration_id for _, registration_id in rows} | set(session.exec(free))
    if serving - {specification_id for specification_id, _ in rows}:
        return  # one of them covers every product of the client
    lacking = [one for one in registration_ids if one not in served]
    if lacking or not (registration_ids or served):
        number = session.get_one(Registration, lacking[0]).number if lacking else None
        raise Refusal(
            "BASE_PLAN_REQUIRED", field="plan", value=plan.code, requires=base.code, on=on, registration=number
        )
