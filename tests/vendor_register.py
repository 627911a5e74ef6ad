"""A register of the vendor's on loopback: it answers over real sockets, and fails in every way that a register can.

`faults` are what the next requests get, one each; `always` is what every other request gets. A fault makes the bytes
that go over the wire out of the numbers that were asked; none of them waits for anything.
"""

import gzip
import json
import socket
import struct
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any

from contracts.register import REGISTER_ZONE

Json = dict[str, Any]
Book = dict[str, list[Json]]
"""What it holds, by registration number."""


def midnight(day: date | None) -> str | None:
    """The day as the register writes it: the UTC instant of midnight in Moscow."""
    if day is None:
        return None
    instant = datetime(day.year, day.month, day.day, tzinfo=REGISTER_ZONE).astimezone(UTC)
    return instant.isoformat().replace("+00:00", "Z")


def period(starts_on: str | None, ends_on: str | None) -> Json:
    """A period of days, of which either may be unknown."""
    days = [None if day is None else date.fromisoformat(day) for day in (starts_on, ends_on)]
    return {"starts_at": midnight(days[0]), "ends_at": midnight(days[1])}


def holding(
    code: str | None = "prof-12",
    current: Json | None = None,
    following: Json | None = None,
    *,
    by_another_partner: bool | None = False,
) -> Json:
    """One entry of the register."""
    return {"code": code, "by_another_partner": by_another_partner, "current": current, "next": following}


@dataclass(frozen=True)
class Asked:
    """A request as it came: the numbers, the headers in lower case, and what the register holds."""

    numbers: Sequence[str]
    headers: dict[str, str]
    path: str
    book: Book

    def entry(self, number: str) -> Json:
        """The right answer for one number."""
        return {"number": number, "held": self.book.get(number, [])}

    @property
    def entries(self) -> list[Json]:
        """The right answers, in the order asked."""
        return [self.entry(number) for number in self.numbers]


Fault = Callable[[Asked], bytes | None]
"""The bytes that are answered before the connection ends; none for silence until the caller has gone."""


def http(body: bytes, status: int = 200, **headers: str) -> bytes:
    """A whole answer over HTTP; a header that is given replaces the usual one."""
    told = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Because", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def saying(answers: object) -> bytes:
    """A whole answer with these entries."""
    return http(json.dumps({"answers": answers}).encode())


def right(asked: Asked) -> bytes:
    """What a healthy register answers."""
    return saying(asked.entries)


def status(code: int, **headers: str) -> Fault:
    """A status that is no answer, with a body that looks like one."""
    return lambda asked: http(json.dumps({"answers": asked.entries}).encode(), code, **headers)


def changed(**changes: Any) -> Fault:
    """The right answers, but for the first one, whose fields are changed."""
    return lambda asked: saying([asked.entries[0] | changes, *asked.entries[1:]])


def held_as(entry: object) -> Fault:
    """The right answers, but that the first number is held as this."""
    return changed(held=[entry])


def _whole(asked: Asked) -> bytes:
    return json.dumps({"answers": asked.entries}).encode()


