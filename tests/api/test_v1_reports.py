"""Reports over HTTP and from the command line: rows, files, rates, and what they refuse."""

import csv
import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from api.database import transaction
from tests.api.conftest import House
from tests.api.test_cli import done, installed, opened
from tests.builders import worked

SPAN = "from=2026-10&until=2026-11"
RATE = {"engineer": "Ильин А. С.", "hour_cost": "1200.00", "valid_from": "2026-01-01"}


def asked(house: House, what: str, role: str = "accountant", span: str = SPAN) -> dict[str, object] | list[object]:
    return house.get(role, f"/v1/reports/{what}?seller_id={house.seller.id}&{span}").json()


def test_hours_are_reported_by_client_manager_and_month_e3(house: House) -> None:
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-05 09:00", 30)
    house.post("sales", f"/v1/clients/{house.own.id}:assign", {"manager": "Котова"})
    rows = asked(house, "hours")
    assert [(row["client"], row["month"]) for row in rows] == [("Василёк", "2026-10"), ("Ромашка", "2026-10")]
    (own,) = asked(house, "hours", span=f"{SPAN}&manager=Котова")
    assert (own["given_minutes"], own["used_minutes"], own["closing_minutes"]) == (60, 30, 30)
    assert asked(house, "hours", span=f"{SPAN}&client_id={house.own.id}") == [own]
    assert asked(house, "hours", span=f"{SPAN}&client_id=999")["code"] == "CLIENT_UNKNOWN"


def test_denied_demand_is_reported_by_reason_and_request_d2(house: House) -> None:
    check = {"client": {"id": house.own.id}, "service": "unknown_help", "requested_minutes": 60, "mode": "hold"}
    answer = house.post("desk", "/v1/entitlement-checks", check | {"ticket": "SD-1"}).json()
    assert answer["reason"] == "SERVICE_NOT_INCLUDED", answer
    told = asked(house, "denied-demand")
    (group,), (request,) = told["by_reason"], told["requests"]
    assert group == {
        "reason": "SERVICE_NOT_INCLUDED",
        "requests": 1,
        "minutes": 60,
        "unpriced_minutes": 0,
        "sums": [{"amount": "2700.00", "currency": "RUB"}],
    }
    assert (request["ticket"], request["worth"], request["asked_on"]) == ("SD-1", "2700.00", "2026-10-05")


def test_profitability_names_work_without_a_rate_and_has_a_margin_with_one(house: House) -> None:
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-05 09:00", 30, engineer="Ильин А. С.")
    told = asked(house, "profitability")
    (named,) = told["unrated"]
    assert (named["engineer"], named["worked_minutes"]) == ("Ильин А. С.", 30)
    assert next(row for row in told["contracts"] if row["client"] == "Ромашка")["margin"] is None
    assert house.post("accountant", "/v1/engineer-rates", RATE).json()["hour_cost"] == "1200.00"
    (rate,) = house.get("accountant", "/v1/engineer-rates?engineer=Ильин А. С.").json()
    assert (rate["valid_from"], rate["currency"]) == ("2026-01-01", "RUB")
    told = asked(house, "profitability")
    row = next(row for row in told["contracts"] if row["client"] == "Ромашка")
    assert (row["cost"], told["unrated"]) == ("600.00", [])
    assert row["margin"] == f"{float(row['revenue']) - 600:.2f}"


def test_what_engineers_cost_is_not_for_sales(house: House) -> None:
    for path in (f"/v1/reports/profitability?seller_id=1&{SPAN}", "/v1/engineer-rates"):
        assert house.get("sales", path).json()["code"] == "ROLE_NOT_ALLOWED"


@pytest.mark.parametrize(
    "span", ["from=2026-10&until=2026-09", "from=2020-01&until=2026-10", "from=2026&until=2026-10"]
)
def test_months_that_are_none_or_too_many_are_refused(house: House, span: str) -> None:
    answer = house.get("accountant", f"/v1/reports/hours?seller_id={house.seller.id}&{span}")
    assert answer.status_code == 422


@pytest.mark.parametrize("what", ["hours", "denied-demand", "profitability"])
def test_reports_are_files_too(house: House, what: str) -> None:
    path = f"/v1/reports/{what}.{{}}?seller_id={house.seller.id}&{SPAN}&language=en"
    answer = house.get("accountant", path.format("csv"))
    assert f'filename="{what}-2026-10-2026-11.csv"' in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    book = CalamineWorkbook.from_filelike(io.BytesIO(house.get("accountant", path.format("xlsx")).content))
    sheet = book.get_sheet_by_index(0).to_python()
    assert sheet[0] == rows[0]
    assert len(sheet) == len(rows)
    assert house.get("accountant", path.format("pdf")).status_code == 404


def test_reports_are_shown_and_written_by_commands(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        assert "ООО «Ромашка» 2026-10" in " ".join(done(run("report", "hours", "--from", "2026-10")).split())
        done(run("work", "log", "--inn", "7707083893", "--worked", "0:30", "--on", "2026-10-05", "--engineer", "Ильин"))
        refused = run("check", "--inn", "7707083893", "--minutes", "600", "--ticket", "SD-7")
        assert "SD-7" in done(run("report", "denied", "--from", "2026-10", "--until", "2026-12")), refused.stdout
        unknown = run("report", "profit", "--from", "2026-10")
        assert (unknown.exit_code, "Ильин" in unknown.stdout) == (1, True)
        assert "1200.00 RUB за час с 2026-01-01" in done(
            run("engineer", "rate", "Ильин", "1200.00", "--from", "2026-01-01")
        )
        assert "1200.00" in done(run("engineer", "rates"))
        assert "600.00" in done(run("report", "profit", "--from", "2026-10"))
        said = done(run("report", "profit", "--from", "2026-10", "--csv", "a.csv", "--xlsx", "a.xlsx"))
        assert said.splitlines() == ["Записано: a.csv", "Записано: a.xlsx"]
        wrong = run("report", "hours", "--from", "2026-10", "--until", "2026-09")
        assert (wrong.exit_code, "2026-10" in wrong.stderr) == (2, True)
