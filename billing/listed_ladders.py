"""The ladders of dunning that a seller had, has and will have (S8, S10)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from billing.dunning import DunningLadder, DunningStep
from billing.dunning_steps import Step


@dataclass(frozen=True, slots=True)
class ListedLadder:
    """A ladder, the invoices that it governs by the first day on which they are due, and when it was recorded."""

    id: int
    valid_from: date
    recorded_at: datetime
    steps: tuple[Step, ...]


def ladders_of(session: Session, seller_id: int) -> list[ListedLadder]:
    """Every ladder of a seller, the one that governs the latest invoices first."""
    own = select(DunningLadder).where(DunningLadder.seller_id == seller_id)
    rows = session.exec(own.order_by(col(DunningLadder.valid_from).desc(), col(DunningLadder.id).desc())).all()
    steps: dict[int, list[Step]] = {one.id: [] for one in rows}
    known = select(DunningStep).where(col(DunningStep.ladder_id).in_(steps))
    for one in session.exec(known.order_by(col(DunningStep.position))):
        steps[one.ladder_id].append(Step(one.working_days, one.notice, one.effect))
    return [ListedLadder(one.id, one.valid_from, one.recorded_at, tuple(steps[one.id])) for one in rows]
