"""Reading camt.053, the XML statement of banks outside Russia, versions 02 and 08: what came in (M5).

One entry may stand for many payments, and then each of them is a line. Only what is booked counts.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from xml.sax import ContentHandler, SAXException

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from billing.bank_file import (
    LONGEST_ACCOUNT,
    LONGEST_NAME,
    LONGEST_NUMBER,
    LONGEST_PURPOSE,
    Accounts,
    BankFile,
    BankLineKind,
    Payer,
    ReadLine,
    bare,
    read_amount,
    shortened,
)
from contracts.errors import Refusal
from contracts.file_rows import RowFault, read_day
from contracts.money import Money

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(camt\.053\.001\.[0-9]{2})")
VERSIONS = ("camt.053.001.02", "camt.053.001.08")
DEEPEST = 40
"""How many elements may stand inside each other; the form has some 15."""
NO_REFERENCE = {"", "NOTPROVIDED", "NONREF"}


@dataclass
class Element:
    """An element with the row in which it begins; names are without prefixes."""

    name: str
    row: int
    currency: str = ""
    text: str = ""
    inside: "list[Element]" = field(default_factory=list)

    def all(self, path: str) -> "list[Element]":
        """The elements under a path of names, "NtryDtls/TxDtls"."""
        found = [self]
        for name in path.split("/"):
            found = [one for element in found for one in element.inside if one.name == name]
        return found

    def first(self, *paths: str) -> "Element | None":
        """The first element under the first of the paths that leads to any."""
        return next((one for path in paths for one in self.all(path)), None)

    def said(self, *paths: str) -> str:
        """The text of the first of these that has any."""
        return next((one.text.strip() for path in paths for one in self.all(path) if one.text.strip()), "")


def is_camt(content: bytes) -> bool:
    """Whether a file is such a statement, of any version."""
    return b"iso:20022:tech:xsd:camt.053" in content[:8000].replace(b"\0", b"")  # between the letters of UTF-16


def read_camt(content: bytes, own: Accounts) -> BankFile:
    """What came in to the sellers' accounts.

    Raises `Refusal` with BANK_FILE_UNREADABLE for XML that is broken or brings entities of its own, and
    BANK_FILE_UNKNOWN for another version.
    """
    document, version = _parsed(content)
    reading = _Reading(own)
    for statement in document.all("Document/BkToCstmrStmt/Stmt"):
        reading.read(statement)
    return BankFile(version, tuple(reading.lines), tuple(reading.faults), reading.passed, frozenset(reading.accounts))


class _Tree(ContentHandler):
    """Builds the elements of a file."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", 0)
        self.version = ""
        self._open = [self.root]
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:
        """Know where the parser is."""
        self._locator = locator

    def startElement(self, name: str, attrs: Any) -> None:
        """Begin an element."""
        if len(self._open) > DEEPEST:
            raise SAXException("nested too deep")
        if len(self._open) == 1:
            named = (NAMESPACE.fullmatch(attrs[one]) for one in attrs.getNames() if one.startswith("xmlns"))
            self.version = next((found[1] for found in named if found), "")
        element = Element(name.rpartition(":")[2], self._locator.getLineNumber(), attrs.get("Ccy", ""))
        self._open[-1].inside.append(element)
        self._open.append(element)

    def endElement(self, name: str) -> None:
        """End the innermost element."""
        self._open.pop()

    def characters(self, content: str) -> None:
        """Text of the innermost element."""
        self._open[-1].text += content


def _parsed(content: bytes) -> tuple[Element, str]:
    tree = _Tree()
    try:
        parseString(content, tree, forbid_dtd=True)
    except (SAXException, DefusedXmlException, ValueError, LookupError) as broken:
        problem = shortened(str(broken), 200)
        raise Refusal("BANK_FILE_UNREADABLE", field="file", value=problem, allowed="XML without a DTD") from broken
    if tree.version not in VERSIONS:
        raise Refusal("BANK_FILE_UNKNOWN", field="file", value=tree.version, allowed=list(VERSIONS))
    return tree.root, tree.version


