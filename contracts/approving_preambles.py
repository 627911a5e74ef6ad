"""Approving the phrase about who signs for a party, before a contract prints it (rule P3)."""

from typing import TypeVar

from sqlmodel import Session

from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.parties import Entity, Seller
from contracts.requisites import PRINTED, require_text

Party = TypeVar("Party", Seller, Entity)


def approve_sellers_preamble(session: Session, seller_id: int, phrase: str) -> Seller:
    """Contracts that a seller makes from now on print this phrase; those that are issued stay as they are.

    Raises `Refusal` with SELLER_UNKNOWN or TEXT_WRONG.
    """
    seller = session.get(Seller, seller_id, with_for_update={"key_share": True})
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    return _approved(session, seller, phrase)


def approve_entitys_preamble(session: Session, entity_id: int, phrase: str) -> Entity:
    """Contracts with a client's entity print this phrase from now on. Raises ENTITY_UNKNOWN or TEXT_WRONG."""
    entity = known_row(session, Entity, entity_id)
    lock_client(session, entity.client_id)
    return _approved(session, entity, phrase)


def _approved(session: Session, party: Party, phrase: str) -> Party:
    party.signatory_phrase = require_text(phrase, "phrase", PRINTED["signatory_phrase"])
    session.flush()
    return party
