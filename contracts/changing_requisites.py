"""Changing a party's requisites: what is issued from then on prints the new ones, and what is issued stays (P2)."""

from collections.abc import Mapping
from typing import TypeVar

from sqlmodel import Session, select

from contracts.client_words import keep_words
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.parties import Client, Entity, Seller
from contracts.requisites import checked_requisites, search_key

Party = TypeVar("Party", Seller, Entity)

FIXED = ("inn", "country")
"""Another number or another country is another legal entity."""
REQUISITES = tuple(name for name in Entity.model_fields if name not in ("id", "client_id"))
_IN_THE_PHRASE = ("name", "full_name", "signatory_post", "signatory_name", "signatory_basis")


def change_entity(session: Session, entity_id: int, changes: Mapping[str, str]) -> Entity:
    """The entity with some requisites changed; an empty one is taken away, what is not named stays.

    It is found by its new name too. A client that was called as the entity is called so still. A phrase about who signs
    that was approved is asked for again when what it says is changed (P3). Raises `Refusal` with ENTITY_UNKNOWN,
    REQUISITE_FIXED, NOTHING_CHANGED, ENTITY_EXISTS for an INN and KPP that are another's, or those of
    `checked_requisites`.
    """
    entity = known_row(session, Entity, entity_id)
    client = session.get_one(Client, lock_client(session, entity.client_id).id)
    session.refresh(entity)
    called = entity.name
    _change(session, entity, changes, "ENTITY_EXISTS")
    if client.name == called:
        client.name, client.search_key = entity.name, search_key(entity.name)
    keep_words(session, [(client.id, entity.name), (client.id, entity.full_name)])
    session.flush()
    return entity


def change_seller(session: Session, seller_id: int, changes: Mapping[str, str]) -> Seller:
    """The seller with some requisites changed, as `change_entity`. Raises SELLER_UNKNOWN and SELLER_EXISTS."""
    seller = session.get(Seller, seller_id, with_for_update={"key_share": True}, populate_existing=True)
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    return _change(session, seller, changes, "SELLER_EXISTS")


def _change(session: Session, party: Party, changes: Mapping[str, str], exists: str) -> Party:
    known: dict[str, str] = {name: getattr(party, name) for name in REQUISITES}
    for name in FIXED:
        if changes.get(name, known[name]) != known[name]:
            raise Refusal("REQUISITE_FIXED", field=name, value=changes[name], allowed=known[name])
    wanted = {**known, "full_name": known["full_name"] if known["full_name"] != known["name"] else "", **changes}
    fine = checked_requisites({name: value for name, value in wanted.items() if value})
    new = {name: fine.get(name, "") for name in REQUISITES}
    if "signatory_phrase" not in changes and any(new[name] != known[name] for name in _IN_THE_PHRASE):
        new["signatory_phrase"] = ""
    if new == known:
        raise Refusal("NOTHING_CHANGED", field="requisites", value=None)
    table = type(party)
    other = select(table).where(table.inn == new["inn"], table.kpp == new["kpp"], table.id != party.id)
    if session.exec(other).first() is not None:
        raise Refusal(exists, field="kpp", value=new["kpp"])
    for name, value in new.items():
        setattr(party, name, value)
    session.flush()
    return party
