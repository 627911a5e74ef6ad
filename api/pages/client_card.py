"""Everything about one client on one page, read with a fixed number of selects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.pages.page import Page
from billing.bills import Invoice
from billing.cancelled_sales import CancelledSale, cancelled_sales
from billing.settling import unpaid_of
from contracts.catalogue import Registration
from contracts.listed_parties import entities_of, registrations_of
from contracts.money import Money
from contracts.paper_addresses import emails_of, paper_addresses
from contracts.parties import Client, Entity, PaperAddress
from contracts.sold import SoldSubscription, sold_to
from contracts.standing import Standing
from documents.block_reasons import block_reasons
from documents.listed_papers import papers_of
from documents.papers import Paper
from entitlements.answers import CoverView, HoursView
from entitlements.covers import CoverKind
from entitlements.desk_card import DeskCard, desk_card
from entitlements.forecast import Forecast
from entitlements.objection_facts import ObjectionRecord, list_objections

LAST_PAPERS = 12
LAST_OBJECTIONS = 5


@dataclass(frozen=True, slots=True)
class PoolCard:
    """The hours with one seller, and when they run out at the pace of late, if there is one."""

    seller: str
    hours: HoursView
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class ClientCard:
    """A client as sales look at it."""

    client: Client
    desk: DeskCard
    block_reasons: Mapping[int, str]
    """In the page's language, by the block's id."""
    entities: Sequence[Entity]
    registrations: Sequence[tuple[Registration, str]]
    """With the names of their products."""
    sold: Sequence[SoldSubscription]
    standings: Mapping[int, Standing]
    """By the subscription's id."""
    cancelled: Mapping[int, CancelledSale]
    """By the subscription's id."""
    free: Sequence[CoverView]
    """The free periods."""
    pools: Sequence[PoolCard]
    unpaid: Sequence[tuple[Invoice, Money]]
    papers: Sequence[Paper]
    objections: Sequence[ObjectionRecord]
    mailed_to: Mapping[str, PaperAddress]
    """Where papers are mailed, by the address."""
    emails: frozenset[str]
    """Which of the contacts' addresses are e-mails."""


def client_card(page: Page, client: Client) -> ClientCard:
    """The card of a client now."""
    session, card = page.session, desk_card(page.session, client.id, at=page.at)
    sold = sold_to(session, client.id)
    sellers = {one.seller.id: one.seller.name for one in sold}
    covers = [view.cover for view in card.views if view.cover is not None]
    hours = {view.cover.seller_id: view.hours for view in card.views if view.cover and view.hours}
    return ClientCard(
        client=client,
        desk=card,
        block_reasons=block_reasons(session, card.blocks, page.language),
        entities=entities_of(session, client.id),
        registrations=registrations_of(session, client.id),
        sold=sold,
        standings={one.id: one.standing for one in covers if one.kind is CoverKind.SUBSCRIPTION},
        cancelled=cancelled_sales(session, client.id),
        free=[one for one in covers if one.kind is CoverKind.FREE_PERIOD],
        pools=[PoolCard(sellers.get(id_, ""), one, card.forecasts.get(id_)) for id_, one in hours.items()],
        unpaid=unpaid_of(session, client.id),
        papers=papers_of(session, client.id, limit=LAST_PAPERS),
        objections=list_objections(session, client_id=client.id)[: -LAST_OBJECTIONS - 1 : -1],
        mailed_to={one.email: one for one in paper_addresses(session, {client.id})[client.id]},
        emails=frozenset(emails_of(session, client.id)),
    )
