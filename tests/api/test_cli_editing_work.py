"""`abonement work edit`: many works at once, shown first (H10, H14)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from entitlements.work import WorkEntry
from tests.api.test_cli import INN, Run, done, installed, opened


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open, with two works of one ticket."""
    with installed(engine, tmp_path) as run:
        opened(run)
        for hour in ("10", "12"):
            words = ("--worked", "1:30", "--at", f"2026-10-05 {hour}:00", "--service", "remote_work")
            done(run("work", "log", "--inn", INN, *words, "--ticket", "SD-1"))
        yield run


def entries(engine: Engine) -> int:
    with Session(engine) as session:
        return session.exec(select(func.count()).select_from(WorkEntry)).one()


def test_an_edit_is_shown_and_then_done_h10_h14(shop: Run, engine: Engine) -> None:
    edit = ("work", "edit", "--inn", INN, "--ticket", "SD-1", "--set-charge", "goodwill")
    shown = done(shop(*edit, "--dry-run"))
    assert "Работ будет изменено: 2." in shown
    assert "Сверх лимита" in shown
    assert entries(engine) == 2
    assert "Работ изменено: 2." in done(shop(*edit))
    assert entries(engine) == 6
    assert "всё уже так" in done(shop(*edit))
    nothing = shop("work", "edit", "--ticket", "SD-1")
    assert (nothing.exit_code, "что изменить" in nothing.stderr) == (2, True)
