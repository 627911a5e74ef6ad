"""A caller of HTTP that costs little: prepared requests over a few connections that stay open."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from math import ceil

CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Answers:
    """How many answers came a second, and the seconds that all but one in a hundred of them took at most."""

    a_second: float
    p99: float


class Connection(asyncio.Protocol):
    """Sends the next request when the answer to the last one is whole."""

    def __init__(self, requests: Callable[[int], bytes], numbers: count, until: float) -> None:
        self.requests, self.numbers, self.until = requests, numbers, until
        self.took: list[float] = []
        self.wrong, self.buffer = 0, b""
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
        self.took.append(time.perf_counter() - self.sent)
        self.wrong += not head.startswith(b"HTTP/1.1 20")
        self.buffer = b""
        self._send()

    def _send(self) -> None:
        self.sent = time.perf_counter()
        if self.sent < self.until:
            self.transport.write(self.requests(next(self.numbers)))  # type: ignore[attr-defined]
        else:
            self.transport.close()
            self.done.set_result(None)


async def _call(ports: Sequence[int], requests: Callable[[int], bytes], seconds: float) -> Answers:
    loop, numbers = asyncio.get_running_loop(), count()
    began = time.perf_counter()
    made = [
        await loop.create_connection(lambda: Connection(requests, numbers, began + seconds), "127.0.0.1", port)
        for port, _ in zip(cycle(ports), range(CONNECTIONS))
    ]
    connections = [protocol for _, protocol in made]
    await asyncio.gather(*(connection.done for connection in connections))
    if wrong := sum(connection.wrong for connection in connections):
        raise AssertionError(f"{wrong} answers were no answers")
    took = sorted(one for connection in connections for one in connection.took)
    return Answers(len(took) / (time.perf_counter() - began), took[ceil(0.99 * len(took)) - 1])


def answers(ports: Sequence[int], requests: Callable[[int], bytes], seconds: float) -> Answers:
    """What came from servers that share the connections; raises when an answer is no 2xx."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_call(ports, requests, seconds))


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