RESET = b"RESET"
UNREACHABLE: dict[str, Fault] = {
    "silence": lambda asked: None,
    "hangs up": lambda asked: b"",
    "resets": lambda asked: RESET,
    "half a head": lambda asked: right(asked)[:30],
    "not HTTP": lambda asked: b"SSH-2.0-OpenSSH_9.2\r\n",
    "cut off": lambda asked: right(asked)[:-10],
    "cut off in a chunk": lambda asked: http(b"40\r\n" + _whole(asked)[:20], Transfer_Encoding="chunked"),
    "drips": lambda asked: http(
        b"".join(b"1\r\n%c\r\n" % byte for byte in _whole(asked)) + b"0\r\n\r\n", Transfer_Encoding="chunked"
    ),
}
"""The line fails; asking again may help."""
REFUSED: dict[str, Fault] = {
    **{f"status {code}": status(code) for code in (201, 204, 206, 400, 401, 403, 404, 409, 418)},
    "elsewhere": status(307, Location="http://127.0.0.1:9/"),
}
"""A status that is no answer, and which asking again will not change."""
BUSY: dict[str, Fault] = {f"status {code}": status(code) for code in (429, 500, 502, 503, 504)}
"""A status that may change."""
UNREADABLE: dict[str, Fault] = {
    "empty": lambda asked: http(b""),
    "page": lambda asked: http(b"<html><body>We are busy</body></html>"),
    "cut off, and says it is whole": lambda asked: http(_whole(asked)[:-10]),
    "nothing more": lambda asked: http(_whole(asked) + b"]"),
    "twice": lambda asked: http(_whole(asked) * 2),
    "cp1251": lambda asked: http('{"answers": [], "note": "Привет"}'.encode("cp1251")),
    "packed": lambda asked: http(gzip.compress(_whole(asked)), Content_Encoding="gzip"),
    "a key twice": lambda asked: http(_whole(asked)[:-1] + b', "answers": []}'),
    "not a number": lambda asked: http(b'{"answers": NaN}'),
    "deep": lambda asked: http(b"[" * 100_000),
    "endless": lambda asked: http(b" " * 5_000_000 + _whole(asked)),
}
"""The body is no JSON that can be taken."""
WRONG: dict[str, Fault] = {
    "null": lambda asked: http(b"null"),
    "a list": lambda asked: http(json.dumps(asked.entries).encode()),
    "an error": lambda asked: http(b'{"error": "try later"}'),
    "a field more": lambda asked: http(_whole(asked)[:-1] + b', "more": 1}'),
    "no list": lambda asked: saying({one["number"]: one["held"] for one in asked.entries}),
    "a foreign number": lambda asked: saying([*asked.entries, asked.entry("999999999")]),
    "a foreign number instead": lambda asked: saying([asked.entry("999999999"), *asked.entries[1:]]),
    "a number as a number": changed(number=800000001),
    "no number": lambda asked: saying([{"held": []}, *asked.entries[1:]]),
    "an entry that is none": lambda asked: saying([None, *asked.entries[1:]]),
    "more than was asked": lambda asked: saying(asked.entries + [asked.entry(f"9{n:08}") for n in range(500)]),
}
"""JSON, but no answer to this question: for none of the numbers."""
YEAR = period("2026-04-01", "2027-04-01")
SPOILT: dict[str, Fault] = {
    "held by nobody": changed(held=None),
    "held as a text": changed(held="prof-12"),
    "held without a code": held_as({"by_another_partner": None, "current": None}),
    "a code as a number": held_as(holding(12, YEAR)),  # type: ignore[arg-type]
    "an empty code": held_as(holding("", YEAR)),
    "a code of two lines": held_as(holding("a\nb", YEAR)),
    "a partner as a text": held_as(holding("prof-12", YEAR, by_another_partner="no")),  # type: ignore[arg-type]
    "a field more": held_as({**holding("prof-12", YEAR), "more": 1}),
    "a period without an end": held_as(holding("prof-12", {"starts_at": YEAR["starts_at"]})),
    "an instant that is no midnight": held_as(holding("prof-12", YEAR | {"ends_at": "2027-03-31T20:59:59Z"})),
    "a midnight of another zone": held_as(holding("prof-12", YEAR | {"starts_at": "2026-04-01T00:00:00Z"})),
    "an instant without a zone": held_as(holding("prof-12", YEAR | {"starts_at": "2026-04-01T00:00:00"})),
    "an instant as a number": held_as(holding("prof-12", YEAR | {"starts_at": 1774990800})),
    "a day": held_as(holding("prof-12", YEAR | {"ends_at": "2027-04-01"})),
    "a day that does not exist": held_as(holding("prof-12", YEAR | {"ends_at": "2027-02-30T21:00:00Z"})),
    "an end before the start": held_as(holding("prof-12", period("2027-04-01", "2026-04-01"))),
    "a period of no day": held_as(holding("prof-12", period("2026-04-01", "2026-04-01"))),
}
"""The answer for the first number is wrong; the others stand."""


@dataclass
class VendorRegister:
    """The server, to be used in a `with`; `asked` keeps every request."""

    book: Book = field(default_factory=dict)
    always: Fault = right
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> "VendorRegister":
        self._over = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, self._over))
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
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/checks"


def _handler(register: VendorRegister, over: Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(body["numbers"], headers, self.path, register.book)
            register.asked.append(asked)
            fault = register.faults.popleft() if register.faults else register.always
            answer = fault(asked)
            self.close_connection = True
            if answer is None:
                self.connection.settimeout(0.01)
                while not over.is_set():  # until the caller has gone, or the test is over
                    with suppress(TimeoutError, ConnectionError):
                        if not self.connection.recv(1):
                            return
            elif answer == RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            else:
                with suppress(ConnectionError):
                    self.connection.sendall(answer)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: the tests look at `asked`."""

    return Handler
