"""GLPI 11: a webhook on new tickets, answered over GLPI's REST API; what is not served waits for a person.

Run it with `uvicorn --factory api.recipes.glpi:app`.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import Any

import httpx
from starlette.applications import Starlette

from api.client import Gate
from api.recipes.outcome import ask, gate_of, mark_of
from api.recipes.webhook import api_of, webhook

PENDING = 4
"""GLPI's status of a ticket that waits."""
REQUESTER = 1
"""GLPI's type of the link between a ticket and the one who asks."""


def app() -> Starlette:
    """The application that the environment describes."""
    gate, language = gate_of(os.environ)
    glpi = api_of(os.environ["GLPI_URL"], {"App-Token": os.environ["GLPI_APP_TOKEN"]})
    return glpi_gate(gate, glpi, os.environ["GLPI_USER_TOKEN"], os.environ["GLPI_SECRET"], language)


def glpi_gate(gate: Gate, glpi: httpx.Client, user_token: str, secret: str, language: str) -> Starlette:
    """Hears the webhook; a ticket that is not served becomes pending."""

    def answer(told: Any) -> None:
        if told["event"] != "new":
            return
        ticket = int(told["item"]["id"])
        with _session(glpi, user_token) as session:
            notes = glpi.get(f"/apirest.php/Ticket/{ticket}/ITILFollowup", headers=session).json()
            mark = mark_of(secret, ticket)
            if any(mark in str(note["content"]) for note in notes):
                return
            email = _email_of(glpi, session, ticket)
            outcome = ask(gate, language, client={"email": email} if email else {}, ticket=str(ticket))
            if not outcome.serve:
                change = {"input": {"id": ticket, "status": PENDING}}
                glpi.put(f"/apirest.php/Ticket/{ticket}", headers=session, json=change)
            note = {"itemtype": "Ticket", "items_id": ticket, "content": escape(f"{outcome.note} ({mark})")}
            glpi.post("/apirest.php/ITILFollowup", headers=session, json={"input": note | {"is_private": 1}})

    return webhook(lambda headers, body: is_signed(headers, body, secret), answer)


def is_signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether `X-GLPI-signature` is the HMAC of the body and the timestamp with our secret.

    An old timestamp is no fault: GLPI's queue signs once and may deliver much later.
    """
    signed = body + headers.get("x-glpi-timestamp", "").encode()
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(expected.encode(), headers.get("x-glpi-signature", "").encode())


@contextmanager
def _session(glpi: httpx.Client, user_token: str) -> Iterator[dict[str, str]]:
    begun = glpi.get("/apirest.php/initSession", headers={"Authorization": f"user_token {user_token}"}).json()
    session = {"Session-Token": str(begun["session_token"])}
    try:
        yield session
    finally:
        glpi.get("/apirest.php/killSession", headers=session)


def _email_of(glpi: httpx.Client, session: dict[str, str], ticket: int) -> str | None:
    """The address of the one who asks: of a known user the default one, else what was typed into the ticket."""
    links = glpi.get(f"/apirest.php/Ticket/{ticket}/Ticket_User", headers=session).json()
    asking = next((link for link in links if link["type"] == REQUESTER), None)
    if asking is None:
        return None
    if not asking["users_id"]:
        return asking.get("alternative_email") or None
    emails = glpi.get(f"/apirest.php/User/{int(asking['users_id'])}/UserEmail", headers=session).json()
    emails.sort(key=lambda email: not email["is_default"])
    return emails[0]["email"] if emails else None
