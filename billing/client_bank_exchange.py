"""Reading 1CClientBankExchange, the text file that banks in Russia give out: what came in to a seller's account (M5).

The encoding is found by the words of the form itself, for what a file says of it is often wrong.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from billing.bank_file import (
    LONGEST_ACCOUNT,
    LONGEST_NAME,
    LONGEST_NUMBER,
    LONGEST_PURPOSE,
    Accounts,
    BankFile,
    Payer,
    ReadLine,
    bare,
    read_amount,
    shortened,
)
from contracts.errors import Refusal
from contracts.file_rows import RowFault, read_day

Read = TypeVar("Read")

FORM = "1CClientBankExchange"
ENCODINGS = ("utf-8-sig", "cp1251", "cp866")
WORDS = ("СекцияДокумент", "КонецФайла", "ВерсияФормата", "Кодировка")
BEGINS, ENDS, LAST = "СекцияДокумент", "КонецДокумента", "КонецФайла"
TAX_NUMBER = "[0-9]{5}|[0-9]{9,10}|[0-9]{12}"
"""An INN of a firm or a person, a foreign firm's code (КИО), and numbers of Belarus and Kazakhstan."""
ACCOUNT = re.compile(r"^[^\S\n]*\w*Счет[^\S\n]*=(.*)", re.MULTILINE)
"""The number in every value that is called one of an account, also before the documents; each line is read alone."""
PAYER_WITH_INN = re.compile(r"ИНН\s*+([0-9]{10,12})(?:\s*+[/\\]?\s*+(?:КПП)?\s*+([0-9]{9})\b)?[\s,]*+", re.IGNORECASE)
"""Whitespace is never given back, so a name of nothing else costs no more than its length."""


def is_client_bank_exchange(content: bytes) -> bool:
    """Whether a file calls itself so."""
    return FORM.encode() in content[:200]


def read_client_bank_exchange(content: bytes, own: Accounts) -> BankFile:
    """What came in to the sellers' accounts. Raises `Refusal("BANK_FILE_UNREADABLE")` when no encoding fits."""
    encoding, text = _decoded(content)
    lines: list[ReadLine] = []
    faults: list[RowFault] = []
    passed = 0
    for document in _documents(text, faults):
        if not document.comes_in(own):
            passed += 1
            continue
        line = document.line(own)
        if line is not None:
            lines.append(line)
        faults += document.faults
    accounts = frozenset(map(bare, ACCOUNT.findall(text)))
    return BankFile(f"{FORM}, {encoding.removesuffix('-sig')}", tuple(lines), tuple(faults), passed, accounts)


def _decoded(content: bytes) -> tuple[str, str]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(word in text for word in WORDS):
            return encoding, text
    raise Refusal("BANK_FILE_UNREADABLE", field="file", value=FORM, allowed=["UTF-8", "Windows-1251", "DOS (866)"])


