"""What an assistant may ask over the Model Context Protocol: tools that only read, on the Python client and its key."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from typing import Annotated, Any, cast

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field

from api.client import CallWrong, ClientKeys, DeskClient, Unavailable
from api.v1.answers import CheckAnswer, HoursTold
from api.v1.desk_answers import CoverageAnswer

INSTRUCTIONS = """Abonement knows which clients have a support subscription, whether a request may be served, and
how many hours are left. Minutes are whole numbers. `decision` is allow, allow_with_warning, needs_approval or deny.
Repeat `text` to people, and never turn a missing answer into a yes or a no."""


class ClientNamed(BaseModel):
    """Any keys that name one client; all that are given must name the same."""

    model_config = ConfigDict(extra="forbid")

    id: int | None = Field(default=None, description="The client's id in Abonement.")
    inn: str | None = Field(default=None, description="The INN of one of its entities.")
    registration_number: str | None = Field(default=None, description="The registration number of one of its products.")
    external_id: str | None = Field(default=None, description="Its id in the CRM.")
    email: str | None = Field(default=None, description="The e-mail address of a person who speaks for it.")
    phone: str | None = Field(default=None, description="That person's telephone, in any common writing.")


Who = Annotated[ClientNamed, Field(description="The client, named by any keys; all given must name the same one.")]


class SellerHours(BaseModel):
    """The hours with one seller."""

    seller_id: int
    hours: HoursTold


class HoursLeft(BaseModel):
    """The hours of a client at a moment; they can change by themselves at `valid_until`."""

    client_id: int
    at: datetime
    valid_until: datetime | None
    sellers: list[SellerHours]


def server_of(desk: DeskClient) -> MCPServer:
    """The server; what its tools see is what the client's key sees."""
    server = MCPServer("abonement", title="Abonement", instructions=INSTRUCTIONS, version=version("abonement"))
    reads = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
    tools: tuple[Callable[[DeskClient], Callable[..., BaseModel]], ...] = (_check, _coverage, _hours, _explanation)
    for make in tools:
        server.tool(annotations=reads)(make(desk))
    return server


def _check(desk: DeskClient) -> Callable[..., BaseModel]:
    def check_entitlement(
        client: Who,
        service: Annotated[str | None, Field(description="The service asked for, such as remote_work.")] = None,
        minutes: Annotated[int | None, Field(description="Minutes of work expected.")] = None,
    ) -> CheckAnswer:
        """May a request of this client be served now, and out of which hours? Nothing is reserved."""
        asked: dict[str, Any] = {} if service is None else {"service": service}
        if minutes is not None:
            asked["requested_minutes"] = minutes
        with _told():
            return desk.check(client=_keys(client), explain="full", **asked)

    return check_entitlement


def _coverage(desk: DeskClient) -> Callable[..., BaseModel]:
    def client_coverage(client: Who) -> CoverageAnswer:
        """Every subscription and free period of a client: dates, standing, and the hours with each seller."""
        with _told():
            return desk.coverage(_id_of(desk, client))

    return client_coverage


def _hours(desk: DeskClient) -> Callable[..., BaseModel]:
    def hours_left(client: Who) -> HoursLeft:
        """The minutes given, used, held and available to a client now, by seller and by grant with its last day."""
        with _told():
            told = desk.coverage(_id_of(desk, client))
        sellers = [SellerHours(seller_id=seller_id, hours=hours) for seller_id, hours in told.hours.items()]
        return HoursLeft(client_id=told.client_id, at=told.at, valid_until=told.valid_until, sellers=sellers)

    return hours_left


def _explanation(desk: DeskClient) -> Callable[..., BaseModel]:
    def explain_decision(
        decision_id: Annotated[str, Field(description="The `decision_id` of an earlier answer.")],
    ) -> CheckAnswer:
        """An earlier answer as it was given, with every rule that was looked at and the clause of the contract."""
        with _told():
            return desk.decision(decision_id)

    return explain_decision


def _keys(client: ClientNamed) -> ClientKeys:
    given: Any = client.model_dump(exclude_none=True)
    return cast(ClientKeys, given)


def _id_of(desk: DeskClient, client: ClientNamed) -> int:
    """The one client that the keys name. Raises `ToolError` with the sentence that says why there is none."""
    keys = _keys(client)
    if keys.keys() == {"id"}:
        return keys["id"]
    answer = desk.check(client=keys)
    if answer.client_id is None:
        raise ToolError(answer.text)
    return answer.client_id


@contextmanager
def _told() -> Iterator[None]:
    """What is no answer, in words that cannot be taken for one."""
    try:
        yield
    except Unavailable as unavailable:
        wait = f" Ask again in {unavailable.retry_after:g} seconds." if unavailable.retry_after else ""
        raise ToolError(f"No answer: Abonement is away ({unavailable.why}). This is no yes and no no.{wait}") from None
    except CallWrong as wrong:
        field = f" Field {wrong.field}, allowed: {wrong.allowed}." if wrong.field else ""
        raise ToolError(f"{wrong.code}: {wrong.title}{field}") from None
