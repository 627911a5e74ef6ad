"""Bounces over HTTP, from the mail server's "no" or its report to the list and off it (P2)."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from api.reminding import remind
from tests.api.conftest import House, settings_for
from tests.api.test_v1_letters import EMAIL, WHO, named, printed
from tests.documents.test_bounce_report import a_report
from tests.mailbox import Mailbox, open_mailbox

CLEARED = {"email": EMAIL, "cleared_by": "Котова", "reason": "Ящик починили"}


def send(house: House, settings: Any, url: str) -> Any:
    return remind(house.engine, settings.model_copy(update={"smtp_url": SecretStr(url)}), house.clock)


def a_letter(house: House, papers: list[int]) -> Any:
    return house.post("sales", "/v1/letters", {"paper_ids": papers, "asked_by": "Котова"}).json()["letters"][0]


def report(house: House, content: bytes) -> Any:
    return house.call("accountant", "POST", "/v1/bounces", content=content)


def key_of(mailbox: Mailbox) -> str:
    return str(mailbox.taken[-1][1]["Message-ID"]).strip("<>").rpartition("@")[0]


def test_a_report_lists_its_address_and_a_person_takes_it_off_p2(house: House, tmp_path: Path) -> None:
    settings = settings_for(house.engine, tmp_path)
    house.clock.forward(hours=1)  # so that nothing is due by itself
    named(house)
    contract, invoice = printed(house)
    with open_mailbox() as (mailbox, url):
        a_letter(house, [contract])
        assert send(house, settings, url).sent == 1
        told = report(house, a_report(key=key_of(mailbox)))
        assert told.status_code == 201
        assert (told.json()["bounce"]["address"], told.json()["bounce"]["is_hard"]) == (EMAIL, True)
        assert report(house, a_report(key=key_of(mailbox))).json() == told.json()
        second = a_letter(house, [invoice])
        assert send(house, settings, url).sent == 0
        (stopped,) = house.get("sales", "/v1/letters?state=stopped").json()
        assert (stopped["id"], "No such user" in stopped["problem"]) == (second["id"], True)
        assert house.post("sales", "/v1/letters/1:resend", WHO).json()["code"] == "ADDRESS_BOUNCED"
        assert [one["status"] for one in house.get("sales", "/v1/bounces?listed=true").json()] == ["5.1.1"]
        assert house.post("sales", "/v1/bounces:clear", CLEARED).json() == {"letter_ids": [second["id"]]}
        assert house.get("sales", "/v1/bounces?listed=true").json() == []
        assert send(house, settings, url).sent == 1


def test_an_address_that_the_server_refuses_is_listed_at_once_p2(house: House, tmp_path: Path) -> None:
    settings = settings_for(house.engine, tmp_path)
    house.clock.forward(hours=1)  # so that nothing is due by itself
    named(house)
    contract, invoice = printed(house)
    with open_mailbox() as (mailbox, url):
        mailbox.rcpt = lambda recipient: "550 5.1.1 No such user"
        a_letter(house, [contract])
        assert send(house, settings, url).refused == 1
        mailbox.rcpt = lambda recipient: "250 OK"
        a_letter(house, [invoice])
        assert (send(house, settings, url).sent, mailbox.taken) == (0, [])
    states = {one["state"] for one in house.get("sales", "/v1/letters").json()}
    assert states == {"failed", "stopped"}


def test_what_is_no_report_of_ours_is_refused_and_changes_nothing(house: House) -> None:
    before = house.rows()
    assert report(house, b"").json()["code"] == "FILE_EMPTY"
    assert report(house, b"hello").json()["code"] == "REPORT_UNREADABLE"
    foreign = report(house, a_report(key="foreign"))
    assert (foreign.status_code, foreign.json()["code"]) == (422, "LETTER_UNKNOWN")
    assert house.rows() == before
