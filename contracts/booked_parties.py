"""Taking over the parties of a book: which of its clients, entities and contacts are known, and making the others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from contracts.appending import append_all, append_numbered
from contracts.book import Book, ClientKey, EntityKey, RowRefusal, Said, Values
from contracts.client_words import keep_words
from contracts.errors import Refusal
from contracts.parties import AddressKind, Client, ClientContact, ClientDomain, Contact, ContactAddress, Entity
from contracts.requisites import search_key
from contracts.speaking import speaks_today

AT_ONCE = 500
"""How many keys one select asks for."""


@dataclass(slots=True)
class Booked:
    """What came of the things of one kind: their ids by key, how many were known, how many are new, what is wrong."""

    ids: dict[Any, int] = field(default_factory=dict)
    known: int = 0
    new: int = 0
    faults: list[RowRefusal] = field(default_factory=list)

    def refuse(self, said: Said, wrong: Refusal) -> None:
        """Note what is wrong with a thing, at the first row that speaks of it."""
        self.faults.append((said.row, wrong))

    def store(self, session: Session, table: Any, made: dict[Any, dict[str, Any]]) -> None:
        """Store the new things, by their keys."""
        self.ids.update(zip(made, append_numbered(session, table, list(made.values())), strict=True))
        self.new += len(made)


def rows_of(session: Session, query: Any, column: Any, keys: Iterable[Any]) -> Iterator[Any]:
    """The rows whose column is one of the keys, some keys at a time."""
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), AT_ONCE):
        yield from session.connection().execute(query.where(col(column).in_(wanted[start : start + AT_ONCE])))


def book_clients(session: Session, book: Book, *, at: datetime) -> Booked:
    """The clients: known by external id, else by INN and KPP, else by a name that is one client's alone.

    What is known is left as it is. Refuses CLIENT_AMBIGUOUS (D4), and VALUE_REQUIRED for a new client without a name.
    """
    booked, known = Booked(), _KnownClients(session, book)
    made: dict[ClientKey, dict[str, Any]] = {}
    for key, said in book.clients.items():
        found = known.of(key)
        if len(found) > 1:
            booked.refuse(said, Refusal("CLIENT_AMBIGUOUS", field="client", candidates=sorted(found)))
        elif found:
            booked.ids[key] = found.pop()
        elif "name" not in said.values:
            booked.refuse(said, Refusal("VALUE_REQUIRED", field="client"))
        else:
            made[key] = _client(said.values, at)
    booked.known = len(set(booked.ids.values()))
    booked.store(session, Client, made)
    keep_words(session, [(booked.ids[key], client["name"]) for key, client in made.items()])
    return booked


def _client(values: dict[str, Any], at: datetime) -> dict[str, Any]:
    name, key = values["name"], search_key(values["name"])
    external_id, language = values.get("external_id"), values.get("language", "ru")
    return {"name": name, "search_key": key, "external_id": external_id, "locale": language, "created_at": at}


class _KnownClients:
    """The clients of the database that the file may mean."""

    def __init__(self, session: Session, book: Book) -> None:
        self._entities: dict[ClientKey, list[EntityKey]] = defaultdict(list)
        for pair, said in book.entities.items():
            self._entities[said.values["client"]].append(pair)
        self._names = {key: search_key(said.values.get("name", "")) for key, said in book.clients.items()}
        self._by_pair: dict[EntityKey, int] = {}
        self._by_inn: dict[str, set[int]] = defaultdict(set)
        owners = select(col(Entity.inn), col(Entity.kpp), col(Entity.client_id))
        for inn, kpp, client_id in rows_of(session, owners, Entity.inn, (inn for inn, _ in book.entities)):
            self._by_pair[inn, kpp] = client_id
            self._by_inn[inn].add(client_id)
        columns = select(col(Client.id), col(Client.external_id), col(Client.search_key))
        given = [key for kind, key in book.clients if kind == "external_id"]
        self._by_external_id = {row.external_id: row.id for row in rows_of(session, columns, Client.external_id, given)}
        self._by_name: dict[str, set[int]] = defaultdict(set)
        nameable = [name for key, name in self._names.items() if name and key not in self._entities]
        keyed = {
            row.id
            for row in rows_of(session, columns, Client.id, set().union(*self._by_inn.values()))
            if row.external_id is not None
        }
        for row in rows_of(session, columns, Client.search_key, nameable):
            self._by_name[row.search_key].add(row.id)
            keyed |= {row.id} if row.external_id is not None else set()
        self._keyed = keyed

    def of(self, key: ClientKey) -> set[int]:
        """Who is meant: nobody, one, or several between whom the file does not decide."""
        kind, value = key
        if kind == "external_id" and value in self._by_external_id:
            return {self._by_external_id[value]}
        pairs = self._entities.get(key, [])
        found = {self._by_pair[pair] for pair in pairs if pair in self._by_pair}
        found = found or {one for inn, _ in pairs for one in self._by_inn.get(inn, ())}
        if not pairs:
            found = set(self._by_name.get(self._names[key], ()))
        return found - self._keyed if kind == "external_id" else found


def book_entities(session: Session, book: Book, clients: Booked) -> Booked:
    """The legal entities. Refuses ENTITY_EXISTS for an INN and KPP that another client has."""
    booked, made = Booked(), dict[EntityKey, dict[str, Any]]()
    columns = select(col(Entity.id), col(Entity.inn), col(Entity.kpp), col(Entity.client_id))
    stored = rows_of(session, columns, Entity.inn, (inn for inn, _ in book.entities))
    known = {(row.inn, row.kpp): row for row in stored}
    for key, said in book.entities.items():
        client_id = clients.ids.get(said.values["client"])
        if client_id is None:
            continue
        if key not in known:
            if _name_of(said.values, book):
                made[key] = _entity(said.values, book, client_id)
            else:
                booked.refuse(said, Refusal("VALUE_REQUIRED", field="entity"))
        elif known[key].client_id == client_id:
            booked.ids[key] = known[key].id
        else:
            wrong = Refusal("ENTITY_EXISTS", field="inn", value=key[0], client_id=known[key].client_id)
            booked.refuse(said, wrong)
    booked.known = len(booked.ids)
    booked.store(session, Entity, made)
    called = ("name", "full_name")
    keep_words(session, [(entity["client_id"], entity[name]) for entity in made.values() for name in called])
    return booked


def _name_of(values: Values, book: Book) -> str:
    """What the entity is called; without a name of its own as its client is."""
    name: str = values.get("name") or book.clients[values["client"]].values.get("name", "")
    return name


def _entity(values: Values, book: Book, client_id: int) -> Values:
    name = _name_of(values, book)
    requisites = {key: value for key, value in values.items() if key != "client"}
    return {"full_name": values.get("name") or name, **requisites, "name": name, "client_id": client_id}


def book_domains(session: Session, book: Book, clients: Booked, *, at: datetime) -> Booked:
    """The mail domains of the clients."""
    told = {
        (clients.ids[key], domain): None
        for key, said in book.clients.items()
        if key in clients.ids
        for domain in said.values.get("domain", ())
    }
    columns = select(col(ClientDomain.client_id), col(ClientDomain.domain)).where(speaks_today(ClientDomain))
    stored = rows_of(session, columns, ClientDomain.client_id, (client_id for client_id, _ in told))
    known = told.keys() & {(row.client_id, row.domain) for row in stored}
    new = [one for one in told if one not in known]
    made = [{"client_id": client_id, "domain": domain, "recorded_at": at} for client_id, domain in new]
    append_all(session, ClientDomain, made)
    return Booked(known=len(known), new=len(new))


Address = tuple[AddressKind, str]


def spoken_for(session: Session, book: Book, clients: Booked) -> set[int]:
    """For whom its people speak that another address or client is told of: what is known of them changes as well."""
    return _people(session, book, clients).spoken_for()


def book_contacts(session: Session, book: Book, clients: Booked, *, at: datetime) -> Booked:
    """The people who speak for the clients: one who has the same name and client, or name and address, is the same.

    The caller has locked the clients, and those of `spoken_for`.
    """
    return _people(session, book, clients).store(session, at)


def _people(session: Session, book: Book, clients: Booked) -> "_People":
    said = {key: one for key, one in book.contacts.items() if key[0] in clients.ids}
    people = _People(session, [clients.ids[key[0]] for key in said], said.values())
    for (client, name), one in said.items():
        people.add(clients.ids[client], name, one.values)
    return people


class _People:
    """The contacts that are known, and those that the file adds, each with its addresses and its clients."""

    def __init__(self, session: Session, client_ids: Sequence[int], said: Iterable[Said]) -> None:
        self._named: dict[tuple[int, str], int] = {}
        self._reached: dict[tuple[str, str], int] = {}
        self._addresses: dict[int, set[str]] = defaultdict(set)
        self._clients: dict[int, set[int]] = defaultdict(set)
        self._new: dict[int, str] = {}
        self._added: list[tuple[int, Address]] = []
        self._linked: list[tuple[int, int]] = []
        self._all: set[int] = set()
        speakers = select(col(ClientContact.client_id), col(Contact.id), col(Contact.name))
        speakers = speakers.join_from(ClientContact, Contact).where(speaks_today(ClientContact))
        for client_id, contact_id, name in rows_of(session, speakers, ClientContact.client_id, client_ids):
            self._named[client_id, search_key(name)] = contact_id
        values = {value for one in said for value in (*one.values.get("emails", ()), *one.values.get("phones", ()))}
        reached = select(col(ContactAddress.value), col(Contact.id), col(Contact.name)).join_from(
            ContactAddress, Contact
        )
        for value, contact_id, name in rows_of(session, reached, ContactAddress.value, values):
            self._reached[search_key(name), value] = contact_id
        own = select(col(ContactAddress.contact_id), col(ContactAddress.value))
        ids = {*self._named.values(), *self._reached.values()}
        for contact_id, value in rows_of(session, own, ContactAddress.contact_id, ids):
            self._addresses[contact_id].add(value)
        linked = select(col(ClientContact.contact_id), col(ClientContact.client_id)).where(speaks_today(ClientContact))
        for contact_id, client_id in rows_of(session, linked, ClientContact.contact_id, ids):
            self._clients[contact_id].add(client_id)

    def add(self, client_id: int, name: str, values: dict[str, Any]) -> None:
        """Take in what the file says of one person; new ones are counted down from -1 until they are stored."""
        addresses = [(AddressKind.EMAIL, value) for value in values.get("emails", ())]
        addresses += [(AddressKind.PHONE, value) for value in values.get("phones", ())]
        shared = (self._reached[name, value] for _, value in addresses if (name, value) in self._reached)
        person = self._named.get((client_id, name)) or next(shared, None)
        if person is None:
            person = -1 - len(self._new)
            self._new[person] = values["name"]
            self._named[client_id, name] = person
        self._all.add(person)
        for kind, value in addresses:
            if value not in self._addresses[person]:
                self._addresses[person].add(value)
                self._reached[name, value] = person
                self._added.append((person, (kind, value)))
        if client_id not in self._clients[person]:
            self._clients[person].add(client_id)
            self._linked.append((client_id, person))

    def spoken_for(self) -> set[int]:
        """For whom those speak who get another address or another client."""
        told = {*(person for person, _ in self._added), *(person for _, person in self._linked)}
        return {client_id for person in told for client_id in self._clients[person]}

    def store(self, session: Session, at: datetime) -> Booked:
        """Store the people, their addresses and for whom they speak."""
        ids = append_numbered(session, Contact, [{"name": name} for name in self._new.values()])
        real = dict(zip(self._new, ids, strict=True))
        addresses = [
            {"contact_id": real.get(person, person), "kind": kind, "value": value, "recorded_at": at}
            for person, (kind, value) in self._added
        ]
        append_all(session, ContactAddress, addresses)
        links = [
            {"client_id": client_id, "contact_id": real.get(person, person), "recorded_at": at}
            for client_id, person in self._linked
        ]
        append_all(session, ClientContact, links)
        new = {*self._new, *(person for person, _ in self._added), *(person for _, person in self._linked)}
        return Booked(known=len(self._all - new), new=len(new))
