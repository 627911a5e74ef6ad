"""Finding clients and reading what they have."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, bindparam, union_all
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contracts.catalogue import Plan, PlanVersion, Registration
from contracts.client_keys import normal_key
from contracts.contract_calendar import ContractCalendar, FreeTerm, SoldTerm, contract_calendar
from contracts.errors import Refusal
from contracts.parties import Client, ClientContact, ClientDomain, ContactAddress, Entity, Seller
from contracts.policies import RegistrationRole
from contracts.requisites import normal_domain, search_key
from contracts.speaking import TODAY, speaks
from contracts.specifying import last_specification
from contracts.subscriptions import Amendment, Contract, Coverage, FreePeriod, Specification, Subscription

_AT: BindParameter[datetime] = bindparam("at")


def _spoken_for(key: str) -> SelectOfScalar[int]:
    same = col(ContactAddress.contact_id) == col(ClientContact.contact_id)
    reached = select(ClientContact.client_id).join(ContactAddress, same).where(ContactAddress.value == bindparam(key))
    return reached.where(col(ContactAddress.recorded_at) <= _AT, speaks(ClientContact, _AT))


def _by_email() -> CompoundSelect[Any]:
    """Whoever a contact's address speaks for; for an address that is no contact's, the owners of its domain."""
    known = _spoken_for("email")
    owning = select(ClientDomain.client_id).where(ClientDomain.domain == bindparam("domain"), ~known.exists())
    return union_all(known, owning.where(speaks(ClientDomain, _AT)))


CLIENTS_BY: dict[str, SelectOfScalar[int] | CompoundSelect[Any]] = {
    "id": select(Client.id).where(Client.id == bindparam("id")),
    "external_id": select(Client.id).where(Client.external_id == bindparam("external_id")),
    "inn": select(Entity.client_id).where(Entity.inn == bindparam("inn")),
    "registration_number": select(Registration.client_id).where(
        Registration.number == bindparam("registration_number")
    ),
    "email": _by_email(),
    "phone": _spoken_for("phone"),
}
"""By what a caller may name a client: the select of the clients' ids, its parameters those of `parameters_of`."""


def clients_named(session: Session, keys: Mapping[str, str | int], *, at: datetime = TODAY) -> list[int]:
    """The ids of the clients that every given key names, smallest first; two or more mean that it is ambiguous (D4).

    An e-mail or a phone names those for whom it spoke at the moment (D1).

    Raises `Refusal("FIELD_UNKNOWN")` for a key that is none of `CLIENTS_BY`, and those of `normal_key`.
    """
    normal = parameters_of(keys, at)
    matching = [set(session.connection().execute(CLIENTS_BY[key], normal).scalars()) for key in keys]
    return sorted(set.intersection(*matching)) if matching else []


def parameters_of(keys: Mapping[str, str | int], at: datetime) -> dict[str, str | int | datetime]:
    """The keys in the writing in which they are stored, the moment, and the domain of an e-mail.

    Raises as `clients_named`.
    """
    normal: dict[str, str | int | datetime] = {"at": at}
    for key, value in keys.items():
        if key not in CLIENTS_BY:
            raise Refusal("FIELD_UNKNOWN", field=key, value=value, allowed=list(CLIENTS_BY))
        normal[key] = normal_key(key, value)
    if "email" in normal:
        normal["domain"] = _domain_of(str(normal["email"]))
    return normal


def _domain_of(email: str) -> str:
    """The domain of an address; one that no client can have is the domain of nobody."""
    try:
        return normal_domain(email.rpartition("@")[2])
    except Refusal:
        return ""


def clients_like(session: Session, text: str, limit: int = 20) -> list[Client]:
    """Clients whose name begins with the text, in the order of their names."""
    key = search_key(text)
    starting = select(Client).where(col(Client.search_key).startswith(key, autoescape=True))
    return list(session.exec(starting.order_by(Client.search_key).limit(limit)))


