"""Sellers, clients, their legal entities and the people who speak for them."""

from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from contracts.columns import by_letters, choice, identifier, reference
from contracts.paper_ways import PaperWay
from contracts.reminders import USUAL_DAYS, stored_days
from contracts.requisites import LONGEST_DOMAIN, LONGEST_WORD
from contracts.tax_modes import TaxMode

TRADE_ZONE = ZoneInfo("Europe/Moscow")
"""Whose day is today where no seller is named."""
TELL_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any moment at which a state falls due by itself, so that what somebody changed is told first."""


class Requisites(SQLModel):
    """What papers print about a legal entity or a sole trader."""

    name: str = Field(max_length=300)
    full_name: str = Field(max_length=1000)
    inn: str = Field(max_length=20, index=True)
    """The number of the taxpayer: ИНН, in other countries БИН or ИИН, УНП, the VAT identification number."""
    kpp: str = Field(default="", max_length=9)
    ogrn: str = Field(default="", max_length=15)
    address: str = Field(default="", max_length=1000)
    bank_account: str = Field(default="", max_length=34)
    """Twenty digits in Russia, an IBAN elsewhere."""
    bank_name: str = Field(default="", max_length=300)
    bic: str = Field(default="", max_length=11)
    correspondent_account: str = Field(default="", max_length=20)
    signatory_post: str = Field(default="", max_length=200)
    signatory_name: str = Field(default="", max_length=200)
    signatory_basis: str = Field(default="", max_length=200)
    signatory_phrase: str = Field(default="", max_length=600)
    """The stored preamble phrase ("в лице директора …"); it always wins over a generated one (P3)."""
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)


class Seller(Requisites, table=True):
    """One of our own legal entities, with its time zone and working calendar.

    `late_entry_days` is the late-entry window: how many days after month end work may still be entered
    without a correction, and so the earliest day on which the month may be closed. `payment_days` is how many working
    days an invoice gives.
    """

    __table_args__ = (
        UniqueConstraint("inn", "kpp"),
        CheckConstraint("late_entry_days >= 0 AND payment_days >= 0", name="days"),
    )

    id: int = identifier()
    code: str = Field(max_length=40, unique=True)
    city: str = Field(default="", max_length=100)
    time_zone: str = Field(default="Europe/Moscow", max_length=60)
    calendar: str = Field(default="RU", max_length=10)
    late_entry_days: int = 0
    payment_days: int = 5
    payments_from: date | None = None
    """The day from which what is sold serves only while it is paid; none where payments are not followed (S8)."""
    reminder_days: str = Field(default=stored_days(USUAL_DAYS), max_length=60)
    """How many days before the last day somebody is reminded, separated by spaces; empty when nobody is (S12)."""
    reminder_email: str = Field(default="", max_length=254)
    """Where the staff is reminded; the seller's own e-mail when empty."""
    country: str = Field(default="RU", max_length=2)
    """By whose law the seller is taxed (M2), and of which country its requisites are."""
    postcode: str = Field(default="", max_length=20)
    service_acts_from: date | None = None
    """The first month of which acts carry the service that was paid ahead; none where all do (M4)."""
    name_en: str = Field(default="", max_length=300)
    """What English papers call it; without it they print what follows from its name (P3)."""
    signatory_name_en: str = Field(default="", max_length=200)
    signatory_post_en: str = Field(default="", max_length=200)
    signatory_basis_en: str = Field(default="", max_length=200)

    def day_of(self, at: datetime) -> date:
        """The seller's calendar day of an instant: the day on which it counts (T4)."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()


class SellerTaxMode(SQLModel, table=True):
    """The tax mode that a seller is in from a day on, until the next such row (M2)."""

    __tablename__ = "seller_tax_mode"
    __table_args__ = (UniqueConstraint("seller_id", "valid_from"),)

    id: int = identifier()
    seller_id: int = reference("seller.id")
    valid_from: date
    mode: TaxMode = choice(TaxMode)


class Client(SQLModel, table=True):
    """The customer: may own several legal entities that share one pool of hours with each seller.

    `state_version` grows with every change of the client's facts; a writer takes this row first.
    """

    id: int = identifier()
    external_id: str | None = Field(default=None, max_length=100, unique=True)
    name: str = Field(max_length=300)
    search_key: str = Field(max_length=300, index=True)
    locale: str = Field(default="ru", max_length=2)
    state_version: int = 0
    created_at: datetime
    manager: str = Field(default="", max_length=200)
    """Who of the staff looks after the client; empty while nobody does."""
    tell_at: datetime | None = Field(default=TELL_AT_ONCE, index=True)
    """When its state is next to be told: at once after a change, else when it changes by itself, if ever (D12)."""


class ClientWord(SQLModel, table=True):
    """A word by whose first letters a client is found: of its own name, or of a name of its legal entities.

    Words are compared letter by letter, whatever language the database sorts by, so that those that begin alike lie
    together in the index.
    """

    __tablename__ = "client_word"
    __table_args__ = (UniqueConstraint("word", "client_id"),)

    id: int = identifier()
    client_id: int = reference("client.id")
    word: str = Field(sa_type=by_letters(LONGEST_WORD))


class ManagerAddress(SQLModel, table=True):
    """Where an account manager, by the name that clients have it, reads mail; the last row of a name governs (H13)."""

    __tablename__ = "manager_address"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    manager: str = Field(max_length=200, index=True)
    email: str = Field(default="", max_length=254)
    """Empty when there is none any more: then the seller's staff address takes its place."""
    recorded_at: datetime


