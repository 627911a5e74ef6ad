"""The desk's check over HTTP against a bare endpoint of the same process, and how it grows with the clients."""

import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from socket import socket
from statistics import median

from tests.benchmarks.book import Book, inn_of
from tests.benchmarks.caller import Answers, answers, request

ROUNDS = 7
SECONDS = 1.0
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Shares:
    """The check's share of a bare endpoint's answers a second and of its p99; checks a second are no ratio."""

    answers: float
    p99: float
    a_second: float


def against_bare(book: Book) -> Shares:
    """The check beside a bare endpoint of the same process (medians of rounds)."""
    size = len(_first_answer(book))
    with serving(book, size) as port:
        pairs = _side_by_side((port,), _checks(book), (port,), _bare())
    return Shares(
        median(check.a_second / bare.a_second for check, bare in pairs),
        median(check.p99 / bare.p99 for check, bare in pairs),
        median(check.a_second for check, _ in pairs),
    )


def batch(book: Book) -> float:
    """How much longer a batch of 100 questions takes than one check (median of rounds)."""
    with serving(book, 100) as port:
        pairs = _side_by_side((port,), _checks(book), (port,), _batches(book))
    return median(check.a_second / hundred.a_second for check, hundred in pairs)


def two_servers(book: Book) -> float:
    """How many more checks two server processes answer than one (median of rounds).

    All share the machine with their caller and the database: on two cores that takes its part of what there is to win.
    """
    with serving(book, 100) as one, serving(book, 100) as other:
        pairs = _side_by_side((one, other), _checks(book), (one,), _checks(book))
    return median(both.a_second / alone.a_second for both, alone in pairs)


def growth(small: Book, large: Book) -> float:
    """How much longer a check takes in the large book than in the small one (median of rounds)."""
    with serving(small, 100) as one, serving(large, 100) as other:
        pairs = _side_by_side((one,), _checks(small), (other,), _checks(large))
    return median(few.a_second / many.a_second for few, many in pairs)


def _side_by_side(
    ports: Sequence[int], requests: Callable[[int], bytes], others: Sequence[int], compared: Callable[[int], bytes]
) -> list[tuple[Answers, Answers]]:
    """The answers of both in turn, in rounds; the first round only warms up."""
    turns = range(1 + ROUNDS)
    return [(answers(ports, requests, SECONDS), answers(others, compared, SECONDS)) for _ in turns][1:]


@contextmanager
def serving(book: Book, bare_size: int) -> Iterator[int]:
    """The port of a server on the book's database."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = book.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.benchmarks.server", url, str(port), str(bare_size)]
    process = subprocess.Popen(command)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).read()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _checks(book: Book) -> Callable[[int], bytes]:
    """Questions about clients of the whole book, none of them in a row."""
    made = [_asks(book, "/v1/entitlement-checks", _question(k)) for k in _chosen(book, 20_000)]
    return lambda number: made[number % len(made)]


def _batches(book: Book) -> Callable[[int], bytes]:
    """The same questions, 100 at a time."""
    questions = [_question(k) for k in _chosen(book, 20_000)]
    bodies = [b'{"questions": [%s]}' % b", ".join(questions[at : at + 100]) for at in range(0, len(questions), 100)]
    made = [_asks(book, "/v1/entitlement-checks:batch", body) for body in bodies]
    return lambda number: made[number % len(made)]


def _chosen(book: Book, count: int) -> list[int]:
    chance = random.Random(7)
    return [chance.randrange(2, book.clients + 1) for _ in range(count)]


def _question(client_id: int) -> bytes:
    inn = inn_of(client_id).encode()
    return b'{"client": {"inn": "%s"}, "service": "remote_work", "requested_minutes": 60}' % inn


def _asks(book: Book, path: str, body: bytes) -> bytes:
    headers = {"Authorization": f"Bearer {book.key}", "Content-Type": "application/json"}
    return request("POST", path, headers, body)


def _bare() -> Callable[[int], bytes]:
    made = request("GET", "/bare", {})
    return lambda number: made


def _first_answer(book: Book) -> bytes:
    """An answer of the check, for its size."""
    with serving(book, 100) as port:
        question = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/entitlement-checks",
            _question(2),
            {"Authorization": f"Bearer {book.key}", "Content-Type": "application/json"},
        )
        answer: bytes = urllib.request.urlopen(question).read()
        return answer
