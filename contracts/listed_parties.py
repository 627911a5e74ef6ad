"""What a client consists of, as lists are shown to choose among (select only)."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from contracts.catalogue import Product, Registration
from contracts.parties import Client, Entity
from contracts.subscriptions import Contract


def entities_of(session: Session, client_id: int) -> Sequence[Entity]:
    """The legal entities of a client, the first that was taken in first."""
    return session.exec(select(Entity).where(Entity.client_id == client_id).order_by(col(Entity.id))).all()


def entities_named(session: Session, entity_ids: Collection[int | None]) -> list[tuple[Entity, str]]:
    """Legal entities with the names of their clients, the first first."""
    own = select(Entity, Client.name).join(Client, col(Client.id) == Entity.client_id)
    return list(session.exec(own.where(col(Entity.id).in_(entity_ids)).order_by(col(Entity.id))).all())


def contracts_of(session: Session, client_id: int) -> Sequence[Contract]:
    """The contracts of a client, the latest first."""
    return session.exec(select(Contract).where(Contract.client_id == client_id).order_by(col(Contract.id).desc())).all()


def registrations_of(session: Session, client_id: int) -> Sequence[tuple[Registration, str]]:
    """The registered copies of a client with the names of their products; those that an upgrade replaced come last."""
    own = select(Registration, Product.name).join(Product).where(Registration.client_id == client_id)
    replaced = col(Registration.surrendered_on).is_not(None)
    return session.exec(own.order_by(replaced, Registration.number)).all()


def products_by_name(session: Session) -> list[tuple[str, str]]:
    """The supported products by their codes and names."""
    return list(session.exec(select(Product.code, Product.name).order_by(col(Product.name))).all())
