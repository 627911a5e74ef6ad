"""A sale as it would be, shown before anything is issued: dates, free periods, gaps, calendar and total (T3)."""

from dataclasses import replace
from datetime import date, datetime

from fastapi import APIRouter
from sqlmodel import Session

from api.journeys import Sold, sell_subscription
from api.outputs import Amount as Told
from api.outputs import Answer
from api.request import GuardedRoute, Writer
from api.v1.contract_calendar import CalendarEvent
from api.v1.preambles import PartyPreamble, preambles_of
from api.v1.subscriptions import OrderInput
from contracts.contract_calendar import FreeTerm
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.queries import calendar_of_sale
from documents.drawing_parties import parties_of
from entitlements.hours import local_day

router = APIRouter(route_class=GuardedRoute, tags=["selling"])


class PreviewedFreePeriod(Answer):
    """A registration's free period, and the days without service between it, or today, and the paid start."""

    registration_number: str
    starts_on: date
    last_day: date
    gap_days: int


class SalePreview(Answer):
    """What selling would make, for as long as nothing else changes; numbers are given at issue only."""

    starts_on: date
    last_day: date
    term_months: int
    total: Told
    currency: str
    due_on: date
    free_periods: list[PreviewedFreePeriod]
    events: list[CalendarEvent]
    preambles: list[PartyPreamble]


@router.post("/v1/subscriptions:preview")
def preview(new: OrderInput, call: Writer) -> SalePreview:
    """What selling would make: free periods, the gap before the paid start, dates and total; nothing is written."""
    shown = preview_of(call.session, sell_subscription(call.session, new.order(), at=call.at), at=call.at)
    call.session.rollback()
    return shown


def preview_of(session: Session, sold: Sold, *, at: datetime) -> SalePreview:
    """What a sale made, to be shown before it is undone again."""
    subscription, invoice = sold.sale.subscription, sold.invoice
    today = local_day(at, known_row(session, Seller, subscription.seller_id).time_zone)
    found = calendar_of_sale(session, subscription)
    return SalePreview(
        starts_on=subscription.starts_on,
        last_day=subscription.term.last_day,
        term_months=subscription.term_months,
        total=str(invoice.total),
        currency=invoice.currency,
        due_on=invoice.due_on,
        free_periods=[_free_period(one, subscription.starts_on, today) for one in found.free],
        events=[CalendarEvent.model_validate(replace(event, subscription_id=None)) for event in found.events],
        preambles=preambles_of(parties_of(session, subscription.contract_id)),
    )


def _free_period(free: FreeTerm, starts_on: date, today: date) -> PreviewedFreePeriod:
    return PreviewedFreePeriod(
        registration_number=free.registration_number,
        starts_on=free.term.starts_on,
        last_day=free.term.last_day,
        gap_days=free.gap_days(starts_on, today),
    )
