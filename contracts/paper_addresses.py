"""Choosing to which of a client's addresses its papers are mailed, and whether attached or as links (P2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.paper_ways import PaperWay
from contracts.parties import AddressKind, ClientContact, ContactAddress, PaperAddress
from contracts.requisites import normal_email
from contracts.speaking import speaks_today


def choose_paper_address(session: Session, client_id: int, email: str, way: PaperWay, *, at: datetime) -> PaperAddress:
    """Papers that are issued from now on are mailed to the address; one that is chosen already only changes its way.

    Raises `Refusal` with CLIENT_UNKNOWN, EMAIL_WRONG, or PAPER_ADDRESS_UNKNOWN, naming the contacts' addresses.
    """
    lock_client(session, client_id)
    address = normal_email(email, "email")
    known = emails_of(session, client_id)
    if address not in known:
        raise Refusal("PAPER_ADDRESS_UNKNOWN", field="email", value=address, allowed=known)
    chosen = _chosen(session, client_id, address)
    if chosen is None:
        chosen = PaperAddress(client_id=client_id, email=address, way=way, since=at)
    chosen.way = way
    session.add(chosen)
    session.flush()
    return chosen


def withdraw_paper_address(session: Session, client_id: int, email: str) -> PaperAddress:
    """The address gets no more papers.

    Raises `Refusal` with CLIENT_UNKNOWN, EMAIL_WRONG, or PAPER_ADDRESS_UNKNOWN, naming those that get them.
    """
    lock_client(session, client_id)
    address = normal_email(email, "email")
    chosen = _chosen(session, client_id, address)
    if chosen is None:
        known = [one.email for one in paper_addresses(session, {client_id})[client_id]]
        raise Refusal("PAPER_ADDRESS_UNKNOWN", field="email", value=address, allowed=known)
    session.delete(chosen)
    session.flush()
    return chosen


def paper_addresses(session: Session, client_ids: set[int]) -> Mapping[int, Sequence[PaperAddress]]:
    """Where the papers of each client are mailed, the first that was chosen first; empty where nowhere."""
    rows = session.exec(
        select(PaperAddress).where(col(PaperAddress.client_id).in_(client_ids)).order_by(col(PaperAddress.id))
    ).all()
    return {client_id: [row for row in rows if row.client_id == client_id] for client_id in client_ids}


def _chosen(session: Session, client_id: int, email: str) -> PaperAddress | None:
    own = select(PaperAddress).where(PaperAddress.client_id == client_id, PaperAddress.email == email)
    return session.exec(own).first()


def emails_of(session: Session, client_id: int) -> list[str]:
    """The e-mail addresses of all who speak for a client, in the order of letters."""
    own = select(ContactAddress.value).join(
        ClientContact, col(ClientContact.contact_id) == col(ContactAddress.contact_id)
    )
    own = own.where(ClientContact.client_id == client_id, speaks_today(ClientContact))
    own = own.where(ContactAddress.kind == AddressKind.EMAIL).distinct()
    return list(session.exec(own.order_by(ContactAddress.value)))
