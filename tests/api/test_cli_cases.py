"""`abonement case`: which requests wait beyond the hours, and one decision for all of them (D6)."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.database import transaction
from contracts.parties import Seller
from tests.api.test_cli import INN, Run, done, installed, opened
from tests.builders import a_client, a_plan, a_sale, held, moment


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open, with a request that waits since 14 October 2026."""
    with installed(engine, tmp_path) as run:
        opened(run)
        with transaction(engine) as session:
            a_plan(session, "on-request", over_limit="approve")
            client, seller = a_client(session), session.get_one(Seller, 1)
            a_sale(session, seller, client, "on-request", starts_on=date(2026, 10, 1), at=moment("2026-10-01"))
            held(session, client, "2026-10-14 10:00", 120)
        yield run


def test_a_case_is_listed_and_decided_by_who_saw_its_state_d6(shop: Run) -> None:
    assert "2026-10 new 1" in " ".join(done(shop("case", "list", "--state", "new")).split())
    assert json.loads(done(shop("case", "list", "--json", "--month", "2026-11"))) == []
    assert "Перерасходов нет" in done(shop("case", "list", "--inn", INN))
    decide = ("case", "decide", "1")
    assert "1: bill" in done(shop(*decide, "bill", "--by", "Орлова Н. В.", "--note", "Отчёт"))
    second = shop(*decide, "refuse", "--by", "Петров")
    assert (second.exit_code, "Орлова Н. В." in second.stderr) == (2, True)
    assert "1: forgiven" in done(shop(*decide, "forgiven", "--seen", "bill", "--by", "Петров"))
    (one,) = json.loads(done(shop("case", "list", "--json")))
    assert (one["state"], one["waiting_requests"], one["decided_by"]) == ("forgiven", 0, "Петров")
