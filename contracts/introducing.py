"""People whom a client itself names: who may ask for service on its behalf (D4)."""

from datetime import datetime

from sqlmodel import Session, col, select

from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.parties import AddressKind, ClientContact, ClientDomain, Contact, ContactAddress, PaperAddress
from contracts.requisites import normal_email, normal_phone, require_text
from contracts.speaking import speaks_today


def introduce_contact(
    session: Session, client_id: int, name: str, *, email: str, phone: str | None = None, at: datetime
) -> Contact:
    """A person of this client alone, also where a contact of another client has the same name and address.

    Were the two taken for one, an address that this client adds would speak for the other client too. What names
    another client today, by a contact or by its mail domain, is for the firm to record: else one client could let the
    desk take the other's mail for its own, or for nobody's. Raises `Refusal` with CLIENT_UNKNOWN, TEXT_WRONG,
    EMAIL_WRONG, PHONE_WRONG, CONTACT_FOR_STAFF, or CONTACT_EXISTS for an address of one of its contacts.
    """
    addresses = {AddressKind.EMAIL: normal_email(email, "email")}
    if phone is not None:
        addresses[AddressKind.PHONE] = normal_phone(phone, "phone")
    contact = Contact(name=require_text(name, "name", 300))
    lock_client(session, client_id)
    known = select(ContactAddress).join(ClientContact, col(ClientContact.contact_id) == col(ContactAddress.contact_id))
    known = known.where(ClientContact.client_id == client_id, speaks_today(ClientContact))
    known = known.where(col(ContactAddress.value).in_(addresses.values()))
    taken = session.exec(known).first()
    if taken is not None:
        raise Refusal("CONTACT_EXISTS", field=taken.kind.value, value=taken.value)
    for kind, value in addresses.items():
        if _names_another(session, client_id, value):
            raise Refusal("CONTACT_FOR_STAFF", field=kind.value, value=value)
    session.add(contact)
    session.flush()
    session.add(ClientContact(client_id=client_id, contact_id=contact.id, recorded_at=at))
    session.add_all(
        ContactAddress(contact_id=contact.id, kind=kind, value=value, recorded_at=at)
        for kind, value in addresses.items()
    )
    session.flush()
    return contact


def _names_another(session: Session, client_id: int, address: str) -> bool:
    """Whether an e-mail or phone speaks for another client today; past the session, which may show this client only."""
    reached = select(ContactAddress.id).join(
        ClientContact, col(ClientContact.contact_id) == col(ContactAddress.contact_id)
    )
    reached = reached.where(ContactAddress.value == address, speaks_today(ClientContact))
    domain = select(ClientDomain.id).where(
        ClientDomain.domain == address.rpartition("@")[2], speaks_today(ClientDomain)
    )
    others = (
        reached.where(ClientContact.client_id != client_id),
        domain.where(ClientDomain.client_id != client_id),
    )
    return any(session.connection().execute(one.limit(1)).first() is not None for one in others)


def contact_reached(session: Session, client_id: int, address: str) -> int:
    """The contact of the client with that e-mail or phone. Raises CONTACT_UNKNOWN, EMAIL_WRONG or PHONE_WRONG."""
    value = normal_email(address, "address") if "@" in address else normal_phone(address, "address")
    own = select(ContactAddress.contact_id).join(
        ClientContact, col(ClientContact.contact_id) == col(ContactAddress.contact_id)
    )
    own = own.where(ClientContact.client_id == client_id, speaks_today(ClientContact))
    found = session.exec(own.where(ContactAddress.value == value)).first()
    if found is None:
        raise Refusal("CONTACT_UNKNOWN", field="address", value=address)
    return found


def withdraw_contact(session: Session, client_id: int, contact_id: int, *, at: datetime) -> str:
    """The person asks for this client no more, and papers go to no address that was that person's alone (D4, P2).

    For other clients the person speaks as before, and so does the past of this one (D1).
    Returns the person's name. Raises `Refusal` with CLIENT_UNKNOWN or CONTACT_UNKNOWN.
    """
    lock_client(session, client_id)
    named = select(ClientContact).where(ClientContact.client_id == client_id, speaks_today(ClientContact))
    link = session.exec(named.where(ClientContact.contact_id == contact_id)).first()
    if link is None:
        raise Refusal("CONTACT_UNKNOWN", field="contact_id", value=contact_id)
    link.withdrawn_at = at
    session.flush()
    reached = select(ContactAddress.value).join(
        ClientContact, col(ClientContact.contact_id) == col(ContactAddress.contact_id)
    )
    left = reached.where(ClientContact.client_id == client_id, speaks_today(ClientContact))
    stale = select(PaperAddress).where(PaperAddress.client_id == client_id, col(PaperAddress.email).not_in(left))
    for one in session.exec(stale):
        session.delete(one)
    session.flush()
    return session.get_one(Contact, contact_id).name
