"""A real receiver of webhooks on loopback, which keeps what came and answers as a test wants it."""

import json
import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Thread
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Came:
    """A message as it came."""

    headers: dict[str, str]
    body: str
    path: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def data(self) -> dict[str, Any]:
        return json.loads(self.body)["data"]


Fault = Callable[[], bytes | None]
"""What is sent back, `RESET` for a broken connection, nothing for silence until the sender has gone."""
RESET = b"reset"


def status(code: int, **headers: str) -> Fault:
    lines = [f"HTTP/1.1 {code} Said", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return lambda: "\r\n".join([*lines, "Content-Length: 2", "", "ok"]).encode()


TAKEN = status(204)


@dataclass
class Receiver:
    """The server, to be used in a `with`; `came` keeps every message, taken or not."""

    always: Fault = TAKEN
    faults: deque[Fault] = field(default_factory=deque)
    came: list[Came] = field(default_factory=list)
    trust: SSLContext | None = None
    host: str = "127.0.0.1"

    def __enter__(self) -> "Receiver":
        self._over = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, self._over))
        if self.trust is not None:
            self._server.socket = self.trust.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = False
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        scheme = "http" if self.trust is None else "https"
        return f"{scheme}://{self.host}:{self.port}/hooks?desk=1"

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.came]


def _handler(receiver: Receiver, over: Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.came.append(Came(headers, body, self.path))
            answer = (receiver.faults.popleft() if receiver.faults else receiver.always)()
            self.close_connection = True
            if answer is None:
                self.connection.settimeout(0.01)
                while not over.is_set():  # until the sender has gone, or the test is over
                    with suppress(TimeoutError, ConnectionError):
                        if not self.connection.recv(1):
                            return
            elif answer == RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            elif answer.startswith(b"drip"):
                while not over.is_set():
                    try:
                        self.connection.sendall(b"H")
                    except OSError:
                        return
                    over.wait(0.02)
            else:
                with suppress(ConnectionError):
                    self.connection.sendall(answer)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: the tests look at `came`."""

    return Handler
