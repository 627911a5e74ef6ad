"""Real servers on loopback, over real sockets, each ended with its `with`."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

import uvicorn


class _Server(uvicorn.Server):
    """A server that says when it has begun, or that it never will."""

    def __init__(self, app: Any) -> None:
        super().__init__(uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=2))
        self.begun = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.begun.set()


@contextmanager
def served(app: Any, port: int = 0) -> Iterator[str]:
    """The application behind a port of its own, or behind this one again; the address of its root."""
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", port))
        server = _Server(app)
        thread = Thread(target=server.run, args=([place],))
        thread.start()
        try:
            assert server.begun.wait(30)
            yield f"http://127.0.0.1:{place.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def silent() -> Iterator[str]:
    """A place that takes connections and never says a word."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        place.listen()
        yield f"http://127.0.0.1:{place.getsockname()[1]}"


@contextmanager
def dripping(begins: bytes, drop: bytes, trust: ssl.SSLContext | None = None) -> Iterator[str]:
    """A place that answers each request with a beginning, and then for a minute with a drop every 20 ms."""

    def drip(came: socket.socket, over: Event) -> None:
        with suppress(OSError), came if trust is None else trust.wrap_socket(came, server_side=True) as caller:
            caller.recv(65536)
            caller.sendall(begins)
            for _ in range(3000):
                if over.wait(0.02):
                    return
                caller.sendall(drop)

    def take(place: socket.socket, over: Event) -> None:
        with suppress(OSError):
            while True:
                Thread(target=drip, args=(place.accept()[0], over), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as place:
        over = Event()
        taking = Thread(target=take, args=(place, over))
        taking.start()
        try:
            yield f"http{'' if trust is None else 's'}://127.0.0.1:{place.getsockname()[1]}"
        finally:
            over.set()
            place.shutdown(socket.SHUT_RDWR)
            taking.join()


@contextmanager
def refusing() -> Iterator[str]:
    """A place that takes no connection, kept so that nobody else begins to listen there meanwhile."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{place.getsockname()[1]}"


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{place.getsockname()[1]}"


class Scripted:
    """An application that answers each request with the next of its answers: status, body, headers.

    The last one is repeated. What came is kept in `requests`: method, path, headers, body.
    """

    def __init__(self, *answers: tuple[int, bytes, dict[str, str]]) -> None:
        self.answers = list(answers)
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.callers: list[tuple[str, int]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.callers.append(tuple(scope["client"]))
        self.requests.append((scope["method"], scope["path"], headers, body))
        status, content, own = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        told = [(name.lower().encode(), value.encode()) for name, value in own.items()]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": content})
