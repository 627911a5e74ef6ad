"""The recipes for help desks: each between a real server of the house and a help desk that speaks as the real one."""

import hashlib
import hmac
import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from api.client import DeskClient, Gate, WorkQueue
from api.database import transaction
from api.recipes import glpi, zammad
from api.recipes.django_helpdesk import new_ticket_gate
from api.recipes.mail import DONE, TRY_LATER, through
from api.recipes.osticket import Letter, Topics, open_ticket, osticket_api
from api.recipes.outcome import NAME, gate_of
from api.recipes.webhook import LARGEST_BODY, api_of
from contracts.enrolling import add_contact
from tests.api.client_desk import desk_of, server_of
from tests.api.conftest import House
from tests.api.help_desks import SECRET, TOKEN, Glpi, OsTicket, Zammad
from tests.builders import moment
from tests.loopback import nobody, served

OWN, STRANGER = "anna@romashka.example", "nobody@elsewhere.example"
Gated = Callable[[Gate, str], Any]


@pytest.fixture
def known(house: House) -> House:
    """The house, in which the client's accountant has an address."""
    with transaction(house.engine) as session:
        add_contact(session, house.own.id, "Анна", at=moment("2026-01-01"), emails=(OWN,))
    return house


@pytest.fixture
def open_gate(known: House, tmp_path: Path) -> Iterator[Gate]:
    """A gate that raises while there is no answer, and a server that answers."""
    with desk_of(known, tmp_path) as desk:
        yield Gate(desk, on_unavailable="raise")


def gate_without_server(choice: Any, folder: Path) -> Gate:
    """A gate of the choice, whose server is away."""
    desk = DeskClient(nobody(), "abk_x", sleep=lambda _: None)
    queue = WorkQueue(folder / "queue") if choice == "serve_and_queue" else None
    return Gate(desk, on_unavailable=choice, queue=queue)


@contextmanager
def zammad_with(gate: Gate) -> Iterator[tuple[Zammad, str]]:
    """A Zammad, and the address to which its webhooks go."""
    desk = Zammad()
    with (
        served(desk.app) as url,
        api_of(url, {"Authorization": f"Token token={TOKEN}"}) as own,
        served(zammad.zammad_gate(gate, own, SECRET, "Sales", "ru")) as hook,
    ):
        yield desk, hook


@contextmanager
def glpi_with(gate: Gate) -> Iterator[tuple[Glpi, str]]:
    """A GLPI, and the address to which its webhooks go."""
    desk = Glpi()
    with (
        served(desk.app) as url,
        api_of(url, {"App-Token": TOKEN}) as own,
        served(glpi.glpi_gate(gate, own, TOKEN, SECRET, "ru")) as hook,
    ):
        yield desk, hook


def send(hook: str, webhook: tuple[bytes, dict[str, str]], **headers: str) -> int:
    """The status that a help desk gets for its webhook."""
    body, own = webhook
    told = {"Content-Type": "application/json; charset=utf-8"} | own | headers
    return httpx.post(f"{hook}/", content=body, headers=told, trust_env=False, timeout=60).status_code


def test_zammad_notes_the_answer_and_moves_what_is_not_served(open_gate: Gate) -> None:
    with zammad_with(open_gate) as (desk, hook):
        assert send(hook, desk.opened(1, OWN)) == 200
        assert send(hook, desk.opened(2, STRANGER)) == 200
        served_note, denied_note = desk.articles[1][1], desk.articles[2][1]
        assert (desk.tickets[1]["group"], desk.tickets[2]["group"]) == ("Users", "Sales")
        assert served_note["internal"]
        assert served_note["body"].startswith(f"{NAME}: Covered until ")
        assert "CLIENT_UNKNOWN" in denied_note["body"]
        assert served_note["subject"] == NAME


