"""What servers say of letters that they cannot deliver, in one answer or in a report (RFC 3463, RFC 3464)."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.mime.text import MIMEText

import pytest

from contracts.errors import Refusal
from documents.bounce_report import read_answer, read_report

KEY = "7736207543.paper.1.1.0123456789abcdef"


def a_report(
    status: str = "5.1.1",
    *,
    action: str = "failed",
    key: str = KEY,
    told: str = "smtp; 550 5.1.1 <buh@romashka.example>: No such user",
    original: str = "message/rfc822",
    recipients: Sequence[str] = ("Final-Recipient: rfc822; buh@romashka.example",),
) -> bytes:
    """A report as mail servers send it: words, the status of the recipient, and the letter or its headers."""
    boundary, headers = "=_report", f"Message-ID: <{key}@seller.example>\r\nSubject: Invoice\r\n"
    lines = [
        "From: MAILER-DAEMON@mx.example",
        "To: abonement@seller.example",
        "Subject: Undelivered Mail Returned to Sender",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        *("MIME-Version: 1.0", "", f"--{boundary}", "Content-Type: text/plain", "", "I am sorry to inform you"),
        *(f"--{boundary}", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", ""),
        *(*recipients, f"Action: {action}", f"Status: {status}"),
        *(f"Diagnostic-Code: {told}", "", f"--{boundary}", f"Content-Type: {original}", "", headers, "Dear client"),
        *(f"--{boundary}--", ""),
    ]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    ("fields", "is_of"),
    [
        (("Final-Recipient: rfc822; buh@romashka.example",), True),
        (("Final-Recipient: RFC822;<BUH@Romashka.Example>",), True),
        (
            ("Final-Recipient: rfc822; buh@mx1.romashka.example", "Original-Recipient: rfc822;buh@romashka.example"),
            True,
        ),
        (("Final-Recipient: rfc822; ivan@gone.example",), False),
        (("Final-Recipient: rfc822; ivan@gone.example", "Original-Recipient: rfc822; ivan@romashka.example"), False),
        (("Final-Recipient: x400; /S=buh/",), False),
        ((), False),
    ],
)
def test_a_report_says_whose_mailbox_it_is_about(fields: Sequence[str], is_of: bool) -> None:
    (said,) = read_report(a_report(recipients=fields)).said
    assert said.is_of("Buh@romashka.example") is is_of


@pytest.mark.parametrize("address", ["buh@ромашка.рф", "buh@xn--80aa3agjl3d.xn--p1ai"])
def test_a_domain_is_the_same_in_its_own_letters_and_as_the_network_spells_it(address: str) -> None:
    fields = ("Final-Recipient: rfc822; buh@xn--80aa3agjl3d.xn--p1ai",)
    (said,) = read_report(a_report(recipients=fields)).said
    assert said.is_of(address)
    assert not said.is_of(address.replace("buh", "kassa"))


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_names_its_letter_and_what_was_said(original: str) -> None:
    report = read_report(a_report(original=original))
    assert report.message_key == KEY
    ((status, text, is_hard),) = [(one.status, one.text, one.is_hard) for one in report.said]
    assert (status, text, is_hard) == ("5.1.1", "smtp; 550 5.1.1 <buh@romashka.example>: No such user", True)


@pytest.mark.parametrize(
    ("status", "action", "is_hard"),
    [
        ("5.1.1", "failed", True),
        ("5.1.10", "failed", True),
        ("5.0.0", "failed", True),
        ("5.2.1 (mailbox disabled)", "failed", True),
        ("5.4.4", "Failed", True),
        ("5.2.2", "failed", False),
        ("5.3.4", "failed", False),
        ("5.7.1", "failed", False),
        ("4.4.7", "failed", False),
        ("4.4.1", "delayed", False),
        ("5.1.1", "delayed", False),
        ("2.0.0", "delivered", None),
        ("2.0.0", "relayed", None),
    ],
)
def test_only_what_is_about_the_address_and_for_good_is_hard(status: str, action: str, is_hard: bool | None) -> None:
    said = read_report(a_report(status, action=action)).said
    assert [one.is_hard for one in said] == ([] if is_hard is None else [is_hard])


@pytest.mark.parametrize(
    ("answer", "status", "is_hard"),
    [
        ("550 5.1.1 No such user", "5.1.1", True),
        ("550-5.1.1 The account does not exist", "5.1.1", True),
        ("550 No such user", "550", True),
        ("550 Host 5.1.1.1 says no", "550", True),
        ("550 5.7.1 Blocked, see spamhaus", "5.7.1", False),
        ("552 5.2.2 Mailbox full", "5.2.2", False),
        ("552 Mailbox full", "552", False),
        ("554 Rejected", "554", False),
        ("no sense", "0", False),
    ],
)
def test_an_answer_is_judged_by_its_status_and_else_by_its_code(answer: str, status: str, is_hard: bool) -> None:
    said = read_answer(answer)
    assert (said.status, said.is_hard) == (status, is_hard)


def plain_mail() -> bytes:
    message = EmailMessage()
    message.set_content("Отпуск до понедельника")
    return message.as_bytes()


@pytest.mark.parametrize(
    ("content", "lacks"),
    [
        (b"", "multipart/report"),
        (b"\x00\xff" * 100, "multipart/report"),
        (plain_mail(), "multipart/report"),
        (MIMEText("x").as_bytes(), "multipart/report"),
        (a_report().replace(b"message/delivery-status", b"text/plain"), "message/delivery-status"),
        (a_report().replace(b"Message-ID", b"X-Message-ID"), "Message-ID"),
        (a_report(original="text/plain"), "Message-ID"),
        (a_report()[:300], "message/delivery-status"),
        (b"Content-Type: message/rfc822\r\n\r\n" * 3000, "fewer parts within parts"),
    ],
)
def test_what_is_no_report_is_refused_and_says_what_it_lacks(content: bytes, lacks: str) -> None:
    with pytest.raises(Refusal, match="REPORT_UNREADABLE") as refused:
        read_report(content)
    assert refused.value.facts["allowed"] == lacks


def test_control_characters_of_a_report_reach_nobody() -> None:
    (said,) = read_report(a_report(told="smtp; 550 \x1b[31m\x00 no\xff")).said
    assert said.text.isprintable()
