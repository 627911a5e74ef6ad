"""Taking over the programs of a book: registered copies, and the free periods that they had (S1, S2)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from contracts.appending import append_all
from contracts.book import Book, Codes, Said, Values
from contracts.booked_parties import Booked, rows_of
from contracts.catalogue import Plan, PlanVersion, Product, Registration
from contracts.errors import Refusal
from contracts.imported import ImportedFreePeriod
from contracts.parties import Entity, Seller
from contracts.policies import Level, Purchase
from contracts.requisites import search_key
from contracts.subscriptions import FreePeriod
from contracts.terms import ONE_DAY, Term


@dataclass(frozen=True, slots=True)
class Occasion:
    """Of what day the book is, and when it is taken over."""

    on: date
    at: datetime


class Owners:
    """Which entity a thing of a client belongs to: the one that is named, else the only one of the client."""

    def __init__(self, session: Session, clients: Booked, entities: Booked) -> None:
        self.clients, self._entities = clients, entities
        self._own: dict[int, list[int]] = defaultdict(list)
        columns = select(col(Entity.id), col(Entity.client_id))
        for entity_id, client_id in rows_of(session, columns, Entity.client_id, clients.ids.values()):
            self._own[client_id].append(entity_id)

    def of(self, values: Values) -> tuple[int, int] | None:
        """The ids of the client and the entity; none when either is wrong itself.

        Raises `Refusal("VALUE_REQUIRED")` when the client has several entities and none is named, or has none.
        """
        client_id, key = self.clients.ids.get(values["client"]), values.get("entity")
        if client_id is None:
            return None
        if key is not None:
            entity_id = self._entities.ids.get(key)
            return None if entity_id is None else (client_id, entity_id)
        own = self._own.get(client_id, [])
        if len(own) != 1:
            raise Refusal("VALUE_REQUIRED", field="inn", client_id=client_id)
        return client_id, own[0]


class Offered:
    """What the catalogue has: products and plans by code or by name, every version of a plan, the sellers."""

    def __init__(self, session: Session) -> None:
        rows = session.connection().execute
        self._sellers: dict[str, int] = {row.code: row.id for row in rows(select(col(Seller.id), col(Seller.code)))}
        self.products = _named(rows(select(col(Product.id), col(Product.code), col(Product.name), col(Product.level))))
        self.levels = {row.id: row.level for row in self.products.values()}
        self._plans = _named(rows(select(col(Plan.id), col(Plan.code), col(Plan.name), col(Plan.kind_id))))
        columns = ("id", "plan_id", "version", "valid_from", "currency", "covers_registrations", "alignment")
        self._versions: dict[int, list[Any]] = defaultdict(list)
        versions = select(*(getattr(PlanVersion, name) for name in columns))
        for row in rows(versions.order_by(col(PlanVersion.valid_from), col(PlanVersion.version))):
            self._versions[row.plan_id].append(row)

    @property
    def codes(self) -> Codes:
        """The codes of plans and products, by their names and by themselves."""
        named = {"plan": self._plans, "product": self.products}
        return {kind: {name: row.code for name, row in known.items()} for kind, known in named.items()}

    def seller_id(self, code: str) -> int:
        """The seller of that code. Raises `Refusal("SELLER_UNKNOWN")`."""
        if code not in self._sellers:
            raise Refusal("SELLER_UNKNOWN", field="seller", value=code, allowed=sorted(self._sellers))
        return self._sellers[code]

    def product_id(self, name: str) -> int:
        """The product of that code or name. Raises `Refusal("PRODUCT_UNKNOWN")`."""
        product_id: int = _found(self.products, name, "product", "PRODUCT_UNKNOWN").id
        return product_id

    def plan(self, name: str, version: int | None, on: date) -> tuple[Any, Any]:
        """The plan, and its version of that number, else the one in force on the day, else the first there was.

        A book is older than the catalogue that takes it over. Raises `Refusal` with PLAN_UNKNOWN or
        PLAN_VERSION_UNKNOWN.
        """
        plan = _found(self._plans, name, "plan", "PLAN_UNKNOWN")
        versions = self._versions[plan.id]
        if version is not None:
            of_number = [row for row in versions if row.version == version]
            if not of_number:
                allowed = [row.version for row in versions]
                raise Refusal("PLAN_VERSION_UNKNOWN", field="plan_version", value=version, allowed=allowed)
            return plan, of_number[0]
        return plan, next((row for row in reversed(versions) if row.valid_from <= on), versions[0])


def _named(rows: Any) -> dict[str, Any]:
    found = list(rows)
    return {search_key(row.name): row for row in found} | {search_key(row.code): row for row in found}


def _found(known: dict[str, Any], name: str, field: str, code: str) -> Any:
    if search_key(name) not in known:
        raise Refusal(code, field=field, value=name, allowed=sorted({row.code for row in known.values()}))
    return known[search_key(name)]


def book_registrations(session: Session, book: Book, owners: Owners, offered: Offered, at: datetime) -> Booked:
    """The registered copies. What another client has is refused with REGISTRATION_EXISTS, a known one of which the file
    says otherwise with BOOK_DIFFERS, a new one without its product with VALUE_REQUIRED or PRODUCT_UNKNOWN."""
    booked, made = Booked(), dict[str, dict[str, Any]]()
    columns = ("id", "number", "client_id", "product_id", "surrendered_on")
    stored = select(*(getattr(Registration, name) for name in columns))
    known = {row.number: row for row in rows_of(session, stored, Registration.number, book.registrations)}
    for number, said in book.registrations.items():
        client_id = owners.clients.ids.get(said.values["client"])
        try:
            if number not in known:
                made |= _registration(number, said, owners, offered, at)
            elif client_id is not None:
                _require_same(known[number], client_id, said, offered)
                booked.ids[number] = known[number].id
        except Refusal as wrong:
            booked.refuse(said, wrong)
    booked.known = len(booked.ids)
    booked.store(session, Registration, made)
    return booked


def _registration(number: str, said: Said, owners: Owners, offered: Offered, at: datetime) -> dict[str, dict[str, Any]]:
    if "product" not in said.values:
        raise Refusal("VALUE_REQUIRED", field="product")
    product_id, owner = offered.product_id(said.values["product"]), owners.of(said.values)
    if owner is None:
        return {}
    values = {name: said.values.get(name) for name in ("bought_on", "surrendered_on")}
    values |= {"number": number, "product_id": product_id, "client_id": owner[0], "entity_id": owner[1]}
    values |= {"recorded_at": at, "surrendered_at": values["surrendered_on"] and at}
    return {number: {**values, "purchase": said.values.get("purchase", Purchase.BOX)}}


def _require_same(known: Any, client_id: int, said: Said, offered: Offered) -> None:
    if known.client_id != client_id:
        raise Refusal("REGISTRATION_EXISTS", field="registration", value=known.number, client_id=known.client_id)
    if "product" in said.values:
        require_told("product", offered.product_id(said.values["product"]), known.product_id)
    if "surrendered_on" in said.values:
        require_told("surrendered_on", said.values["surrendered_on"], known.surrendered_on)


def require_told(field: str, told: object, known: object) -> None:
    """Raises `Refusal("BOOK_DIFFERS")` when the file says of something known what the book does not."""
    if told != known:
        raise Refusal("BOOK_DIFFERS", field=field, value=str(told), allowed=str(known))


def book_free_periods(
    session: Session, book: Book, registrations: Booked, offered: Offered, occasion: Occasion
) -> tuple[Booked, list[int]]:
    """The free periods, once for each copy (S1), and the ids of those that are new.

    Refuses NO_FREE_PERIOD for a Basic product (S2), FREE_PERIOD_USED for another one than was given, PLAN_UNKNOWN.
    """
    booked, made = Booked(), dict[str, dict[str, Any]]()
    stored = {number: registrations.ids[number] for number in book.free if number in registrations.ids}
    used = {row.registration_id: row for row in _free_periods(session, list(stored.values()))}
    copies = _copies(session, list(stored.values()))
    for number, registration_id in stored.items():
        said, copy = book.free[number], copies[registration_id]
        try:
            if registration_id in used:
                _require_same_free(number, said, used[registration_id])
                booked.known += 1
            else:
                made[number] = _free_period(number, said, copy, offered, occasion)
        except Refusal as wrong:
            booked.refuse(said, wrong)
    booked.store(session, FreePeriod, made)
    ids = list(booked.ids.values())
    marks = [{"free_period_id": one, "booked_on": occasion.on, "imported_at": occasion.at} for one in ids]
    append_all(session, ImportedFreePeriod, marks)
    return booked, ids


def _free_periods(session: Session, registration_ids: Sequence[int]) -> Any:
    columns = select(col(FreePeriod.registration_id), col(FreePeriod.starts_on), col(FreePeriod.ends_on))
    return rows_of(session, columns, FreePeriod.registration_id, registration_ids)


def _copies(session: Session, registration_ids: Sequence[int]) -> dict[int, Any]:
    columns = select(col(Registration.id), col(Registration.client_id), col(Registration.product_id))
    return {row.id: row for row in rows_of(session, columns, Registration.id, registration_ids)}


def _require_same_free(number: str, said: Said, used: Any) -> None:
    term = Term(used.starts_on, used.ends_on)
    if (said.values["free_from"], said.values["free_until"]) != (term.starts_on, term.last_day):
        dates = {"starts_on": term.starts_on, "last_day": term.last_day}
        raise Refusal("FREE_PERIOD_USED", field="free_from", value=number, **dates)


def _free_period(number: str, said: Said, copy: Any, offered: Offered, occasion: Occasion) -> dict[str, Any]:
    if offered.levels[copy.product_id] is Level.BASIC:
        raise Refusal("NO_FREE_PERIOD", field="free_from", value=number)
    starts_on, plan = said.values["free_from"], said.values["plan"]
    _, version = offered.plan(plan, said.values.get("plan_version"), starts_on)
    return {
        "registration_id": copy.id,
        "client_id": copy.client_id,
        "seller_id": offered.seller_id(said.values["seller"]),
        "plan_version_id": version.id,
        "starts_on": starts_on,
        "ends_on": said.values["free_until"] + ONE_DAY,
        "granted_at": occasion.at,
    }
