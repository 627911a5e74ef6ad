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
