"""The web application: one engine, one clock, every endpoint behind its guard, every answer with its headers."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from threading import Event, Thread

import structlog
from fastapi import FastAPI, Request
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from api import openapi, refusals
from api.authorisation import authorise
from api.check_reader import open_check_reader
from api.checking import Checking
from api.database import open_engine
from api.decision_writer import DecisionWriter
from api.endpoints import ENDPOINTS
from api.identity import KeyRing
from api.logs import configure_logs
from api.migrations import require_current_schema
from api.pages.page import answer_to_lost
from api.settings import Settings
from api.signing import open_signer
from api.v1 import desk
from api.worker import work as work_on
from documents.store import Store

log = structlog.get_logger()

USES_EVERY_SECONDS = 60
"""How often it is written down when keys were last used."""
DESCRIPTION = """Sells support subscriptions, tells the service desk whether a request may be served and out of which
hours, and puts it on paper. Minutes are whole numbers, money is a text with two decimals, instants carry their offset,
days are ISO dates. A call that writes takes a key of the caller's in `Idempotency-Key`: the same key with the same body
gets the stored answer; where it is required and missing, the answer is 400."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""What every answer carries unless it sets its own."""
RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


def now() -> datetime:
    """The moment at which a request counts."""
    return datetime.now(UTC)


def create_app(settings: Settings, *, clock: Callable[[], datetime] = now, works: bool = True) -> FastAPI:
    """The application of an installation; it opens the database when it starts.

    On SQLite, where there is one machine, the server is its own worker, unless `works` is false. Starting raises the
    refusals of `require_current_schema`.
    """

    configure_logs()
    app = Application(
        title="Abonement",
        version=version("abonement"),
        description=DESCRIPTION,
        lifespan=_lifespan(settings, clock, works),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: f"{route.endpoint.__module__.rpartition('.')[2]}.{route.name}",
    )
    app.state.settings, app.state.clock = settings, clock
    for endpoints in ENDPOINTS:
        app.include_router(endpoints.router)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    refusals.install(app)
    app.add_exception_handler(HTTPException, answer_to_lost)
    app.add_middleware(Answering)
    return app


def _lifespan(settings: Settings, clock: Callable[[], datetime], works: bool) -> Lifespan[FastAPI]:
    """What is opened when the server starts, and closed when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = open_engine(settings.database_url.get_secret_value())
        await run_in_threadpool(require_current_schema, engine)
        app.state.engine, app.state.keys = engine, KeyRing(engine, clock)
        app.state.store, app.state.signer = Store(settings.papers), await run_in_threadpool(open_signer, engine, clock)
        app.state.checking = Checking(engine, await open_check_reader(engine), DecisionWriter(engine))
        _spare_the_collector()
        uses = asyncio.create_task(_write_uses(app.state.keys))
        try:
            with _working(engine, settings, clock) if works and engine.dialect.name == "sqlite" else nullcontext():
                yield
        finally:
            uses.cancel()
            await run_in_threadpool(_write_uses_now, app.state.keys)
            await app.state.checking.close()
            engine.dispose()

    return lifespan


def _spare_the_collector() -> None:
    """What is loaded by now stays, and a request leaves no circles behind, so they need not be looked for with each."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


SHORTCUTS = {("POST", "/v1/entitlement-checks"): desk.ask}
"""Endpoints that need nothing of the framework but their place in its documentation: the check is called most."""


class Application(FastAPI):
    """The framework's application, with a way past it for the requests of `SHORTCUTS`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or the start and the end of the server."""
        if scope["type"] == "http" and (scope["method"], scope["path"]) in SHORTCUTS:
            scope["app"] = self
            await PAST_THE_FRAMEWORK(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


async def shortcut(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request of `SHORTCUTS` behind the same guard as any other, and with the same answers to a "no"."""
    request = Request(scope, receive)
    try:
        request.state.principal = await authorise(request, scope["path"])
        response = await SHORTCUTS[scope["method"], scope["path"]](request)
    except Exception as error:
        response = refusals.answer_to(request, error)
    await response(scope, receive, send)


class Answering:
    """Puts the headers on every answer, and answers a fault of ours without a word of its inside."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; see its answer out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in RAW_HEADERS if pair[0] not in own)]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as error:
            if begun:
                raise
            await refusals.fault(Request(scope), error)(scope, receive, send_with_headers)


PAST_THE_FRAMEWORK = Answering(shortcut)


@contextmanager
def _working(engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> Iterator[None]:
    """A worker in a thread of this process."""
    stop = Event()
    worker = Thread(target=work_on, args=(engine, settings, stop), kwargs={"clock": clock}, name="worker")
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


async def _write_uses(keys: KeyRing) -> None:
    while True:
        await asyncio.sleep(USES_EVERY_SECONDS)
        await run_in_threadpool(_write_uses_now, keys)


def _write_uses_now(keys: KeyRing) -> None:
    try:
        keys.write_uses()
    except SQLAlchemyError as lost:
        log.warning("uses of keys not written", problem=type(lost).__name__)
