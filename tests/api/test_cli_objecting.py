"""`abonement objection`: what clients object to, answered and decided once (P6)."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.database import transaction
from contracts.parties import Seller
from entitlements.objecting import object_to
from tests.api.test_cli import Run, done, installed, opened
from tests.builders import a_client, a_plan, a_sale, closed, moment, worked


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open, with an objection to the one line of September 2026."""
    with installed(engine, tmp_path) as run:
        opened(run)
        with transaction(engine) as session:
            a_plan(session, "support")
            client, seller = a_client(session), session.get_one(Seller, 1)
            a_sale(session, seller, client, "support", starts_on=date(2026, 9, 1), at=moment("2026-09-01"))
            worked(session, client, "2026-09-08 10:00", 30)
            month = closed(session, seller, client, date(2026, 9, 1))
            assert month is not None
            at = moment("2026-10-02 10:00")
            object_to(session, month.statement.id, 1, text="Было 15 минут", said_by="Седова", at=at)
        yield run


def test_an_objection_is_listed_answered_and_decided_once_p6(shop: Run) -> None:
    assert "2026-09 1 Было 15 минут undecided" in " ".join(done(shop("objection", "list")).split())
    assert "ответ записан" in done(shop("objection", "comment", "1", "Проверим", "--by", "Орлова Н. В."))
    decide = ("objection", "decide", "1", "--by", "Орлова Н. В.", "--reason", "Верно")
    assert "1: upheld" in done(shop(*decide, "upheld", "--minutes", "15"))
    second = shop(*decide, "rejected")
    assert (second.exit_code, "Орлова Н. В." in second.stderr) == (2, True)
    shown = done(shop("objection", "show", "1"))
    assert all(words in shown for words in ("Было 15 минут", "Проверим", "Верно"))
    assert "Возражений нет" in done(shop("objection", "list", "--state", "undecided"))
    (one,) = json.loads(done(shop("objection", "list", "--json")))
    assert (one["state"], one["standing_minutes"], one["decided_by"]) == ("upheld", 15, "Орлова Н. В.")
