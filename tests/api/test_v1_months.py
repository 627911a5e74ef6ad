"""Closing a month over HTTP, and reading what it made: statement, act, invoice, papers (rules M6, E4, P2)."""

from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlmodel import select

from api.database import reading, transaction
from api.worker import close_what_waits, work
from billing.month_runs import MonthTask, TaskState
from documents.papers import Paper
from entitlements.statements import Statement
from tests.api.conftest import House
from tests.builders import moment, worked

OCTOBER = "/v1/months/2026-10"


def after_october(house: House) -> None:
    """October is over; the first client has used all its minutes and half an hour more."""
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-12 10:00", 90)
    house.clock.at = moment("2026-11-02 10:00")


def close(house: House) -> Any:
    return house.post("accountant", f"{OCTOBER}:close", {"seller_id": house.seller.id})


def progress(house: House) -> dict[str, Any]:
    told: dict[str, Any] = house.get("accountant", f"{OCTOBER}?seller_id={house.seller.id}").json()
    return told


def test_a_month_is_open_closing_and_closed(house: House) -> None:
    after_october(house)
    assert progress(house)["state"] == "open"
    asked = close(house)
    assert (asked.status_code, asked.json()["state"], asked.json()["clients"]) == (202, "closing", 2)
    assert progress(house) == asked.json()
    close_what_waits(house.engine, house.clock)
    assert progress(house) == asked.json() | {"state": "closed", "done": 2}


def test_closing_a_closed_month_again_changes_nothing(house: House) -> None:
    after_october(house)
    close(house)
    close_what_waits(house.engine, house.clock)
    before = house.rows()
    assert close(house).json()["state"] == "closed"
    close_what_waits(house.engine, house.clock)
    assert house.rows() == before


def test_a_month_that_is_not_over_is_not_closed(house: House) -> None:
    before = house.rows()
    answer = close(house)
    assert (answer.status_code, answer.json()["code"], answer.json()["allowed"]) == (
        409,
        "MONTH_NOT_OVER",
        "from 2026-11-01",
    )
    assert house.rows() == before


def test_who_is_parked_is_named_with_the_problem_and_tried_again_when_asked(house: House) -> None:
    after_october(house)
    close(house)
    with transaction(house.engine) as session:
        task = session.exec(select(MonthTask).where(MonthTask.client_id == house.own.id)).one()
        task.state, task.problem = TaskState.PARKED, "RATE_UNKNOWN"
    close_what_waits_once = progress(house)
    assert close_what_waits_once["parked"] == [{"client_id": house.own.id, "problem": "RATE_UNKNOWN"}]
    assert close(house).json()["parked"] == []
    close_what_waits(house.engine, house.clock)
    assert progress(house)["state"] == "closed"


def test_statement_act_and_invoice_say_the_same(house: House) -> None:
    after_october(house)
    close(house)
    close_what_waits(house.engine, house.clock)
    with reading(house.engine) as session:
        mine = Statement.client_id == house.own.id
        statement_id = session.exec(select(Statement.id).where(mine, Statement.month == date(2026, 10, 1))).one()
        papers = session.exec(select(Paper).where(Paper.client_id == house.own.id)).all()
    statement = house.get("own client", f"/v1/statements/{statement_id}").json()
    (line,) = statement["lines"]
    assert (statement["overage_minutes"], statement["total"]) == (30, "1350.00")
    assert (line["included_minutes"], line["overage_minutes"], line["amount"]) == (60, 30, "1350.00")
    subjects = {paper.kind.value: paper.subject_id for paper in papers if paper.issued_at == house.clock()}
    ids_of_acts = [paper.subject_id for paper in papers if paper.kind.value == "act"]
    act = house.get("accountant", f"/v1/acts/{max(ids_of_acts)}").json()
    invoice = house.get("accountant", f"/v1/invoices/{subjects['invoice']}").json()
    assert act["total"] == invoice["total"] == statement["total"]
    assert act["kind"] == "month"
    assert act["lines"] == [line | {"invoice_id": None} for line in invoice["lines"]]
    service = house.get("accountant", f"/v1/acts/{min(ids_of_acts)}").json()
    [year] = service["lines"]
    charged = house.get("accountant", f"/v1/invoices/{year['invoice_id']}").json()
    assert (service["kind"], service["statement_id"], charged["kind"]) == ("service", statement_id, "subscription")
    assert (year["supplied_from"], year["supplied_until"]) == ("2026-10-05", "2026-10-31")
    assert (invoice["tax"], act["statement_id"], subjects["statement"]) == ("243.44", statement_id, statement_id)


def test_a_paper_is_listed_at_once_and_read_once_it_is_printed(house: House, tmp_path: Path) -> None:
    listed = house.get("own client", "/v1/papers").json()
    assert {paper["kind"] for paper in listed} == {"contract", "invoice"}
    path = f"/v1/papers/{listed[0]['id']}/file"
    waiting = house.get("own client", path)
    assert (waiting.status_code, waiting.json()["code"], waiting.json()["state"]) == (
        409,
        "PAPER_NOT_PRINTED",
        "queued",
    )
    work(house.engine, house.app.state.settings, Event(), once=True, clock=house.clock)
    printed = house.get("own client", path)
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.content.startswith(b"%PDF")
    told = house.get("own client", f"/v1/papers/{listed[0]['id']}").json()
    assert (told["state"], told["size_bytes"]) == ("rendered", len(printed.content))
    assert printed.headers["etag"] == f'"{told["sha256"]}"'
    assert printed.headers["content-disposition"].startswith("attachment;")


def test_papers_come_in_pages(house: House) -> None:
    path = f"/v1/papers?client_id={house.own.id}"
    (first,) = house.get("sales", f"{path}&limit=1").json()
    (second,) = house.get("sales", f"{path}&limit=1&after={first['id']}").json()
    assert first["id"] < second["id"]
    assert house.get("sales", f"{path}&after={second['id']}").json() == []


@pytest.mark.parametrize(
    ("query", "code"),
    [("", "CLIENT_REQUIRED"), ("?client_id=999", "CLIENT_UNKNOWN"), ("?client_id=1&limit=0", "FIELD_WRONG")],
)
def test_the_staff_must_say_whose_papers(common_house: House, query: str, code: str) -> None:
    answer = common_house.get("sales", f"/v1/papers{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
