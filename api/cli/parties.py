"""Commands that take in sellers, clients, their entities and their registered programs."""

from typing import TYPE_CHECKING, Annotated

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text, language
from api.cli.requisites import with_requisites
from api.cli.screen import say
from api.cli.values import argument, option
from contracts.policies import Purchase
from contracts.tax_modes import TaxMode

if TYPE_CHECKING:
    from contracts.parties import Entity, Seller

seller = room("seller", Text("Продавцы: наши юридические лица", "Sellers: our own legal entities"))
client = room("client", Text("Клиенты и их юридические лица", "Clients and their legal entities"))
Manager = Annotated[
    str | None, option("--manager", "кто из сотрудников ведёт клиента", "who of the staff looks after the client")
]
Assigned = Annotated[
    str | None,
    argument(
        "кто ведёт клиента; никто, если не указать", "who looks after it; nobody if left out", options.NAME.upper()
    ),
]
Domain = Annotated[
    str, argument("часть почтовых адресов после @", "the part of mail addresses after the @", Text("ДОМЕН", "DOMAIN"))
]

Address = Annotated[
    str, argument("почта или телефон человека", "the person's e-mail or phone", Text("АДРЕС", "ADDRESS"))
]

registration = room("registration", Text("Программы клиентов", "Clients' programs"))


@taught(
    seller,
    "add",
    Text("Завести продавца: реквизиты, банк, налоговый режим.", "Take in a seller: requisites, bank, tax mode."),
    'abonement seller add north --name "ООО «Северный ветер»" --inn 7736207543 --kpp 770401001 '
    "--tax-mode general --taxed-from 2026-01-01",
    'abonement seller add berlin --country DE --name "Nordlicht GmbH" --inn DE136695976 '
    "--account DE89370400440532013000 --bic COBADEFF --tax-mode general --taxed-from 2026-01-01",
)
@with_requisites
def add_seller(
    code: options.Code,
    name: options.Name,
    tax_mode: options.Mode,
    taxed_from: options.TaxedFrom,
    time_zone: options.TimeZone = "Europe/Moscow",
    late_entry_days: options.LateEntryDays = 0,
    *,
    requisites: dict[str, str],
) -> None:
    """Take in a seller; more about it in `billing.taxing`."""
    from api.database import transaction
    from billing.taxing import take_in_seller

    with database() as engine, transaction(engine) as session:
        added = take_in_seller(
            session,
            code,
            {"name": name, **requisites},
            tax_mode=TaxMode(tax_mode),
            taxed_from=taxed_from,
            time_zone=time_zone,
            late_entry_days=late_entry_days,
        )
    say(Text(f"Продавец {code}: {added.name}, {numbered(added)}.", f"Seller {code}: {added.name}, {numbered(added)}."))


@taught(
    client,
    "add",
    Text("Завести клиента с юридическим лицом и контактом.", "Take in a client with a legal entity and a contact."),
    'abonement client add "ООО «Ромашка»" --inn 7707083893 --kpp 773601001 --contact "Анна Белова"',
    'abonement client add "Pine Tree LLC" --inn 7736050003 --language en --external-id CRM-118',
)
@with_requisites
def add_client(
    name: options.ClientName,
    external_id: options.ExternalId = None,
    locale: options.Locale = "ru",
    contact: options.ContactName = None,
    contact_email: options.ContactEmail = None,
    contact_phone: options.ContactPhone = None,
    manager: Manager = None,
    *,
    requisites: dict[str, str],
) -> None:
    """Take in a client with one entity and, where named, a contact."""
    from api.database import transaction
    from contracts import enrolling

    with database() as engine, transaction(engine) as session:
        added = enrolling.add_client(session, name, at=now(), external_id=external_id, locale=locale, manager=manager)
        entity = enrolling.add_entity(session, added.id, {"name": name, **requisites})
        if contact is not None:
            emails = () if contact_email is None else (contact_email,)
            phones = () if contact_phone is None else (contact_phone,)
            enrolling.add_contact(session, added.id, contact, at=now(), emails=emails, phones=phones)
    say(Text(f"Клиент {added.id}: {name}, {numbered(entity)}.", f"Client {added.id}: {name}, {numbered(entity)}."))


@taught(
    client,
    "assign",
    Text("Назначить, кто из сотрудников ведёт клиента.", "Say who of the staff looks after a client."),
    'abonement client assign 12 "Котова И. Л."',
)
def assign_manager(client_id: options.ClientId, manager: Assigned = None) -> None:
    """Name who looks after a client from now on, or nobody."""
    from api.database import transaction
    from contracts import enrolling

    with database() as engine, transaction(engine) as session:
        assigned = enrolling.assign_manager(session, client_id, manager)
    nobody = Text("никто", "nobody")
    say(Text(f"Клиента {client_id} ведёт: ", f"Client {client_id} is looked after by: ") + (assigned.manager or nobody))


