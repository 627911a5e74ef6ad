"""Reading what a mail server says of a letter that it cannot deliver: an answer, or a report (RFC 3463, RFC 3464)."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message

from contracts.errors import Refusal
from documents.words import printable

_STATUS = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})\b")
_ANSWER = re.compile(r"([0-9]{3})[ -]?(?:([245]\.[0-9]{1,3}\.[0-9]{1,3})\b)?")
GONE = ("0.0", "1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "4.1", "4.4")
"""Subject and detail of the final statuses that are about the address: no such mailbox or host, or closed for good.

A full mailbox, a letter that is too large or takes too long, and a policy against the sender are not among them: a
mail server that takes us for a nuisance would put every client on the list.
"""
GONE_CODES = ("550", "551", "553", "556")
"""The codes that say so where a server gives no status."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an address; a report names it, and the one to which the letter was handed on from there."""

    status: str
    text: str
    is_hard: bool
    mailboxes: tuple[str, ...] = ()

    def is_of(self, address: str) -> bool:
        """Whether a report names the address, in whatever case and spelling of its domain."""
        return _mailbox(address) in self.mailboxes


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What a report says of the letter with a Message-ID; nothing when it was delivered after all."""

    message_key: str
    said: Sequence[Said]


def read_answer(text: str) -> Said:
    """What a mail server answered when it was given the address: "550 5.1.1 No such user"."""
    found = _ANSWER.match(text)
    code, status = found.groups() if found else ("", None)
    return _said(status or code or "0", text)


def read_report(content: bytes) -> BounceReport:
    """A delivery status notification.

    Raises `Refusal("REPORT_UNREADABLE")`, naming what it lacks; for parts in parts without end, that there are fewer.
    """
    try:
        return _read(message_from_bytes(content))
    except RecursionError:
        raise _unreadable("fewer parts within parts") from None


def _read(report: Message) -> BounceReport:
    if report.get_content_type() != "multipart/report":
        raise _unreadable("multipart/report")
    parts = list(report.walk())
    statuses = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if statuses is None:
        raise _unreadable("message/delivery-status")
    key = next(filter(None, map(_message_key, parts)), None)
    if key is None:
        raise _unreadable("Message-ID")
    return BounceReport(key, tuple(_recipients(statuses)))


def _recipients(statuses: Message) -> Iterator[Said]:
    blocks = statuses.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        assert isinstance(block, Message)
        action, status = (str(block.get(name, "")).strip() for name in ("Action", "Status"))
        found = _STATUS.match(status)
        if found is None or action.lower() not in ("failed", "delayed"):
            continue  # about the message as a whole, or delivered
        told = " ".join(str(block.get("Diagnostic-Code", "")).split())
        said = replace(_said(found[0], told or status), mailboxes=tuple(_mailboxes(block)))
        yield said if action.lower() == "failed" else replace(said, is_hard=False)


def _mailboxes(block: Message) -> Iterator[str]:
    """The addresses that a block is about: "rfc822; buh@romashka.example"."""
    for name in ("Final-Recipient", "Original-Recipient"):
        address = str(block.get(name, "")).partition(";")[2].strip()
        if "@" in address:
            yield _mailbox(address.removeprefix("<").removesuffix(">"))


def _mailbox(address: str) -> str:
    """The address in one case, its domain as the network spells it; one that it cannot spell as it is."""
    name, _, domain = address.strip().casefold().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{name}@{domain}"


def _said(status: str, told: str) -> Said:
    text = printable(told)
    if "." in status:
        kind, _, about = status.partition(".")
        return Said(status, text[:1000], kind == "5" and about in GONE)
    return Said(status, text[:1000], status in GONE_CODES)


def _message_key(part: Message) -> str | None:
    """The key of the letter whose headers a part repeats."""
    payload = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(payload, list) and payload:
        headers = payload[0]
    elif part.get_content_type() == "text/rfc822-headers":
        decoded = part.get_payload(decode=True)
        headers = message_from_bytes(decoded if isinstance(decoded, bytes) else b"")
    else:
        return None
    assert isinstance(headers, Message)
    return printable(str(headers.get("Message-ID", ""))).strip().strip("<>").rpartition("@")[0] or None


def _unreadable(lacks: str) -> Refusal:
    return Refusal("REPORT_UNREADABLE", field="body", value=None, allowed=lacks)
