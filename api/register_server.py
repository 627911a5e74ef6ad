"""The vendor's register over HTTP: asked by registration number, a hundred at a time, patiently but not for ever."""

import base64
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType

import httpx
import structlog

from api.register_wire import read_answers
from contracts.register import REGISTER_ZONE, Answers, Unanswered

log = structlog.get_logger()

NUMBERS_AT_ONCE = 100
LARGEST_ANSWER = 4 * 2**20
"""Bytes that an answer may have."""
ATTEMPTS = 4
FIRST_WAIT_SECONDS = 1
"""How long it waits before the second attempt; twice as long before each other one."""
LONGEST_WAIT_SECONDS = 60
"""A register that asks to come back later than this is not asked again."""
TIMEOUT_SECONDS = 20
MOST_LOST = 3
"""After so many batches in a row without an answer the rest is not asked."""
COMES_BACK = {429, 500, 502, 503, 504}
"""The statuses after which it is asked again."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt without an answer: why, whether another one may help, and how long the register asks to wait."""

    reason: Unanswered
    again: bool = False
    wait_seconds: float = 0


class RegisterServer:
    """The register behind a URL, to be used in a `with`; `authorization` is "Bearer TOKEN" or "Basic USER:PASSWORD".

    `patience_seconds` bounds a whole `ask`: what is left then is not asked. Clock, stopwatch and sleep are given, so
    that tests wait for nothing.
    """

    def __init__(
        self,
        url: str,
        authorization: str | None = None,
        *,
        patience_seconds: float = math.inf,
        timeout_seconds: float = TIMEOUT_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        stopwatch: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if authorization is not None:
            headers["Authorization"] = authorization_header(authorization)
        self._http = httpx.Client(headers=headers, timeout=timeout_seconds, trust_env=False, follow_redirects=False)
        self._url, self._timeout_seconds, self._patience_seconds = url, timeout_seconds, patience_seconds
        self._clock, self._stopwatch, self._sleep = clock, stopwatch, sleep

    def __enter__(self) -> "RegisterServer":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    @property
    def source(self) -> str:
        """The register of today: an answer that stays the same is kept once a day."""
        return f"register {self._clock().astimezone(REGISTER_ZONE).date()}"

    def ask(self, numbers: Sequence[str]) -> Iterator[Answers]:
        """Every number exactly once, a batch at a time; a failed answer fails for the numbers of its batch only."""
        until = self._stopwatch() + self._patience_seconds
        each, lost = list(dict.fromkeys(numbers)), 0
        for start in range(0, len(each), NUMBERS_AT_ONCE):
            batch = each[start : start + NUMBERS_AT_ONCE]
            if lost >= MOST_LOST or self._stopwatch() >= until:
                yield dict.fromkeys(batch, Unanswered.NOT_ASKED)
                continue
            came = self._asked_again(batch, until)
            answers = read_answers(came, batch) if isinstance(came, bytes) else came.reason
            lost = 0 if isinstance(came, bytes) else MOST_LOST if came.wait_seconds > LONGEST_WAIT_SECONDS else lost + 1
            if isinstance(answers, Unanswered):
                log.warning("register gave no answer", reason=answers.value, numbers=len(batch))
                answers = dict.fromkeys(batch, answers)
            yield answers

    def _asked_again(self, batch: Sequence[str], until: float) -> bytes | Failed:
        """The body that came back, after as many attempts as it takes and are allowed."""
        came = self._asked(batch)
        for attempt in range(ATTEMPTS - 1):
            if isinstance(came, bytes) or not came.again:
                break
            wait = max(came.wait_seconds, FIRST_WAIT_SECONDS * 2**attempt)
            if wait > LONGEST_WAIT_SECONDS or self._stopwatch() + wait > until:
                break
            self._sleep(wait)
            came = self._asked(batch)
        return came

    def _asked(self, batch: Sequence[str]) -> bytes | Failed:
        """The body that came back; one that drips in for longer than the timeout is none."""
        until, content = self._stopwatch() + self._timeout_seconds, bytearray()
        try:
            with self._http.stream("POST", self._url, json={"numbers": list(batch)}) as response:
                if response.status_code != httpx.codes.OK:
                    again = response.status_code in COMES_BACK
                    return Failed(Unanswered.REFUSED, again, self._wait(response.headers.get("Retry-After", "")))
                for chunk in response.iter_raw():
                    content += chunk
                    if len(content) > LARGEST_ANSWER:
                        return Failed(Unanswered.UNREADABLE)
                    if self._stopwatch() > until:
                        return Failed(Unanswered.UNREACHABLE, again=True)
        except httpx.HTTPError:
            return Failed(Unanswered.UNREACHABLE, again=True)
        return bytes(content)

    def _wait(self, retry_after: str) -> float:
        """The seconds that `Retry-After` asks for, given as such or as a date; none when it asks nothing readable."""
        if retry_after.isascii() and retry_after.isdecimal():
            return min(float(retry_after), float(2**31))
        try:
            moment = parsedate_to_datetime(retry_after)
        except ValueError:
            return 0
        return (moment.replace(tzinfo=moment.tzinfo or UTC) - self._clock()).total_seconds()


def authorization_header(secret: str) -> str:
    """The header for "Bearer TOKEN" or "Basic USER:PASSWORD"."""
    scheme, _, rest = secret.partition(" ")
    return f"{scheme} {base64.b64encode(rest.encode()).decode()}" if scheme == "Basic" else secret
