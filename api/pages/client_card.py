"""Everything about one client on one page, read with a fixed number of selects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from api.pages.page import Page
from billing.bills import Invoice
from billing.settling import unpaid_of
from contracts.catalogue import Product, Registration
from contracts.money import Money
from contracts.parties import AddressKind, Client, ContactAddress, Entity, PaperAddress
from contracts.sold import SoldSubscription, sold_to
from contracts.standing import Standing
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
    entities: Sequence[Entity]
    registrations: Sequence[tuple[Registration, str]]
    """With the names of their products."""
    sold: Sequence[SoldSubscription]
    standings: Mapping[int, Standing]
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
        entities=entities_of(session, client.id),
        registrations=registrations_of(session, client.id),
        sold=sold,
        standings={one.id: one.standing for one in covers if one.kind is CoverKind.SUBSCRIPTION},
        free=[one for one in covers if one.kind is CoverKind.FREE_PERIOD],
        pools=[PoolCard(sellers.get(id_, ""), one, card.forecasts.get(id_)) for id_, one in hours.items()],
        unpaid=unpaid_of(session, client.id),
        papers=papers_of(session, client.id, None, LAST_PAPERS),
        objections=list_objections(session, client_id=client.id)[: -LAST_OBJECTIONS - 1 : -1],
        mailed_to={one.email: one for one in _paper_addresses(session, client.id)},
        emails=_emails(session, [one.id for one in card.speakers]),
    )


def entities_of(session: Session, client_id: int) -> Sequence[Entity]:
    """The legal entities of a client, the first that was taken in first."""
    return session.exec(select(Entity).where(Entity.client_id == client_id).order_by(col(Entity.id))).all()


def registrations_of(session: Session, client_id: int) -> Sequence[tuple[Registration, str]]:
    """The registered copies of a client with the names of their products; those that an upgrade replaced come last."""
    own = select(Registration, Product.name).join(Product).where(Registration.client_id == client_id)
    replaced = col(Registration.surrendered_on).is_not(None)
    return session.exec(own.order_by(replaced, Registration.number)).all()


def papers_of(session: Session, client_id: int, before: int | None, limit: int) -> Sequence[Paper]:
    """The papers of a client, the latest first, those before one of them where it is named."""
    own = select(Paper).where(Paper.client_id == client_id).order_by(col(Paper.id).desc()).limit(limit)
    return session.exec(own if before is None else own.where(col(Paper.id) < before)).all()


def _paper_addresses(session: Session, client_id: int) -> Sequence[PaperAddress]:
    return session.exec(select(PaperAddress).where(PaperAddress.client_id == client_id)).all()


def _emails(session: Session, contact_ids: Sequence[int]) -> frozenset[str]:
    own = select(ContactAddress.value).where(col(ContactAddress.contact_id).in_(contact_ids))
    return frozenset(session.exec(own.where(ContactAddress.kind == AddressKind.EMAIL)))
