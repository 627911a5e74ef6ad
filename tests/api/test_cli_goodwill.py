"""`abonement goodwill` and `abonement work overlaps`: what engineers give, and what they logged twice (H9, H10)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from api.database import transaction
from contracts.parties import Client, Entity, Seller
from tests.api.test_cli import INN, Run, done, installed, opened
from tests.builders import Customer, a_plan, a_sale, moment


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open, whose client's plan lets engineers give half an hour a month."""
    with installed(engine, tmp_path) as run:
        opened(run)
        with transaction(engine) as session:
            a_plan(session, "generous", goodwill_minutes=30)
            entity = session.exec(select(Entity)).one()
            seller, owner = session.get_one(Seller, 1), session.get_one(Client, entity.client_id)
            customer = Customer(owner, entity, ("800123456",))
            a_sale(session, seller, customer, "generous", at=moment("2026-09-01 12:00"), starts_on=date(2026, 10, 1))
        yield run


def test_the_budget_is_shown_and_more_is_allowed_by_name_h9(shop: Run) -> None:
    log = ("work", "log", "--inn", INN, "--on", "2026-10-05", "--charge", "goodwill")
    done(shop(*log, "--worked", "0:20"))
    refused = shop(*log, "--worked", "0:20")
    assert (refused.exit_code, "исчерпан" in refused.stderr) == (2, True)
    allow = ("goodwill", "allow", "--inn", INN, "--minutes", "0:30", "--by", "Орлова Н. В.", "--reason", "Ошибка")
    assert "2026-10: ещё 30 мин" in done(shop(*allow, "--key", "G-1"))
    done(shop(*allow, "--key", "G-1"))
    done(shop(*log, "--worked", "0:20"))
    shown = " ".join(done(shop("goodwill", "show", "--inn", INN)).split())
    assert "1 2026-10 30 60 40 20 Орлова Н. В.: 30, Ошибка" in shown
    nothing = done(shop("goodwill", "show", "--inn", INN, "--month", "2026-09"))
    assert "не ограничивает" in nothing


def test_overlapping_works_are_named_listed_and_counted_before_the_close_h10(shop: Run) -> None:
    log = ("work", "log", "--inn", INN, "--engineer", "Ильин А. С.", "--service", "remote_work", "--worked", "1:00")
    assert "Пересекаются" not in done(shop(*log, "--at", "2026-10-05 10:00", "--key", "A"))
    assert "Пересекаются на 15 мин: cli A, cli B." in done(shop(*log, "--at", "2026-10-05 10:45", "--key", "B"))
    listed = " ".join(done(shop("work", "overlaps", "--from", "2026-10-01", "--until", "2026-10-31")).split())
    assert "Ильин А. С. cli A 1 2026-10-05 10:00 60 cli B 1 2026-10-05 10:45 60 15" in listed
    assert "Пересечений нет" in done(shop("work", "overlaps", "--from", "2026-10-06", "--until", "2026-10-31"))
    tried = done(shop("close-month", "2026-10", "--dry-run", at="2026-11-10 10:00"))
    assert "Пересекаются работы инженеров: 1." in tried