@taught(
    client,
    "add-entity",
    Text("Добавить клиенту юридическое лицо; часы общие.", "Add a legal entity to a client; they share the hours."),
    'abonement client add-entity 1 --name "ООО «Ромашка-Логистика»" --inn 7812014560 --kpp 781201001',
)
@with_requisites
def add_entity(client_id: options.ClientId, name: options.Name, *, requisites: dict[str, str]) -> None:
    """Take in one more entity of a client."""
    from api.database import transaction
    from contracts import enrolling

    with database() as engine, transaction(engine) as session:
        entity = enrolling.add_entity(session, client_id, {"name": name, **requisites})
    say(Text(f"Клиент {client_id}: {name}, {numbered(entity)}.", f"Client {client_id}: {name}, {numbered(entity)}."))


@taught(
    client,
    "add-domain",
    Text(
        "Записать почтовый домен клиента: письма с него узнаются без контакта.",
        "Record a mail domain of a client: mail from it is known without a contact.",
    ),
    "abonement client add-domain 12 romashka.ru",
)
def add_domain(client_id: options.ClientId, domain: Domain) -> None:
    """Mail from the domain speaks for the client from now on (D4)."""
    from api.database import transaction
    from contracts.recording_domains import record_domain

    with database() as engine, transaction(engine) as session:
        name = record_domain(session, client_id, domain, at=now()).domain
    say(Text(f"Письма с @{name} — от клиента {client_id}.", f"Mail from @{name} is client {client_id}'s."))


@taught(
    client,
    "withdraw-contact",
    Text("Больше не принимать обращений человека за клиента.", "No longer let a person ask for a client."),
    "abonement client withdraw-contact 12 buh@romashka.example",
)
def withdraw_contact(client_id: options.ClientId, address: Address) -> None:
    """The person of that e-mail or phone speaks for the client no more (D4)."""
    from api.database import transaction
    from contracts import introducing

    with database() as engine, transaction(engine) as session:
        contact_id = introducing.contact_reached(session, client_id, address)
        name = introducing.withdraw_contact(session, client_id, contact_id, at=now())
    say(Text(f"{name} больше не обращается за клиента {client_id}.", f"{name} asks for client {client_id} no more."))


@taught(
    client,
    "withdraw-domain",
    Text("Больше не узнавать клиента по почтовому домену.", "No longer know a client by a mail domain."),
    "abonement client withdraw-domain 12 romashka.ru",
)
def withdraw_domain(client_id: options.ClientId, domain: Domain) -> None:
    """Mail from the domain no longer speaks for the client (D4)."""
    from api.database import transaction
    from contracts import recording_domains

    with database() as engine, transaction(engine) as session:
        name = recording_domains.withdraw_domain(session, client_id, domain, at=now()).domain
    say(Text(f"Письма с @{name} больше не от клиента {client_id}.", f"Mail from @{name} is not client {client_id}'s."))


@taught(
    registration,
    "add",
    Text("Записать программу клиента по её номеру.", "Record a client's program by its number."),
    "abonement registration add 800123456 --inn 7707083893 --product accounting-prof --bought-on 2026-08-03",
    "abonement registration add 800123457 --inn 7707083893 --product accounting-prof --purchase upgrade "
    "--replaces 800100001 --bought-on 2026-09-01",
)
def add_registration(
    number: options.RegistrationNumber,
    inn: options.Inn,
    product: options.Product,
    kpp: options.Kpp = None,
    purchase: options.Bought = Purchase.BOX,
    bought_on: options.BoughtOn = None,
    replaces: options.Replaces = None,
) -> None:
    """Take in a registration; an upgrade surrenders the one it replaces (S1)."""
    from api.cli.naming import entity_named
    from api.database import transaction
    from contracts import enrolling

    with database() as engine, transaction(engine) as session:
        owner = entity_named(session, inn, kpp)
        new = enrolling.NewRegistration(number, product, Purchase(purchase), bought_on, replaces)
        enrolling.add_registration(session, owner.id, new, at=now())
    say(Text(f"Программа {number}: {owner.name}, {product}.", f"Program {number}: {owner.name}, {product}."))


def numbered(party: "Seller | Entity") -> str:
    """The party's number under its name in the party's country: "УНП 100582333"."""
    from contracts.countries import is_person
    from documents.words import Language, tax_number_name

    name = tax_number_name(party.country, is_person(party.inn, party.country), Language(language()))
    return f"{name} {party.inn}"
