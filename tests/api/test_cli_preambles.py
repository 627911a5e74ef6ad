"""`abonement preamble`: who signs a contract, shown and approved at the command line (P3)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from api.database import transaction
from contracts.parties import Entity
from tests.api.test_cli import INN, Run, done, installed, opened

RIGHT = "в лице директора Зайца Ивана Петровича, действующего на основании Устава"


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open, for whose client somebody with a difficult surname signs."""
    with installed(engine, tmp_path) as run:
        opened(run)
        with transaction(engine) as session:
            entity = session.exec(select(Entity)).one()
            entity.signatory_name, entity.signatory_post = "Заяц Иван Петрович", "Директор"
            entity.signatory_basis = "Устав"
        yield run


def test_a_doubtful_preamble_is_told_at_the_sale_and_approved_p3(shop: Run) -> None:
    shown = done(shop("preamble", "show", "--inn", INN))
    assert ("Заяца Ивана Петровича" in shown, "Проверить" in shown) == (True, True)
    sell = ("sell", "--inn", INN, "--plan", "service-8h", "--months", "6", "--price", "90000.00", "--dry-run")
    assert "Проверить преамбулу  в лице директора Заяца" in done(shop(*sell, at="2026-09-02 10:00"))
    assert RIGHT in done(shop("preamble", "approve", "--inn", INN, "--phrase", RIGHT))
    assert "Утверждена  да" in done(shop("preamble", "show", "--inn", INN))
    assert "Проверить" not in done(shop(*sell, at="2026-09-02 10:00"))


def test_what_is_proposed_is_approved_without_typing_it_again_p3(shop: Run) -> None:
    assert "Заяца Ивана Петровича" in done(shop("preamble", "approve", "--inn", INN))
    assert "Утверждена  нет" in done(shop("preamble", "show"))


def test_the_names_of_english_papers_are_shown_and_changed_p3(shop: Run) -> None:
    shown = done(shop("preamble", "english", "--inn", INN))
    assert "Zaiats Ivan Petrovich" in shown
    assert "papers correct" in done(shop("client", "change", INN, "--name-en", "Camomile LLC"))
    assert "Camomile LLC (" in done(shop("preamble", "english", "--inn", INN))
    done(shop("client", "change", INN, "--name-en", ""))
    assert done(shop("preamble", "english", "--inn", INN)) == shown
