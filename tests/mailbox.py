"""A real mail server on loopback, which keeps what it takes and says no as a test wants it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

OK = "250 OK"
Answer = Callable[[str], str]


class Mailbox:
    """What came: every message whose DATA arrived, with its one recipient; `says` answers for a recipient.

    `rcpt` is asked when a recipient is named, `data` when the whole message is there, before the sender learns of it.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.contents: list[bytes] = []
        self.rcpt: Answer = lambda recipient: OK
        self.data: Answer = lambda recipient: OK
        self.sized: Callable[[int], str] = lambda size: OK
        """Asked with the size of a whole message, before `data`."""

    @property
    def recipients(self) -> list[str]:
        return sorted(recipient for recipient, _ in self.taken)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        answer = self.rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        recipient, content = envelope.rcpt_tos[0], envelope.content
        assert isinstance(content, bytes)
        answer = self.sized(len(content))
        if answer == OK:
            answer = self.data(recipient)
        if answer.startswith("250"):
            message = message_from_bytes(content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.taken.append((recipient, message))
            self.contents.append(content)
        return answer


@contextmanager
def open_mailbox(*, largest: int | None = None) -> Iterator[tuple[Mailbox, str]]:
    """A mailbox and the URL of its server, which announces how many bytes it takes at most, if it is told."""
    mailbox = Mailbox()
    limit = {} if largest is None else {"data_size_limit": largest}
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **limit)
    controller.start()
    try:
        yield mailbox, f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
