"""Warnings about hours over HTTP and on the command line (H13)."""

import json
from pathlib import Path

from sqlalchemy import Engine

from api.database import transaction
from tests.api.conftest import House
from tests.api.test_cli import done, installed
from tests.builders import moment
from tests.documents.test_warning_mail import a_warned_client, queue, warn


def test_warnings_are_told_by_client_and_page_h13(house: House) -> None:
    with transaction(house.engine) as session:
        own = a_warned_client(session)  # of the hour that the plan of the house gives
    (warning,) = house.get("sales", f"/v1/hour-warnings?client_id={own.id}").json()
    assert (warning["percent"], warning["available_minutes"], warning["period_last_day"]) == (100, 0, "2026-10-31")
    assert warning["letters"] == []
    with transaction(house.engine) as session:
        recipients = [letter.recipient for letter in queue(session)]
    (warning,) = house.get("sales", f"/v1/hour-warnings?client_id={own.id}").json()
    assert [letter["recipient"] for letter in warning["letters"]] == recipients == [f"anna@{own.id}.example"]
    assert house.get("sales", f"/v1/hour-warnings?after={warning['id']}").json() == []
    assert house.get("sales", "/v1/hour-warnings?client_id=999").json()["code"] == "CLIENT_UNKNOWN"
    (last,) = house.get("sales", f"/v1/changes?client_id={own.id}").json()["changes"]
    assert "hours.warned" in last["kinds"]
    (told,) = last["state"]["warned"].values()
    assert (told["percent"], told["period_starts_on"]) == (100, "2026-10-01")


def test_a_managers_address_is_chosen_and_withdrawn_h13(house: House) -> None:
    given = {"manager": "Котова И. Л.", "email": "Kotova@North.example"}
    assert house.post("sales", "/v1/manager-addresses", given).json()["email"] == "kotova@north.example"
    assert house.post("sales", "/v1/manager-addresses", given | {"email": None}).json()["email"] == ""


def test_warnings_are_shown_on_the_screen_and_as_json_h13(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        assert "Предупреждений не было." in done(run("warnings"))
        with transaction(engine) as session:
            own = a_warned_client(session)
            warn(session, moment("2026-10-05 21:00"))
        shown = " ".join(done(run("warnings", "--client", str(own.id))).split())
        assert "Ромашка 80 2026-10-01 480 390 90 2026-10-05T20:00+03:00" in shown
        (told,) = json.loads(done(run("warnings", "--json")))
        assert told["runs_out_on"] == "2026-10-12"
        chosen = done(run("manager", "address", "Котова И. Л.", "--email", "kotova@north.example"))
        assert "Котова И. Л.: kotova@north.example." in chosen
        assert "почта сотрудников продавца" in done(run("manager", "address", "Котова И. Л."))
