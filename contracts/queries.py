"""Finding clients and reading what they have."""

from collections.abc import Mapping

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contracts.catalogue import Registration
from contracts.errors import Refusal
from contracts.parties import Client, ClientContact, ContactAddress, Entity
from contracts.requisites import normal_email, normal_phone, search_key


def clients_named(session: Session, keys: Mapping[str, str | int]) -> list[int]:
    """The ids of the clients that every given key names, smallest first; two or more mean that it is ambiguous (D4).

    Keys: `id`, `external_id`, `inn`, `registration_number`, `email`, `phone`; any other is `Refusal("FIELD_UNKNOWN")`.
    """
    matching = [set(session.exec(_matching(key, value)).all()) for key, value in keys.items()]
    return sorted(set.intersection(*matching)) if matching else []


def _matching(key: str, value: str | int) -> SelectOfScalar[int]:
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
            normal = normal_email(str(value), key) if key == "email" else normal_phone(str(value), key)
            spoken_for = select(ClientContact.client_id).join(
                ContactAddress, col(ContactAddress.contact_id) == col(ClientContact.contact_id)
            )
            return spoken_for.where(ContactAddress.value == normal)
    allowed = ["id", "external_id", "inn", "registration_number", "email", "phone"]
    raise Refusal("FIELD_UNKNOWN", field=key, value=value, allowed=allowed)


def clients_like(session: Session, text: str, limit: int = 20) -> list[Client]:
    """Clients whose name begins with the text, in the order of their names."""
    key = search_key(text)
    starting = select(Client).where(col(Client.search_key).startswith(key, autoescape=True))
    return list(session.exec(starting.order_by(Client.search_key).limit(limit)))
