"""The tools of an assistant, asked by the official client of the protocol, in process and over standard input."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from api.assistant import server_of
from api.client import DeskClient
from entitlements.reasons import Reason
from tests.api.client_desk import desk_of
from tests.api.client_desk import server_of as house_server
from tests.api.conftest import House
from tests.loopback import nobody

TOOLS = {"check_entitlement", "client_coverage", "hours_left", "explain_decision"}


@pytest.fixture
def desk(house: House, tmp_path: Path) -> Iterator[DeskClient]:
    """A client of a real server, with a desk's key."""
    with desk_of(house, tmp_path) as opened:
        yield opened


def asked(server: Any, tool: str, **arguments: Any) -> Any:
    """What the tool answers: its data, or the words of its error."""

    async def ask() -> Any:
        async with Client(server) as client:
            answer = await client.call_tool(tool, arguments)
            return answer.content[0].text if answer.is_error else answer.structured_content

    return anyio.run(ask)


def test_every_tool_only_reads_and_says_what_it_is_for(desk: DeskClient) -> None:
    async def listed() -> Any:
        async with Client(server_of(desk)) as client:
            return (await client.list_tools()).tools

    tools = anyio.run(listed)
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert len(tool.description) > 50
        assert all(told.get("description") for told in tool.input_schema["properties"].values())
        assert tool.output_schema["description"]


def test_each_tool_answers_from_a_real_server_and_writes_nothing_of_the_trade(house: House, desk: DeskClient) -> None:
    server, own, inn = server_of(desk), house.own.id, house.own.entity.inn
    rows = house.rows()
    answer = asked(server, "check_entitlement", client={"inn": inn}, service="remote_work", minutes=30)
    assert (answer["decision"], answer["reason"], answer["client_id"]) == ("allow", Reason.COVERED, own)
    explained = asked(server, "explain_decision", decision_id=answer["decision_id"])
    assert explained["rules"] == answer["rules"]
    assert all(rule["holds"] for rule in explained["rules"])
    for client in ({"id": own}, {"inn": inn}):
        assert asked(server, "client_coverage", client=client)["covers"][0]["last_day"] == "2027-10-04"
        left = asked(server, "hours_left", client=client)
        assert [(one["seller_id"], one["hours"]["available"]) for one in left["sellers"]] == [(house.seller.id, 60)]
    asked_only = {"decision", "client_snapshot"}
    assert {name: count for name, count in house.rows().items() if name not in asked_only} == {
        name: count for name, count in rows.items() if name not in asked_only
    }


def test_a_no_is_an_answer_and_what_is_no_answer_says_so(house: House, desk: DeskClient) -> None:
    server = server_of(desk)
    assert asked(server, "check_entitlement", client={"inn": "7707083893"})["decision"] == "deny"
    assert "No such client" in asked(server, "hours_left", client={"inn": "7707083893"})
    assert "KEY_OF_CLIENT_REQUIRED" in asked(server, "check_entitlement", client={})
    assert "DECISION_UNKNOWN" in asked(server, "explain_decision", decision_id="0" * 36)
    with DeskClient(nobody(), "abk_x", patience_seconds=0.5) as away:
        for tool in TOOLS - {"explain_decision"}:
            assert "no yes and no no" in asked(server_of(away), tool, client={"id": 1})
        assert "abk_x" not in asked(server_of(away), "explain_decision", decision_id="0" * 36)


def test_an_assistant_with_a_clients_key_sees_that_client_alone(house: House, tmp_path: Path) -> None:
    with desk_of(house, tmp_path, "own desk") as desk:
        server = server_of(desk)
        assert asked(server, "hours_left", client={"id": house.own.id})["client_id"] == house.own.id
        assert "CLIENT_UNKNOWN" in asked(server, "client_coverage", client={"id": house.foreign.id})
        assert asked(server, "check_entitlement", client={"id": house.foreign.id})["reason"] == Reason.CLIENT_UNKNOWN


def test_the_command_speaks_the_protocol_over_standard_input(house: House, tmp_path: Path) -> None:
    with house_server(house, tmp_path) as url:
        told = {"ABONEMENT_URL": url, "ABONEMENT_API_KEY": house.tokens["desk"], "ABONEMENT_LANGUAGE": "en"}
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "api.cli", "mcp"], env=told, cwd=os.getcwd()
        )
        answer = asked(command, "check_entitlement", client={"id": house.own.id})
    assert answer["text"].startswith("Covered until ")


@pytest.mark.parametrize(
    ("code", "told", "named"),
    [
        ("import sys; sys.modules['mcp'] = None", {}, "pip install 'abonement[mcp]'"),
        ("pass", {}, "ABONEMENT_URL"),
        ("pass", {"ABONEMENT_URL": "https://abonement.example"}, "ABONEMENT_API_KEY"),
        ("pass", {"ABONEMENT_URL": "http://abonement.example", "ABONEMENT_API_KEY": "abk_x"}, "https://HOST"),
    ],
)
def test_the_command_says_what_it_lacks(code: str, told: dict[str, str], named: str) -> None:
    begin = f"{code}; import sys; sys.argv = ['abonement', 'mcp']; from api.cli import main; main()"
    run = subprocess.run([sys.executable, "-c", begin], env=told, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert named in run.stderr
    assert "Traceback" not in run.stderr
