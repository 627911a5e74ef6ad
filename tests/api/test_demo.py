"""The demonstration: the same story on any day and on both databases, which reaches every answer and adds up."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from api.cli import app
from api.database import open_engine, reading, transaction
from api.demonstration.abroad import CLIENT_ABROAD, SELLER_ABROAD
from api.demonstration.cast import PLAYERS, SELLER
from api.demonstration.stage import MOSCOW, TODAY, Stage, moment
from api.demonstration.story import MARK, Outcome, clear, perform, play
from api.demonstration.workload import HABITS, work_of
from billing.bank_importing import import_bank_file
from billing.bank_queue import BankLineState, LinesWanted, lines_found, why_waiting
from billing.dunning import DunningTaken
from billing.dunning_steps import DunningNotice
from billing.profitability import profitability
from billing.replaying import Tried, replay, seller_to_replay
from billing.shadow_reports import shadow_report
from contracts.errors import Refusal
from contracts.money import Money
from contracts.parties import Seller
from contracts.policies import Purchase
from contracts.requisites import checked_requisites
from contracts.subscriptions import Block, Subscription
from contracts.terms import Term
from documents.e_invoice import stored_e_invoice
from documents.forms import PaperForm
from documents.letters import Letter
from documents.paper_kinds import PaperKind
from documents.papers import Paper, PaperState
from entitlements.calendar import load_calendar
from entitlements.desk import read_decision
from entitlements.entry_replies import EntryReply
from entitlements.entry_states import EntryStance
from entitlements.grants import Grant
from entitlements.holds import Hold, HoldEnd, HoldEnding
from entitlements.hours_facts import Charge, GrantKind
from entitlements.listed_warnings import list_warnings
from entitlements.objection_facts import comments_of, list_objections
from entitlements.objection_states import ObjectionState
from entitlements.reasons import Reason
from entitlements.redeciding import redecided
from entitlements.rounding import RateZone
from entitlements.shadowing import shadow_record
from entitlements.statements import Statement, StatementLine
from entitlements.trying_plans import record_of, trial_of
from entitlements.work import WorkEntry
from tests.journeys.books import assert_books_add_up, contents

MONTHS = ["2026-08", "2026-09", "2026-10"]


def silent(step: str, done: int, total: int) -> None:
    """Tells nobody."""


def test_the_story_is_the_same_on_any_day_and_on_both_databases(
    sqlite_engine: Engine, postgresql_engine: Engine
) -> None:
    """Ids apart, every row of every table is the same, instants included; nobody is parked, and all adds up (E1–E6)."""
    with time_machine.travel("2026-11-05"):
        reports, _ = play(Stage(sqlite_engine), silent)
    assert [(report.closed > 0, report.parked) for report in reports] == [(True, ())] * 4
    with time_machine.travel("2031-02-28"):
        play(Stage(postgresql_engine), silent)
    assert contents(sqlite_engine) == contents(postgresql_engine)
    for engine in (sqlite_engine, postgresql_engine):
        assert_books_add_up(engine)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The whole demonstration, papers and all, as `make demo` makes it."""
    return perform(tmp_path_factory.mktemp("play") / "demo", silent)


@pytest.fixture
def played(outcome: Outcome) -> Iterator[Session]:
    """The database of the demonstration."""
    engine = open_engine(f"sqlite:///{outcome.database}")
    with reading(engine) as session:
        yield session
    engine.dispose()


def test_the_desk_gives_every_answer_that_there_is(outcome: Outcome) -> None:
    """Each reason is reached in its own words, in the language of the caller (D2)."""
    assert {one.decision.reason for one in outcome.answers} == set(Reason)
    assert {one.asking.language.value for one in outcome.answers} == {"ru", "en"}
    assert all(one.sentence for one in outcome.answers)


