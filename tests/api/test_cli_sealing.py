"""`abonement verify-statements`: what it says and with which status (P5)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.database import transaction
from api.schema import Rule
from tests.api.test_cli import Run, done, installed
from tests.builders import a_client, a_plan, a_seller, its_catalogue
from tests.documents.market import Market


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop whose October is closed with one line."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        market = Market(session, a_seller(session), a_client(session))
        market.sell()
        market.work("2026-10-05 10:00", 30, ticket="SD-1")
        market.close()
    with installed(engine, tmp_path) as run:
        yield run


def test_months_as_they_were_closed_give_status_0(shop: Run) -> None:
    assert done(shop("verify-statements")) == "Исключений: 0\n"


def test_a_changed_line_is_named_with_status_1(shop: Run, engine: Engine) -> None:
    with transaction(engine) as session:
        connection = session.connection()
        for statement in Rule("append_only", "work_entry").lifting(engine.dialect.name):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("UPDATE work_entry SET ticket = 'SD-2'")
    found = shop("verify-statements")
    assert found.exit_code == 1
    assert "P5 statement 2026-0001, client 1, line 1" in " ".join(found.stdout.split())
    assert found.stdout.endswith("Исключений: 1\n")
