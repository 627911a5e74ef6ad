"""A caller of HTTP that costs little: prepared requests over a few connections that stay open."""

import asyncio
import time
from collections.abc import Callable
from itertools import count

CONNECTIONS = 8


class Connection(asyncio.Protocol):
    """Sends the next request when the answer to the last one is whole."""

    def __init__(self, requests: Callable[[int], bytes], numbers: count, until: float) -> None:
        self.requests, self.numbers, self.until = requests, numbers, until
        self.answers, self.wrong, self.buffer = 0, 0, b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        self.answers += 1
        self.wrong += not head.startswith(b"HTTP/1.1 20")
        self.buffer = b""
        self._send()

    def _send(self) -> None:
        if time.perf_counter() < self.until:
            self.transport.write(self.requests(next(self.numbers)))  # type: ignore[attr-defined]
        else:
            self.transport.close()
            self.done.set_result(None)


async def _call(port: int, requests: Callable[[int], bytes], seconds: float) -> float:
    loop, numbers = asyncio.get_running_loop(), count()
    began = time.perf_counter()
    made = [
        await loop.create_connection(lambda: Connection(requests, numbers, began + seconds), "127.0.0.1", port)
        for _ in range(CONNECTIONS)
    ]
    connections = [protocol for _, protocol in made]
    await asyncio.gather(*(connection.done for connection in connections))
    if wrong := sum(connection.wrong for connection in connections):
        raise AssertionError(f"{wrong} answers were no answers")
    return sum(connection.answers for connection in connections) / (time.perf_counter() - began)


def answers_a_second(port: int, requests: Callable[[int], bytes], seconds: float) -> float:
    """How many answers came a second; raises when one of them is no 2xx."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_call(port, requests, seconds))


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