def test_everything_that_is_sold_is_sold(played: Session) -> None:
    """Terms of every length, a renewal, free periods of each kind, a package, gifts, and holds with every end."""
    sold = played.exec(select(Subscription)).all()
    assert {one.term_months for one in sold} == {1, 3, 6, 12, 24}
    assert len([one for one in sold if one.predecessor_id]) == 1
    assert set(played.exec(select(Grant.kind))) == set(GrantKind) - {GrantKind.ROLLOVER}
    assert set(played.exec(select(HoldEnding.end))) == {HoldEnd.SETTLED, HoldEnd.RELEASED}
    assert len(played.exec(select(Hold)).all()) == 3
    programs = [program for player in PLAYERS for one in player.companies for program in one.programs]
    assert {program.purchase for program in programs} == set(Purchase)


def test_the_work_is_like_work(played: Session) -> None:
    """Evenings and weekends, every charge, corrections in the same month and in the next (H3, H9, H10)."""
    calendar = load_calendar("RU", MOSCOW)
    works = played.exec(select(WorkEntry)).all()
    zones = {zone for one in works for zone, _ in calendar.zone_parts(one.started_at, abs(one.worked_minutes))}
    assert zones == set(RateZone)
    assert {one.charge for one in works} == {Charge.DRAW, Charge.PAID, Charge.GOODWILL}
    assert {one.service for one in works} == {"remote_work", "call", "visit"}
    assert [one.counts_on > one.work_on for one in works if one.reverses_id] == [True, False, False, True]


def test_an_objection_is_upheld_and_credited_by_the_next_statement_p6(played: Session) -> None:
    (objection,) = list_objections(played, state=ObjectionState.UPHELD)
    assert [one.said_by for one in comments_of(played, objection.id)] == ["Орлова Н. В."]
    credit = select(StatementLine.amount_minor, Statement.month).join(Statement)
    ((amount, month),) = played.exec(credit.where(StatementLine.work_entry_id == objection.reversal_id)).all()
    ((left, _),) = played.exec(credit.where(StatementLine.work_entry_id == objection.entry_id)).all()
    assert amount + left < 0
    assert (objection.month.month, month.month) == (9, 10)


def test_replayed_under_its_own_plan_every_client_has_its_statements_and_its_answers_h15_d1(played: Session) -> None:
    """To the minute and the kopeck, and every stored question is answered as it was, with the hours that were left."""
    ever = Term(date(2026, 8, 1), date(2028, 1, 1))
    clients = sorted(set(played.exec(select(Subscription.client_id))))
    rows = played.exec(select(Statement).where(col(Statement.client_id).in_(clients)))
    statements, compared = {(one.client_id, one.month): one for one in rows}, 0
    for client_id in clients:
        seller = seller_to_replay(played, client_id, None)
        found = replay(played, client_id, seller, ever, Tried())
        assert found.answers == ()
        for month in found.months:
            known = statements.get((client_id, month.term.starts_on))
            for side in (month.held, month.tried) if known is not None else ():
                moved = {name: getattr(known, name) for name in side.hours.__struct_fields__}
                assert {name: getattr(side.hours, name) for name in moved} == moved
                assert side.charged == Money(known.total_minor, known.currency)
                compared += 1
        trial = trial_of(played, client_id, seller.id, None, {})
        record = record_of(played, client_id, seller.id, trial.subscription_ids)
        for one in redecided(played, client_id, trial, record, ever, MOSCOW):
            row, told = read_decision(played, one.decision_id) or (None, None)
            assert row is not None
            assert told is not None
            left = None if told.hours is None else told.hours.available_minutes
            assert (one.held.reason, one.held.available_minutes) == (told.reason, left), row.question
    assert compared == 2 * len(statements) > 40


def test_a_plan_with_more_hours_runs_beside_the_one_that_is_sold_h15(played: Session) -> None:
    """In October it gives the harbour and the atelier more than they used, so nothing but paid work is charged."""
    told = shadow_report(played, shadow_record(played, 1), at=moment(TODAY))
    replays = [one.replay for one in told if one.replay is not None]
    assert len(replays) == len(told) > 1
    for found in replays:
        october = found.months[0]
        assert october.tried.hours.given_minutes > october.held.hours.given_minutes
        assert october.tried.parts.overage_minutes < october.held.parts.overage_minutes


