"""Telling a firm's own book in the form in which an import takes it over: clients and all that they have on a day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col, func

from contracts.catalogue import Plan, PlanVersion, Product, Registration
from contracts.columns import columns_of
from contracts.imported import ImportedSubscription
from contracts.money import Money
from contracts.parties import AddressKind, Client, ClientContact, ClientDomain, Contact, ContactAddress, Entity, Seller
from contracts.speaking import speaks_today
from contracts.subscriptions import Amendment, Contract, Coverage, FreePeriod, Specification, Subscription
from contracts.terms import ONE_DAY
from entitlements.book_file import REQUISITES
from entitlements.durations import clock
from entitlements.facts import facts_of_pools
from entitlements.grants import Grant
from entitlements.hours import account, local_day
from entitlements.hours_facts import LotOrigin

CLIENTS_AT_ONCE = 500
OWN = "abonement:{}"
"""The key of what has none from another system, made of its id here."""

PROGRAM = ("purchase", "bought_on", "surrendered_on")
Told = dict[str, Any]
Left = dict[date, int]
"""Minutes left by their last day."""


def tell_book(session: Session, *, at: datetime) -> Iterator[Told]:
    """The rows of the book as it is at a moment, client by client, some clients in memory at once."""
    last = 0
    clients = select(*columns_of(Client, "id", "name", "external_id", "locale")).order_by(col(Client.id))
    while chunk := session.connection().execute(clients.where(col(Client.id) > last).limit(CLIENTS_AT_ONCE)).all():
        telling = _Telling(session, [client.id for client in chunk], at)
        for client in chunk:
            yield from telling.rows(client)
        last = chunk[-1].id


_PLAN: tuple[Any, Any] = (col(Plan.code).label("plan"), col(PlanVersion.version).label("plan_version"))


def _planned(query: Any, table: Any) -> Any:
    """The query with the plan of each cover."""
    query = query.select_from(table).join(PlanVersion, col(PlanVersion.id) == table.plan_version_id)
    return query.join(Plan, col(Plan.id) == col(PlanVersion.plan_id))


class _Telling:
    """Everything that some clients have, read with a few selects."""

    def __init__(self, session: Session, client_ids: Sequence[int], at: datetime) -> None:
        self._session, self._ids = session, client_ids
        sellers = session.connection().execute(select(*columns_of(Seller, "id", "code", "time_zone"))).all()
        self._sellers = {row.id: row.code for row in sellers}
        self._today = {row.id: local_day(at, row.time_zone) for row in sellers}
        requisites = select(*columns_of(Entity, "id", "client_id", *REQUISITES.values()))
        self._entities = self._of(requisites, Entity)
        self._contacts = self._people()
        domains = select(*columns_of(ClientDomain, "client_id", "domain")).where(speaks_today(ClientDomain))
        self._domains = self._of(domains, ClientDomain)
        owned = select(
            *columns_of(
                Registration, "client_id", "entity_id", "number", "purchase", "bought_on", "surrendered_on", "id"
            ),
            col(Product.code).label("product"),
        ).join(Product)
        self._registrations = self._of(owned, Registration)
        free = select(
            *columns_of(FreePeriod, "client_id", "registration_id", "seller_id", "starts_on", "ends_on"), *_PLAN
        )
        self._free = {
            row.registration_id: row
            for rows in self._of(_planned(free, FreePeriod), FreePeriod).values()
            for row in rows
        }
        self._sold = self._of(self._sales(), Subscription)
        numbers = select(*columns_of(Coverage, "specification_id"), *columns_of(Registration, "number")).join(
            Registration
        )
        self._covered = defaultdict(list)
        for row in self._rows(numbers.order_by(Registration.number), Registration):
            self._covered[row.specification_id].append(row.number)
        self._left, self._balances = self._hours(at)
        self._keys = {row.id: row.external_id or OWN.format(row.id) for rows in self._sold.values() for row in rows}

    def _rows(self, query: Any, table: Any) -> Any:
        return self._session.connection().execute(query.where(col(table.client_id).in_(self._ids)))

    def _of(self, query: Any, table: Any) -> dict[int, list[Any]]:
        found = defaultdict(list)
        for row in self._rows(query.order_by(table.id), table):
            found[row.client_id].append(row)
        return found

    def _people(self) -> dict[int, dict[int, Told]]:
        people: dict[int, dict[int, Told]] = defaultdict(dict)
        speaking = select(*columns_of(ClientContact, "client_id", "contact_id"), *columns_of(Contact, "name"))
        speaking = speaking.join(Contact).where(speaks_today(ClientContact)).order_by(col(ClientContact.id))
        for row in self._rows(speaking, ClientContact):
            people[row.client_id][row.contact_id] = {"contact": row.name, "email": [], "phone": []}
        reached = select(
            *columns_of(ClientContact, "client_id", "contact_id"), *columns_of(ContactAddress, "kind", "value")
        )
        same = col(ContactAddress.contact_id) == col(ClientContact.contact_id)
        reached = reached.join_from(ClientContact, ContactAddress, same).where(speaks_today(ClientContact))
        for row in self._rows(reached.order_by(col(ContactAddress.id)), ClientContact):
            name = "email" if row.kind is AddressKind.EMAIL else "phone"
            people[row.client_id][row.contact_id][name].append(row.value)
        return people

    def _sales(self) -> Any:
        """What was sold as it comes to its end: with its amendments, without what was cancelled."""
        names = ("id", "client_id", "seller_id", "starts_on", "ends_on", "term_months", "currency", "predecessor_id")
        price = func.coalesce(col(Amendment.price_minor), col(Subscription.price_minor)).label("price_minor")
        sold: Any = select(*columns_of(Subscription, *names), price, *_PLAN)
        sold = sold.add_columns(*columns_of(Contract, "number", "signed_on", "entity_id"))
        sold = sold.add_columns(col(Specification.id).label("specification_id"))
        sold = _planned(sold.add_columns(*columns_of(ImportedSubscription, "external_id")), Specification)
        whole = col(Specification.ends_on) == col(Subscription.ends_on)
        sold = sold.join(Subscription, (col(Subscription.id) == col(Specification.subscription_id)) & whole)
        sold = sold.outerjoin(Amendment, col(Amendment.specification_id) == col(Specification.id))
        sold = sold.join(Contract, col(Contract.id) == col(Subscription.contract_id))
        return sold.outerjoin(ImportedSubscription, col(ImportedSubscription.subscription_id) == col(Subscription.id))

    def _hours(self, at: datetime) -> tuple[dict[int, Left], dict[tuple[int, int], Left]]:
        """What is left of each subscription's hours, and of all others by client and seller; held minutes are left."""
        of = {
            row.id: row.subscription_id
            for row in self._rows(select(*columns_of(Grant, "id", "subscription_id")), Grant)
            if row.subscription_id is not None
        }
        left: dict[int, Left] = defaultdict(lambda: defaultdict(int))
        others: dict[tuple[int, int], Left] = defaultdict(lambda: defaultdict(int))
        for seller_id in self._sellers:
            for client_id, facts in facts_of_pools(self._session, seller_id, self._ids).items():
                if not facts.lots:
                    continue
                for state in account(facts, at).usable():
                    own = of.get(state.lot.source_id) if state.lot.origin is LotOrigin.GRANT else None
                    pool = others[client_id, seller_id] if own is None else left[own]
                    pool[state.lot.ends_on - ONE_DAY] += state.remaining_minutes + state.held_minutes
        return left, others

    def rows(self, client: Any) -> Iterator[Told]:
        """The rows of one client: entities, people, programs, what was sold, and hours of no subscription."""
        key = {"external_id": client.external_id or OWN.format(client.id)}
        domains = ", ".join(row.domain for row in self._domains.get(client.id, ()))
        head = {**key, "client": client.name, "language": client.locale, "domain": domains}
        entities = {row.id: row for row in self._entities.get(client.id, ())}
        if not entities:
            yield head
        for row in entities.values():
            yield head | {column: getattr(row, name) for column, name in REQUISITES.items()}
        for person in self._contacts.get(client.id, {}).values():
            yield key | person | {name: ", ".join(person[name]) for name in ("email", "phone")}
        for row in self._registrations.get(client.id, ()):
            yield key | _party(entities[row.entity_id]) | self._program(row)
        for row in self._sold.get(client.id, ()):
            told = key | _party(entities[row.entity_id]) | self._sale(row)
            for number in self._covered.get(row.specification_id) or [""]:
                yield told | {"registration": number}
        for seller_id, seller in self._sellers.items():
            for until, minutes in sorted(self._balances.get((client.id, seller_id), {}).items()):
                yield key | {"seller": seller, "hours_left": clock(minutes), "hours_until": until}

    def _program(self, row: Any) -> Told:
        told = {"registration": row.number, "product": row.product}
        told |= {name: getattr(row, name) for name in PROGRAM}
        free = self._free.get(row.id)
        if free is None:
            return told
        dates = {"free_from": free.starts_on, "free_until": free.ends_on - ONE_DAY}
        return told | dates | self._plan(free)

    def _plan(self, row: Any) -> Told:
        return {"seller": self._sellers[row.seller_id], "plan": row.plan, "plan_version": row.plan_version}

    def _sale(self, row: Any) -> Told:
        return {
            **self._plan(row),
            "contract": row.number,
            "signed_on": row.signed_on,
            "subscription": self._keys[row.id],
            "renews": self._keys.get(row.predecessor_id, ""),
            "starts_on": row.starts_on,
            "months": row.term_months,
            "price": str(Money(row.price_minor, row.currency)),
            "currency": row.currency,
            **self._hours_left(row),
        }

    def _hours_left(self, row: Any) -> Told:
        """What is left today of a subscription that runs; what does not end with its month is told apart from it."""
        left, today = sorted(self._left.get(row.id, {}).items()), self._today[row.seller_id]
        for until, minutes in left[1:]:
            self._balances[row.client_id, row.seller_id][until] += minutes
        if left:
            until, minutes = left[0]
            return {"hours_left": clock(minutes), "hours_until": until}
        return {"hours_left": clock(0)} if row.starts_on <= today < row.ends_on else {}


def _party(entity: Any) -> Told:
    return {"inn": entity.inn, "kpp": entity.kpp}
