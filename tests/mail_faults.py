"""A mail server on loopback that fails at one step of the conversation, as often as it is told, and else takes all."""

import socket
import ssl
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType

DROP, SLOW = "drop", "slow"
"""What it may do instead of answering: hang up, or say nothing until it is closed."""
STEPS = ("connect", "ehlo", "starttls", "mail", "rcpt", "data", "message")


class FaultyServer:
    """`fault` names a step and the answer there, or `DROP` or `SLOW`; `left` is how often it happens.

    `taken` are the messages whose last line came, whatever was answered then.
    """

    def __init__(self, step: str, answer: str, left: int = 1, *, offers_tls: bool = False) -> None:
        self.fault, self.left, self.offers_tls = (step, answer), left, offers_tls
        self.taken: list[bytes] = []
        self._closed = Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}"
        self._threads = [Thread(target=self._serve)]

    def __enter__(self) -> "FaultyServer":
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closed.set()
        with suppress(OSError):
            socket.create_connection(self._socket.getsockname()).close()
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._closed.is_set():
            connection, _ = self._socket.accept()
            talk = Thread(target=self._talk, args=(connection,))
            self._threads.append(talk)
            talk.start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines, suppress(OSError):
            if not self._say(connection, "connect", "220 ready"):
                return
            for line in iter(lines.readline, b""):
                verb = line.split()[0].decode().lower() if line.strip() else ""
                if not self._answer(connection, lines, verb):
                    return

    def _answer(self, connection: socket.socket, lines: object, verb: str) -> bool:
        match verb:
            case "ehlo":
                hello = "250-mx\r\n250 STARTTLS" if self.offers_tls else "250 mx"
                return self._say(connection, "ehlo", hello)
            case "starttls":
                return self._say(connection, "starttls", "220 go on") and self._no_handshake(connection)
            case "data":
                waits = self.fault[0] != "data" or self.left == 0
                return self._say(connection, "data", "354 go on") and (not waits or self._take(connection, lines))
            case "quit":
                connection.sendall(b"221 bye\r\n")
                return False
        return self._say(connection, verb, "250 OK")

    def _take(self, connection: socket.socket, lines: object) -> bool:
        message = b""
        for line in iter(lines.readline, b""):  # type: ignore[attr-defined]
            if line == b".\r\n":
                self.taken.append(message)
                return self._say(connection, "message", "250 taken")
            message += line
        return False

    def _no_handshake(self, connection: socket.socket) -> bool:
        with suppress(ssl.SSLError, OSError):
            connection.sendall(b"this is no handshake\r\n")
        return False

    def _say(self, connection: socket.socket, step: str, answer: str) -> bool:
        """Answer, or do what the fault says; returns whether the conversation goes on."""
        if step == self.fault[0] and self.left > 0:
            self.left -= 1
            answer = self.fault[1]
            if answer == SLOW:
                self._closed.wait(30)
            if answer in (SLOW, DROP):
                return False
        connection.sendall(f"{answer}\r\n".encode())
        return (answer[0] in "23" and not answer.startswith("221")) or step in ("mail", "rcpt", "data", "message")
