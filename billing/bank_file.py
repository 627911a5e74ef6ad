"""What a bank's statement file says came in, whatever its form (M5)."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.errors import Refusal
from contracts.file_rows import RowFault, clean
from contracts.money import CURRENCIES, Money
from contracts.requisites import search_key

LONGEST_NUMBER, LONGEST_NAME, LONGEST_PURPOSE, LONGEST_ACCOUNT = 60, 300, 1000, 34
RUSSIAN_CURRENCIES = {"643": "RUB", "810": "RUB", "840": "USD", "978": "EUR", "398": "KZT", "933": "BYN"}
"""What the sixth to eighth digits of an account in a Russian bank say."""
BANKS_OWN = ("30", "40911", "47422")
"""How the accounts begin from which Russian banks pass on transfers of people who may have none."""


class BankLineKind(StrEnum):
    """What a line of a statement is: money that came, money that the bank took back, or our own that came back."""

    RECEIVED = "received"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid, as far as the bank says; what it does not say is empty."""

    name: str = ""
    inn: str = ""
    kpp: str = ""
    account: str = ""

    @property
    def own_account(self) -> str:
        """The account that only this payer has; empty for one that many people pay through."""
        return "" if self.account.startswith(BANKS_OWN) else self.account

    @property
    def key(self) -> str:
        """By what one payer is known from another within a file; `is_same` compares those of two files."""
        return self.own_account or self.inn or search_key(self.name)[:LONGEST_NAME] or self.account

    def is_same(self, other: "Payer") -> bool | None:
        """Whether two exports mean one payer, of whom either may say less; none when what they say decides nothing.

        The account decides, unless many people pay through it, then the INN; a name only says yes.
        """
        for mine, theirs in ((self.own_account, other.own_account), (self.inn, other.inn)):
            if mine and theirs:
                return mine == theirs
        name = search_key(self.name)
        return True if name and name == search_key(other.name) else None


Document = tuple[str, str, str, int, str]
"""Our account, the day, the number and the minor units of a payment, and the kind of the line."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line that concerns a seller's account; `row` is where it begins in the file.

    `booked_at` is the row and the field in which the day of booking stands.
    """

    row: int
    account: str
    number: str
    dated_on: date
    booked_on: date
    amount: Money
    payer: Payer
    purpose: str
    booked_at: tuple[int, str]
    kind: BankLineKind = BankLineKind.RECEIVED

    @property
    def document(self) -> Document:
        """What no file tells otherwise of the line."""
        return self.account, self.dated_on.isoformat(), self.number, self.amount.minor, self.kind

    @property
    def key(self) -> tuple[Document, str]:
        """What makes it one line of its file, in an order of its own."""
        return self.document, self.payer.key


@dataclass(frozen=True, slots=True)
class BankFile:
    """What was read: the form of the file, its lines and faults, how many lines concern no seller's account, and whose
    accounts' statement it is, or in 1CClientBankExchange every account that it names."""

    form: str
    lines: tuple[ReadLine, ...]
    faults: tuple[RowFault, ...]
    passed: int
    accounts: frozenset[str]


Accounts = Mapping[str, str]
"""The sellers' accounts, each with its currency."""


def account_currency(account: str) -> str:
    """The currency of an account in a Russian bank; roubles where its digits say none that is known, and for an IBAN,
    whose statements say it themselves."""
    return RUSSIAN_CURRENCIES.get(account[5:8], "RUB") if account.isdecimal() else "RUB"


def bare(text: str) -> str:
    """A number of an account, an INN or a KPP without spaces, in capitals."""
    return re.sub(r"\s", "", text).upper()


def shortened(text: str, longest: int) -> str:
    """One line of text of at most so many characters."""
    return clean(unicodedata.normalize("NFC", text))[:longest].strip()


def read_amount(text: str, currency: str, field: str) -> Money:
    """An amount above zero, "33816.00", "33816,5" or "33816": whole cents, never rounded.

    Raises `Refusal` with AMOUNT_UNREADABLE, PAYMENT_AMOUNT_WRONG, or CURRENCY_UNKNOWN.
    """
    found = re.fullmatch(r"([0-9]{1,13})(?:[.,]([0-9]{1,2})0*)?", text.strip(), re.ASCII)
    if found is None:
        raise Refusal("AMOUNT_UNREADABLE", field=field, value=text, allowed="33816.00")
    if currency not in CURRENCIES:
        raise Refusal("CURRENCY_UNKNOWN", field=field, value=currency, allowed=list(CURRENCIES))
    minor = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if minor == 0:
        raise Refusal("PAYMENT_AMOUNT_WRONG", field=field, value=text, allowed="0.01 or more")
    return Money(minor, currency)