def test_a_webhook_that_comes_again_leaves_no_second_note(open_gate: Gate) -> None:
    with zammad_with(open_gate) as (desk, hook):
        webhook = desk.opened(1, OWN)
        assert [send(hook, webhook) for _ in range(3)] == [200] * 3
        assert len(desk.articles[1]) == 2
    with glpi_with(open_gate) as (desk_of_glpi, hook):
        webhook = desk_of_glpi.opened(7, {"type": 1, "users_id": 0, "alternative_email": OWN})
        assert [send(hook, webhook) for _ in range(3)] == [200] * 3
        assert len(desk_of_glpi.followups) == 1
        assert desk_of_glpi.sessions == set()


FORGED = [
    {"internal": False},
    {"internal": True, "type": "note", "sender": "Agent"},  # as a filter of the help desk may file it
]


@pytest.mark.parametrize("filed", FORGED, ids=["as it comes", "filed as a note"])
def test_no_words_of_a_sender_pass_for_the_note_of_zammad(open_gate: Gate, filed: dict[str, Any]) -> None:
    with zammad_with(open_gate) as (desk, hook):
        assert send(hook, desk.opened(1, OWN)) == 200
        for number, subject, body in ((2, NAME, "…"), (3, NAME, f"{NAME}: Covered"), (4, *copied(desk.articles[1][1]))):
            webhook = desk.opened(number, STRANGER)
            desk.articles[number][0] |= filed | {"subject": subject, "body": body}
            assert send(hook, webhook) == 200
            assert (desk.tickets[number]["group"], len(desk.articles[number])) == ("Sales", 2)


