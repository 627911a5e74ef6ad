"""Letters over real SMTP: what the server says decides what becomes of a letter, and nothing else gets into one."""

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from api.mailer import Fate, hung_up, in_ascii, is_this_machine, mail_server, message_of, post
from documents.letters import Letter
from tests.builders import moment
from tests.mailbox import Mailbox, free_port, open_mailbox

FROM = "abonement@seller.example"
AT = moment("2026-10-05 10:00")


@pytest.fixture
def box() -> Iterator[tuple[Mailbox, str]]:
    with open_mailbox() as opened:
        yield opened


def a_letter(**changes: Any) -> Letter:
    given = {
        "id": 1,
        "recipient": "buh@romashka.example",
        "sender_name": "ООО «Северный ветер»",
        "reply_to": "sales@north.example",
        "subject": "Договор № 2026-0001: последний день обслуживания 31 марта 2027 г.",
        "body": "Здравствуйте!\n\n.\nПоследний день.\n" + "я" * 2000 + "\n",
        "message_key": "7736207543.12.60.abc",
        "queued_at": AT,
    }
    return Letter(**(given | changes))


def posted(url: str, letter: Letter) -> tuple[Fate, str]:
    with mail_server(url) as server:
        return post(server, letter, FROM)


def text_of(message: Any) -> str:
    return str(message.get_body(("plain",)).get_content()).replace("\r\n", "\n")


def test_a_letter_arrives_as_it_was_worded(box: tuple[Mailbox, str]) -> None:
    mailbox, url = box
    letter = a_letter()
    assert posted(url, letter) == (Fate.TAKEN, "")
    ((recipient, message),) = mailbox.taken
    assert recipient == letter.recipient
    (sender,) = message["From"].addresses
    assert (sender.addr_spec, sender.display_name) == (FROM, letter.sender_name)
    assert (message["To"], message["Reply-To"]) == (letter.recipient, letter.reply_to)
    assert (message["Subject"], message["Date"].datetime) == (letter.subject, AT)
    assert (message["Message-ID"], message["Auto-Submitted"]) == (
        f"<{letter.message_key}@seller.example>",
        "auto-generated",
    )
    assert text_of(message) == letter.body


def test_a_letter_sent_again_is_the_same_to_the_byte(box: tuple[Mailbox, str]) -> None:
    mailbox, url = box
    for _ in range(2):
        posted(url, a_letter())
    assert mailbox.contents[0] == mailbox.contents[1]


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        ("450 4.2.0 Greylisted", Fate.PUT_OFF),
        ("452 4.2.2 Mailbox full", Fate.PUT_OFF),
        ("550 5.1.1 No such user", Fate.REFUSED),
        ("554 5.7.1 Spam", Fate.REFUSED),
    ],
)
def test_a_no_of_the_server_is_for_ever_or_for_now(
    box: tuple[Mailbox, str], step: str, answer: str, fate: Fate
) -> None:
    mailbox, url = box
    setattr(mailbox, step, lambda recipient: answer)
    if step == "rcpt" and fate is Fate.REFUSED:
        fate = Fate.BOUNCED
    assert posted(url, a_letter()) == (fate, answer)
    assert mailbox.taken == []


def test_after_a_no_the_next_letter_goes_through_the_same_connection(box: tuple[Mailbox, str]) -> None:
    mailbox, url = box
    mailbox.rcpt = lambda recipient: "550 No" if recipient.startswith("gone") else "250 OK"
    with mail_server(url) as server:
        fates = [post(server, a_letter(recipient=one), FROM)[0] for one in ("gone@a.example", "here@a.example")]
    assert fates == [Fate.BOUNCED, Fate.TAKEN]
    assert mailbox.recipients == ["here@a.example"]


def test_what_became_of_a_letter_is_unknown_when_the_server_goes_away(box: tuple[Mailbox, str]) -> None:
    with mail_server(box[1]) as server:
        assert server.sock is not None
        server.sock.shutdown(socket.SHUT_RDWR)
        assert post(server, a_letter(), FROM) == (Fate.UNKNOWN, "SMTPServerDisconnected")


