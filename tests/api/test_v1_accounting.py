"""The general journal over HTTP and from the command line (M4, E4)."""

import csv
import io
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from api.database import transaction
from tests.api.conftest import House
from tests.api.test_cli import done, installed, opened
from tests.builders import closed, worked


def test_the_journal_of_a_month_balances_and_is_a_file_too_e4(house: House) -> None:
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-05 09:00", 150)
        act = closed(session, house.seller, house.own, date(2026, 10, 1)).act
    path = f"/v1/journals/2026-10{{}}?seller_id={house.seller.id}&language=en"
    told = house.get("accountant", path.format("")).json()
    acted = [one for one in told["entries"] if (one["source"], one["operation"]) == ("act", "revenue")]
    assert [(one["number"], one["amount"], one["on"]) for one in acted] == [(act.number, str(act.total), "2026-10-31")]
    assert {one["account"] for one in told["turnovers"]} == {"62.01", "68.02", "90.01", "90.03"}
    debits, credits = ([round(100 * float(one[side])) for one in told["turnovers"]] for side in ("debit", "credit"))
    assert sum(debits) == sum(credits) > 0
    answer = house.get("accountant", path.format(".csv"))
    assert 'filename="journal-2026-10.csv"' in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[-1] for row in rows[1:]] == [one["key"] for one in told["entries"]]
    book = CalamineWorkbook.from_filelike(io.BytesIO(house.get("accountant", path.format(".xlsx")).content))
    assert len(book.get_sheet_by_index(0).to_python()) == len(rows)


def test_the_journal_is_for_who_keeps_the_books(house: House) -> None:
    assert house.get("sales", "/v1/journals/2026-10?seller_id=1").json()["code"] == "ROLE_NOT_ALLOWED"
    assert house.get("accountant", "/v1/journals/2026-10?seller_id=999").json()["code"] == "SELLER_UNKNOWN"


def test_the_journal_is_shown_and_written_by_a_command(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        said = done(run("journal", "2026-10", "--csv", "a.csv", "--xlsx", "a.xlsx"))
        assert said.splitlines()[:3] == ["Записано: a.csv", "Записано: a.xlsx", "2026-10: проводок 2"]
        assert "90.01" in said


def test_a_reconciliation_act_is_issued_once_with_its_paper_p1(house: House) -> None:
    wanted = {"seller_id": house.seller.id, "entity_id": house.own.entity.id}
    wanted |= {"starts_on": "2026-10-01", "last_day": "2026-10-05"}
    told = house.post("accountant", "/v1/reconciliation-acts", wanted, once="a").json()
    assert (told["number"], told["opening"], told["closing"]) == ("2026-0001", "0.00", "0.00")
    assert house.post("accountant", "/v1/reconciliation-acts", wanted, once="a").json() == told
    paper = house.get("accountant", f"/v1/papers/{told['paper_id']}").json()
    assert (paper["kind"], paper["number"], paper["client_id"]) == ("reconciliation", "2026-0001", house.own.id)
    assert house.get("client", f"/v1/papers/{told['paper_id']}").json() == paper
    assert house.post("sales", "/v1/reconciliation-acts", wanted).json()["code"] == "ROLE_NOT_ALLOWED"
    late = house.post("accountant", "/v1/reconciliation-acts", wanted | {"last_day": "2026-10-06"})
    assert (late.status_code, late.json()["field"]) == (422, "last_day")


def test_a_reconciliation_act_is_issued_and_printed_by_a_command(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        span = ["--from", "2026-07-01", "--until", "2026-09-30"]
        said = done(run("reconciliation-act", "--inn", "7707083893", *span, "--pdf", "act.pdf"))
        assert [" ".join(line.split()) for line in said.splitlines()] == [
            "Акт сверки 2026-0001",
            "Сальдо на начало 0.00 RUB",
            "Дебет 0.00 RUB",
            "Кредит 0.00 RUB",
            "Сальдо на конец 0.00 RUB",
            "Записано: act.pdf",
        ]
        assert (tmp_path / "act.pdf").read_bytes().startswith(b"%PDF-")