class _Reading:
    """What is read of the statements so far."""

    def __init__(self, own: Accounts) -> None:
        self._own = own
        self.lines: list[ReadLine] = []
        self.faults: list[RowFault] = []
        self.passed = 0
        self.accounts: set[str] = set()
        self._unnamed: Counter[tuple[Any, ...]] = Counter()
        self._named: Counter[tuple[Any, ...]] = Counter()

    def read(self, statement: Element) -> None:
        """The entries of one statement, if it is of a seller's account."""
        account = bare(statement.said("Acct/Id/IBAN", "Acct/Id/Othr/Id"))
        self.accounts.add(account)
        self._named.clear()  # a statement may come twice in a file, an entry not twice in a statement
        for entry in statement.all("Ntry"):
            kind = _kind(entry)
            if account not in self._own or kind is None:
                self.passed += 1
                continue
            faults: list[RowFault] = []
            lines = list(self._of_entry(entry, account, kind, faults))
            from_others = [line for line in lines if line.payer.account not in self._own]
            self.faults += faults
            self.lines += [] if faults else from_others
            self.passed += len(lines) - len(from_others)

    def _of_entry(self, entry: Element, account: str, kind: BankLineKind, faults: list[RowFault]) -> Iterator[ReadLine]:
        """A line for each payment of an entry; what they come to must be what the entry says.

        What a batch says went the other way, such as a fee in what came, counts against it and is no line.
        """
        whole, booked_on = _amount(entry, faults, "Amt"), _day(entry, faults)
        details = entry.all("NtryDtls/TxDtls")
        batch = len(details) > 1
        if whole is None or booked_on is None:
            return
        sums = []
        for place, detail in enumerate(details or [entry], 1):
            amount = _amount(detail, faults, "Amt", "AmtDtls/TxAmt/Amt") if batch else whole
            if amount is None:
                return
            if amount.currency != whole.currency:
                refusal = Refusal("CURRENCY_DIFFERS", field="file", allowed=whole.currency)
                faults.append(RowFault(detail.row, "Amt", amount.currency, refusal))
                return
            if batch and detail.said("CdtDbtInd") not in ("", entry.said("CdtDbtInd")):
                sums.append(-amount)
                self.passed += 1
                continue
            sums.append(amount)
            number = self._number(entry, detail, place if batch else None, (account, booked_on, amount, kind))
            payer, purpose, booked_at = _payer(detail), _purpose(detail, entry), (entry.row, _day_field(entry))
            yield ReadLine(detail.row, account, number, booked_on, booked_on, amount, payer, purpose, booked_at, kind)
        if Money.total(sums, whole.currency) != whole:
            allowed = str(Money.total(sums, whole.currency))
            faults.append(RowFault(entry.row, "Amt", str(whole), Refusal("SUM_DIFFERS", field="file", allowed=allowed)))

    def _number(self, entry: Element, detail: Element, place: int | None, alike: tuple[Any, ...]) -> str:
        """What the bank or the payer calls a payment; within a batch with its place, where only the batch has a name.

        Payments without any name are told apart by their order among those that are alike, and so are those of one
        statement to which the payer gave one name.
        """
        own = [detail.said(f"Refs/{name}") for name in ("EndToEndId", "TxId", "InstrId", "AcctSvcrRef")]
        name = next((one for one in own if one.upper() not in NO_REFERENCE), "")
        if not name:
            shared = [entry.said("AcctSvcrRef"), entry.said("NtryRef")]
            name = next((one for one in shared if one.upper() not in NO_REFERENCE), "")
            name = f"{name}/{place}" if name and place is not None else name
        alike = (*alike, _payer(detail).key)
        if not name:
            self._unnamed[alike] += 1
            return f"NONREF/{self._unnamed[alike]}"
        name = shortened(name, LONGEST_NUMBER)
        self._named[*alike, name] += 1
        place_among_them = self._named[*alike, name]
        return name if place_among_them == 1 else f"{name[: LONGEST_NUMBER - 6]}/{place_among_them}"


def _kind(entry: Element) -> BankLineKind | None:
    """What a booked entry is; none of what went out, or is not booked yet."""
    if entry.said("Sts/Cd", "Sts") != "BOOK":
        return None
    came, reversed_ = entry.said("CdtDbtInd") == "CRDT", entry.said("RvslInd") in ("true", "1")
    if came:
        return BankLineKind.RETURNED if reversed_ else BankLineKind.RECEIVED
    return BankLineKind.TAKEN_BACK if reversed_ else None


def _amount(element: Element, faults: list[RowFault], *paths: str) -> Money | None:
    found = element.first(*paths)
    text, currency, row = (found.text, found.currency, found.row) if found else ("", "", element.row)
    try:
        if found is None:
            raise Refusal("VALUE_REQUIRED", field="file")
        return read_amount(text, currency, "Amt")
    except Refusal as refusal:
        faults.append(RowFault(row, "Amt", text.strip(), refusal))
        return None


def _day(entry: Element, faults: list[RowFault]) -> date | None:
    """The day on which an entry was booked: where it has a time, its day as written."""
    field = _day_field(entry)
    text = entry.said(f"{field}/Dt", f"{field}/DtTm")
    try:
        if not text:
            raise Refusal("VALUE_REQUIRED", field="file")
        return read_day(text[:10], "file")
    except Refusal as refusal:
        faults.append(RowFault(entry.row, field, text, refusal))
        return None


def _day_field(entry: Element) -> str:
    """The field that says when an entry was booked: its value date where it has no other."""
    has = {name: entry.said(f"{name}/Dt", f"{name}/DtTm") for name in ("BookgDt", "ValDt")}
    return "ValDt" if has["ValDt"] and not has["BookgDt"] else "BookgDt"


def _payer(detail: Element) -> Payer:
    """The debtor: version 08 has a party around its name."""
    parties = "RltdPties"
    ids = [
        one.text.strip()
        for path in (f"{parties}/Dbtr/Id", f"{parties}/Dbtr/Pty/Id")
        for kind in ("OrgId", "PrvtId")
        for one in detail.all(f"{path}/{kind}/Othr/Id")
    ]
    return Payer(
        shortened(detail.said(f"{parties}/Dbtr/Pty/Nm", f"{parties}/Dbtr/Nm"), LONGEST_NAME),
        next((one for one in ids if re.fullmatch("[0-9]{10}|[0-9]{12}", one)), ""),
        "",
        bare(detail.said(f"{parties}/DbtrAcct/Id/IBAN", f"{parties}/DbtrAcct/Id/Othr/Id"))[:LONGEST_ACCOUNT],
    )


def _purpose(detail: Element, entry: Element) -> str:
    """What the payment is for: free words, else references by their kind, else what the bank adds."""
    words = " ".join(one.text.strip() for one in detail.all("RmtInf/Ustrd"))
    structured = ("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf", "RmtInf/Strd/AddtlRmtInf")
    references = " ".join(_reference(one) for path in structured for one in detail.all(path))
    said = words or references or detail.said("AddtlTxInf") or entry.said("AddtlNtryInf")
    return shortened(said, LONGEST_PURPOSE)


def _reference(element: Element) -> str:
    """A reference as words; a document that the payer calls an invoice is one."""
    if element.name != "RfrdDocInf":
        return element.text.strip()
    kind = "Invoice " if element.said("Tp/CdOrPrtry/Cd") == "CINV" else ""
    return kind + element.said("Nb")
