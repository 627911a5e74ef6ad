"""The first page of a client's people: the hours that are left, what is covered until when, and what to do next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Response

from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage
from billing.settling import unpaid_of
from contracts.parties import Client
from contracts.queries import all_sellers
from contracts.standing import Standing
from documents.drawing_parties import plan_names
from entitlements.answers import CoverView, HoursView
from entitlements.approving import list_entries
from entitlements.client_state import served_pools
from entitlements.covers import CoverKind
from entitlements.desk_card import DeskCard, desk_card
from entitlements.entry_states import EntryState
from entitlements.forecast import Forecast
from entitlements.months import left_this_month
from entitlements.objection_facts import list_objections, statements_awaiting
from entitlements.objection_states import ObjectionState
from entitlements.options import RENEW, RENEW_REGISTRATION

router = APIRouter(route_class=PageRoute, include_in_schema=False)

DUE = (Standing.EXPIRING, Standing.GRACE, Standing.LAPSED)
"""The standings in which it is time to renew."""
OVER = (Standing.LAPSED, Standing.CANCELLED)


@dataclass(frozen=True, slots=True)
class OwnCover:
    """A subscription or free period of the client, the name of its plan, and whether it may, or should, be renewed."""

    view: CoverView
    plan: str
    is_renewable: bool
    is_due: bool


@dataclass(frozen=True, slots=True)
class OwnHours:
    """The hours with one seller: as they stand, what was left at the end of each day of the month, and the forecast."""

    seller: str
    view: HoursView
    left_minutes: tuple[int, ...]
    forecast: Forecast | None


@router.get("/my")
def show(page: ReadingPage) -> Response:
    """The client's hours, covers, and what waits for it."""
    session, client_id = page.session, page.client_id
    card = desk_card(session, client_id, at=page.at)
    return page.show(
        "my/overview.html",
        client=session.get_one(Client, client_id),
        covers=list(_covers(card, plan_names(session, page.language))),
        hours=list(_hours(page, card)),
        unpaid=unpaid_of(session, client_id),
        today=page.today,
        waiting=statements_awaiting(session, client_id, page.today),
        entries=list_entries(session, client_id=client_id, state=EntryState.AWAITING, limit=ON_A_PAGE),
        objections=list_objections(session, client_id=client_id, state=ObjectionState.UNDECIDED, limit=ON_A_PAGE),
    )


def _covers(card: DeskCard, plans: Mapping[str, str]) -> Iterator[OwnCover]:
    """What covers the client or may be renewed; what is over for good is left out."""
    renewed = {(one.kind, one.id) for one in card.facts.covers if one.has_successor}
    for view in card.views:
        cover, acts = view.cover, {option.action for option in view.options}
        if cover is None:
            continue
        last = cover.kind is CoverKind.SUBSCRIPTION and (cover.kind, cover.id) not in renewed
        ended_at_vendor = RENEW_REGISTRATION in acts and RENEW not in acts
        is_due = last and cover.standing in DUE and not ended_at_vendor
        if is_due or ended_at_vendor or cover.standing not in OVER:
            is_renewable = is_due or (last and cover.standing is Standing.ACTIVE)
            yield OwnCover(cover, plans[cover.plan_code], is_renewable, is_due)


def _hours(page: Page, card: DeskCard) -> Iterator[OwnHours]:
    """The hours with each seller that gives any, in the period of the cover that serves now, if one does."""
    views = {one.cover.seller_id: one.hours for one in card.views if one.cover is not None and one.hours is not None}
    views |= {seller_id: served.hours for seller_id, served in served_pools(card.facts, card.views).items()}
    for seller in all_sellers(page.session):
        if seller.id not in views:
            continue
        view, left = views[seller.id], left_this_month(card.facts.pools[seller.id], page.at)
        if any(left) or view.given_minutes:
            yield OwnHours(seller.name, view, left, card.forecasts.get(seller.id))
