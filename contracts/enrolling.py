"""Taking in sellers, clients, their entities, contacts and registrations."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.catalogue import Product, Registration
from contracts.client_words import keep_words
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client, lock_whoever, touch_every_client
from contracts.parties import (
    AddressKind,
    Client,
    ClientContact,
    Contact,
    ContactAddress,
    Entity,
    ManagerAddress,
    Seller,
    SellerTaxMode,
)
from contracts.policies import Purchase
from contracts.reminders import require_days, stored_days
from contracts.requisites import (
    checked_requisites,
    normal_email,
    normal_phone,
    normal_registration,
    require_registration,
    require_text,
    search_key,
)
from contracts.speaking import speaks_today
from contracts.tax_modes import TaxMode


def add_seller(
    session: Session,
    code: str,
    requisites: Mapping[str, str],
    *,
    tax_mode: TaxMode,
    taxed_from: date,
    time_zone: str = "Europe/Moscow",
    late_entry_days: int = 0,
) -> Seller:
    """A new seller, taxed in a mode from a day on.

    Raises `Refusal` with SELLER_EXISTS for a code or an INN and KPP in use, TIME_ZONE_UNKNOWN, FIELD_WRONG for a
    negative late-entry window, or those of `checked_requisites`.
    """
    seller = Seller(
        code=require_text(code, "code", 40),
        time_zone=_require_time_zone(time_zone),
        late_entry_days=late_entry_days,
        **checked_requisites(requisites),
    )
    if late_entry_days < 0:
        raise Refusal("FIELD_WRONG", field="late_entry_days", value=late_entry_days, allowed="0 or more")
    if session.exec(select(Seller).where(Seller.code == seller.code)).first() is not None:
        raise Refusal("SELLER_EXISTS", field="code", value=seller.code)
    if session.exec(select(Seller).where(Seller.inn == seller.inn, Seller.kpp == seller.kpp)).first() is not None:
        raise Refusal("SELLER_EXISTS", field="inn", value=seller.inn)
    if session.exec(select(Seller.id).limit(1)).first() is None:
        touch_every_client(session)  # clients who have no seller go by the time zone of the first
    session.add(seller)
    session.flush()
    session.add(SellerTaxMode(seller_id=seller.id, valid_from=taxed_from, mode=tax_mode))
    session.flush()
    return seller


def choose_reminders(session: Session, seller_id: int, days: Collection[int], email: str | None) -> Seller:
    """On which days before an end a seller reminds, and where its staff is written to (S12).

    Raises `Refusal` with SELLER_UNKNOWN, FIELD_WRONG for the days, or EMAIL_WRONG.
    """
    seller = session.get(Seller, seller_id, with_for_update={"key_share": True})
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    seller.reminder_days = stored_days(require_days(days))
    seller.reminder_email = "" if email is None else normal_email(email, "email")
    session.flush()
    return seller


def _require_time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal("TIME_ZONE_UNKNOWN", field="time_zone", value=name, allowed="Europe/Moscow") from None


def add_client(
    session: Session,
    name: str,
    *,
    at: datetime,
    external_id: str | None = None,
    locale: str = "ru",
    manager: str | None = None,
) -> Client:
    """A new client without entities; `manager` is who of the staff looks after it.

    Raises `Refusal` with CLIENT_EXISTS for an external id in use, LOCALE_UNKNOWN or TEXT_WRONG.
    """
    if external_id is not None:
        external_id = require_text(external_id, "external_id", 100)
        known = session.exec(select(Client).where(Client.external_id == external_id)).first()
        if known is not None:
            raise Refusal("CLIENT_EXISTS", field="external_id", value=external_id, client_id=known.id)
    _require_locale(locale)
    name = require_text(name, "name", 300)
    client = Client(name=name, search_key=search_key(name), external_id=external_id, locale=locale, created_at=at)
    client.manager = _staff_name(manager)
    session.add(client)
    session.flush()
    keep_words(session, [(client.id, name)])
    return client


def choose_locale(session: Session, client_id: int, locale: str) -> Client:
    """The language of the client's papers and letters from now on. Raises `Refusal` with LOCALE_UNKNOWN or
    CLIENT_UNKNOWN."""
    _require_locale(locale)
    client = session.get_one(Client, lock_client(session, client_id).id)
    client.locale = locale
    session.flush()
    session.refresh(client)
    return client


def _require_locale(locale: str) -> None:
    if locale not in ("ru", "en"):
        raise Refusal("LOCALE_UNKNOWN", field="locale", value=locale, allowed=["ru", "en"])


def assign_manager(session: Session, client_id: int, manager: str | None) -> Client:
    """Who of the staff looks after a client from now on; none when nobody does.

    Raises `Refusal` with CLIENT_UNKNOWN or TEXT_WRONG.
    """
    client = session.get_one(Client, lock_client(session, client_id).id)
    client.manager = _staff_name(manager)
    session.flush()
    session.refresh(client)
    return client


def choose_manager_address(session: Session, manager: str, email: str | None, *, at: datetime) -> ManagerAddress:
    """Where a manager reads warnings and digests from now on; none when the seller's staff address is to take them.

    Raises `Refusal` with TEXT_WRONG or EMAIL_WRONG.
    """
    name = require_text(manager, "manager", 200)
    chosen = "" if email is None else normal_email(email, "email")
    return append(session, ManagerAddress, {"manager": name, "email": chosen, "recorded_at": at})


def _staff_name(manager: str | None) -> str:
    return "" if manager is None else require_text(manager, "manager", 200)


def add_entity(session: Session, client_id: int, requisites: Mapping[str, str]) -> Entity:
    """A legal entity of the client. Raises `Refusal("ENTITY_EXISTS")` for an INN and KPP that are known already."""
    client = lock_client(session, client_id)
    fine = checked_requisites(requisites)
    known = session.exec(select(Entity).where(Entity.inn == fine["inn"], Entity.kpp == fine.get("kpp", ""))).first()
    if known is not None:
        raise Refusal("ENTITY_EXISTS", field="inn", value=fine["inn"], client_id=known.client_id)
    entity = Entity(client_id=client.id, **fine)
    session.add(entity)
    session.flush()
    keep_words(session, [(client.id, entity.name), (client.id, entity.full_name)])
    return entity


def add_contact(
    session: Session,
    client_id: int,
    name: str,
    *,
    at: datetime,
    emails: tuple[str, ...] = (),
    phones: tuple[str, ...] = (),
) -> Contact:
    """A person who speaks for the client; a person known by an address already is linked, not made twice.

    What is recorded of the person is recorded for all clients for whom the person speaks.
    """
    known_row(session, Client, client_id)
    addresses = [(AddressKind.EMAIL, normal_email(email, "email")) for email in emails]
    addresses += [(AddressKind.PHONE, normal_phone(phone, "phone")) for phone in phones]
    name = require_text(name, "name", 300)
    lock_whoever(session, lambda: {client_id, *_spoken_for(session, _known_contact(session, name, addresses))})
    contact = _known_contact(session, name, addresses) or Contact(name=name)  # others may have come before the lock
    session.add(contact)
    session.flush()
    spoken_for = _spoken_for(session, contact)
    known = set(session.exec(select(ContactAddress.value).where(ContactAddress.contact_id == contact.id)))
    for kind, value in dict.fromkeys(addresses):
        if value not in known:
            session.add(ContactAddress(contact_id=contact.id, kind=kind, value=value, recorded_at=at))
    if client_id not in spoken_for:
        session.add(ClientContact(client_id=client_id, contact_id=contact.id, recorded_at=at))
    session.flush()
    return contact


def _known_contact(session: Session, name: str, addresses: list[tuple[AddressKind, str]]) -> Contact | None:
    values = [value for _, value in addresses]
    same = select(Contact).join(ContactAddress).where(col(ContactAddress.value).in_(values), Contact.name == name)
    return session.exec(same).first()


def _spoken_for(session: Session, contact: Contact | None) -> set[int]:
    """The clients for whom a person speaks already."""
    if contact is None:
        return set()
    spoken = select(ClientContact.client_id).where(ClientContact.contact_id == contact.id, speaks_today(ClientContact))
    return set(session.exec(spoken))


@dataclass(frozen=True, slots=True)
class NewRegistration:
    """A registered copy as a client brings it; `replaces` is the number surrendered in an upgrade."""

    number: str
    product_code: str
    purchase: Purchase = Purchase.BOX
    bought_on: date | None = None
    replaces: str | None = None


def add_registration(session: Session, entity_id: int, new: NewRegistration, *, at: datetime) -> Registration:
    """A registration of the entity; an upgrade surrenders the copy it replaces on the day it was bought (S1).

    Raises `Refusal` with ENTITY_UNKNOWN, PRODUCT_UNKNOWN, REGISTRATION_EXISTS, BOUGHT_ON_REQUIRED,
    REGISTRATION_UNKNOWN or REGISTRATION_SURRENDERED.
    """
    entity = known_row(session, Entity, entity_id)
    lock_client(session, entity.client_id)
    product = session.exec(select(Product).where(Product.code == new.product_code)).first()
    if product is None:
        allowed = list(session.exec(select(Product.code).order_by(Product.code)))
        raise Refusal("PRODUCT_UNKNOWN", field="product", value=new.product_code, allowed=allowed)
    number = require_registration(new.number, "number")
    if session.exec(select(Registration).where(Registration.number == number)).first() is not None:
        raise Refusal("REGISTRATION_EXISTS", field="number", value=number)
    if new.purchase is Purchase.UPGRADE:
        _surrender(session, entity.client_id, new, at)
    registration = Registration(
        number=number,
        product_id=product.id,
        client_id=entity.client_id,
        entity_id=entity.id,
        purchase=new.purchase,
        bought_on=new.bought_on,
        recorded_at=at,
    )
    session.add(registration)
    session.flush()
    return registration


def _surrender(session: Session, client_id: int, new: NewRegistration, at: datetime) -> None:
    if new.bought_on is None:
        raise Refusal("BOUGHT_ON_REQUIRED", field="bought_on", value=None)
    number = normal_registration(new.replaces or "")
    old = session.exec(
        select(Registration).where(Registration.number == number, Registration.client_id == client_id)
    ).first()
    if old is None:
        raise Refusal("REGISTRATION_UNKNOWN", field="replaces", value=new.replaces)
    if old.surrendered_on is not None:
        gone_on = old.surrendered_on
        raise Refusal("REGISTRATION_SURRENDERED", field="replaces", value=new.replaces, surrendered_on=gone_on)
    old.surrendered_on, old.surrendered_at = new.bought_on, at
