"""Mail over SMTP, or into a folder: the server, the message of a letter, and what became of it."""

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from enum import Enum
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from ssl import create_default_context
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from documents.letter_html import letter_html
from documents.letters import Letter

SECONDS = 30
"""How long a mail server may be silent."""


class Fate(Enum):
    """What the mail server did with a letter."""

    TAKEN = "taken"
    PUT_OFF = "put off"
    REFUSED = "refused"
    BOUNCED = "bounced"
    """It refused the address for good."""
    TOO_LARGE = "too large"
    UNKNOWN = "unknown"
    """The server went away, or takes nothing from us: the letter may or may not have left."""


@dataclass(frozen=True, slots=True)
class Enclosures:
    """What a letter says, with its links, and the files that it brings: name and bytes of each PDF."""

    body: str
    files: Sequence[tuple[str, bytes]] = ()


class MailAway(Exception):
    """The mail server went away while letters were handed over."""


class MailFolder(smtplib.SMTP):
    """A folder in the place of a mail server, for a demonstration: every letter becomes a file `<Message-ID>.eml`.

    The same letter again is the same file.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def send_message(self, msg: Any, *_: Any, **__: Any) -> dict[str, tuple[int, bytes]]:
        """Write the message; a file that is cut off is never left under its name."""
        file = self._folder / f"{quote(msg['Message-ID'].strip('<>'), safe='@')}.eml"
        unfinished = file.with_suffix(".part")
        unfinished.write_bytes(msg.as_bytes())
        unfinished.replace(file)
        return {}


def hung_up(server: smtplib.SMTP) -> bool:
    """Whether the mail server ended the conversation."""
    return not isinstance(server, MailFolder) and server.sock is None


@contextmanager
def mail_server(address: str, seconds: float = SECONDS) -> Iterator[smtplib.SMTP]:
    """The server of a URL, which has said hello and knows us, over TLS wherever it offers that; or a folder.

    Raises `OSError`, `ValueError` or `SMTPException`; none of them carries the password.
    """
    parts = urlsplit(address)
    if parts.scheme == "file":
        yield MailFolder(Path(unquote(parts.path)))
        return
    host, port = parts.hostname or "", parts.port or 0
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=seconds, context=create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=seconds)
    with server:
        server.ehlo_or_helo_if_needed()
        encrypted = parts.scheme == "smtps"
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=create_default_context())
            encrypted = True
        if parts.username:
            if not encrypted and not is_this_machine(host):
                raise ValueError("the mail server offers no TLS, and no password is sent in clear text")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def is_this_machine(host: str) -> bool:
    """Whether what is said to the host leaves this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def message_of(letter: Letter, mail_from: str, enclosed: Enclosures | None = None) -> EmailMessage:
    """The letter as a message, in text and HTML: the same bytes each time, under the same Message-ID."""
    body, files = (letter.body, ()) if enclosed is None else (enclosed.body, enclosed.files)
    message = EmailMessage()
    message["From"] = Address(letter.sender_name, addr_spec=mail_from)
    message["To"] = Address(addr_spec=in_ascii(letter.recipient))
    if letter.reply_to:
        with suppress(ValueError):  # an address that no header can carry is in the letter's words all the same
            message["Reply-To"] = Address(addr_spec=in_ascii(letter.reply_to))
    message["Subject"] = letter.subject
    message["Date"] = letter.queued_at
    message["Message-ID"] = f"<{letter.message_key}@{mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, cte="base64")
    message.add_alternative(letter_html(letter.subject, body, letter.language), subtype="html", cte="base64")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    parts = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(parts):  # the library would draw them by lot
        part.set_boundary(f"=_{sha256(letter.message_key.encode()).hexdigest()[:32]}_{number}")
    return message


def in_ascii(address: str) -> str:
    """The address with its domain as the network spells it. Raises `ValueError` for one that it cannot spell."""
    name, _, domain = address.rpartition("@")
    if not name.isascii():
        raise ValueError("the name before @ has letters that mail servers do not take")
    return f"{name}@{domain.encode('idna').decode()}"


def post(server: smtplib.SMTP, letter: Letter, mail_from: str, enclosed: Enclosures | None = None) -> tuple[Fate, str]:
    """Hand a letter to the server: what became of it, and what the server said."""
    try:
        server.send_message(message_of(letter, mail_from, enclosed), mail_from, [in_ascii(letter.recipient)])
    except smtplib.SMTPRecipientsRefused as refused:
        fate, said = _answered(*next(iter(refused.recipients.values())))
        return (Fate.BOUNCED if fate is Fate.REFUSED else fate), said
    except smtplib.SMTPSenderRefused as refused:
        if _is_too_large(refused):
            return _too_large(refused)
        return Fate.UNKNOWN, f"SMTPSenderRefused {refused.smtp_code}"
    except smtplib.SMTPDataError as refused:
        return _too_large(refused) if _is_too_large(refused) else _answered(refused.smtp_code, refused.smtp_error)
    except (OSError, smtplib.SMTPException) as problem:
        return Fate.UNKNOWN, " ".join([type(problem).__name__, str(getattr(problem, "smtp_code", ""))]).strip()
    except ValueError as unwritable:
        return Fate.REFUSED, str(unwritable)
    return Fate.TAKEN, ""


def _answered(code: int, text: bytes | str) -> tuple[Fate, str]:
    """A server's "no": for ever when its code is 5xx, else for now."""
    return Fate.REFUSED if 500 <= code < 600 else Fate.PUT_OFF, f"{code} {_text(text)}"


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def _is_too_large(refused: smtplib.SMTPResponseException) -> bool:
    """Whether the server takes no message of this size; a full mailbox says 552 too."""
    said = _text(refused.smtp_error)
    return (refused.smtp_code == 552 and not said.startswith("5.2.2")) or said.startswith("5.3.4")


def _too_large(refused: smtplib.SMTPResponseException) -> tuple[Fate, str]:
    return Fate.TOO_LARGE, f"{refused.smtp_code} {_text(refused.smtp_error)}"
