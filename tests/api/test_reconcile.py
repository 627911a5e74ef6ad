"""Reconciling finds each broken equation and nothing else: E1 to E7 and the archived bytes (P2)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import transaction
from api.journeys import sell_subscription
from api.month_journeys import close_months
from api.reconcile import breaches, exceptions
from documents import archive
from documents import equations as papers
from documents.papers import Paper
from documents.store import Store
from entitlements.breaches import Breach
from entitlements.hours_facts import Charge
from tests.builders import a_client, a_plan, a_seller, an_order, held, its_catalogue, moment, worked

IN_DECEMBER = moment("2026-12-03 10:00")
"""When October and November are closed."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two clients with two closed months of drawn, rolled, paid and excess work, and one hold; never changed."""
    templates = request.getfixturevalue(f"{request.param}_templates")
    folder = (tmp_path_factory.mktemp("books"),) if request.param == "sqlite" else ()
    with templates.copy(*folder) as engine:
        with transaction(engine) as session:
            seller_id = two_months_of_work(session)
        close_months(engine, seller_id, date(2026, 11, 1), clock=lambda: IN_DECEMBER, tell=lambda *_: None)
        yield engine


def two_months_of_work(session: Session) -> int:
    its_catalogue(session)
    a_plan(session, rollover_cap_minutes=60, rollover_periods=1)
    seller = a_seller(session)
    for name in ("Ромашка", "Сосна"):
        customer = a_client(session, name)
        order = an_order(seller, customer, starts_on=date(2026, 10, 1))
        sell_subscription(session, order, at=moment("2026-09-28 12:00"))
        held(session, customer, "2026-10-02 10:00", minutes=30)
        worked(session, customer, "2026-10-05 10:00", 20)
        worked(session, customer, "2026-10-12 10:00", 25, charge=Charge.PAID)
        worked(session, customer, "2026-11-03 10:00", 120)
    a_client(session, "Никто", registrations=0)
    return seller.id


def found_in(session: Session) -> list[Breach]:
    session.flush()
    return list(breaches(session))


def run(session: Session, statement: str) -> int:
    """Run SQL of our own, as it stands; returns how many rows it changed."""
    return session.connection().exec_driver_sql(statement).rowcount


def without_rules(engine: Engine, table: str) -> Iterator[Session]:
    """A session on the books in which the table has neither triggers nor keys nor checks; all is undone at the end."""
    with Session(engine.execution_options(rebuilds_tables=True)) as session:
        if engine.dialect.name == "sqlite":
            run(session, "PRAGMA legacy_alter_table = ON")
        cascade = "CASCADE" if engine.dialect.name == "postgresql" else ""
        run(session, f"CREATE TABLE bare AS SELECT * FROM {table}")
        run(session, f"DROP TABLE {table} {cascade}")
        run(session, f"ALTER TABLE bare RENAME TO {table}")
        yield session
        session.rollback()


def test_healthy_books_break_no_equation(books: Engine) -> None:
    assert exceptions(books) == []


def test_an_empty_database_breaks_no_equation(engine: Engine) -> None:
    assert exceptions(engine) == []


FIRST_LINE = "(SELECT min(id) FROM statement_line WHERE included_minutes >= 15)"
LAST_STATEMENT = "(SELECT max(id) FROM statement)"
OTHER_INVOICE = "(SELECT max(id) FROM invoice_line WHERE statement_line_id IS NULL)"

