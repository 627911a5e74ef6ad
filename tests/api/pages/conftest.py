"""`pages`: the application with people of every role; `site`, the same over loopback for a real Chromium."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from api.database import transaction
from api.inviting import OF_CLIENTS, add_person
from api.people import Person
from api.roles import PersonRole
from api.signing_in import begin_session
from tests.api.conftest import House, TestClient

ORIGIN = {"Origin": "http://testserver"}
ROOT = Path(__file__).parents[3]
AXE = ROOT / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
START_SECONDS = 30
DESKTOP = {"locale": "ru-RU", "viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}


@dataclass
class Pages:
    """The application as a browser meets it, with a session of every role."""

    house: House
    people: dict[PersonRole, Person]
    tokens: dict[PersonRole, str]

    def browser(self, role: PersonRole | None = None, **more: str) -> Any:
        """A client that keeps cookies and follows nothing by itself."""
        cookies = {} if role is None else {"abonement_session": self.tokens[role]}
        return TestClient(self.house.app, cookies=cookies, headers=ORIGIN | more, follow_redirects=False)

    def sign_in_again(self, *roles: PersonRole) -> None:
        """Sessions that last from the time of the house on, which was moved."""
        with transaction(self.house.engine) as session:
            for role in roles:
                self.tokens[role] = begin_session(session, self.people[role], at=self.house.clock())


def people_of(house: House) -> Pages:
    """One person of every role, already signed in; the clients' people are of the house's own client."""
    people, tokens = {}, {}
    with transaction(house.engine) as session:
        for role in PersonRole:
            client_id = house.own.id if role in OF_CLIENTS else None
            name, email = f"{role} person", f"{role}@example.org"
            people[role] = add_person(session, email, name, role, client_id=client_id, language="en", at=house.clock())
            tokens[role] = begin_session(session, people[role], at=house.clock())
    return Pages(house, people, tokens)


@pytest.fixture
def pages(house: House) -> Pages:
    """People in an application of this test's own."""
    return people_of(house)


@pytest.fixture(scope="module")
def common_pages(common_house: House) -> Pages:
    """People in an application for all tests of a file that change nothing."""
    return people_of(common_house)


@dataclass
class Site:
    """The application on loopback, and a Chromium that looks at it."""

    pages: Pages
    address: str
    chromium: Browser
    complaints: list[str] = field(default_factory=list)
    """What the console said: errors of scripts, of the policy, of what could not be loaded."""

    def open(self, role: PersonRole | None, path: str = "/", **options: Any) -> Page:
        """A page in a browser of its own, signed in as the role."""
        context = self.chromium.new_context(**(DESKTOP | options))
        context.set_default_timeout(20_000)
        if role is not None:
            token = self.pages.tokens[role]
            context.add_cookies([{"name": "abonement_session", "value": token, "url": self.address}])
        page = context.new_page()
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.address + path)
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)


def faults_of_access(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA."""
    page.evaluate(AXE.read_text("utf-8"))  # as a person at the console would: the page's own policy allows no script
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found["violations"] for node in fault["nodes"]]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window; ended with each file, for its driver leaves an event loop running."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program is not None, "no Chromium: run `make test`, which installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def served(house: House) -> Iterator[str]:
    """The address of the application while a server of its own answers on loopback."""
    config = uvicorn.Config(house.app, port=0, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert time.monotonic() < deadline, "the server does not start"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def site(pages: Pages, chromium: Browser) -> Iterator[Site]:
    """The application of this test in a real browser; the console had nothing to complain of."""
    with served(pages.house) as address:
        found = Site(pages, address, chromium)
        yield found
        for context in chromium.contexts:
            context.close()
    assert found.complaints == []


@pytest.fixture(scope="module")
def common_site(common_pages: Pages, chromium: Browser) -> Iterator[Site]:
    """The same for all tests of a file that change nothing."""
    with served(common_pages.house) as address:
        yield Site(common_pages, address, chromium)
        for context in chromium.contexts:
            context.close()
