"""One call over HTTP: repeated while patience lasts, and told apart into an answer, `Unavailable` and `CallWrong`."""

import re
import time
from collections.abc import Callable
from typing import Any

import httpcore
import httpx
import msgspec

from api.client.deadline import BoundedNetwork, Deadline
from api.client.outcomes import CallWrong, Unavailable

ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.2
"""How long it waits before the second attempt; twice as long before the third. The server may ask for more."""
LARGEST_ANSWER = 4 * 2**20
"""Bytes that an answer may have."""
COMES_BACK = {429, 502, 503, 504}
"""The statuses after which it is asked again."""
LOST = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
MOST_CONNECTIONS = 100
KEPT_SECONDS = 5.0
"""How long an idle connection is kept for the next call."""
SAFE = r"https://[^\s@?#]+|http://(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]+)?(/[^\s@?#]*)?"
"""A key travels encrypted, or not beyond this machine."""
SENDABLE = "[!-~]+"
"""What a header carries as it is; a line end, as a file of one line has it, is refused at sending."""
UNSENDABLE = "the key must be printable ASCII without spaces and line ends"


class Wire:
    """A connection to the server; `patience_seconds` bounds a call with all its attempts and waits, drop by drop.

    Sleep and stopwatch are given, so that tests wait for nothing. Raises `ValueError` for an address that would carry
    the key in the clear, and for a key that no header can carry: that is no outage.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        patience_seconds: float,
        language: str,
        sleep: Callable[[float], None] = time.sleep,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        require_safe(url)
        if not re.fullmatch(SENDABLE, api_key):
            raise ValueError(UNSENDABLE)
        self._url = url.rstrip("/")
        self._headers = {
            "Host": httpx.URL(url).netloc.decode(),
            "Authorization": f"Bearer {api_key}",
            "Accept": "application/json",
            "Accept-Language": language,
            "Accept-Encoding": "identity",
            "User-Agent": "Abonement",
        }
        self._patience_seconds, self._sleep, self._stopwatch = patience_seconds, sleep, stopwatch
        self._deadline = Deadline(stopwatch)
        self._http = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=MOST_CONNECTIONS,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=BoundedNetwork(self._deadline),
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def call(self, method: str, path: str, body: Any = None, *, once: str | None = None) -> bytes:
        """The body of the answer; each attempt carries the same caller-made key.

        Raises `CallWrong` and `Unavailable`.
        """
        headers = self._headers if once is None else self._headers | {"Idempotency-Key": once}
        if once is not None and not re.fullmatch(SENDABLE, once):
            problem = {"code": "FIELD_WRONG", "title": UNSENDABLE, "field": "Idempotency-Key", "value": once}
            raise CallWrong(422, problem)
        if body is not None:
            headers = headers | {"Content-Type": "application/json"}
        content = b"" if body is None else msgspec.json.encode(body)
        until = self._deadline.until = self._stopwatch() + self._patience_seconds
        for attempt in range(ATTEMPTS):
            came = self._attempt(method, path, headers, content)
            if isinstance(came, bytes):
                return came
            wait = max(came.retry_after or 0, FIRST_WAIT_SECONDS * 2**attempt)
            if not came.again or attempt + 1 == ATTEMPTS or self._stopwatch() + wait >= until:
                raise Unavailable(came.why, came.retry_after)
            self._sleep(wait)
        raise AssertionError("the last attempt either answers or raises")

    def _attempt(self, method: str, path: str, headers: dict[str, str], content: bytes) -> "bytes | _Lost":
        asked = httpx.URL(self._url + path)
        url = httpcore.URL(scheme=asked.raw_scheme, host=asked.raw_host, port=asked.port, target=asked.raw_path)
        body = content if method == "POST" else None
        try:
            left = {"timeout": {"pool": self._deadline.left()}}
            with self._http.stream(method, url, headers=[*headers.items()], content=body, extensions=left) as response:
                came = _whole(response)
        except LOST as lost:
            return _Lost(f"no answer: {type(lost).__name__}", again=True)
        if isinstance(came, _Lost) or response.status in (200, 201):
            return came
        again = response.status in COMES_BACK
        if 400 <= response.status < 500 and not again:
            return _refused(response.status, came)
        asks_to_wait = httpx.Headers(response.headers).get("Retry-After", "")
        return _Lost(f"status {response.status}", again, _seconds(asks_to_wait))


def require_safe(url: str) -> None:
    """Raises `ValueError` for an address at which a secret would travel in the clear."""
    if not re.fullmatch(SAFE, url):
        raise ValueError("the address must be https://HOST, or http:// on this machine, without user, ? and #")


class _Lost:
    """An attempt without an answer: why, and whether another one may help."""

    def __init__(self, why: str, again: bool = False, retry_after: float | None = None) -> None:
        self.why, self.again, self.retry_after = why, again, retry_after


def _whole(response: httpcore.Response) -> bytes | _Lost:
    """The whole body; one that never ends is none."""
    content = bytearray()
    for chunk in response.iter_stream():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            return _Lost("the answer is too large")
    return bytes(content)


def _refused(status: int, content: bytes) -> _Lost:
    """Raises the server's problem; a 4xx that is none of its problems comes from something in between."""
    try:
        problem = msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.DecodeError:
        problem = {}
    if not isinstance(problem.get("code"), str) or not isinstance(problem.get("title"), str):
        return _Lost(f"status {status}, which is not Abonement's")
    raise CallWrong(status, problem)


def _seconds(retry_after: str) -> float | None:
    """The seconds that `Retry-After` asks for; a date, which the server never sends, is not read."""
    return float(retry_after) if re.fullmatch("[0-9]{1,6}", retry_after) else None