def test_a_domain_is_spelled_as_the_network_spells_it(box: tuple[Mailbox, str]) -> None:
    mailbox, url = box
    assert posted(url, a_letter(recipient="buh@ромашка.рф", reply_to="")) == (Fate.TAKEN, "")
    assert mailbox.recipients == ["buh@xn--80aa3agjl3d.xn--p1ai"]


@pytest.mark.parametrize("own", ["инфо@север.рф", f"info@{'x' * 64}.example"])
def test_an_own_address_that_mail_servers_do_not_take_stops_no_letter_and_stays_in_its_words(
    box: tuple[Mailbox, str], own: str
) -> None:
    mailbox, url = box
    assert posted(url, a_letter(reply_to=own, body=f"Здравствуйте!\n\n{own}\n")) == (Fate.TAKEN, "")
    ((_, message),) = mailbox.taken
    assert message["Reply-To"] is None
    assert own in text_of(message)


@pytest.mark.parametrize("recipient", ["директор@romashka.example", f"a@{'x' * 64}.example"])
def test_an_address_that_mail_servers_do_not_take_is_refused(box: tuple[Mailbox, str], recipient: str) -> None:
    mailbox, url = box
    fate, said = posted(url, a_letter(recipient=recipient))
    assert (fate, mailbox.taken) == (Fate.REFUSED, [])
    assert said


@pytest.mark.parametrize("evil", ["a\r\nBcc: all@example.org", "a\nX: y"])
def test_no_line_of_a_name_or_subject_becomes_a_header(evil: str) -> None:
    for field in ("subject", "sender_name", "recipient"):
        with pytest.raises(ValueError, match=r"(?i)header|invalid|linefeed|newline|CR|codec|label|domain"):
            message_of(a_letter(**{field: evil if field != "recipient" else f"{evil}@a.example"}), FROM)


@pytest.mark.parametrize("port", ["free", "x"])
def test_a_server_out_of_reach_is_told_without_its_password(port: str) -> None:
    url = f"smtp://user:secret@127.0.0.1:{free_port() if port == 'free' else port}"
    with pytest.raises((OSError, ValueError)) as problem, mail_server(url, 2):
        pass
    assert "secret" not in str(problem.value)


def test_plain_addresses_stay_as_they_are() -> None:
    assert in_ascii("buh+1@romashka.example") == "buh+1@romashka.example"


def test_a_folder_takes_each_letter_once_as_a_file(tmp_path: Path) -> None:
    url, letter = (tmp_path / "со словами" / "letters").as_uri(), a_letter(message_key="../a/b")
    assert [posted(url, letter), posted(url, letter)] == [(Fate.TAKEN, "")] * 2
    (file,) = (tmp_path / "со словами" / "letters").iterdir()
    assert file.name == "..%2Fa%2Fb@seller.example.eml"
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (message["Subject"], message["To"]) == (letter.subject, letter.recipient)
    assert text_of(message) == letter.body


def test_a_letter_that_the_folder_cannot_hold_waits(tmp_path: Path) -> None:
    with mail_server(tmp_path.as_uri()) as server:
        (tmp_path / "7736207543.12.60.abc@seller.example.part").mkdir()
        assert post(server, a_letter(), FROM) == (Fate.UNKNOWN, "IsADirectoryError")
        assert not hung_up(server)


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("192.0.2.1", False), ("mail.example", False)],
)
def test_only_this_machine_may_hear_a_password_in_clear_text(host: str, is_here: bool) -> None:
    assert is_this_machine(host) is is_here


def test_a_password_does_not_leave_the_machine_without_tls(
    box: tuple[Mailbox, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.mailer.is_this_machine", lambda host: False)
    address = box[1].replace("smtp://", "smtp://user:secret@")
    with pytest.raises(ValueError, match="no password is sent in clear text") as told, mail_server(address):
        pass
    assert "secret" not in str(told.value)
