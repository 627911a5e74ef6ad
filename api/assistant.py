"""What an assistant may ask over the Model Context Protocol: tools that only read, on the Python client and its key."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from typing import Annotated, Any, cast

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.client import CallWrong, ClientKeys, DeskClient, Unavailable
from api.v1.answers import CheckAnswer, HoursTold
from api.v1.desk_answers import CoverageAnswer
from contracts.policies import Channel
from contracts.support_lines import SUPPORT_LINES

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


class ContactNamed(BaseModel):
    """The person who asks; all that is given must be one person's."""

    model_config = ConfigDict(extra="forbid")

    email: str | None = Field(default=None, description="The person's e-mail address.")
    phone: str | None = Field(default=None, description="The person's telephone, in any common writing.")


LINES = "; ".join(f"{line.number} {line.name_en.lower()}" for line in SUPPORT_LINES.values())
At = Annotated[
    AwareDatetime | None, Field(description="The moment of the request, with its offset from UTC; now when left out.")
]
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
        service: Annotated[str | None, Field(description="The work asked for, such as remote_work.")] = None,
        feature: Annotated[
            str | None,
            Field(description="Instead of service: whether the deal has this, such as auditor_question, and any left."),
        ] = None,
        minutes: Annotated[int | None, Field(description="Minutes of work expected.")] = None,
        contact: Annotated[
            ContactNamed | None, Field(description="Who asks at the client: some plans serve named people only.")
        ] = None,
        registration_number: Annotated[str | None, Field(description="Which registered copy it is about.")] = None,
        channel: Annotated[Channel | None, Field(description="How the request came.")] = None,
        line: Annotated[int | None, Field(description=f"The support line asked: {LINES}. 1 when left out.")] = None,
        priority: Annotated[str | None, Field(description="Of the request, such as high: it decides by when.")] = None,
        at: At = None,
        known_at: Annotated[
            AwareDatetime | None, Field(description="Leave out what was recorded after this moment, with its offset.")
        ] = None,
    ) -> CheckAnswer:
        """May a request of this client be served, now or at a moment, and out of which hours? Nothing is reserved."""
        asked: dict[str, Any] = {
            "service": service,
            "feature": feature,
            "requested_minutes": minutes,
            "contact": None if contact is None else contact.model_dump(exclude_none=True),
            "registration_number": registration_number,
            "channel": channel,
            "line": line,
            "priority": priority,
            "at": at,
            "known_at": known_at,
        }
        given = {name: said for name, said in asked.items() if said is not None}
        with _told():
            return desk.check(client=_keys(client), explain="full", **given)

    return check_entitlement


def _coverage(desk: DeskClient) -> Callable[..., BaseModel]:
    def client_coverage(client: Who, at: At = None) -> CoverageAnswer:
        """Every subscription and free period of a client: dates, standing, and the hours with each seller."""
        with _told():
            return desk.coverage(_id_of(desk, client), at)

    return client_coverage


def _hours(desk: DeskClient) -> Callable[..., BaseModel]:
    def hours_left(client: Who, at: At = None) -> HoursLeft:
        """The minutes given, used, held and available to a client, by seller and by grant with its last day."""
        with _told():
            told = desk.coverage(_id_of(desk, client), at)
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
