"""Reading who may ask for a client, for plans that serve only people whom the client named (rule D2)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from contracts.parties import ClientContact, ContactAddress
from entitlements.covers import PlanTerms


def read_contacts(
    session: Session, client_id: int, plans: Iterable[PlanTerms], known_at: datetime | None
) -> tuple[tuple[str, ...], ...]:
    """The addresses of each contact of the client as known at a moment (D1); nobody's where no plan asks for them."""
    if not any(plan.named_contacts_only for plan in plans):
        return ()
    same = col(ContactAddress.contact_id) == col(ClientContact.contact_id)
    reached = select(ContactAddress.contact_id, ContactAddress.value).join(ClientContact, same)
    reached = reached.where(ClientContact.client_id == client_id)
    if known_at is not None:
        reached = reached.where(ClientContact.recorded_at <= known_at, ContactAddress.recorded_at <= known_at)
    people: dict[int, list[str]] = defaultdict(list)
    for contact_id, value in session.exec(reached.order_by(col(ContactAddress.id))):
        people[contact_id].append(value)
    return tuple(map(tuple, people.values()))
