"""Taking over a book of business from another system: its parties, programs, contracts and subscriptions.

What the book knows already by its natural key is left as it is, so that the same rows again change nothing: a client by
its external id or the INN and KPP of an entity, a program by its registration number, a contract by its number with the
seller, a subscription by its own key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from contracts.book import Book, RowRefusal
from contracts.booked_contracts import book_contracts
from contracts.booked_parties import Booked, book_clients, book_contacts, book_domains, book_entities, spoken_for
from contracts.booked_programs import Occasion, Offered, Owners, book_free_periods, book_registrations
from contracts.booked_sales import book_subscriptions
from contracts.locking import lock_whoever
from contracts.parties import Seller
from contracts.told_sales import SoldElsewhere

Tell = Callable[[str], None]
"""Told which things were taken over."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What taking over came to: each kind of thing, the subscriptions with what the book says of their hours, the ids
    of the free periods that are new, and what is wrong in which row."""

    kinds: Mapping[str, Booked]
    sold: tuple[SoldElsewhere, ...]
    free_period_ids: tuple[int, ...]
    faults: tuple[RowRefusal, ...]


def take_turn(session: Session) -> None:
    """Let the books be taken over one at a time, so that the second of two finds what the first brought."""
    session.exec(select(Seller.id).order_by(col(Seller.id)).with_for_update(key_share=True)).all()


def take_over(session: Session, book: Book, occasion: Occasion, *, tell: Tell = lambda kind: None) -> TakenOver:
    """Take over what is new, and tell every row that is wrong; the caller undoes it all when there is any.

    No invoice and no paper is issued, no free period falls due, and no hours are given: they belong to others.
    """
    kinds: dict[str, Booked] = {}

    def done(kind: str, booked: Booked) -> Booked:
        kinds[kind] = booked
        tell(kind)
        return booked

    clients = done("clients", book_clients(session, book, at=occasion.at))
    lock_whoever(session, lambda: {*clients.ids.values(), *spoken_for(session, book, clients)})
    entities = done("entities", book_entities(session, book, clients))
    done("domains", book_domains(session, book, clients, at=occasion.at))
    done("contacts", book_contacts(session, book, clients, at=occasion.at))
    owners, offered = Owners(session, clients, entities), Offered(session)
    registrations = done("registrations", book_registrations(session, book, owners, offered, occasion.at))
    free, free_ids = book_free_periods(session, book, registrations, offered, occasion)
    done("free_periods", free)
    contracts = done("contracts", book_contracts(session, book, owners, offered, occasion))
    subscriptions, sold = book_subscriptions(session, book, contracts, registrations, offered, occasion)
    done("subscriptions", subscriptions)
    faults = [*book.faults, *(fault for booked in kinds.values() for fault in booked.faults)]
    return TakenOver(kinds, tuple(sold), tuple(free_ids), tuple(faults))