class Entity(Requisites, table=True):
    """A legal entity or sole trader of a client."""

    __table_args__ = (UniqueConstraint("inn", "kpp"),)

    id: int = identifier()
    client_id: int = reference("client.id")
    country: str = Field(default="RU", max_length=2)
    postcode: str = Field(default="", max_length=20)
    city: str = Field(default="", max_length=100)
    name_en: str = Field(default="", max_length=300)
    """What English papers call it; without it they print what follows from its name (P3)."""
    signatory_name_en: str = Field(default="", max_length=200)
    signatory_post_en: str = Field(default="", max_length=200)
    signatory_basis_en: str = Field(default="", max_length=200)


Party = Seller | Entity


def _once_while_named(table: str, what: str) -> Index:
    """That a client names the same one once; who was withdrawn may be named again, and each naming stays."""
    named = text("withdrawn_at IS NULL")
    name = f"uq_{table}_named"
    return Index(name, "client_id", what, unique=True, sqlite_where=named, postgresql_where=named)


class ClientDomain(SQLModel, table=True):
    """That mail from a domain speaks for a client; of a domain that several share, each has its own row (D4)."""

    __tablename__ = "client_domain"
    __table_args__ = (_once_while_named("client_domain", "domain"),)

    id: int = identifier()
    client_id: int = reference("client.id")
    domain: str = Field(max_length=LONGEST_DOMAIN, index=True)
    """In the writing of `contracts.requisites.normal_domain`."""
    recorded_at: datetime
    withdrawn_at: datetime | None = None
    """Since when it speaks for the client no more; the row stays for questions about the time before (D1)."""


class Contact(SQLModel, table=True):
    """A person who may speak for one client or several."""

    id: int = identifier()
    name: str = Field(max_length=300)


class AddressKind(StrEnum):
    """How a contact can be reached."""

    EMAIL = "email"
    PHONE = "phone"


class ContactAddress(SQLModel, table=True):
    """An e-mail address or phone number of a contact, in its normal form."""

    __tablename__ = "contact_address"
    __table_args__ = (UniqueConstraint("contact_id", "kind", "value"),)

    id: int = identifier()
    contact_id: int = reference("contact.id")
    kind: AddressKind = choice(AddressKind)
    value: str = Field(max_length=254, index=True)
    recorded_at: datetime


class PaperAddress(SQLModel, table=True):
    """An e-mail address of a client's contact to which the client's papers are mailed, and how (P2)."""

    __tablename__ = "paper_address"
    __table_args__ = (UniqueConstraint("client_id", "email"),)

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    email: str = Field(max_length=254)
    way: PaperWay = choice(PaperWay)
    since: datetime
    """Papers that were issued before are mailed only when somebody asks for it."""


class ClientContact(SQLModel, table=True):
    """That a contact speaks for a client."""

    __tablename__ = "client_contact"
    __table_args__ = (_once_while_named("client_contact", "contact_id"),)

    id: int = identifier()
    client_id: int = reference("client.id")
    contact_id: int = reference("contact.id")
    recorded_at: datetime
    withdrawn_at: datetime | None = None
    """Since when the person speaks for the client no more; the row stays for questions about the time before (D1)."""
