"""The desk's pages in a large book: how long the answer to a key press takes, and a client's card."""

import http.client
import random
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from api.database import transaction
from api.inviting import add_person
from api.roles import PersonRole
from api.signing_in import begin_session
from tests.benchmarks.bench_check import serving
from tests.benchmarks.book import Book, inn_of

PRESSES = 300


@dataclass(frozen=True, slots=True)
class Took:
    """How many milliseconds half of the answers took at most, and how many all but one in twenty."""

    p50: float
    p95: float


def pages(book: Book) -> dict[str, Took]:
    """What it takes to answer a key press in the search field by a name, a rare name and a number, and a card."""
    now = datetime.now(UTC)
    with transaction(book.engine) as session:
        person = add_person(session, "bench@example.org", "Bench", PersonRole.DESK, at=now)
        token = begin_session(session, person, at=now)
    chance = random.Random(7)
    some = [chance.randrange(2, book.clients + 1) for _ in range(PRESSES)]
    asked = {
        "search by a name that all have": [f"/desk?q=client+{k % 10}" for k in some],
        "search by a name": [f"/desk?q=cli+{k}" for k in some],
        "search by the beginning of an INN": [f"/desk?q={inn_of(k)[: 4 + k % 7]}" for k in some],
        "card": [f"/desk/{k}" for k in some],
    }
    with serving(book, 100) as port:
        return {name: _took(port, token, paths) for name, paths in asked.items()}


def _took(port: int, token: str, paths: Sequence[str]) -> Took:
    took = []
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as caller:
        for path in paths:
            fragment = {"HX-Request": "true"} if "?" in path else {}
            began = time.perf_counter()
            caller.request("GET", path, headers={"Cookie": f"abonement_session={token}"} | fragment)
            answer = caller.getresponse()
            answer.read()
            took.append(1000 * (time.perf_counter() - began))
            if answer.status != 200:
                raise AssertionError(f"{path} answered {answer.status}")
    took.sort()
    return Took(took[len(took) // 2], took[ceil(0.95 * len(took)) - 1])