@dataclass
class _Document:
    """One document while it is read: its values by name, each with the row in which it stands."""

    row: int
    values: dict[str, tuple[int, str]] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    def text(self, *names: str) -> str:
        """The first of these values that says something."""
        return next((self.values[name][1] for name in names if self.values.get(name, (0, ""))[1]), "")

    def comes_in(self, own: Collection[str]) -> bool:
        """Whether it pays to a seller's account, and not from another one of ours.

        Of what goes out, banks may leave out whom it pays.
        """
        to = {bare(self.text(name)) for name in ("ПолучательСчет", "ПолучательРасчСчет")} - {""}
        by = {bare(self.text(name)) for name in ("ПлательщикСчет", "ПлательщикРасчСчет")} - {""}
        if not to and by.isdisjoint(own):
            self.found("ПолучательСчет", Refusal("VALUE_REQUIRED", field="file"))
            return True
        return not to.isdisjoint(own) and by.isdisjoint(own)

    def line(self, own: Accounts) -> ReadLine | None:
        """What it says, unless there is a fault in it."""
        to = (bare(self.text(name)) for name in ("ПолучательРасчСчет", "ПолучательСчет"))
        account = next((one for one in to if one in own), "")
        number = shortened(self.text("Номер"), LONGEST_NUMBER)
        if not number:
            self.found("Номер", Refusal("VALUE_REQUIRED", field="file"))
        dated_on = self._read("Дата", _day)
        day = "ДатаПоступило" if self.text("ДатаПоступило") else "Дата"
        booked_on = dated_on if day == "Дата" else self._read(day, _day)
        amount = self._read("Сумма", lambda text: read_amount(text, own.get(account, "RUB"), "Сумма"))
        if self.text("ПлательщикИНН"):
            self._read("ПлательщикИНН", _tax_number)
        if self.faults or dated_on is None or booked_on is None or amount is None:
            return None
        booked_at = self.values[day][0], day
        return ReadLine(
            self.row, account, number, dated_on, booked_on, amount, self._payer(), self._purpose(), booked_at
        )

    def _read(self, name: str, reader: Callable[[str], Read]) -> Read | None:
        text = self.text(name)
        try:
            if not text:
                raise Refusal("VALUE_REQUIRED", field="file")
            return reader(text)
        except Refusal as refusal:
            self.found(name, refusal)
            return None

    def _payer(self) -> Payer:
        """The payer, whose INN some banks write before its name only."""
        whole = self.text("Плательщик")
        said = PAYER_WITH_INN.match(whole)
        name = self.text("Плательщик1") or (whole[said.end() :] if said else whole)
        inn, kpp = bare(self.text("ПлательщикИНН")), bare(self.text("ПлательщикКПП"))
        if not inn.strip("0") and said is not None:
            inn, kpp = said[1], said[2] or kpp
        account = bare(self.text("ПлательщикРасчСчет", "ПлательщикСчет"))
        return Payer(
            shortened(name, LONGEST_NAME),
            inn if inn.strip("0") else "",
            kpp[:9] if kpp.strip("0") else "",
            account[:LONGEST_ACCOUNT],
        )

    def _purpose(self) -> str:
        """The purpose, which may stand in one value or in several."""
        whole = self.text("НазначениеПлатежа")
        parts = " ".join(filter(None, (self.text(f"НазначениеПлатежа{place}") for place in range(1, 7))))
        return shortened(whole or parts, LONGEST_PURPOSE)

    def found(self, name: str, refusal: Refusal) -> None:
        """Note what is wrong with a value: in its row, or where the document begins when there is none."""
        row, value = self.values.get(name, (self.row, ""))
        self.faults.append(RowFault(row, name, value, refusal))


def _day(text: str) -> date:
    return read_day(text, "file")


def _tax_number(text: str) -> str:
    """An INN, the number of a payer of another country, or zeros for none; else `Refusal("INN_WRONG")`."""
    number = bare(text)
    if not re.fullmatch("0*|" + TAX_NUMBER, number):
        raise Refusal("INN_WRONG", field="file", allowed="10 or 12 digits with right check digits")
    return number


def _documents(text: str, faults: list[RowFault]) -> Iterator[_Document]:
    """The documents one by one; a line without a name goes on with the value before it."""
    document: _Document | None = None
    name, row = "", 0
    for row, raw in enumerate(text.split("\n"), 1):
        key, equals, value = raw.strip().partition("=")
        key = key.strip()
        if key == LAST:
            break
        if key == BEGINS or (key == ENDS and document is None):
            if document is not None or key == ENDS:
                faults.append(_cut(document.row if document else row, key))
            document, name = (_Document(row), "") if key == BEGINS else (None, "")
        elif key == ENDS and document is not None:
            yield document
            document = None
        elif document is not None and equals:
            name = key
            if not document.values.get(key, (0, ""))[1]:
                document.values[key] = (row, value.strip())
        elif document is not None and name and key:
            at, before = document.values[name]
            document.values[name] = (at, f"{before} {key}")
    else:
        faults.append(_cut(row, LAST))
    if document is not None:
        faults.append(_cut(document.row, ENDS))


def _cut(row: int, key: str) -> RowFault:
    return RowFault(row, key, "", Refusal("BANK_FILE_CUT", field="file"))