def client_names(session: Session, client_ids: Collection[int]) -> dict[int, str]:
    """The names of the clients, by their ids."""
    named = select(Client.id, Client.name).where(col(Client.id).in_(client_ids))
    return dict(session.exec(named).all())


def all_sellers(session: Session) -> list[Seller]:
    """Our own legal entities, the first one first."""
    return list(session.exec(select(Seller).order_by(col(Seller.id))))


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


def opens_contract(session: Session, sold: Subscription) -> bool:
    """Whether its contract was made for a subscription: renewals and further sales under it are later ones."""
    earlier = select(Subscription.id).where(Subscription.contract_id == sold.contract_id, Subscription.id < sold.id)
    return session.exec(earlier.limit(1)).first() is None


def calendar_of(session: Session, contract: Contract) -> ContractCalendar:
    """The calendar of a contract, with the free periods that its seller gave the registrations it covers by name."""
    return _calendar(session, col(Subscription.contract_id) == contract.id, contract.seller_id)


def calendar_of_sale(session: Session, sold: Subscription) -> ContractCalendar:
    """The same of one subscription alone."""
    return _calendar(session, col(Subscription.id) == sold.id, sold.seller_id)


def _calendar(session: Session, own: ColumnElement[bool], seller_id: int) -> ContractCalendar:
    return contract_calendar(_sold_terms(session, own), _free_terms(session, own, seller_id))


def _sold_terms(session: Session, own: ColumnElement[bool]) -> list[SoldTerm]:
    sold = select(Subscription, PlanVersion, Plan.code).select_from(Subscription).join(PlanVersion).join(Plan)
    rows = session.exec(sold.where(own).order_by(col(Subscription.starts_on), col(Subscription.id)))
    changes = select(Amendment).join(Subscription).where(own)
    amended = session.exec(changes.order_by(col(Amendment.effective_on))).all()
    return [
        SoldTerm(
            subscription_id=subscription.id,
            plan_code=code,
            term=subscription.term,
            term_months=subscription.term_months,
            serves_from=subscription.serves_from,
            grace_days=version.grace_days,
            expiring_days=version.expiring_days,
            predecessor_id=subscription.predecessor_id,
            cancelled_on=subscription.cancelled_on,
            amended_on=tuple(one.effective_on for one in amended if one.subscription_id == subscription.id),
        )
        for subscription, version, code in rows
    ]


def _free_terms(session: Session, own: ColumnElement[bool], seller_id: int) -> list[FreeTerm]:
    covered = select(Coverage.registration_id).join(Specification).join(Subscription).where(own)
    given = select(FreePeriod, Registration.number).join(Registration)
    given = given.where(FreePeriod.seller_id == seller_id, col(FreePeriod.registration_id).in_(covered))
    return [FreeTerm(number, free.term) for free, number in session.exec(given.order_by(Registration.number))]


@dataclass(frozen=True, slots=True)
class CoveredRegistration:
    """A registration under a subscription, who of the client's entities uses it, and what it is there on a day."""

    number: str
    role: RegistrationRole
    entity_id: int
    surrendered_on: date | None


def covered_registrations(session: Session, sold: Subscription, on: date) -> list[CoveredRegistration]:
    """The registrations that a subscription covers in the end, of whichever entities, the main one first.

    One that an upgrade replaced by the day is told as surrendered: it is no longer covered (S1).
    """
    last = select(Coverage, Registration).join(Registration)
    last = last.where(Coverage.specification_id == last_specification(session, sold).id)
    return [
        CoveredRegistration(copy.number, _role(covered, copy, on), copy.entity_id, copy.surrendered_on)
        for covered, copy in session.exec(last.order_by(col(Coverage.is_main).desc(), Registration.number))
    ]


def _role(covered: Coverage, copy: Registration, on: date) -> RegistrationRole:
    if copy.surrendered_on is not None and copy.surrendered_on <= on:
        return RegistrationRole.SURRENDERED
    return RegistrationRole.MAIN if covered.is_main else RegistrationRole.OTHER
