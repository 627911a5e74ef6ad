"""osTicket: its API only opens tickets, so a front door asks first, and opens each ticket under the right topic."""

from base64 import b64encode
from dataclasses import dataclass

import httpx

from api.client import Gate
from api.recipes.outcome import ask
from api.recipes.webhook import api_of


@dataclass(frozen=True, slots=True)
class Topics:
    """The ids of osTicket's help topics: for what is served, and for what a person looks at first."""

    served: int
    not_served: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A request as it came to the front door."""

    name: str
    email: str
    subject: str
    message: str


def osticket_api(url: str, api_key: str) -> httpx.Client:
    """osTicket's API; the key is bound to the address of this machine."""
    return api_of(url, {"X-API-Key": api_key})


def open_ticket(gate: Gate, osticket: httpx.Client, topics: Topics, letter: Letter, language: str) -> str:
    """The number of the ticket that was opened.

    The answer goes into the ticket's own field `abonement`, which the form shows to agents only. Raises `Unavailable`
    where the gate's choice is to raise, and `httpx.HTTPError`; after either the letter is still to be delivered.
    """
    outcome = ask(gate, language, client={"email": letter.email})
    ticket = {
        "name": letter.name,
        "email": letter.email,
        "subject": letter.subject,
        "message": f"data:text/plain;charset=utf-8;base64,{b64encode(letter.message.encode()).decode()}",
        "topicId": topics.served if outcome.serve else topics.not_served,
        "abonement": outcome.note,
    }
    return osticket.post("/api/tickets.json", json=ticket).text