BROKEN = [
    (
        "E1",
        "statement_line",
        f"SET included_minutes = included_minutes - 15, bonus_minutes = 15 WHERE id = {FIRST_LINE}",
    ),
    ("E1", "statement_line", f"SET billed_minutes = billed_minutes + 15 WHERE id = {FIRST_LINE}"),
    ("E1", "statement", f"SET overage_minutes = overage_minutes + 15 WHERE id = {LAST_STATEMENT}"),
    ("E1", "statement", f"SET paid_minutes = paid_minutes + 15 WHERE id = {LAST_STATEMENT}"),
    ("E2", "closing_lot", "SET used_minutes = used_minutes + 1 WHERE id = (SELECT min(id) FROM closing_lot)"),
    ("E2", "closing_lot", "SET kind = 'package' WHERE id = (SELECT min(id) FROM closing_lot)"),
    ("E3", "statement", f"SET opening_minutes = opening_minutes + 60, given_minutes = 0 WHERE id = {LAST_STATEMENT}"),
    ("E3", "statement", f"SET rolled_minutes = rolled_minutes + 1 WHERE id = {LAST_STATEMENT}"),
    ("E4", "statement", f"SET total_minor = total_minor + 1 WHERE id = {LAST_STATEMENT}"),
    *(
        broken
        for first in (
            "(SELECT min(id) FROM act WHERE kind = 'month')",
            "(SELECT min(id) FROM act WHERE kind = 'service')",
        )
        for broken in (
            ("E4", "act", f"SET total_minor = total_minor + 1 WHERE id = {first}"),
            ("E4", "act", f"SET tax_minor = tax_minor + 1 WHERE id = {first}"),
            ("E4", "act", f"SET statement_id = NULL WHERE id = {first}"),
            ("E4", "act_line", f"SET amount_minor = amount_minor + 1 WHERE act_id = {first} AND position = 1"),
        )
    ),
    ("E4", "act", "SET contract_id = contract_id + 1 WHERE kind = 'service'"),
    ("E4", "act", "SET issued_on = '2026-11-30' WHERE kind = 'service'"),
    ("E4", "act_line", "SET tax_minor = tax_minor + 1 WHERE id = (SELECT max(id) FROM act_line)"),
    ("E4", "act_line", f"SET invoice_line_id = {OTHER_INVOICE} WHERE id = (SELECT min(id) FROM act_line)"),
    ("E4", "seller", "SET service_acts_from = '2026-11-01'"),
    ("E4", "invoice_line", "SET tax_minor = tax_minor + 1 WHERE id = (SELECT max(id) FROM invoice_line)"),
    ("E4", "invoice", "SET statement_id = NULL WHERE id = (SELECT max(id) FROM invoice)"),
    ("E4", "paper", """SET sheet = replace(sheet, '"minor":', '"minor":1') WHERE kind = 'act'"""),
    (
        "E4",
        "paper",
        """SET sheet = replace(sheet, '"amount":{"minor":', '"amount":{"minor":1') WHERE kind = 'statement'""",
    ),
    ("E5", "decision", "SET decision = 'deny'"),
    ("E5", "decision", "SET client_id = client_id + 1"),
    ("E5", "decision", "SET id = 'another' WHERE id = (SELECT min(decision_id) FROM hold)"),
    ("E6", "number_series", "SET last_number = last_number + 1 WHERE series = 'act'"),
    ("E6", "statement", f"SET sequence = sequence + 1 WHERE id = {LAST_STATEMENT}"),
    ("E6", "invoice", "SET sequence = 1 WHERE id = (SELECT max(id) FROM invoice)"),
    ("E7", "month_task", "SET state = 'parked', problem = 'x' WHERE id = (SELECT min(id) FROM month_task)"),
    ("E7", "month_task", "SET client_id = (SELECT max(id) FROM client) WHERE id = (SELECT min(id) FROM month_task)"),
    ("E7", "paper", "SET subject_id = 0 - subject_id, kind = 'contract' WHERE kind = 'statement'"),
    ("E7", "paper", "SET subject_id = 0 - subject_id, kind = 'contract' WHERE kind = 'act'"),
]


@pytest.mark.parametrize(("equation", "table", "change"), BROKEN)
def test_a_row_changed_behind_the_rules_breaks_its_equation_alone(
    books: Engine, equation: str, table: str, change: str
) -> None:
    """Each but the seal of a closed month, which holds all of its rows (P5), and the digest of a paper (P2)."""
    digests = {"P5", "P2"} if table == "paper" else {"P5"}
    for session in without_rules(books, table):
        assert run(session, f"UPDATE {table} {change}") > 0
        assert {breach.equation for breach in found_in(session)} - digests == {equation}


