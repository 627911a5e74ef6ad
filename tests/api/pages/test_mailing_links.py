"""One-time links by mail: each mailed once to who is known, made as it is mailed, and never a word about who is not."""

import re
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import func, select

from api.database import reading
from api.mailing_links import mail_asked_links
from api.people import AskedLink, SignInLink
from api.roles import PersonRole
from api.settings import Settings
from tests.api.conftest import settings_for
from tests.api.pages.conftest import Pages
from tests.mailbox import open_mailbox

OUTSIDE = "https://support.example"


def mailing(engine: Engine, folder: Path, url: str) -> Settings:
    return settings_for(engine, folder).model_copy(update={"smtp_url": SecretStr(url), "public_url": OUTSIDE})


def ask(pages: Pages, email: str = "client@example.org") -> str:
    answer = pages.browser().post("/sign-in/link:ask", data={"asked_email": email})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def count(engine: Engine, table: type) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()


def token_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(rf"{OUTSIDE}/sign-in/link#([\w-]+)", body.get_content())
    assert found is not None
    return found[1]


def test_who_asks_gets_one_letter_and_its_link_signs_in(pages: Pages, tmp_path: Path) -> None:
    engine = pages.house.engine
    with open_mailbox() as (box, url):
        settings = mailing(engine, tmp_path, url)
        ask(pages, "Client@example.org ")
        with ThreadPoolExecutor(2) as pool:  # two workers at once
            sent = list(pool.map(lambda _: mail_asked_links(engine, settings, pages.house.clock), range(2)))
        assert sum(sent) == 1
        ((recipient, message),) = box.taken
    assert (recipient, message["Subject"]) == ("client@example.org", "Your link to sign in")
    browser = pages.browser()
    assert browser.post("/sign-in/link", data={"token": token_of(message)}).headers["location"] == "/account"
    assert browser.get("/account").status_code == 200


def test_an_unknown_e_mail_gets_the_same_answer_and_no_letter(pages: Pages) -> None:
    assert ask(pages, "nobody@example.org") == ask(pages, f"{PersonRole.SALES}@example.org")
    assert count(pages.house.engine, AskedLink) == 1


def test_three_in_a_short_while_are_enough(pages: Pages) -> None:
    for _ in range(5):
        ask(pages)
    assert count(pages.house.engine, AskedLink) == 3
    pages.house.clock.forward(minutes=16)
    ask(pages)
    assert count(pages.house.engine, AskedLink) == 4


def test_no_link_is_made_while_the_mail_server_is_away(pages: Pages, tmp_path: Path) -> None:
    engine = pages.house.engine
    ask(pages)
    with open_mailbox() as (_, url):
        settings = mailing(engine, tmp_path, url)
    assert mail_asked_links(engine, settings, pages.house.clock) == 0  # the server is gone
    assert count(engine, SignInLink) == 0
    pages.house.clock.forward(hours=2)
    with open_mailbox() as (box, url):
        mail_asked_links(engine, mailing(engine, tmp_path, url), pages.house.clock)
    assert box.taken == []  # who waited so long has asked again