def copied(article: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of a note, as somebody who once saw it may send them."""
    return article["subject"], article["body"]


@pytest.mark.parametrize("is_private", [0, 1])
def test_no_words_of_a_sender_pass_for_the_note_of_glpi(open_gate: Gate, is_private: int) -> None:
    with glpi_with(open_gate) as (desk, hook):
        assert send(hook, desk.opened(1, {"type": 1, "users_id": 0, "alternative_email": OWN})) == 200
        copied = desk.followups[0]["content"]
        for number, content in ((2, f"<p>Когда ответит {NAME}?</p>"), (3, f"{NAME}: Covered"), (4, copied), (5, None)):
            webhook = desk.opened(number, {"type": 1, "users_id": 0, "alternative_email": STRANGER})
            own = {"itemtype": "Ticket", "items_id": number, "content": content, "is_private": is_private}
            desk.followups.append(own)
            assert send(hook, webhook) == 200
            notes = [note for note in desk.followups if note["items_id"] == number]
            assert (desk.tickets[number]["status"], len(notes)) == (4, 2)


def test_zammad_is_believed_by_its_signature_only(open_gate: Gate) -> None:
    with zammad_with(open_gate) as (desk, hook):
        body, headers = desk.opened(1, OWN)
        signature = headers["X-Hub-Signature"]
        for forged in ("", "sha1=", f"sha1={'0' * 40}", signature.removeprefix("sha1="), signature.upper()):
            assert send(hook, (body, headers), **{"X-Hub-Signature": forged}) == 401, forged
        assert send(hook, (body + b" ", headers)) == 401
        assert send(hook, (b"x" * (LARGEST_BODY + 1), headers)) == 413
        assert len(desk.articles[1]) == 1
        assert httpx.get(f"{hook}/", trust_env=False).status_code == 405
    assert not zammad.is_signed({"x-hub-signature": "sha1=é"}, body, SECRET)
    unset = hmac.new(b"", body, hashlib.sha1).hexdigest()
    assert not zammad.is_signed({"x-hub-signature": f"sha1={unset}"}, body, "")


def test_glpi_is_believed_by_its_signature_of_body_and_timestamp_only(open_gate: Gate) -> None:
    with glpi_with(open_gate) as (desk, hook):
        body, headers = desk.opened(1, {"type": 1, "users_id": 0, "alternative_email": OWN})
        for name, forged in (("X-GLPI-timestamp", "1"), ("X-GLPI-signature", "0" * 64), ("X-GLPI-signature", "")):
            assert send(hook, (body, headers), **{name: forged}) == 401
        assert not glpi.is_signed({"x-glpi-signature": "é"}, body, SECRET)
        assert send(hook, (body.replace(b"1", b"2"), headers)) == 401
        assert desk.followups == []
        assert send(hook, (body, headers)) == 200


def test_glpi_finds_who_asks_notes_privately_and_lets_wait_what_is_not_served(open_gate: Gate) -> None:
    with glpi_with(open_gate) as (desk, hook):
        desk.emails[5] = [{"email": STRANGER, "is_default": 0}, {"email": OWN, "is_default": 1}]
        watching = {"type": 3, "users_id": 6, "alternative_email": ""}
        assert send(hook, desk.opened(1, watching, {"type": 1, "users_id": 5, "alternative_email": ""})) == 200
        assert send(hook, desk.opened(2, {"type": 1, "users_id": 0, "alternative_email": STRANGER})) == 200
        assert send(hook, desk.opened(3, watching)) == 200
        assert [desk.tickets[number]["status"] for number in (1, 2, 3)] == [1, 4, 4]
        assert [note["is_private"] for note in desk.followups] == [1, 1, 1]
        covered, unknown, unasked = (note["content"] for note in desk.followups)
        assert "Covered until" in covered
        assert "CLIENT_UNKNOWN" in unknown
        assert "решает человек" in unasked
        assert send(hook, desk.told("update", 1)) == 200
        assert len(desk.followups) == 3


@pytest.mark.parametrize("opened", [zammad_with, glpi_with])
def test_a_help_desk_that_is_away_is_asked_to_send_its_webhook_again(open_gate: Gate, opened: Any) -> None:
    with opened(open_gate) as (desk, hook):
        webhook = desk.opened(1, OWN) if isinstance(desk, Zammad) else desk.opened(1, {"type": 2, "users_id": 1})
        desk.away = True
        assert send(hook, webhook) == 503
        desk.away = False
        assert send(hook, webhook) == 200


def test_what_no_help_desk_sends_is_refused_though_signed(open_gate: Gate) -> None:
    with zammad_with(open_gate) as (desk, hook):
        for body in (b"{}", b"[]", b"nothing", b'{"ticket": {"id": "x", "customer": {"email": "a"}}}'):
            signature = f"sha1={hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()}"
            assert send(hook, (body, {"X-Hub-Signature": signature})) == 422, body
        assert desk.tickets == {}


CHOICES = {"serve_and_queue": ("Users", "обслуживаем"), "refuse": ("Sales", "не обслуживаем")}


@pytest.mark.parametrize("choice", CHOICES)
def test_fail_open_serves_fail_closed_does_not_and_the_note_says_which(tmp_path: Path, choice: str) -> None:
    group, words = CHOICES[choice]
    with zammad_with(gate_without_server(choice, tmp_path)) as (desk, hook):
        assert send(hook, desk.opened(1, OWN)) == 200
        assert (desk.tickets[1]["group"], words in desk.articles[1][1]["body"]) == (group, True)


def test_without_a_choice_the_webhook_comes_again(tmp_path: Path) -> None:
    with zammad_with(gate_without_server("raise", tmp_path)) as (desk, hook):
        assert send(hook, desk.opened(1, OWN)) == 503
        assert len(desk.articles[1]) == 1


class Ticket:
    """A ticket of django-helpdesk, as far as the receiver uses it."""

    def __init__(self, email: str | None) -> None:
        self.id, self.submitter_email, self.on_hold = 12, email, False
        self.followups: list[dict[str, Any]] = []
        self.followup_set = SimpleNamespace(create=lambda **fields: self.followups.append(fields))
        self.saved: list[list[str]] = []

    def save(self, update_fields: list[str]) -> None:
        self.saved.append(update_fields)


def test_django_helpdesk_notes_the_answer_and_holds_what_is_not_served(open_gate: Gate) -> None:
    receiver = new_ticket_gate(open_gate, "ru")
    for email, on_hold, said in ((OWN, False, "Covered"), (STRANGER, True, "CLIENT_UNKNOWN"), (None, True, "человек")):
        ticket = Ticket(email)
        receiver(sender="TicketForm", ticket=ticket, signal=None)
        (note,) = ticket.followups
        assert (note["title"], note["public"], ticket.on_hold) == (NAME, False, on_hold)
        assert said in note["comment"]
        assert ticket.saved == ([["on_hold"]] if on_hold else [])


def test_osticket_gets_each_ticket_under_the_topic_of_its_answer(open_gate: Gate) -> None:
    desk, topics = OsTicket(), Topics(served=2, not_served=9)
    with served(desk.app) as url, osticket_api(url, TOKEN) as own:
        letters = [Letter("Анна", email, "Не печатает", "100% бумаги, data: нет") for email in (OWN, STRANGER)]
        numbers = [open_ticket(open_gate, own, topics, letter, "ru") for letter in letters]
        assert numbers == ["100001", "100002"]
        assert [ticket["topicId"] for ticket in desk.tickets] == [2, 9]
        assert {ticket["message"] for ticket in desk.tickets} == {"100% бумаги, data: нет"}
        assert "CLIENT_UNKNOWN" in desk.tickets[1]["abonement"]
        with pytest.raises(httpx.HTTPStatusError):
            open_ticket(open_gate, own, topics, Letter("", OWN, "x", "y"), "ru")
    with osticket_api(nobody(), TOKEN) as own, pytest.raises(httpx.ConnectError):
        open_ticket(open_gate, own, topics, letters[0], "ru")


LETTER = "From: =?utf-8?B?0JDQvdC90LA=?= <{email}>\r\nTo: help@desk.example\r\nSubject: x\r\n{more}\r\nТекст\r\n"


def filtered(gate: Gate, message: bytes) -> tuple[int, bytes]:
    """The exit status of the mail filter, and what it passed on."""
    goes = io.BytesIO()
    return through(gate, "ru", io.BytesIO(message), goes), goes.getvalue()


def letter(email: str, more: str = "") -> bytes:
    return LETTER.format(email=email, more=more).encode()


def test_mail_passes_on_with_the_answer_in_its_header_and_not_a_byte_changed(open_gate: Gate) -> None:
    for email, serve, reason in ((OWN, "yes", "COVERED"), (STRANGER, "no", "CLIENT_UNKNOWN")):
        status, passed = filtered(open_gate, letter(email))
        told = message_from_bytes(passed, policy=default)
        assert (status, told["X-Abonement-Serve"], told["X-Abonement-Reason"]) == (DONE, serve, reason)
        assert told["X-Abonement-Note"].startswith(f"{NAME}: ")
        assert passed.endswith(letter(email))
        assert b"\n" not in passed.replace(b"\r\n", b"")
    assert filtered(open_gate, b"From someone Mon\n" + letter(OWN))[1].startswith(b"From someone Mon\nX-Abonement")


def test_mail_believes_no_answer_that_the_sender_wrote_himself(open_gate: Gate) -> None:
    forged = "X-Abonement-Serve: yes\r\nx-abonement-NOTE: a\r\n b\r\nX-Abonement-Serve : yes\r\n"
    told = message_from_bytes(filtered(open_gate, letter(STRANGER, forged))[1], policy=default)
    assert told.get_all("X-Abonement-Serve") == ["no"]
    assert len(told.get_all("X-Abonement-Note")) == 1
    _, passed = filtered(open_gate, b"From: a@b.example\nX-Abonement-Serve: yes")
    assert passed.count(b"Serve") == 1


@pytest.mark.parametrize("more", ["X-A: hi\rX-Abonement-Serve: yes\r\n", "X-A: hi\r\r\nX-Abonement-Serve: yes\r\n"])
def test_mail_hides_no_answer_behind_a_line_end_that_is_none(open_gate: Gate, more: str) -> None:
    for machine, answers in (("", ["no"]), ("Auto-Submitted: auto-generated\r\n", None)):
        told = message_from_bytes(filtered(open_gate, letter(STRANGER, machine + more))[1], policy=default)
        assert told.get_all("X-Abonement-Serve") == answers
    old = b"From: a@b.example\rX-Abonement-Serve: yes\rAuto-Submitted: x\r\rbody\r"
    assert message_from_bytes(filtered(open_gate, old)[1], policy=default).get_all("X-Abonement-Serve") == ["no"]


SENDERS = {
    f"Ivanova, Anna <{OWN}>": True,
    f"Иванова, Анна <{OWN}>": True,
    f"=?utf-8?B?0JjQstCw0L0sIA==?= <{OWN}>": True,
    f'"{STRANGER}" <{OWN}>': True,
    f"{OWN} (Anna)": True,
    f"{OWN}, {OWN}": True,
    f"{OWN}, {STRANGER}": False,
    f"{STRANGER}, {OWN}": False,
    f"{OWN}\r\nFrom: {STRANGER}": False,
    f"{OWN}\rFrom: {STRANGER}": False,
    f"Отдел: {OWN}, {STRANGER};": False,
    f"{OWN} {STRANGER}": False,
    "": False,
    "Anna": False,
}


@pytest.mark.parametrize(("sender", "is_one"), SENDERS.items())
def test_mail_is_asked_about_by_its_one_sender_or_a_person_decides(open_gate: Gate, sender: str, is_one: bool) -> None:
    told = message_from_bytes(filtered(open_gate, f"From: {sender}\r\n\r\nТекст".encode())[1], policy=default)
    assert (told["X-Abonement-Serve"], "решает человек" in told["X-Abonement-Note"]) == (
        ("yes", False) if is_one else ("no", True)
    )


def test_mail_of_machines_is_passed_on_unasked_and_without_an_answer(open_gate: Gate) -> None:
    for more in ("Auto-Submitted: auto-replied\r\n", "Precedence: bulk\r\n", "List-Id: <x>\r\n"):
        assert filtered(open_gate, letter(OWN, more + "X-Abonement-Serve: yes\r\n")) == (DONE, letter(OWN, more))


def test_mail_without_an_answer_stays_in_the_queue_of_the_mail_server(tmp_path: Path) -> None:
    assert filtered(gate_without_server("raise", tmp_path), letter(OWN)) == (TRY_LATER, b"")
    status, passed = filtered(gate_without_server("refuse", tmp_path), letter(OWN))
    assert (status, b"X-Abonement-Reason: UNAVAILABLE" in passed) == (DONE, True)


def test_mail_goes_through_a_real_process(known: House, tmp_path: Path) -> None:
    with server_of(known, tmp_path) as url:
        environment = {"ABONEMENT_URL": url, "ABONEMENT_API_KEY": known.tokens["verdict"]}
        run = subprocess.run(
            [sys.executable, "-m", "api.recipes.mail"],
            input=letter(OWN),
            env=environment | {"ABONEMENT_ON_UNAVAILABLE": "raise", "ABONEMENT_LANGUAGE": "en"},
            capture_output=True,
            check=True,
        )
    assert run.stdout.startswith(b"X-Abonement-Serve: yes\r\n")
    unset = subprocess.run([sys.executable, "-m", "api.recipes.mail"], input=letter(OWN), env={}, capture_output=True)
    assert (unset.returncode, unset.stdout, b"ABONEMENT_URL" in unset.stderr) == (TRY_LATER, b"", True)


SENDMAIL = 'cd "$(dirname "$0")"; printf "%s\\n" "$@" > told; cat > sent; exit "${SENDMAIL_ENDS_WITH:-0}"'
SET = {"ABONEMENT_URL": "https://abonement.example", "ABONEMENT_API_KEY": "abk_x", "ABONEMENT_ON_UNAVAILABLE": "raise"}


def handed_on(guide: str, folder: Path, message: bytes, environment: dict[str, str]) -> int:
    """The exit status of the guide's script, called as Postfix calls it by the guide's line of `master.cf`."""
    text = Path(f"docs/recipes/{guide}").read_text()
    (script,) = re.findall(r"```\n(passed=.*?)```", text, re.DOTALL)
    (line,) = re.findall(r"^abonement +unix .* argv=/usr/local/bin/abonement-mail (.*)$", text, re.MULTILINE)
    expanded = {"${sender}": [""], "${recipient}": ["help@desk.example", "sales@desk.example"]}
    arguments = [word for written in line.split() for word in expanded.get(written, [written])]
    for name, does in (("sendmail", SENDMAIL), ("python", f'exec {sys.executable} "$@"')):
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o700)
    own = {"PATH": f"{folder}:/usr/bin:/bin", "TMPDIR": str(folder / "tmp")}
    called = ["sh", "-c", script, "abonement-mail", *arguments]
    return subprocess.run(called, input=message, env=own | environment, check=False).returncode


@pytest.mark.parametrize("guide", ["README.md", "README.ru.md"])
def test_the_script_of_the_guide_loses_and_bounces_no_mail(guide: str, tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    message, told, sent = letter(OWN, "Auto-Submitted: auto-replied\r\n"), tmp_path / "told", tmp_path / "sent"
    assert handed_on(guide, tmp_path, message, SET) == TRY_LATER
    assert not told.exists()
    temporary.mkdir()
    assert handed_on(guide, tmp_path, message, {}) == TRY_LATER
    assert not told.exists()
    assert handed_on(guide, tmp_path, message, SET) == 0
    assert told.read_text().split("\n") == ["-G", "-i", "-f", "", "--", "help@desk.example", "sales@desk.example", ""]
    assert sent.read_bytes() == message
    for status in ("1", "69", "75"):
        assert handed_on(guide, tmp_path, message, SET | {"SENDMAIL_ENDS_WITH": status}) == TRY_LATER
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("guide", ["README.md", "README.ru.md"])
def test_the_guide_says_where_postfix_calls_the_script(guide: str) -> None:
    lines = re.findall(r"```\n(smtp +inet .*\nabonement +unix .*)\n```", Path(f"docs/recipes/{guide}").read_text())
    (smtp, transport) = lines[0].splitlines()
    assert smtp.endswith(" smtpd -o content_filter=abonement:dummy")
    assert " null_sender= " in transport


def test_the_environment_makes_the_choice_or_nothing_begins(tmp_path: Path) -> None:
    whole = {"ABONEMENT_URL": "https://abonement.example", "ABONEMENT_API_KEY": "abk_x"}
    for choice in ("raise", "refuse"):
        assert gate_of(whole | {"ABONEMENT_ON_UNAVAILABLE": choice})[1] == "ru"
    queued, language = gate_of(
        whole | {"ABONEMENT_ON_UNAVAILABLE": "serve_and_queue", "ABONEMENT_QUEUE": "q", "ABONEMENT_LANGUAGE": "en"}
    )
    assert queued.queue is not None
    assert language == "en"
    with pytest.raises(KeyError, match="ABONEMENT_ON_UNAVAILABLE"):
        gate_of(whole)
    with pytest.raises(KeyError, match="ABONEMENT_QUEUE"):
        gate_of(whole | {"ABONEMENT_ON_UNAVAILABLE": "serve_and_queue"})
    with pytest.raises(ValueError, match="on_unavailable"):
        gate_of(whole | {"ABONEMENT_ON_UNAVAILABLE": "perhaps"})
    with pytest.raises(ValueError, match="ru or en"):
        gate_of(whole | {"ABONEMENT_ON_UNAVAILABLE": "raise", "ABONEMENT_LANGUAGE": "de"})
    with pytest.raises(ValueError, match="https://HOST"):
        api_of("http://zammad.example", {})


def test_both_applications_begin_from_their_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"ABONEMENT_URL": "https://abonement.example", "ABONEMENT_API_KEY": "x", "ABONEMENT_ON_UNAVAILABLE": "raise"}
    told |= {"ZAMMAD_URL": "https://z.example", "ZAMMAD_TOKEN": "t", "ZAMMAD_SECRET": "s", "ZAMMAD_GROUP": "Sales"}
    told |= {"GLPI_URL": "https://g.example", "GLPI_APP_TOKEN": "a", "GLPI_USER_TOKEN": "u", "GLPI_SECRET": "s"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert [len(application().routes) for application in (zammad.app, glpi.app)] == [1, 1]
