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
from api.database import transaction
from api.v1.asking import QuestionInput
from contracts.enrolling import add_contact
from entitlements.reasons import Reason
from tests.api.client_desk import desk_of
from tests.api.client_desk import server_of as house_server
from tests.api.conftest import TODAY, House
from tests.builders import a_client, a_plan, a_sale
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


def test_a_reader_can_ask_all_that_the_desk_can(house: House, desk: DeskClient) -> None:
    async def listed() -> Any:
        async with Client(server_of(desk)) as client:
            return (await client.list_tools()).tools

    [tool] = [tool for tool in anyio.run(listed) if tool.name == "check_entitlement"]
    apart = {"requested_minutes", "ticket", "mode", "hold_hours", "explain", "locale", "receipt"}
    assert set(tool.input_schema["properties"]) == set(QuestionInput.model_fields) - apart | {"minutes"}


def test_each_part_of_a_question_reaches_the_server(house: House, desk: DeskClient) -> None:
    with transaction(house.engine) as session:
        due_times = [{"priority": "normal", "name": "Обычно", "name_en": "Normal", "respond_minutes": 60}]
        asks = {"named_contacts_only": True, "channels": ["email"], "highest_line": 2, "due_times": due_times}
        a_plan(session, "named", kind="named", **asks)
        customer = a_client(session, "Пион", registrations=2)
        a_sale(session, house.seller, customer, "named", registrations=customer.registrations[:1], at=TODAY)
        add_contact(session, customer.id, "Анна", at=TODAY, emails=("anna@pion.example",))
    house.clock.forward(hours=1)
    server, who = server_of(desk), {"client": {"id": customer.id}}

    def reason(**question: Any) -> Any:
        return asked(server, "check_entitlement", **who, **question)["reason"]

    contact = {"contact": {"email": "anna@pion.example"}}
    assert (reason(), reason(**contact)) == (Reason.CONTACT_NOT_NAMED, Reason.COVERED)
    assert reason(**contact, registration_number=customer.registrations[1]) == Reason.PRODUCT_NOT_COVERED
    assert reason(**contact, feature="remote_work") == Reason.COVERED
    assert reason(**contact, feature="auditing") == Reason.SERVICE_NOT_INCLUDED
    assert reason(**contact, channel="phone") == Reason.CHANNEL_NOT_INCLUDED
    assert reason(**contact, line=3) == Reason.LINE_NOT_INCLUDED
    assert reason(**contact, at="2026-09-01T10:00:00+03:00") == Reason.CONTRACT_NOT_STARTED
    assert reason(**contact, known_at="2026-10-01T10:00:00+03:00") == Reason.NO_CONTRACT
    urgent = asked(server, "check_entitlement", **who, **contact, priority="urgent")
    assert [warned["code"] for warned in urgent["warnings"]] == ["PRIORITY_UNKNOWN"]
    early = {"at": "2026-10-01T10:00:00+03:00"}
    assert asked(server, "client_coverage", **who, **early)["covers"][0]["standing"] == "upcoming"
    [left] = asked(server, "hours_left", **who, **early)["sellers"]
    assert left["hours"]["available"] == 0
    assert "service or feature" in asked(server, "check_entitlement", **who, service="visit", feature="visit")


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
        ("pass", {"ABONEMENT_URL": "https://abonement.example", "ABONEMENT_API_KEY": "abk_x\n"}, "ABONEMENT_API_KEY"),
    ],
)
def test_the_command_says_what_it_lacks(code: str, told: dict[str, str], named: str) -> None:
    begin = f"{code}; import sys; sys.argv = ['abonement', 'mcp']; from api.cli import main; main()"
    run = subprocess.run([sys.executable, "-c", begin], env=told, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert named in run.stderr
    assert "Traceback" not in run.stderr