def test_short_hours_are_warned_of_and_contracts_have_a_margin_but_where_nobody_is_named_h13(played: Session) -> None:
    """Warnings of every share in each month; every engineer has a rate, and one entry names none."""
    warned = list_warnings(played)
    assert {one.percent for one in warned} == {80, 95, 100}
    assert {f"{one.warned_at:%Y-%m}" for one in warned} == set(MONTHS)
    seller = played.exec(select(Seller).where(Seller.code == "meridian")).one()
    report = profitability(played, seller, Term(date(2026, 8, 1), date(2026, 11, 1)))
    assert [(one.engineer, one.worked_minutes) for one in report.unrated] == [("", 50)]
    assert [row.client for row in report.contracts if row.margin is None] == ["Pine Tree LLC"]
    assert report.unpriced == {}


def test_a_timer_ran_and_a_client_approved_its_work_h10_p6(played: Session) -> None:
    timed = select(WorkEntry).where(WorkEntry.source == "timer")
    assert [(one.worked_minutes, one.ticket) for one in played.exec(timed)] == [(65, "SD-2005")]
    assert sorted(played.exec(select(EntryReply.stance))) == [EntryStance.APPROVED, EntryStance.OBJECTED]
    assert {one.travel_minutes for one in played.exec(select(WorkEntry).where(WorkEntry.service == "visit"))} >= {40}


def test_a_month_of_work_never_ends_after_its_month() -> None:
    """Whatever the habit, an entry begins on a day of its month."""
    ids = {habit.role: 1 for habit in HABITS}
    month = TODAY.replace(month=10, day=1)
    works = list(work_of(month, ids, {role: [1, 2] for role in ids}, 1))
    days = {load_calendar("RU", MOSCOW).day_of(work.started_at) for work in works if work.started_at}
    assert min(days) >= month
    assert max(days) < TODAY.replace(day=1)
    assert len({(work.source, work.external_id) for work in works}) == len(works)


@pytest.mark.parametrize(
    "requisites",
    [SELLER, SELLER_ABROAD, CLIENT_ABROAD, *(one.requisites for player in PLAYERS for one in player.companies)],
    ids=lambda requisites: requisites["name"],
)
def test_invented_companies_have_right_keys(requisites: dict[str, str]) -> None:
    assert checked_requisites(requisites)["inn"] == requisites["inn"]


def test_every_paper_is_printed_and_lies_on_the_shelf_under_a_name(outcome: Outcome) -> None:
    assert len(outcome.shelf) == outcome.counts["papers"] == len(set(outcome.shelf))
    assert sorted({file.parent.name for file in outcome.shelf}) == ["2026-07", *MONTHS]
    assert outcome.papers / "2026-10" / "ООО Ромашка — отчёт о часах 2026-0024.pdf" in outcome.shelf
    assert all(file.read_bytes().startswith(b"%PDF-") for file in outcome.shelf)


def test_papers_of_every_kind_are_printed_in_both_languages(played: Session) -> None:
    papers = played.exec(select(Paper)).all()
    assert {(paper.kind, paper.language) for paper in papers} == {(k, lang) for k in PaperKind for lang in ("ru", "en")}
    assert {paper.state for paper in papers} == {PaperState.RENDERED}


def test_letters_lie_in_a_folder_with_papers_attached_or_under_links_p2(outcome: Outcome, played: Session) -> None:
    files = list((outcome.database.parent / "letters").iterdir())
    assert len(files) == outcome.counts["letters"] == len(played.exec(select(Letter)).all())
    mailed = select(Letter).where(col(Letter.mailing_id).is_not(None))
    by_language = {letter.language: letter for letter in played.exec(mailed)}
    assert {name: letter.links_end_on is None for name, letter in by_language.items()} == {"ru": True, "en": False}


