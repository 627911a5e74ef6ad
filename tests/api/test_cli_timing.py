"""`abonement timer`: an engineer's clock on the command line (H10)."""

import json

import pytest
from sqlalchemy import Engine

from entitlements.work import WorkEntry
from tests.api.test_cli import INN, Run, done, installed, one, opened


@pytest.fixture
def shop(engine: Engine, tmp_path):
    """A shop that is open."""
    with installed(engine, tmp_path) as run:
        yield opened(run)


def test_a_timer_runs_between_commands_and_is_logged_once_h10(shop: Run, engine: Engine) -> None:
    start = ("timer", "start", "--inn", INN, "--engineer", "Ильин А. С.", "--ticket", "SD-1", "--key", "T-1")
    assert "Таймер 1 идёт" in done(shop(*start))
    assert "Таймер 1 идёт" in done(shop(*start, at="2026-10-15 10:05"))
    second = shop("timer", "start", "--inn", INN, "--engineer", "Ильин А. С.")
    assert (second.exit_code, "таймер" in second.stderr) == (2, True)
    assert "на паузе: 20 мин" in done(shop("timer", "pause", "1", "--at", "2026-10-15 10:20", at="2026-10-15 10:30"))
    assert "снова идёт" in done(shop("timer", "resume", "1", at="2026-10-15 11:00"))
    listed = " ".join(done(shop("timer", "list", at="2026-10-16 10:00")).split())
    assert "Ильин А. С. 1 SD-1 running 2026-10-15T10:00+03:00 1400 да" in listed
    stop = ("timer", "stop", "1", "--at", "2026-10-15 11:10", "--summary", "Перенос остатков")
    assert "работа 1, 30 мин" in done(shop(*stop, at="2026-10-16 10:00"))
    again = shop(*stop, at="2026-10-16 10:00")
    assert (again.exit_code, "остановлен" in again.stderr) == (2, True)
    entry = one(engine, WorkEntry, source="timer")
    assert (entry.worked_minutes, entry.summary, entry.external_id) == (30, "Перенос остатков", "1")
    assert "Таймеров нет" in done(shop("timer", "list"))
    assert json.loads(done(shop("timer", "list", "--json"))) == []
