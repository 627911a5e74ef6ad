"""A message goes to where it may go, signed, and nowhere else; whatever the other side does ends soon (D12)."""

import asyncio
import socket
import ssl
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import httpcore
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from api.webhook_sender import WebhookSender, new_secret, signed_headers
from entitlements.webhook_addresses import is_public
from tests.api.certificates import HOST
from tests.builders import moment
from tests.webhook_receiver import RESET, Fault, Receiver, status

LOOPBACK = [ip_network("127.0.0.0/8")]
AT = moment("2026-10-05 10:00")
BODY = '{"type":"client.changed"}'
INSIDE = [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "fec0::1",
    "feff:ffff::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a01:203",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
]


def post(receiver: Receiver, **more: Any) -> Any:
    return WebhookSender(LOOPBACK, **more).post(
        receiver.url, signed_headers("change_1", BODY, [new_secret()], at=AT), BODY
    )


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_is_sent_to_a_name_that_points_inside(address: str) -> None:
    sender = WebhookSender(resolve=lambda host, port: ["93.184.216.34", address])
    outcome = sender.post("https://desk.example.org/hooks", {}, BODY)
    assert outcome.status is None
    assert "is not allowed" in outcome.problem


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "127.1", "2130706433", "0x7f.1"])
def test_no_spelling_of_this_machine_is_reached(host: str) -> None:
    def as_the_library_reads_it(name: str, port: int) -> list[str]:
        return [socket.inet_ntoa(socket.inet_aton(name))]

    more: dict[str, Any] = {"resolve": as_the_library_reads_it} if host[0] in "20" else {}
    with Receiver() as receiver:
        outcome = WebhookSender(**more).post(f"https://{host}:{receiver.port}/", {}, BODY)
        assert "is not allowed" in outcome.problem
        assert receiver.came == []


def test_plain_http_goes_to_allowed_networks_only() -> None:
    sender = WebhookSender(resolve=lambda host, port: ["93.184.216.34"])
    assert "http to 93.184.216.34 is not allowed" in sender.post("http://desk.example.org/", {}, BODY).problem


def test_a_name_that_points_elsewhere_a_moment_later_is_not_asked_again() -> None:
    """DNS rebinding: the address that was looked at is the one that is connected to."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with Receiver(host="desk.example.org") as receiver:
        assert post(receiver, resolve=rebinding).status == 204
        assert asked == ["desk.example.org"]
        (came,) = receiver.came
        assert came.headers["host"] == f"desk.example.org:{receiver.port}"
        assert came.path == "/hooks?desk=1"


def test_a_redirect_is_not_followed() -> None:
    with Receiver() as target, Receiver(status(307, Location=target.url)) as receiver:
        assert post(receiver).status == 307
        assert len(receiver.came) == 1
        assert target.came == []


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as receiver, Receiver() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert post(receiver).status == 204
        assert proxy.came == []


ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 10**6
FAULTS: list[tuple[str, Fault, int | None, bool]] = [
    ("taken", status(200), 200, False),
    ("refused", status(400), 400, False),
    ("gone", status(410), 410, False),
    ("broken", status(500), 500, False),
    ("away", status(503), 503, True),
    ("busy", status(429), 429, True),
    ("drops before the answer", lambda: RESET, None, True),
    ("silent", lambda: None, None, True),
    ("drips", lambda: b"drip", None, True),
    ("no http", lambda: b"220 smtp ready\r\n", None, True),
    (
        "an endless body is not read",
        lambda: b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 10**6,
        200,
        False,
    ),
]


@pytest.mark.parametrize(("answer", "said", "is_away"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_whatever_comes_back_ends_soon(answer: Fault, said: int | None, is_away: bool) -> None:
    with Receiver(answer) as receiver:
        outcome = post(receiver, **({"seconds": 0.5} if answer() in (None, b"drip") else {}))
    assert (outcome.status, outcome.is_away) == (said, is_away)
    assert (outcome.problem == "") == (said is not None)
    assert outcome.took_milliseconds < 5000


def test_nobody_at_the_address_is_away() -> None:
    with Receiver() as receiver:
        url = receiver.url
    outcome = WebhookSender(LOOPBACK).post(url, {}, BODY)
    assert (outcome.status, outcome.problem, outcome.is_away) == (None, "ConnectError", True)


def test_the_next_address_of_a_name_is_tried_when_nobody_is_at_the_first() -> None:
    with Receiver() as receiver:
        assert post(receiver, resolve=lambda host, port: ["127.0.0.9", "127.0.0.1"]).status == 204
        assert len(receiver.came) == 1
        nobody = post(receiver, resolve=lambda host, port: ["127.0.0.9", "127.0.0.8"])
        assert (nobody.status, nobody.problem, nobody.is_away) == (None, "ConnectError", True)


def test_an_address_that_does_not_answer_leaves_time_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = httpcore.AnyIOBackend.connect_tcp

    async def held(self: Any, host: str, *more: Any, timeout: float | None = None, **named: Any) -> Any:
        if host == "127.0.0.9":
            await asyncio.sleep(60 if timeout is None else timeout)
            raise httpcore.ConnectTimeout
        return await connect(self, host, *more, timeout=timeout, **named)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", held)
    with Receiver() as receiver:
        assert post(receiver, resolve=lambda host, port: ["127.0.0.9", "127.0.0.1"], seconds=1).status == 204


def test_a_message_that_was_sent_is_sent_to_no_other_address() -> None:
    with Receiver(lambda: RESET) as receiver:
        assert post(receiver, resolve=lambda host, port: ["127.0.0.1", "127.0.0.1"]).status is None
        assert len(receiver.came) == 1


def test_a_name_without_an_address_is_away() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    assert WebhookSender(resolve=unknown).post("https://nobody.example/", {}, BODY).problem == "gaierror"


def test_receivers_know_a_message_by_either_secret_during_a_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    new, old, foreign = new_secret(), new_secret(), new_secret()
    headers = signed_headers("change_1", BODY, [new, old], at=AT)
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Then)
    for secret in (new, old):
        assert Webhook(secret).verify(BODY, headers) == {"type": "client.changed"}
    for secret, body in ((foreign, BODY), (new, BODY + " ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


class Then:
    """The clock of the library, at the moment of the message."""

    fromtimestamp = staticmethod(type(AT).fromtimestamp)

    @staticmethod
    def now(tz: Any = None) -> Any:
        return AT


@pytest.mark.parametrize(("host", "is_taken"), [(HOST, True), ("other.example.org", False)])
def test_the_certificate_must_be_that_of_the_name_though_the_address_is_connected_to(
    certificate: Path, host: str, is_taken: bool
) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)

    def trust() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(certificate))

    with Receiver(trust=server, host=host) as receiver:
        outcome = post(receiver, resolve=lambda name, port: ["127.0.0.1"], trust=trust)
        assert (outcome.status == 204, len(receiver.came)) == (is_taken, int(is_taken))
        untrusted = post(receiver, resolve=lambda name, port: ["127.0.0.1"])
        assert (untrusted.status, untrusted.problem) == (None, "ConnectError")
