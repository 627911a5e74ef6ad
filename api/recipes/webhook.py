"""A small web application that hears the webhooks of a help desk."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.client import Unavailable
from api.client.wire import require_safe

LARGEST_BODY = 2**20
"""Bytes that a webhook may have."""
DESK_SECONDS = 5.0
"""How long the help desk's own API may take with one step of an answer."""

Answer = Callable[[Any], None]
IsGenuine = Callable[[Mapping[str, str], bytes], bool]


def webhook(is_genuine: IsGenuine, answer: Answer) -> Starlette:
    """The application: 401 for what the help desk has not signed, 422 for what it never sends, 200 when all is done.

    With 503 the help desk is asked to send it again: Abonement or the help desk's own API is away.
    """

    async def hear(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return Response(status_code=413)
        if not is_genuine(request.headers, bytes(body)):
            return Response(status_code=401)
        try:
            await run_in_threadpool(answer, json.loads(body))
        except (Unavailable, httpx.HTTPError):
            return Response(status_code=503, headers={"Retry-After": "30"})
        except (ValueError, KeyError, TypeError):
            return Response(status_code=422)
        return Response(status_code=200)

    return Starlette(routes=[Route("/", hear, methods=["POST"])])


def api_of(url: str, headers: Mapping[str, str]) -> httpx.Client:
    """The help desk's own API; every status but 2xx is an `httpx.HTTPError`. Raises `ValueError` as `require_safe`."""
    require_safe(url)
    return httpx.Client(
        base_url=url,
        headers=dict(headers),
        timeout=DESK_SECONDS,
        trust_env=False,
        follow_redirects=False,
        event_hooks={"response": [_require_success]},
    )


def _require_success(response: httpx.Response) -> None:
    response.raise_for_status()