@pytest.mark.parametrize(
    ("equations", "table", "doubled"),
    [
        ({"E4", "E7"}, "act", "statement_id = (SELECT min(statement_id) FROM act)"),
        ({"E4", "E7"}, "invoice", "statement_id = (SELECT min(statement_id) FROM invoice)"),
    ],
)
def test_a_month_billed_twice_breaks_an_equation(books: Engine, equations: set[str], table: str, doubled: str) -> None:
    """E7: another month's act becomes a second one of the first, so that its own month is without one (E4)."""
    for session in without_rules(books, table):
        run(session, f"UPDATE {table} SET {doubled} WHERE statement_id IS NOT NULL")
        assert {breach.equation for breach in found_in(session)} == equations


def test_a_month_stated_twice_breaks_an_equation(books: Engine) -> None:
    """E7: a second statement of one month has no lines, no number and no paper of its own either."""
    for session in without_rules(books, "statement"):
        twice = f"INSERT INTO statement SELECT * FROM statement WHERE id = {LAST_STATEMENT}"
        run(session, twice)
        broken = [breach for breach in found_in(session) if breach.equation == "E7"]
        assert [breach.found for breach in broken] == ["2 statements"]


def test_work_without_a_line_is_found_and_named(books: Engine) -> None:
    """E1: the statement must hold every entry that counts in its month."""
    for session in without_rules(books, "statement_line"):
        run(session, f"DELETE FROM statement_line WHERE id = {FIRST_LINE}")
        breach, *sealed = found_in(session)
        assert {one.equation for one in sealed} == {"P5"}
        assert (breach.equation, breach.found, breach.right) == ("E1", "no line", "billed 0:30, included 0:30")
        assert breach.subject.startswith("statement 2026-0001, client 1, 2026-10, work ")


def test_a_lost_lot_of_the_next_months_opening_is_found(books: Engine) -> None:
    """E2: what is left of every grant is carried over."""
    for session in without_rules(books, "closing_lot"):
        run(session, "DELETE FROM closing_lot WHERE id = (SELECT min(id) FROM closing_lot)")
        breach, *sealed = found_in(session)
        assert {one.equation for one in sealed} == {"P5"}
        assert (breach.equation, breach.found) == ("E2", "no lot")


def test_words_that_say_another_amount_break_an_equation(books: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """E4: words = digits, told by a reader that is not the writer."""
    written = papers.amount_in_words
    monkeypatch.setattr(papers, "amount_in_words", lambda amount, language: written(amount + amount, language))
    assert {(breach.equation, breach.right.endswith("in words")) for breach in exceptions(books)} == {("E4", True)}


def test_a_payment_code_with_another_sum_breaks_an_equation(books: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """E4: QR sum = total in minor units."""
    monkeypatch.setattr(papers, "payment_payload", lambda sheet: f"ST00012|Sum={sheet.total.minor}0|KPP=0")
    assert {(breach.equation, breach.found[-7:]) for breach in exceptions(books)} == {("E4", "0|KPP=0")}


def test_printed_papers_are_what_the_archive_holds(engine: Engine, tmp_path: Path) -> None:
    """P2: bytes that are lost or changed in the store are found, and those that are there are not."""
    store = Store(tmp_path.joinpath("papers").as_uri())
    with transaction(engine) as session:
        two_months_of_work(session)
        for paper in session.exec(select(Paper)).all():
            pdf = f"%PDF of {paper.kind} {paper.number}".encode()
            archive.record(session, paper.id, archive.keep(store, paper, pdf), len(pdf), at=datetime.now(UTC))
    assert exceptions(engine, store) == []
    lost, changed, *_ = sorted(tmp_path.joinpath("papers").rglob("*.pdf"))
    lost.unlink()
    changed.write_bytes(b"%PDF of another")
    found = exceptions(engine, store)
    assert {breach.equation for breach in found} == {"P2"}
    assert len(found) == 2
