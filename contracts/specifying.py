"""Specifying what a subscription is from a day on: the sale does it first, an amendment again (rules S6 and S9)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanVersion
from contracts.subscriptions import Coverage, Specification, Subscription


def specify(
    session: Session,
    sold: Subscription,
    version: PlanVersion,
    registration_ids: Sequence[int],
    *,
    starts_on: date,
    at: datetime,
) -> Specification:
    """From a day to the end of its term the subscription is on the plan version and covers the registrations.

    The first of them is the main one.
    """
    specification = Specification(
        subscription_id=sold.id,
        client_id=sold.client_id,
        seller_id=sold.seller_id,
        plan_version_id=version.id,
        starts_on=starts_on,
        ends_on=sold.ends_on,
        recorded_at=at,
    )
    session.add(specification)
    session.flush()
    kind_id = session.get_one(Plan, version.plan_id).kind_id
    for registration_id in registration_ids:
        session.add(
            Coverage(
                specification_id=specification.id,
                registration_id=registration_id,
                plan_kind_id=kind_id,
                starts_on=starts_on,
                ends_on=sold.ends_on,
                is_main=registration_id == registration_ids[0],
            )
        )
    session.flush()
    return specification


def last_specification(session: Session, sold: Subscription) -> Specification:
    """What the subscription comes to at its end."""
    own = select(Specification).where(Specification.subscription_id == sold.id)
    return session.exec(own.order_by(col(Specification.starts_on).desc()).limit(1)).one()


def cut(session: Session, sold: Subscription, ends_on: date) -> None:
    """End all that the subscription is and covers before a day; what begins later is left without a day."""
    own = select(Specification).where(Specification.subscription_id == sold.id, Specification.ends_on > ends_on)
    longer = session.exec(own).all()
    covered = select(Coverage).where(col(Coverage.specification_id).in_([one.id for one in longer]))
    for row in (*longer, *session.exec(covered)):
        row.ends_on = max(row.starts_on, ends_on)
    session.flush()
