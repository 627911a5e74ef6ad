"""What English papers call a party and who signs for it, where it tells that itself (rule P3)."""

from collections.abc import Mapping
from typing import TypeVar

from sqlmodel import Session

from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.parties import Entity, Seller
from contracts.requisites import ENGLISH, require_english

Party = TypeVar("Party", Seller, Entity)


def name_seller_in_english(session: Session, seller_id: int, names: Mapping[str, str]) -> Seller:
    """English papers that a seller issues from now on print these; those that are issued stay as they are.

    `names` are those of `ENGLISH` that change; an empty one is taken away. Raises `Refusal` with SELLER_UNKNOWN or
    TEXT_WRONG.
    """
    seller = session.get(Seller, seller_id, with_for_update={"key_share": True})
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    return _named(session, seller, names)


def name_entity_in_english(session: Session, entity_id: int, names: Mapping[str, str]) -> Entity:
    """English papers of a client's entity print these from now on. Raises ENTITY_UNKNOWN or TEXT_WRONG."""
    entity = session.get(Entity, entity_id)
    if entity is None:
        raise Refusal("ENTITY_UNKNOWN", field="entity_id", value=entity_id)
    lock_client(session, entity.client_id)
    return _named(session, entity, names)


def _named(session: Session, party: Party, names: Mapping[str, str]) -> Party:
    for name, value in names.items():
        setattr(party, name, require_english(value, name, ENGLISH[name]) if value else "")
    session.flush()
    return party
