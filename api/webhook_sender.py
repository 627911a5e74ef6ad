"""Handing a message to an endpoint over HTTP: signed, to an address that was looked at first, and not for ever (D12).

An endpoint's address is somebody else's text. Its name is resolved once; every address that it has must be one that
anybody on the internet may reach, or lie in a network that the installation allows; the connection goes to the first of
those very addresses that takes it. So a name that points inside, now or a moment later, reaches nothing. Redirects are
not followed.
"""

import asyncio
import secrets
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address

import httpx
from standardwebhooks import Webhook

from entitlements.webhook_addresses import Address, is_public
from entitlements.webhook_queue import Outcome

SECONDS = 10.0
"""How long an attempt may take in all, from the connection to the status of the answer."""
COMES_BACK = {429, 502, 503, 504}
"""The statuses of a server that would take no other message now either."""

Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]


class Forbidden(Exception):
    """An address to which nothing may be sent."""


def new_secret() -> str:
    """A secret to sign with."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def signed_headers(message_id: str, body: str, signed_with: Sequence[str], *, at: datetime) -> dict[str, str]:
    """The headers of the Standard Webhooks specification: one signature for each secret."""
    moment = at.astimezone(UTC)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Abonement",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, moment, body) for secret in signed_with),
    }


def resolve_name(host: str, port: int) -> Sequence[str]:
    """Every address of a name."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class WebhookSender:
    """Sends messages; `networks` are those that may be reached although they are not public, and without TLS too."""

    def __init__(
        self,
        networks: Sequence[Network] = (),
        *,
        resolve: Resolve = resolve_name,
        seconds: float = SECONDS,
        trust: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self._networks, self._resolve, self._seconds = networks, resolve, seconds
        self._trust = trust or usual_trust

    def post(self, url: str, headers: dict[str, str], body: str) -> Outcome:
        """Send a message once; what came of it, whatever the other side does."""
        began = time.monotonic()
        status, problem = None, ""
        try:
            parts = httpx.URL(url)
            addresses = self._allowed_addresses(parts)
            status = asyncio.run(self._post(parts, addresses, headers, body))
        except Forbidden as no:
            problem = str(no)
        except TimeoutError:
            problem = f"no answer within {self._seconds:g} s"
        except (OSError, httpx.HTTPError, httpx.InvalidURL, UnicodeError) as lost:
            problem = type(lost).__name__
        took = int((time.monotonic() - began) * 1000)
        return Outcome(status, problem, status is None or status in COMES_BACK, took)

    def _allowed_addresses(self, url: httpx.URL) -> list[Address]:
        """The addresses to connect to. Raises `Forbidden` when any address of the name may not be reached."""
        port = url.port or (443 if url.scheme == "https" else 80)
        found = [ip_address(text) for text in self._resolve(url.raw_host.decode().strip("[]"), port)]
        if not found:
            raise OSError("the name has no address")
        for address in found:
            inside = any(address in network for network in self._networks)
            if not inside and (url.scheme != "https" or not is_public(address)):
                raise Forbidden(f"{url.scheme} to {address} is not allowed")
        return found

    async def _post(self, url: httpx.URL, addresses: list[Address], headers: dict[str, str], body: str) -> int:
        """The status of the answer, whose body nobody reads; each address has its share of the time to take us."""
        headers = headers | {"Host": url.netloc.decode()}
        name = {"sni_hostname": url.raw_host.decode().strip("[]")}
        share = httpx.Timeout(None, connect=self._seconds / len(addresses))
        async with (
            asyncio.timeout(self._seconds),
            httpx.AsyncClient(verify=self._trust(), trust_env=False, follow_redirects=False, timeout=share) as http,
        ):
            for waiting in range(len(addresses), 0, -1):
                there = url.copy_with(host=str(addresses[-waiting]))
                try:
                    async with http.stream("POST", there, headers=headers, content=body, extensions=name) as answer:
                        return answer.status_code
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    if waiting == 1:
                        raise
        raise AssertionError("the last address either answers or raises")


@cache
def usual_trust() -> ssl.SSLContext:
    """The certificates that are trusted; they are read once."""
    return httpx.create_ssl_context(trust_env=False)
