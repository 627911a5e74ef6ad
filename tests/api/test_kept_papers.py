"""A paper stays as it was issued (P2): both databases refuse what would change or remove one, but not to print it."""

import sqlite3
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api.database import transaction
from api.schema import metadata
from documents.papers import WHILE_PRINTING, Paper, PaperState
from tests.api.test_append_only import ways_of_changing
from tests.rows import NOW, put_row

TABLE = metadata.tables["paper"]
ISSUED = [column.name for column in TABLE.columns if column.name not in WHILE_PRINTING]
PRINTED = {"state": PaperState.RENDERED, "sha256": "1" * 64, "size_bytes": 9, "store_key": "k", "rendered_at": NOW}
OTHERS: dict[str, Any] = {"kind": "'act'", "language": "'en'", "issued_at": "'2020-01-01 00:00:00+00:00'", "form_id": 1}
SAID = {"number", "sheet", "issued_sha256", "reason", "issued_by"}


def refused(session: Session, statement: str) -> None:
    before = session.execute(TABLE.select()).all()
    with pytest.raises(IntegrityError, match="append_only: paper"), session.begin_nested():
        session.execute(text(statement))
    assert session.execute(TABLE.select()).all() == before


@pytest.mark.parametrize("name", ISSUED)
def test_nothing_that_a_paper_says_is_changed_even_before_it_is_printed_p2(session: Session, name: str) -> None:
    put_row(session, Paper)
    other = OTHERS.get(name, "'x'" if name in SAID else f"{name} + 1")
    refused(session, f"UPDATE paper SET {name} = {other}")


@pytest.mark.parametrize(
    "way", ["state = 'queued', sha256 = NULL", *(f"{name} = NULL" for name in PRINTED), "attempts = 9"]
)
def test_a_printed_paper_is_not_changed_at_all_p2(session: Session, way: str) -> None:
    put_row(session, Paper, **PRINTED)
    refused(session, f"UPDATE paper SET {way}")


@pytest.mark.parametrize("printed", [{}, PRINTED], ids=["queued", "printed"])
def test_a_paper_is_neither_removed_nor_replaced_p2(session: Session, printed: dict[str, Any]) -> None:
    put_row(session, Paper, **printed)
    removals = [way for way in ways_of_changing(TABLE, session.get_bind().dialect.name) if "UPDATE OR" not in way]
    for way in removals:
        if way.startswith(("DELETE", "TRUNCATE", "MERGE", "INSERT OR")):
            refused(session, way)


def test_the_key_of_a_paper_is_not_changed_under_another_name_p2(sqlite_engine: Engine) -> None:
    with transaction(sqlite_engine) as session:
        put_row(session, Paper)
        for name in ("rowid", "oid", "_rowid_"):
            refused(session, f"UPDATE paper SET {name} = {name} + 1")


def test_another_program_cannot_replace_a_paper_in_the_file_p2(sqlite_engine: Engine) -> None:
    """It has `recursive_triggers` off, as SQLite has by default, so that REPLACE asks no DELETE trigger."""
    with transaction(sqlite_engine) as session:
        put_row(session, Paper)
    other = sqlite3.connect(str(sqlite_engine.url.database))
    try:
        with pytest.raises(sqlite3.IntegrityError, match="append_only: paper"):
            other.execute("INSERT OR REPLACE INTO paper SELECT * FROM paper")
    finally:
        other.close()


def test_a_paper_is_claimed_fails_and_is_printed_p2(session: Session) -> None:
    """All that a worker writes before it is printed, and the bytes at last."""
    paper = put_row(session, Paper)
    for change in (
        {"claimed_until": NOW, "attempts": 1},
        {"state": PaperState.FAILED, "problem": "x"},
        {"problem": "y"},
    ):
        for name, value in change.items():
            setattr(paper, name, value)
        session.flush()
    for name, value in (PRINTED | {"problem": ""}).items():
        setattr(paper, name, value)
    session.flush()
    session.refresh(paper)
    assert (paper.state, paper.sha256, paper.attempts) == (PaperState.RENDERED, "1" * 64, 1)
