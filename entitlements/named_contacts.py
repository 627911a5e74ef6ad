"""Reading who might ask for a client, for plans that serve only people whom the client named (rules D1, D2)."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from contracts.parties import ClientContact, ContactAddress
from entitlements.covers import NamedContact
from entitlements.plan_terms import PlanTerms


def read_contacts(
    session: Session, client_id: int, plans: Iterable[PlanTerms], known_at: datetime | None
) -> tuple[NamedContact, ...]:
    """Who spoke for the client and when, as known at a moment (D1); nobody where no plan asks for it.

    Who was withdrawn and named again is there twice; what became known of a person after the withdrawal is not told.
    """
    if not any(plan.named_contacts_only for plan in plans):
        return ()
    same = col(ContactAddress.contact_id) == col(ClientContact.contact_id)
    named = select(ClientContact, ContactAddress).join(ContactAddress, same)
    named = named.where(ClientContact.client_id == client_id)
    if known_at is not None:
        named = named.where(ClientContact.recorded_at <= known_at, ContactAddress.recorded_at <= known_at)
    people: dict[int, NamedContact] = {}
    for link, address in session.exec(named.order_by(col(ClientContact.id), col(ContactAddress.id))):
        if link.withdrawn_at is not None and link.withdrawn_at <= address.recorded_at:
            continue
        unknown = known_at is not None and link.withdrawn_at is not None and known_at < link.withdrawn_at
        person = people.setdefault(link.id, NamedContact({}, None if unknown else link.withdrawn_at))
        person.since[address.value] = max(link.recorded_at, address.recorded_at)
    return tuple(people.values())
