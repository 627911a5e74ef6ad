"""Uses of counted services: taken with the answer that accepted the request, and given back (rules D2, D8)."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from contracts.appending import append
from contracts.columns import identifier, reference
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.parties import Seller
from contracts.requisites import require_text
from entitlements.answers import Decision
from entitlements.covers import CoverKind, UseFacts
from entitlements.hours import local_day


class ServiceUse(SQLModel, table=True):
    """One use of a counted service under a subscription or a free period, by the decision that accepted it."""

    __tablename__ = "service_use"
    __table_args__ = (
        CheckConstraint("(subscription_id IS NULL) <> (free_period_id IS NULL)", name="cover"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id")
    seller_id: int = reference("seller.id", index=False)
    subscription_id: int | None = reference("subscription.id", nullable=True)
    free_period_id: int | None = reference("free_period.id", nullable=True)
    service: str = Field(max_length=60)
    decision_id: str = Field(foreign_key="decision.id", max_length=36, unique=True)
    ticket: str = Field(default="", max_length=100)
    used_at: datetime


class ServiceUseReturn(SQLModel, table=True):
    """That a use was given back, by whom and why; it no longer counts from then on."""

    __tablename__ = "service_use_return"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    use_id: int = reference("service_use.id", index=False, unique=True)
    returned_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    returned_at: datetime


def take_use(
    session: Session, decision: Decision, service: str | None, decision_id: str, ticket: str
) -> ServiceUse | None:
    """The use that a request for a counted service takes when the own desk serves it; none for any other.

    The client's row is locked.
    """
    return use_at(session, decision, service, decision_id, ticket, decision.at) if decision.is_served_here else None


def use_at(
    session: Session, decision: Decision, service: str | None, decision_id: str, ticket: str, at: datetime
) -> ServiceUse | None:
    """The use that is taken at a moment under the cover of an answer, whatever it was; none of what is not counted."""
    counted = {count.service for count in decision.counts}
    if decision.cover is None or service not in counted:
        return None
    cover = decision.cover
    of_cover = "subscription_id" if cover.kind is CoverKind.SUBSCRIPTION else "free_period_id"
    taken = {
        "client_id": decision.client_id,
        "seller_id": cover.seller_id,
        of_cover: cover.id,
        "service": service,
        "decision_id": decision_id,
        "ticket": ticket,
        "used_at": at,
    }
    return append(session, ServiceUse, taken)


def use_of_decision(session: Session, decision_id: str) -> ServiceUse | None:
    """The use that a stored answer took, if any."""
    return session.exec(select(ServiceUse).where(ServiceUse.decision_id == decision_id)).first()


def give_back_use(session: Session, use_id: int, returned_by: str, reason: str, *, at: datetime) -> ServiceUseReturn:
    """Let a use count no more. Raises `Refusal` with USE_UNKNOWN, USE_RETURNED or TEXT_WRONG."""
    said = {"returned_by": require_text(returned_by, "returned_by", 200), "reason": require_text(reason, "reason", 300)}
    use = session.get(ServiceUse, use_id)
    if use is None:
        raise Refusal("USE_UNKNOWN", field="use_id", value=use_id)
    lock_client(session, use.client_id)
    known = session.exec(select(ServiceUseReturn).where(ServiceUseReturn.use_id == use_id)).first()
    if known is not None:
        raise Refusal("USE_RETURNED", field="use_id", value=use_id, returned_at=known.returned_at)
    return append(session, ServiceUseReturn, {"use_id": use_id, **said, "returned_at": at})


def read_uses(session: Session, client_id: int, known_at: datetime | None) -> tuple[UseFacts, ...]:
    """The client's uses in the order in which they were taken, as they were known at a moment."""
    rows = select(ServiceUse, ServiceUseReturn.returned_at, Seller.time_zone)
    rows = rows.outerjoin(ServiceUseReturn, col(ServiceUseReturn.use_id) == col(ServiceUse.id))
    rows = rows.join(Seller, col(Seller.id) == col(ServiceUse.seller_id)).where(ServiceUse.client_id == client_id)
    if known_at is not None:
        rows = rows.where(ServiceUse.used_at <= known_at)
    return tuple(
        use_facts(use, zone, None if known_at is not None and (returned or known_at) > known_at else returned)
        for use, returned, zone in session.exec(rows.order_by(col(ServiceUse.id)))
    )


def use_facts(use: ServiceUse, time_zone: str, returned_at: datetime | None = None) -> UseFacts:
    """A use as the desk's decision sees it, on the seller's day."""
    kind = CoverKind.SUBSCRIPTION if use.subscription_id is not None else CoverKind.FREE_PERIOD
    cover_id = use.subscription_id or use.free_period_id
    assert cover_id is not None
    return UseFacts(kind, cover_id, use.service, use.used_at, local_day(use.used_at, time_zone), returned_at)
