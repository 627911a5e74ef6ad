"""One request is one transaction by one caller: what every endpoint is given, and the route that guards it."""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import Connection, Delete, Update, event
from sqlalchemy.orm import ORMExecuteState, SessionTransaction, with_loader_criteria
from sqlmodel import Session, SQLModel

from api.audit import audited
from api.authorisation import authorise
from api.database import reading, transaction
from api.identity import Principal
from api.inputs import read_body
from contracts.parties import Client
from documents.words import Language


@dataclass(frozen=True, slots=True)
class Call:
    """A request on its way: its transaction, who sent it, and the moment at which it counts."""

    session: Session
    principal: Principal
    at: datetime


class GuardedRoute(APIRoute):
    """A route that looks itself up in the table of roles first, and then reads the body strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind the guard."""
        handle, body, path = super().get_route_handler(), self.body_field, self.path_format

        async def guarded(request: Request) -> Response:
            request.state.principal, request.state.body = await authorise(request, path), None
            if body is not None:
                request.state.shape = body.field_info.annotation
                request = _Read(request.scope, await read_body(request))
            return await handle(request)

        return guarded


class _Read(Request):
    """A request whose body was read."""

    def __init__(self, scope: Any, value: Any) -> None:
        super().__init__(scope)
        self.state.body = self._value = value

    async def body(self) -> bytes:
        """Something, when there is a body: the framework only asks whether it is empty."""
        return b"" if self._value is None else b"read"

    async def json(self) -> Any:
        """The value that was read."""
        return self._value


def _writing(request: Request) -> Iterator[Call]:
    """The call of an endpoint that writes: committed before the answer leaves, undone when it fails."""
    with transaction(request.app.state.engine) as session:
        call, action = _call(session, request), f"{request.method} {request.url.path}"
        with audited(session, caller=call.principal.caller, name=call.principal.name, action=action, at=call.at):
            yield call


def _reading(request: Request) -> Iterator[Call]:
    """The call of an endpoint that only reads: all it selects shows one state."""
    with reading(request.app.state.engine) as session:
        yield _call(session, request)


Writer = Annotated[Call, Depends(_writing, scope="function")]
Reader = Annotated[Call, Depends(_reading, scope="function")]


def _call(session: Session, request: Request) -> Call:
    principal: Principal = request.state.principal
    if principal.client_id is not None:
        show_only(session, principal.client_id)
    return Call(session, principal, request.app.state.clock())


def show_only(session: Session, client_id: int) -> None:
    """Let the session see no client but this one: to what it selects and changes every row of another is not there.

    So a foreign id and an id of nothing take the same way through the code and get the same answer.
    """
    owned = dict(_owned_by_a_client())
    own = [with_loader_criteria(table, column == client_id, include_aliases=True) for table, column in owned.items()]
    columns = {column.table: column for column in owned.values()}

    def narrow_reads(execution: ORMExecuteState) -> None:
        if execution.is_select:
            execution.statement = execution.statement.options(*own)

    def narrow_writes(connection: Connection, statement: Any, many: Any, parameters: Any, options: Any) -> Any:
        if isinstance(statement, Update | Delete) and statement.table in columns:
            statement = statement.where(columns[statement.table] == client_id)
        return statement, many, parameters

    def watch(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
        if transaction.parent is None:
            event.listen(connection, "before_execute", narrow_writes, retval=True)

    event.listen(session, "do_orm_execute", narrow_reads)
    event.listen(session, "after_begin", watch)


def _owned_by_a_client() -> Iterator[tuple[type[SQLModel], Any]]:
    """Every table whose rows are one client's, with the column that says whose."""
    for mapper in SQLModel._sa_registry.mappers:
        if mapper.class_ is Client:
            yield Client, mapper.columns["id"]
        elif "client_id" in mapper.columns:
            yield mapper.class_, mapper.columns["client_id"]


def language_of(request: Request) -> Language:
    """The language that the caller reads best by `Accept-Language`, else that of the installation."""
    wanted = _wanted(request.headers.get("accept-language", ""))
    return wanted or Language(request.app.state.settings.language)


@lru_cache(maxsize=64)
def _wanted(accepted: str) -> Language | None:
    """The language that a header prefers among those there are; kept, since each check of a desk sends the same."""
    wanted = [_preference(part) for part in accepted.split(",")]
    known = [(weight, name) for weight, name in wanted if weight > 0 and name in tuple(Language)]
    return Language(max(known, key=lambda preference: preference[0])[1]) if known else None


def _preference(part: str) -> tuple[float, str]:
    name, _, weight = part.partition(";")
    try:
        quality = float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        quality = 0.0
    return quality, name.strip().partition("-")[0].lower()
