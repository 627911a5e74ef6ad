"""Help desks on loopback, as far as their documented APIs are used: they keep tickets, check tokens, and can be away.

Each speaks as the real one does: the same paths, headers, field names and statuses.
"""

import hashlib
import hmac
import json
import time
from base64 import b64decode
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Json = Any
SECRET = "s3cret"
TOKEN = "t0ken"


class HelpDesk:
    """What all have in common: an application that refuses a wrong token, and everything when it is `away`."""

    def __init__(self) -> None:
        self.away = False
        self.app = Starlette(routes=self.routes())

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def may(self, request: Request) -> bool:
        raise NotImplementedError

    def guarded(self, answer: Callable[[Request, Json], Response]) -> Any:
        async def guarded(request: Request) -> Response:
            if self.away:
                return PlainTextResponse("upstream", 502)
            if not self.may(request):
                return JSONResponse(["ERROR"], 401)
            body = await request.body()
            return answer(request, json.loads(body) if body else None)

        return guarded


class Zammad(HelpDesk):
    """Tickets with articles, and triggers that sign what they send."""

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[int, dict[str, Any]] = {}
        self.articles: dict[int, list[dict[str, Any]]] = {}

    def routes(self) -> list[Route]:
        return [
            Route("/api/v1/ticket_articles/by_ticket/{id:int}", self.guarded(self.listed)),
            Route("/api/v1/tickets/{id:int}", self.guarded(self.changed), methods=["PUT"]),
        ]

    def may(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Token token={TOKEN}"

    def listed(self, request: Request, body: Json) -> Response:
        return JSONResponse(self.articles[request.path_params["id"]])

    def changed(self, request: Request, body: Json) -> Response:
        number = request.path_params["id"]
        note = {"id": len(self.articles[number]) + 1, "ticket_id": number, "sender": "Agent"} | body.pop("article")
        self.articles[number].append(note)
        self.tickets[number] |= body
        return JSONResponse(self.tickets[number])

    def opened(self, number: int, email: str) -> tuple[bytes, dict[str, str]]:
        """A ticket that was opened, as the webhook of a trigger tells of it."""
        ticket = {"id": number, "number": f"2200{number}", "group": "Users", "title": "Не печатает"}
        first = {"id": 1, "ticket_id": number, "type": "email", "sender": "Customer", "internal": False}
        first |= {"subject": "Не печатает", "body": "…", "content_type": "text/plain", "from": email}
        self.tickets[number], self.articles[number] = ticket, [first]
        told = {"ticket": ticket | {"customer": {"id": 3, "email": email}}, "article": first}
        body = json.dumps(told, ensure_ascii=False).encode()
        signature = hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
        headers = {"User-Agent": "Zammad User Agent", "X-Zammad-Trigger": "Abonement"}
        headers |= {"X-Zammad-Delivery": str(uuid4()), "X-Hub-Signature": f"sha1={signature}"}
        return body, headers


class Glpi(HelpDesk):
    """Tickets with requesters and followups behind sessions, and webhooks that sign body and timestamp."""

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[int, dict[str, Any]] = {}
        self.requesters: dict[int, list[dict[str, Any]]] = {}
        self.emails: dict[int, list[dict[str, Any]]] = {}
        self.followups: list[dict[str, Any]] = []
        self.sessions: set[str] = set()

    def routes(self) -> list[Route]:
        return [
            Route("/apirest.php/initSession", self.guarded(self.begun)),
            Route("/apirest.php/killSession", self.guarded(self.ended)),
            Route("/apirest.php/Ticket/{id:int}/ITILFollowup", self.guarded(self.listed)),
            Route("/apirest.php/Ticket/{id:int}/Ticket_User", self.guarded(self.asking)),
            Route("/apirest.php/User/{id:int}/UserEmail", self.guarded(self.addresses)),
            Route("/apirest.php/Ticket/{id:int}", self.guarded(self.changed), methods=["PUT"]),
            Route("/apirest.php/ITILFollowup", self.guarded(self.followed), methods=["POST"]),
        ]

    def may(self, request: Request) -> bool:
        if request.headers.get("app-token") != TOKEN:
            return False
        if request.url.path.endswith("initSession"):
            return request.headers.get("authorization") == f"user_token {TOKEN}"
        return request.headers.get("session-token") in self.sessions

    def begun(self, request: Request, body: Json) -> Response:
        self.sessions.add(session := uuid4().hex)
        return JSONResponse({"session_token": session})

    def ended(self, request: Request, body: Json) -> Response:
        self.sessions.remove(request.headers["session-token"])
        return JSONResponse(True)

    def listed(self, request: Request, body: Json) -> Response:
        return JSONResponse([note for note in self.followups if note["items_id"] == request.path_params["id"]])

    def asking(self, request: Request, body: Json) -> Response:
        return JSONResponse(self.requesters[request.path_params["id"]])

    def addresses(self, request: Request, body: Json) -> Response:
        return JSONResponse(self.emails.get(request.path_params["id"], []))

    def changed(self, request: Request, body: Json) -> Response:
        self.tickets[request.path_params["id"]] |= body["input"]
        return JSONResponse([{str(request.path_params["id"]): True, "message": ""}])

    def followed(self, request: Request, body: Json) -> Response:
        self.followups.append(body["input"])
        return JSONResponse({"id": len(self.followups), "message": ""}, 201)

    def opened(self, number: int, *requesters: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """A ticket that was opened, as GLPI's webhook with the default payload tells of it."""
        self.tickets[number] = {"id": number, "status": 1}
        self.requesters[number] = list(requesters)
        return self.told("new", number)

    def told(self, event: str, number: int) -> tuple[bytes, dict[str, str]]:
        """The webhook of an event of a ticket."""
        told = {"item": {"id": number, "name": "Не печатает", "status": {"id": 1, "name": "New"}}, "event": event}
        body, timestamp = json.dumps(told, indent=4).encode(), str(int(time.time()))
        signature = hmac.new(SECRET.encode(), body + timestamp.encode(), hashlib.sha256).hexdigest()
        return body, {"X-GLPI-signature": signature, "X-GLPI-timestamp": timestamp}


class OsTicket(HelpDesk):
    """Opens tickets, and does nothing else, as its API."""

    def __init__(self) -> None:
        super().__init__()
        self.tickets: list[dict[str, Any]] = []

    def routes(self) -> list[Route]:
        return [Route("/api/tickets.json", self.guarded(self.opened), methods=["POST"])]

    def may(self, request: Request) -> bool:
        return request.headers.get("x-api-key") == TOKEN

    def opened(self, request: Request, body: Json) -> Response:
        if not all(body.get(name) for name in ("name", "email", "subject", "message")):
            return PlainTextResponse("Unable to create new ticket: validation errors", 400)
        kind, _, content = body["message"].partition(",")
        assert kind == "data:text/plain;charset=utf-8;base64"
        self.tickets.append(body | {"message": b64decode(content).decode()})
        return PlainTextResponse(str(100000 + len(self.tickets)), 201)
