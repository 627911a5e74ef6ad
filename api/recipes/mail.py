"""E-mail intake: a filter that a mail server pipes each message through before the help desk gets it.

`python -m api.recipes.mail < message` writes the message with the answer in its header. Exit status 75 asks the mail
server to keep the message and try again later: its queue is the queue.
"""

import os
import re
import sys
import traceback
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import getaddresses
from typing import IO

from api.client import ClientKeys, Gate, Unavailable
from api.recipes.outcome import Outcome, ask, gate_of

DONE, TRY_LATER = 0, 75
OURS = re.compile(rb"^x-abonement-[^:\n]*:.*(?:\n[ \t].*)*(?:\n|\Z)", re.IGNORECASE | re.MULTILINE)
NO_LINE_END = re.compile(rb"\r(?!\n)")
"""At which some readers of mail end a line all the same: a field could hide behind it."""


def main() -> int:
    """Filter standard input to standard output; the exit status for the mail server, which must never bounce a client.

    So a setting that is wrong, or a fault of ours, keeps the message in the mail server's queue too.
    """
    try:
        gate, language = gate_of(os.environ)
        return through(gate, language, sys.stdin.buffer, sys.stdout.buffer)
    except Exception:
        traceback.print_exc()
        return TRY_LATER


def through(gate: Gate, language: str, came: IO[bytes], goes: IO[bytes]) -> int:
    """Pass one message on with the answer in its header; nothing is written when it must come again.

    What machines send (replies of absence, lists) is passed on unasked. About a message that is not from exactly one
    address a person decides. The header fields of this filter that the sender put there himself are taken out.
    """
    message = came.read()
    envelope, head, body = _parts(message)
    told = BytesHeaderParser().parsebytes(head)
    fields = b""
    if not _is_of_a_machine(told):
        try:
            outcome = ask(gate, language, client=_sender(told))
        except Unavailable:
            return TRY_LATER
        fields = _fields(outcome)
    if b"\r\n" in head:
        fields = fields.replace(b"\n", b"\r\n")
    goes.write(envelope + fields + OURS.sub(b"", head) + body)
    return DONE


def _parts(message: bytes) -> tuple[bytes, bytes, bytes]:
    """The line "From …" that some mail servers put first, the header, and the rest from the empty line on.

    In the first two a carriage return that ends no line becomes a space, so that every reader sees the same fields.
    """
    envelope = b""
    if message.startswith(b"From "):
        line, _, message = message.partition(b"\n")
        envelope = line + b"\n"
    end = re.search(rb"^\r?\n", message, re.MULTILINE)
    at = end.start() if end else len(message)
    return NO_LINE_END.sub(b" ", envelope), NO_LINE_END.sub(b" ", message[:at]), message[at:]


def _sender(told: Message) -> ClientKeys:
    """The one address of all fields `From`, and nothing where there are none or several; a name may be any text."""
    found = getaddresses([str(field) for field in told.get_all("From", [])])
    addresses = {address for _, address in found if "@" in address}
    return {"email": addresses.pop()} if len(addresses) == 1 else {}


def _is_of_a_machine(told: Message) -> bool:
    automatic = str(told.get("Auto-Submitted", "no")).strip().lower() != "no"
    return automatic or "List-Id" in told or str(told.get("Precedence", "")).lower() in ("bulk", "junk", "list")


def _fields(outcome: Outcome) -> bytes:
    """The answer as header fields, in ASCII as mail wants it."""
    fields = EmailMessage(policy=default)
    fields["X-Abonement-Serve"] = "yes" if outcome.serve else "no"
    fields["X-Abonement-Reason"] = outcome.code
    fields["X-Abonement-Note"] = " ".join(outcome.note.split())
    return fields.as_bytes().rstrip(b"\n") + b"\n"


if __name__ == "__main__":
    sys.exit(main())
