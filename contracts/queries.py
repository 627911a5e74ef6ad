"""Finding clients and reading what they have."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contracts.catalogue import Registration
from contracts.errors import Refusal
from contracts.parties import Client, ClientContact, ContactAddress, Entity
from contracts.requisites import normal_email, normal_phone, search_key
from contracts.subscriptions import Contract

KEYS = ("id", "external_id", "inn", "registration_number", "email", "phone")
"""By what a caller may name a client."""


def clients_named(session: Session, keys: Mapping[str, str | int]) -> list[int]:
    """The ids of the clients that every given key names, smallest first; two or more mean that it is ambiguous (D4).

    Raises `Refusal("FIELD_UNKNOWN")` for a key that is none of `KEYS`, and those of e-mail and phone.
    """
    matching = [set(session.exec(clients_by(key, normal_key(key, value))).all()) for key, value in keys.items()]
    return sorted(set.intersection(*matching)) if matching else []


def normal_key(key: str, value: str | int) -> str | int:
    """The value in the writing in which it is stored."""
    match key:
        case "email":
            return normal_email(str(value), key)
        case "phone":
            return normal_phone(str(value), key)
        case "inn":
            return "".join(str(value).split())
    return value


def clients_by(key: str, value: str | int | BindParameter[Any]) -> SelectOfScalar[int]:
    """The select of the ids of the clients that a key in its normal writing names."""
    match key:
        case "id":
            return select(Client.id).where(Client.id == value)
        case "external_id":
            return select(Client.id).where(Client.external_id == value)
        case "inn":
            return select(Entity.client_id).where(Entity.inn == value)
        case "registration_number":
            return select(Registration.client_id).where(Registration.number == value)
        case "email" | "phone":
            spoken_for = select(ClientContact.client_id).join(
                ContactAddress, col(ContactAddress.contact_id) == col(ClientContact.contact_id)
            )
            return spoken_for.where(ContactAddress.value == value)
    raise Refusal("FIELD_UNKNOWN", field=key, value=value, allowed=list(KEYS))


def clients_like(session: Session, text: str, limit: int = 20) -> list[Client]:
    """Clients whose name begins with the text, in the order of their names."""
    key = search_key(text)
    starting = select(Client).where(col(Client.search_key).startswith(key, autoescape=True))
    return list(session.exec(starting.order_by(Client.search_key).limit(limit)))


def contracts_between(session: Session, seller_id: int, client_ids: Collection[int]) -> dict[int, list[Contract]]:
    """The contracts of each of the clients with a seller, in the order of their signing."""
    own = select(Contract).where(Contract.seller_id == seller_id, col(Contract.client_id).in_(client_ids))
    contracts: dict[int, list[Contract]] = {client_id: [] for client_id in client_ids}
    for contract in session.exec(own.order_by(col(Contract.signed_on), col(Contract.id))):
        contracts[contract.client_id].append(contract)
    return contracts


def contract_on(signed: Sequence[Contract], day: date) -> Contract | None:
    """The contract that a month's papers are issued under: the latest signed by the day, else the first, if any."""
    return next((one for one in reversed(signed) if one.signed_on <= day), next(iter(signed), None))
