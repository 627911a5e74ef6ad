"""The desk's check over HTTP against a bare endpoint of the same process, and how it grows with the clients."""

import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket
from statistics import median

from tests.benchmarks.book import Book, inn_of
from tests.benchmarks.caller import answers_a_second, request

ROUNDS = 7
SECONDS = 1.0
START_SECONDS = 60


def against_bare(book: Book) -> tuple[float, float]:
    """The check's share of the bare endpoint's answers a second (median of rounds), and checks a second."""
    size = len(_first_answer(book))
    with serving(book, size) as port:
        check, bare = _checks(book), _bare()
        answers_a_second(port, check, SECONDS)
        answers_a_second(port, bare, SECONDS)
        pairs = [(answers_a_second(port, check, SECONDS), answers_a_second(port, bare, SECONDS)) for _ in range(ROUNDS)]
    return median(checked / plain for checked, plain in pairs), median(checked for checked, _ in pairs)


def growth(small: Book, large: Book) -> float:
    """How much longer a check takes in the large book than in the small one, side by side (median of rounds)."""
    with serving(small, 100) as one, serving(large, 100) as other:
        few, many = _checks(small), _checks(large)
        answers_a_second(one, few, SECONDS)
        answers_a_second(other, many, SECONDS)
        return median(
            answers_a_second(one, few, SECONDS) / answers_a_second(other, many, SECONDS) for _ in range(ROUNDS)
        )


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
    chance = random.Random(7)
    ids = [chance.randrange(2, book.clients + 1) for _ in range(20_000)]
    made = [
        request(
            "POST",
            "/v1/entitlement-checks",
            {"Authorization": f"Bearer {book.key}", "Content-Type": "application/json"},
            b'{"client": {"inn": "%s"}, "service": "remote_work", "requested_minutes": 60}' % inn_of(k).encode(),
        )
        for k in ids
    ]
    return lambda number: made[number % len(made)]


def _bare() -> Callable[[int], bytes]:
    made = request("GET", "/bare", {})
    return lambda number: made


def _first_answer(book: Book) -> bytes:
    """An answer of the check, for its size."""
    with serving(book, 100) as port:
        question = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/entitlement-checks",
            b'{"client": {"inn": "%s"}, "service": "remote_work", "requested_minutes": 60}' % inn_of(2).encode(),
            {"Authorization": f"Bearer {book.key}", "Content-Type": "application/json"},
        )
        answer: bytes = urllib.request.urlopen(question).read()
        return answer