def test_the_banks_file_is_matched_in_every_way_and_what_nobody_knows_waits_m5(
    outcome: Outcome, played: Session
) -> None:
    """In full, in part, too much, without a number and for two invoices at once; the same file again is nothing new."""
    lines = lines_found(played, LinesWanted())
    rules = {step.rule for line in lines for step in line.steps}
    assert rules == {"number_and_sum", "number_and_part", "number_and_more", "payer_and_sum", "several_and_sum"}
    (waits,) = [line for line in lines if line.state is BankLineState.WAITING]
    assert why_waiting(played, [waits])[waits.line.id].reason == "payer_unknown"
    content = outcome.bank_file.read_bytes()
    engine = open_engine(f"sqlite:///{outcome.database}")
    with transaction(engine) as session:
        again = import_bank_file(session, content, at=moment(TODAY))
    engine.dispose()
    assert (again.known, again.new, again.faults) == (len(lines), (), ())


def test_dunning_blocks_one_client_and_its_payment_lifts_the_block_s8_s10(outcome: Outcome, played: Session) -> None:
    """Every notice was sent while it was true, in the language of its client."""
    (taken,) = played.exec(select(DunningTaken).where(col(DunningTaken.block_id).is_not(None))).all()
    block = played.get_one(Block, taken.block_id)
    assert (f"{block.raised_at:%d.%m}", f"{block.lifted_at:%d.%m}") == ("09.10", "14.10")
    told = played.exec(select(DunningTaken.notice, Letter.language, Letter.state).join(Letter)).all()
    assert set(told) == {
        (DunningNotice.DEMAND, "ru", "sent"),
        (DunningNotice.LAST_NOTICE, "ru", "sent"),
        (DunningNotice.REMINDER, "ru", "sent"),
        (DunningNotice.REMINDER, "en", "sent"),
    }


def test_papers_have_the_sellers_form_from_its_day_on_and_a_firm_abroad_sends_e_invoices_p2_p7_e4(
    played: Session,
) -> None:
    (form,) = played.exec(select(PaperForm)).all()
    home = played.exec(select(Paper).where(Paper.seller_id == form.seller_id)).all()
    assert {(paper.issued_at > form.adopted_at, paper.form_id) for paper in home} == {(True, form.id), (False, None)}
    abroad = select(Paper).where(Paper.seller_id != form.seller_id, Paper.kind == PaperKind.INVOICE)
    data = [stored_e_invoice(paper.kind, paper.language, paper.sheet) for paper in played.exec(abroad)]
    assert [one is not None and b"CurrencyCode>EUR<" in one.content for one in data] == [True, True]


def test_a_demonstration_is_made_anew_in_its_own_folder(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / MARK).touch()
    (folder / "yesterday.pdf").touch()
    clear(folder)
    assert not (folder / "yesterday.pdf").exists()
    assert (folder / MARK).is_file()


@pytest.mark.parametrize("kind", ["a folder with something in it", "a file", "a link"])
def test_any_other_folder_is_left_alone(tmp_path: Path, kind: str) -> None:
    own, folder = tmp_path / "own", tmp_path / "demo"
    own.mkdir()
    (own / MARK).touch()
    match kind:
        case "a link":
            folder.symlink_to(own)
        case "a file":
            folder.touch()
        case _:
            folder.mkdir()
            (folder / "papers.txt").touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Refusal) as caught:
        clear(folder)
    assert (caught.value.code, caught.value.field) == ("FOLDER_TAKEN", "folder")
    assert sorted(tmp_path.rglob("*")) == before


def test_the_command_tells_what_it_did_and_where_to_look(
    outcome: Outcome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It ends with status 0, no exceptions of reconcile, and every answer in a table (E1–E7)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("api.demonstration.story.perform", lambda *_, **__: outcome)
    said = CliRunner().invoke(app, ["demo"])
    assert said.exit_code == 0, said.output
    assert all(reason in said.stdout for reason in Reason)
    for place in (outcome.papers / "2026-10", outcome.database.parent / "letters", outcome.bank_file):
        assert str(place) in said.stdout
