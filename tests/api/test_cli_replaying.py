"""`abonement replay`: months side by side on the screen, as JSON and as a PDF (H15)."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.database import transaction
from contracts.parties import Seller
from tests.api.test_cli import Run, done, installed, opened
from tests.builders import a_client, a_plan, a_sale, closed, moment, worked
from tests.documents.reading import whole_text


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[tuple[Run, str]]:
    """A shop with a client whose September of 2026 is closed, and the client's INN."""
    with installed(engine, tmp_path) as run:
        opened(run)
        with transaction(engine) as session:
            a_plan(session, "support")
            a_plan(session, "more", kind="support", included_minutes=240)
            client, seller = a_client(session), session.get_one(Seller, 1)
            a_sale(session, seller, client, "support", starts_on=date(2026, 9, 1), at=moment("2026-09-01"))
            worked(session, client, "2026-09-08 10:00", 100)
            closed(session, seller, client, date(2026, 9, 1))
            inn = client.entity.inn
        yield run, inn


def test_months_are_shown_told_and_printed_side_by_side_h15(shop: tuple[Run, str], tmp_path: Path) -> None:
    run, inn = shop
    asked = (
        "replay",
        "--inn",
        inn,
        "--from",
        "2026-09",
        "--to",
        "2026-09",
        "--plan",
        "more",
        "--set",
        "quantum_minutes=60",
    )
    shown = " ".join(done(run(*asked)).split())
    assert "2026-09 1:40 1:45 → 2:00 1:00 → 4:00 1:00 → 2:00 0:00 → 2:00 0:45 → 0:00 2025.00 → 0.00" in shown
    assert "Вопросов: 0; другой ответ: 0; другой остаток: 0." in shown
    told = json.loads(done(run(*asked, "--json")))
    assert [month["tried"]["charged"] for month in told["months"]] == ["0.00"]
    file = tmp_path / "replay.pdf"
    assert "replay.pdf" in done(run(*asked, "--pdf", str(file), "--language", "en"))
    assert "The client pays, incl. VAT" in whole_text(file.read_bytes())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--plan", "nothing"), "more"),
        (("--version", "1"), "--plan"),
        (("--set", "quantum=30"), "quantum_minutes"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_what_there_is_h15(
    shop: tuple[Run, str], words: tuple[str, ...], said: str
) -> None:
    run, inn = shop
    result = run("replay", "--inn", inn, "--from", "2026-09", "--to", "2026-09", *words)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
