"""Papers are issued with the rows, in one transaction, and go the whole way into the store (P1, P2, E4)."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session, select, update

from api.database import reading, transaction
from api.month_journeys import close_months
from api.printing import print_papers
from api.schema import Rule
from contracts.catalogue import Plan, PlanVersion
from contracts.money import Money
from contracts.parties import Client, Entity, Seller
from contracts.terms import Term
from documents.entry_lines import PaidFrom
from documents.issuing import issue_act, issue_statement
from documents.paper_kinds import PaperKind
from documents.papers import Paper, PaperState
from documents.qr import payment_payload
from documents.render import Press
from documents.store import Store
from entitlements.granting import give_minutes
from entitlements.hours_facts import Charge, GrantKind
from tests.builders import a_client, a_seller, closed, its_catalogue, moment
from tests.documents.market import CLOSED_AT, OCTOBER, Market, sheet_of
from tests.documents.reading import whole_text
from tests.rows import lift

BONUS, INCLUDED, OVERAGE, PAID = PaidFrom.BONUS, PaidFrom.INCLUDED, PaidFrom.OVERAGE, PaidFrom.PAID


def sell_and_work(session: Session) -> Market:
    """The worked month of the rule book: ITS PROF from October with a bonus hour, and four pieces of work."""
    its_catalogue(session)
    market = Market(session, a_seller(session), a_client(session))
    market.sell("its-prof")
    pool, october = (market.customer.id, market.seller.id), Term.calendar_month(OCTOBER)
    bonus = {"reason": "Бонусный час", "source_key": "bonus:2026-10", "at": moment("2026-10-01")}
    give_minutes(session, *pool, GrantKind.BONUS, 60, october, **bonus)
    market.work("2026-10-27 10:00", 35, service="visit", ticket="SD-1071")
    market.work("2026-10-05 10:00", 10, ticket="SD-1042")
    market.work("2026-10-20 10:00", 7, service="call", charge=Charge.PAID, ticket="SD-1066")
    market.work("2026-10-12 10:00", 50, ticket="SD-1057")
    return market


def close_october(engine: Engine, market: Market) -> None:
    report = close_months(engine, market.seller.id, OCTOBER, clock=lambda: CLOSED_AT, tell=lambda *progress: None)
    assert (report.closed, report.parked) == (1, ())


def papers_of(session: Session, kind: PaperKind) -> list[Paper]:
    return list(session.exec(select(Paper).where(Paper.kind == kind).order_by(Paper.id)))


def test_the_worked_month_gives_the_table_of_the_rule_book(engine: Engine) -> None:
    with transaction(engine) as session:
        market = sell_and_work(session)
    close_october(engine, market)
    with reading(engine) as session:
        [statement] = map(sheet_of, papers_of(session, PaperKind.STATEMENT))
        service, act = map(sheet_of, papers_of(session, PaperKind.ACT))
        _, invoice = map(sheet_of, papers_of(session, PaperKind.INVOICE))
    table = [
        (
            f"{entry.worked_on:%d.%m}",
            entry.worked_minutes,
            entry.billed_minutes,
            *(entry.minutes_from(source) for source in (BONUS, INCLUDED, OVERAGE, PAID)),
            str(entry.amount),
        )
        for entry in statement.entries
    ]
    assert table == [
        ("05.10", 10, 15, 15, 0, 0, 0, "0.00"),
        ("12.10", 50, 60, 45, 15, 0, 0, "0.00"),
        ("20.10", 7, 15, 0, 0, 0, 15, "675.00"),
        ("27.10", 35, 60, 0, 45, 15, 0, "675.00"),
    ]
    assert (statement.worked_minutes, statement.billed_minutes) == (102, 150)
    assert [statement.minutes_from(source) for source in (BONUS, INCLUDED, OVERAGE, PAID)] == [60, 60, 15, 15]
    assert (statement.total, statement.vat) == (Money(135_000), Money(24_344))
    assert [line.amount for line in act.lines] == [Money(67_500), Money(67_500)]
    assert act.lines == invoice.lines
    assert (act.is_of_service, service.is_of_service, len(service.lines)) == (False, True, 1)
    assert (act.total, act.vat, invoice.total) == (statement.total, statement.vat, statement.total)


def test_a_statement_knows_where_it_is_checked_p5(engine: Engine) -> None:
    with transaction(engine) as session:
        market = sell_and_work(session)
    told = {"clock": lambda: CLOSED_AT, "tell": lambda *progress: None, "verify_at": "https://desk.example/verify"}
    close_months(engine, market.seller.id, OCTOBER, **told)
    with reading(engine) as session:
        [statement] = map(sheet_of, papers_of(session, PaperKind.STATEMENT))
    assert statement.verify_at == "https://desk.example/verify"


def test_a_paper_is_drawn_up_in_few_selects(engine: Engine) -> None:
    with transaction(engine) as session:
        market = sell_and_work(session)
    selects: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        if statement.startswith("SELECT"):
            selects.append(statement)

    with transaction(engine) as session:
        done = closed(session, market.seller, market.customer, OCTOBER)
        assert done is not None
        assert done.act is not None
        event.listen(engine, "before_cursor_execute", note)
        issue_statement(session, done.statement, done.month, at=CLOSED_AT)
        assert len(selects) <= 16
        for act in (done.act, *done.service_acts):
            selects.clear()
            issue_act(session, act, at=CLOSED_AT)
            assert len(selects) <= 5


def test_no_later_change_reaches_an_issued_paper_p2(engine: Engine, tmp_path: Path, press: Press) -> None:
    with transaction(engine) as session:
        market = sell_and_work(session)
    close_october(engine, market)
    with reading(engine) as session:
        issued = {paper.id: (paper.sheet, paper.template) for paper in session.exec(select(Paper))}
    with transaction(engine) as session:
        session.exec(update(Entity).values(name="Другое имя", address="Другой адрес"))
        session.exec(update(Seller).values(bank_account="", signatory_name="Другой человек"))
        session.exec(update(Client).values(locale="en"))
        session.exec(update(Plan).values(name="Другой план"))
        session.exec(update(PlanVersion).values(overage_rate_minor=1, quantum_minutes=1))
    with reading(engine) as session:
        papers = session.exec(select(Paper)).all()
        assert {paper.id: (paper.sheet, paper.template) for paper in papers} == issued
        assert {paper.language for paper in papers} == {"ru"}
        bytes_of = {paper.id: press.render(paper.kind, paper.template, "ru", paper.sheet.encode()) for paper in papers}
    store = Store(f"file://{tmp_path}/papers")
    assert print_papers(engine, store, press, clock=lambda: CLOSED_AT, tell=lambda paper: None) == len(issued)
    with reading(engine) as session:
        assert {paper.id: store.get(paper.store_key) for paper in session.exec(select(Paper))} == bytes_of


def test_every_paper_goes_into_the_store_and_a_broken_one_hurts_no_other(
    engine: Engine, tmp_path: Path, press: Press
) -> None:
    with transaction(engine) as session:
        market = sell_and_work(session)
        [broken] = papers_of(session, PaperKind.CONTRACT)
        lift(session, Rule("kept", "paper"))
        broken.sheet = "{}"
    close_october(engine, market)
    store, told = Store(f"file://{tmp_path}/papers"), []
    assert print_papers(engine, store, press, clock=lambda: CLOSED_AT, tell=told.append) == len(told) == 5
    with reading(engine) as session:
        [broken] = papers_of(session, PaperKind.CONTRACT)
        [statement] = papers_of(session, PaperKind.STATEMENT)
        service, act = papers_of(session, PaperKind.ACT)
        _, invoice = papers_of(session, PaperKind.INVOICE)
    assert (broken.state, broken.attempts) == (PaperState.FAILED, 3)
    assert "ValidationError" in broken.problem
    assert "27.10.2026" in text_of(store, statement)
    assert "0:35 → 1:00 план 0:45 сверх 0:15 675,00" in text_of(store, statement)
    assert "Итого 1:42 → 2:30 бонус 1:00 план 1:00 сверх 0:15 0:15 1 350,00" in text_of(store, statement)
    assert "Одна тысяча триста пятьдесят рублей 00 копеек" in text_of(store, act)
    assert "по счёту № 2026-0001 от 20.09.2026" in text_of(store, service)
    assert "В т.ч. НДС 243.44" in text_of(store, invoice)
    assert f"|Sum={135_000}|" in (payment_payload(sheet_of(invoice)) or "")


def test_whatever_goes_wrong_with_one_paper_is_its_own_reason_p2(engine: Engine, tmp_path: Path, press: Press) -> None:
    class Jammed(Press):
        """A press that cannot start a process for a contract."""

        def render(self, kind: str, *paper: Any) -> bytes:
            if kind == PaperKind.CONTRACT:
                raise OSError("no more processes")
            return press.render(kind, *paper)

    with transaction(engine) as session:
        sell_and_work(session)
    store = Store(f"file://{tmp_path}/papers")
    assert print_papers(engine, store, Jammed(1), clock=lambda: CLOSED_AT, tell=lambda paper: None) == 1
    with reading(engine) as session:
        [contract] = papers_of(session, PaperKind.CONTRACT)
        [invoice] = papers_of(session, PaperKind.INVOICE)
    assert (contract.state, contract.problem) == (PaperState.FAILED, "OSError: no more processes")
    assert invoice.state is PaperState.RENDERED


def text_of(store: Store, paper: Paper) -> str:
    """What a printed paper says, on one line; its size and sum are those that were recorded."""
    assert paper.state is PaperState.RENDERED
    assert paper.store_key is not None
    pdf = store.get(paper.store_key)
    assert (len(pdf), paper.store_key) == (paper.size_bytes, f"{paper.kind}/2026-11/{paper.sha256}.pdf")
    return whole_text(pdf)
