"""`abonement hold`: what is held, and how it is settled, extended and given back (H12)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.database import transaction
from entitlements.desk import Caller, hold
from tests.api.test_cli import FOREIGN_INN, INN, Run, done, installed, opened
from tests.builders import ask, asked, moment


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open, with half an hour held for a ticket until 18 October 2026, 10:00."""
    with installed(engine, tmp_path) as run:
        opened(run)
        with transaction(engine) as session:
            at = moment("2026-10-15 10:00")
            _, placed = hold(session, Caller({"id": 1}), ask("2026-10-15 10:00", 30), asked(at, ticket="SD-1"))
        assert placed is not None
        yield run


def listed(shop: Run, *more: str, at: str = "2026-10-15 10:00") -> list[tuple[int, int]]:
    return [(one["id"], one["minutes"]) for one in json.loads(done(shop("hold", "list", "--json", *more, at=at)))]


def test_live_holds_are_shown_until_they_lapse_h12(shop: Run) -> None:
    assert "1 1 SD-1 30 2026-10-18T10:00+03:00" in " ".join(done(shop("hold", "list")).split())
    assert listed(shop, "--inn", INN) == [(1, 30)]
    assert listed(shop, at="2026-10-18 10:00") == []
    assert "Резервов нет" in done(shop("hold", "list", at="2026-10-18 10:00"))
    assert shop("hold", "list", "--inn", FOREIGN_INN).exit_code == 2


def test_a_hold_is_extended_and_settled_by_a_part_once_d8(shop: Run) -> None:
    for _ in range(2):
        assert "теперь 2" in done(shop("hold", "extend", "1", "--hours", "100", "--key", "a"))
    assert listed(shop, at="2026-10-19 13:59") == [(2, 30)]
    over = shop("hold", "settle", "2", "--minutes", "31")
    assert (over.exit_code, "от 0 до 30" in over.stderr) == (2, True)
    for _ in range(2):
        assert "15 мин" in done(shop("hold", "settle", "2", "--minutes", "15", "--key", "b"))
    assert listed(shop) == []
    assert shop("hold", "settle", "2").exit_code == 2


def test_a_hold_is_given_back(shop: Run) -> None:
    assert "снят" in done(shop("hold", "release", "1"))
    assert listed(shop) == []
