"""Closed months hang on each other, and a change made behind the product's back is found and named (P5)."""

import hashlib
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from sqlmodel import Session, select

from api.schema import Rule
from contracts.appending import append_all
from contracts.terms import Term
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from documents.sealing import seal_breaches, seals_to_come
from documents.seals import StatementSeal
from entitlements.granting import give_minutes
from entitlements.hours_facts import GrantKind
from tests.builders import a_client
from tests.documents.market import CLOSED_AT, NOVEMBER, OCTOBER, Market, sheet_of
from tests.rows import lift


@pytest.fixture
def chained(market: Market) -> Market:
    """Three closed months of one client: September without work, October with two entries, November with one."""
    market.sell(starts_on=date(2026, 9, 1))
    market.close(date(2026, 9, 1))
    year, pool = Term.of_months(OCTOBER, 12), (market.customer.id, market.seller.id)
    bought = {"reason": "Бонус", "source_key": "bonus", "at": CLOSED_AT}
    give_minutes(market.session, *pool, GrantKind.BONUS, 600, year, **bought)
    market.work("2026-10-05 10:00", 90, ticket="SD-1")
    market.work("2026-10-06 10:00", 30, ticket="SD-2")
    market.close(OCTOBER)
    market.work("2026-11-03 10:00", 30, ticket="SD-3")
    market.close(NOVEMBER)
    return market


def found(session: Session) -> list[tuple[str, str, str]]:
    session.flush()
    told = seal_breaches(session, tell=lambda more: None)
    return [(one.subject, one.found, one.right) for one in told]


def change(session: Session, table: str, how: str) -> None:
    """Change rows past the triggers, as who owns the database can."""
    connection = session.connection()
    lift(session, Rule("kept" if table == "paper" else "append_only", table))
    assert connection.exec_driver_sql(how).rowcount > 0


def test_each_statement_names_the_seal_of_the_one_before_p5(chained: Market) -> None:
    session = chained.session
    seals = session.exec(select(StatementSeal).order_by(StatementSeal.id)).all()
    papers = [session.get_one(Paper, seal.paper_id) for seal in seals]
    sheets = [sheet_of(paper) for paper in papers]
    assert [seal.sha256 for seal in seals] == [hashlib.sha256(one.sheet.encode()).hexdigest() for one in papers]
    assert [one.chain.previous_sha256 for one in sheets] == ["", seals[0].sha256, seals[1].sha256]
    assert [one.chain.previous_number for one in sheets] == ["", sheets[0].number, sheets[1].number]
    assert [len(seal.record.split("\n")) for seal in seals] == [2, 4, 3]
    assert found(session) == []


OF_OCTOBER = "statement_id = (SELECT id FROM statement WHERE month = '2026-10-01')"
LOT = f"(SELECT min(id) FROM closing_lot WHERE {OF_OCTOBER})"
CHANGES = {
    "SET bonus_minutes = 0, paid_minutes = bonus_minutes WHERE position = 1": (
        "statement_line",
        ", line 1",
    ),
    "SET rate_minor = 1 WHERE position = 2": ("statement_line", ", line 2"),
    "SET engineer = 'Другой' WHERE ticket = 'SD-2'": ("work_entry", ", line 2"),
    "SET started_at = '2026-10-05 09:00:00+00:00' WHERE ticket = 'SD-1'": ("work_entry", ", line 1"),
    "SET object_until = '2026-12-31' WHERE month = '2026-10-01'": ("statement", ""),
    f"SET minutes = minutes + 60 WHERE id = {LOT}": ("closing_lot", ", what it left to the next month"),
    f"SET record = replace(record, 'a', 'b') WHERE {OF_OCTOBER}": ("statement_seal", ", its seal"),
    f"SET sha256 = 'x' WHERE {OF_OCTOBER}": ("statement_seal", ", its paper's data"),
    f"SET previous_sha256 = '' WHERE {OF_OCTOBER}": ("statement_seal", ", the statement before it"),
}


@pytest.mark.parametrize("how", CHANGES, ids=lambda how: CHANGES[how][0])
def test_a_change_behind_the_products_back_is_found_where_it_was_made_p5(chained: Market, how: str) -> None:
    table, place = CHANGES[how]
    change(chained.session, table, f"UPDATE {table} {how}")
    first, *_ = found(chained.session)
    assert first[0] == f"statement 2026-0002, client {chained.customer.id}{place}"


def test_a_changed_paper_and_a_lost_line_are_found_p5(chained: Market) -> None:
    other = "UPDATE paper SET sheet = replace(sheet, 'SD-2', 'SD-9') WHERE kind = 'statement'"
    change(chained.session, "paper", other)
    [changed] = found(chained.session)
    assert changed[0].endswith("its paper's data")
    change(chained.session, "statement_line", "DELETE FROM statement_line WHERE position = 2")
    assert [(subject.split(", ")[-1], now) for subject, now, _ in found(chained.session)][1:] == [("line 2", "none")]


def test_a_month_that_is_sealed_anew_no_longer_hangs_with_the_next_p5(chained: Market) -> None:
    """Whoever makes a month and its seal fit again has to change every later paper too, which the client holds."""
    session = chained.session
    change(session, "statement_seal", f"DELETE FROM statement_seal WHERE {OF_OCTOBER}")
    subjects = [subject for subject, *_ in found(session)]
    assert [subject[10:19] for subject in subjects] == ["2026-0002", "2026-0003"]
    assert subjects[1].endswith("the statement before it")


def test_the_first_statement_of_each_client_hangs_on_nothing(chained: Market) -> None:
    neighbour = replace(chained, customer=a_client(chained.session, "Лютик"))
    neighbour.sell()
    chain = neighbour.statement().chain
    assert chain is not None
    assert (chain.previous_number, chain.previous_sha256) == ("", "")
    assert found(chained.session) == []


def test_months_from_before_the_chain_are_sealed_as_they_stand_p5(chained: Market) -> None:
    """Their papers, which say nothing of a chain, stay as they were issued; the next statement hangs on them."""
    session = chained.session
    change(session, "statement_seal", "DELETE FROM statement_seal")
    lift(session, Rule("kept", "paper"))
    for paper in session.exec(select(Paper).where(Paper.kind == PaperKind.STATEMENT)).all():
        paper.sheet = msgspec.json.encode(replace(sheet_of(paper), chain=None)).decode()
    session.flush()
    made = [{**seal, "sealed_at": CLOSED_AT} for seal in seals_to_come(session)]
    append_all(session, StatementSeal, made)
    assert found(session) == []
    chained.work("2026-12-03 10:00", 30)
    chain = chained.statement(date(2026, 12, 1)).chain
    assert chain is not None
    assert chain.previous_sha256 == made[-1]["sha256"]
    assert found(session) == []
    change(session, "work_entry", "UPDATE work_entry SET engineer = 'Другой' WHERE ticket = 'SD-1'")
    [(subject, *_)] = found(session)
    assert subject == f"statement 2026-0002, client {chained.customer.id}, line 1"
