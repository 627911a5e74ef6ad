"""Recording from which mail domains a client writes, so that its people are known before they are contacts (D4)."""

from datetime import datetime

from sqlmodel import Session, col, select

from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.mail_domains import own_domain
from contracts.parties import ClientDomain
from contracts.requisites import normal_domain
from contracts.speaking import speaks_today


def record_domain(session: Session, client_id: int, domain: str, *, at: datetime) -> ClientDomain:
    """That mail from the domain speaks for the client; what is recorded already stays as it is.

    Several clients may share a domain; then it settles nothing between them. Raises `Refusal` with CLIENT_UNKNOWN,
    DOMAIN_WRONG or DOMAIN_PUBLIC.
    """
    lock_client(session, client_id)
    name = own_domain(domain)
    recorded = _recorded(session, client_id, name)
    if recorded is None:
        recorded = ClientDomain(client_id=client_id, domain=name, recorded_at=at)
        session.add(recorded)
        session.flush()
    return recorded


def withdraw_domain(session: Session, client_id: int, domain: str, *, at: datetime) -> ClientDomain:
    """Mail from the domain no longer speaks for the client; questions about the time before find it still (D1).

    Raises `Refusal` with CLIENT_UNKNOWN, DOMAIN_WRONG, or DOMAIN_UNKNOWN, naming the client's domains.
    """
    lock_client(session, client_id)
    name = normal_domain(domain)
    recorded = _recorded(session, client_id, name)
    if recorded is None:
        raise Refusal("DOMAIN_UNKNOWN", field="domain", value=name, allowed=domains_of(session, client_id))
    recorded.withdrawn_at = at
    session.flush()
    return recorded


def domains_of(session: Session, client_id: int) -> list[str]:
    """The client's mail domains in the order of the alphabet."""
    own = select(ClientDomain.domain).where(ClientDomain.client_id == client_id, speaks_today(ClientDomain))
    return list(session.exec(own.order_by(col(ClientDomain.domain))))


def _recorded(session: Session, client_id: int, domain: str) -> ClientDomain | None:
    own = select(ClientDomain).where(ClientDomain.client_id == client_id, speaks_today(ClientDomain))
    return session.exec(own.where(ClientDomain.domain == domain)).first()
