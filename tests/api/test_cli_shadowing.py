"""`abonement shadow`: a plan that runs beside the live one, set, listed, reported and ended (H15)."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.database import transaction
from contracts.parties import Seller
from tests.api.test_cli import Run, done, installed, opened
from tests.builders import a_client, a_plan, a_sale, moment, worked

WHO = ("--by", "Котова И. Л.", "--reason", "К продлению")
DAYS = ("--starts-on", "2026-09-01", "--last-day", "2026-09-30")


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[tuple[Run, str]]:
    """A shop with a client who worked beyond the hours of September 2026, and the client's INN."""
    with installed(engine, tmp_path) as run:
        opened(run)
        with transaction(engine) as session:
            a_plan(session, "support")
            a_plan(session, "more", kind="support", included_minutes=240)
            client, seller = a_client(session), session.get_one(Seller, 1)
            a_sale(session, seller, client, "support", starts_on=date(2026, 9, 1), at=moment("2026-09-01"))
            worked(session, client, "2026-09-08 10:00", 100)
            inn = client.entity.inn
        yield run, inn


def test_a_shadow_plan_is_set_once_and_reported_h15(shop: tuple[Run, str]) -> None:
    run, inn = shop
    assert "Теневых планов нет" in done(run("shadow", "list"))
    new = ("shadow", "set", "--inn", inn, "--plan", "more", *DAYS, *WHO, "--key", "S-1")
    assert [("Теневой план 1" in done(run(*new))) for _ in range(2)] == [True, True]
    assert "more v1 клиент 2 2026-09-01 2026-09-30" in " ".join(done(run("shadow", "list")).split())
    shown = " ".join(done(run("shadow", "report", "1")).split())
    assert "Ромашка 0 0 0 0 → 0 1:45 → 1:45 0:45 → 0:00 3011.30 → 986.30" in shown
    (told,) = json.loads(done(run("shadow", "report", "1", "--json")))
    assert told["total"]["tried"]["charged"] == "0.00"
    (listed,) = json.loads(done(run("shadow", "list", "--inn", inn, "--json")))
    assert (listed["plan"], listed["ended_at"]) == ("more", None)


def test_one_of_all_clients_on_a_plan_is_ended_with_a_reason_h15(shop: tuple[Run, str]) -> None:
    run, _ = shop
    ahead = ("--starts-on", "2090-01-01", "--last-day", "2090-12-31")
    done(run("shadow", "set", "--of-plan", "support", "--plan", "more", *ahead, *WHO))
    assert "Дней ещё не было" in done(run("shadow", "report", "1"))
    assert "закончен" in done(run("shadow", "end", "1", *WHO))
    second = run("shadow", "end", "1", *WHO)
    assert (second.exit_code, "Теневой план уже закончился" in second.stderr) == (2, True)
