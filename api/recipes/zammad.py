"""Zammad: a trigger on new tickets calls a webhook, which notes the answer and moves what is not served.

Run it with `uvicorn --factory api.recipes.zammad:app`.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.applications import Starlette

from api.client import Gate
from api.recipes.outcome import NAME, ask, gate_of, mark_of
from api.recipes.webhook import api_of, webhook


def app() -> Starlette:
    """The application that the environment describes."""
    gate, language = gate_of(os.environ)
    zammad = api_of(os.environ["ZAMMAD_URL"], {"Authorization": f"Token token={os.environ['ZAMMAD_TOKEN']}"})
    return zammad_gate(gate, zammad, os.environ["ZAMMAD_SECRET"], os.environ["ZAMMAD_GROUP"], language)


def zammad_gate(gate: Gate, zammad: httpx.Client, secret: str, group: str, language: str) -> Starlette:
    """Hears the trigger's webhook; a ticket that is not served goes to `group`, where a person decides."""

    def answer(told: Any) -> None:
        ticket = told["ticket"]
        number, email = int(ticket["id"]), str(ticket["customer"]["email"])
        articles = zammad.get(f"/api/v1/ticket_articles/by_ticket/{number}").json()
        mark = mark_of(secret, number)
        if any(mark in str(article["body"]) for article in articles):
            return
        outcome = ask(gate, language, client={"email": email}, ticket=str(ticket["number"]))
        note = {"subject": NAME, "body": f"{outcome.note} ({mark})", "content_type": "text/plain"}
        changes = {"article": note | {"type": "note", "internal": True}} | ({} if outcome.serve else {"group": group})
        zammad.put(f"/api/v1/tickets/{number}", json=changes)

    return webhook(lambda headers, body: is_signed(headers, body, secret), answer)


def is_signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether `X-Hub-Signature` is the HMAC of the body with our secret."""
    expected = f"sha1={hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}"
    return bool(secret) and hmac.compare_digest(expected.encode(), headers.get("x-hub-signature", "").encode())
