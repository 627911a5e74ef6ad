"""Mailing warnings about hours: each is lettered once, as long as it is the last word on its hours (rule H13)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanVersion
from contracts.money import Money
from contracts.parties import Client, Seller
from contracts.reminders import STILL_NEWS
from documents.addressing import letter_to, manager_addresses, staff_address, writer
from documents.letters import Letter
from documents.reminding import first_addresses
from documents.typography import phone
from documents.warning_text import ShortHours, to_client, to_staff
from documents.words import Language
from entitlements.hour_warnings import HoursWarning


def unlettered(session: Session, seller: Seller, *, at: datetime) -> Sequence[HoursWarning]:
    """The warnings of a seller that no letter carries yet and that are still news: in their period, and not old."""
    lettered = select(Letter.id).where(col(Letter.warning_id) == col(HoursWarning.id)).exists()
    waiting = select(HoursWarning).where(HoursWarning.seller_id == seller.id, ~lettered, ~followed())
    waiting = waiting.where(col(HoursWarning.period_last_day) >= seller.day_of(at))
    waiting = waiting.where(col(HoursWarning.warned_at) > at - STILL_NEWS)
    return session.exec(waiting.order_by(col(HoursWarning.id))).all()


def followed() -> ColumnElement[bool]:
    """Whether a later warning tells of the same hours."""
    later = aliased(HoursWarning)
    same = (col(later.client_id) == col(HoursWarning.client_id), col(later.seller_id) == col(HoursWarning.seller_id))
    return select(later.id).where(*same, col(later.id) > col(HoursWarning.id)).exists()


def queue_warnings(session: Session, seller_id: int, staff_language: Language, *, at: datetime) -> int:
    """Queue the letters of a seller's warnings; returns how many.

    The seller's row is taken first, so of two workers the second finds none. Where there is nobody to write to, a
    warning waits for as long as it is news.
    """
    taken = select(Seller).where(Seller.id == seller_id).with_for_update(key_share=True)
    seller = session.exec(taken).one()
    waiting = unlettered(session, seller, at=at)
    addresses = first_addresses(session, {one.client_id for one in waiting})
    staff, queued = manager_addresses(session), 0
    for warning in waiting:
        client = session.get_one(Client, warning.client_id)
        told, own = {}, staff.get(client.manager) or staff_address(seller)
        if own:
            told[own] = to_staff(_short(session, warning, seller, client, staff_language), staff_language)
        language = Language(client.locale)
        words = to_client(_short(session, warning, seller, client, language), language)
        told |= dict.fromkeys(addresses[client.id], words)
        about = (seller, f"hours.{warning.id}", client.id)
        session.add_all(letter_to(to, said, *about, at=at, warning_id=warning.id) for to, said in told.items())
        queued += len(told)
    session.flush()
    return queued


def _short(session: Session, warning: HoursWarning, seller: Seller, client: Client, language: Language) -> ShortHours:
    version = session.get_one(PlanVersion, warning.plan_version_id)
    plan = session.get_one(Plan, version.plan_id)
    rate = version.overage_rate_minor
    return ShortHours(
        client_id=client.id,
        client=client.name,
        manager=client.manager,
        seller=writer(seller, language),
        contact="\n".join(filter(None, (phone(seller.phone), staff_address(seller)))),
        plan=plan.name if language is Language.RU else plan.name_en,
        warned_on=seller.day_of(warning.warned_at),
        over_limit=version.over_limit,
        hour_price=None if rate is None else Money(rate, version.currency),
        **{name: getattr(warning, name) for name in STOOD},
    )


STOOD = (
    "given_minutes",
    "used_minutes",
    "held_minutes",
    "available_minutes",
    "overage_minutes",
    "period_last_day",
    "runs_out_on",
)
"""What a letter says of the hours as the warning keeps them."""
