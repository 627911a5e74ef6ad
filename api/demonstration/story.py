"""The demonstration from beginning to end: a shop, three months of work, their close, questions, papers, letters."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import func, select

from api.database import open_engine, reading, transaction
from api.demonstration.months import live_three_months
from api.demonstration.people import let_people_in
from api.demonstration.questions import Answered, ask_everything
from api.demonstration.sales import open_shop, sell_everything
from api.demonstration.shelf import put_on_shelf
from api.demonstration.stage import TODAY, Stage, Tell, moment
from api.migrations import migrate
from api.month_journeys import MonthReport
from api.printing import print_papers
from api.reconcile import exceptions
from api.reminding import remind, send_letters
from api.settings import Settings
from billing.bills import Act, Invoice
from billing.payments import Payment
from contracts.errors import Refusal
from contracts.parties import Client
from contracts.subscriptions import FreePeriod, Subscription
from documents.letters import Letter
from documents.papers import Paper
from documents.render import Press
from documents.store import Store
from entitlements.breaches import Breach
from entitlements.statements import Statement
from entitlements.work import WorkEntry

MARK = ".abonement-demo"
"""The file that says that a folder is a demonstration, which may be removed and made anew."""
BANK_FILE = "kl_to_1c.txt"
"""The statement file of the bank, for who wants to take it in by hand."""
COUNTED = {
    "clients": Client,
    "subscriptions": Subscription,
    "free periods": FreePeriod,
    "work entries": WorkEntry,
    "statements": Statement,
    "acts": Act,
    "invoices": Invoice,
    "payments": Payment,
    "papers": Paper,
    "letters": Letter,
}
"""The rows that are counted at the end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: how many rows of what, who was closed, what was answered, which papers lie on the shelf."""

    database: Path
    papers: Path
    bank_file: Path
    counts: dict[str, int]
    reports: Sequence[MonthReport]
    answers: Sequence[Answered]
    shelf: Sequence[Path]
    broken: Sequence[Breach]
    """The equations that do not hold; any is a fault of ours."""


def perform(folder: Path, tell: Tell, *, processes: int = 2) -> Outcome:
    """Tell the whole story in a folder of its own. Raises `Refusal("FOLDER_TAKEN")` for any other folder in use."""
    clear(folder)
    database, papers, bank_file = folder / "abonement.db", folder / "papers", folder / BANK_FILE
    engine = open_engine(f"sqlite:///{database}")
    try:
        migrate(engine)
        settings = _mailing(database, papers, folder / "letters")
        stage = Stage(engine, post=lambda at: _post(engine, settings, at))
        reports, answers = play(stage, tell)
        let_people_in(stage)
        bank_file.write_bytes(stage.bank_file)
        store = Store(papers.resolve().as_uri())
        shelf = _print(engine, store, papers, processes, tell)
        remind(engine, settings, lambda: moment(TODAY, "12:00"))
        broken = exceptions(engine, store, tell=lambda rules, done, total: tell(f"equations {rules}", done, total))
        return Outcome(database, papers, bank_file, _counts(engine), reports, answers, shelf, broken)
    finally:
        engine.dispose()


def play(stage: Stage, tell: Tell) -> tuple[list[MonthReport], list[Answered]]:
    """The story in an empty migrated database, up to the questions of its last day; papers are queued, not printed."""
    open_shop(stage)
    sell_everything(stage, tell)
    reports = live_three_months(stage, tell)
    with transaction(stage.engine) as session:
        return reports, ask_everything(session)


def clear(folder: Path) -> None:
    """Make the folder empty: an earlier demonstration is removed, anything else is left alone and refused."""
    own = folder.is_dir() and ((folder / MARK).is_file() or not any(folder.iterdir()))
    if folder.is_symlink() or (folder.exists() and not own):
        raise Refusal("FOLDER_TAKEN", field="folder", value=str(folder))
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).write_text("Made by `abonement demo`, which removes this folder and makes it anew.\n", "utf-8")


def _print(engine: Engine, store: Store, papers: Path, processes: int, tell: Tell) -> list[Path]:
    """Print what is queued, and put it on the shelf."""
    done = count(1)
    with reading(engine) as session:
        waiting = session.exec(select(func.count()).select_from(Paper)).one()
    with Press(processes) as press:
        print_papers(
            engine,
            store,
            press,
            clock=lambda: moment(TODAY, "12:00"),
            tell=lambda paper: tell("papers", next(done), waiting),
        )
    with reading(engine) as session:
        return put_on_shelf(session, store, papers)


def _mailing(database: Path, store: Path, letters: Path) -> Settings:
    """How letters go: into a folder, in Russian where nobody chose a language."""
    return Settings(
        database_url=SecretStr(f"sqlite:///{database}"),
        store_url=store.resolve().as_uri(),
        smtp_url=SecretStr(letters.resolve().as_uri()),
        public_url="https://support.example",
        mail_from="support@north.example",
        language="ru",
    )


def _post(engine: Engine, settings: Settings, at: datetime) -> None:
    send_letters(engine, settings, lambda: at)


def _counts(engine: Engine) -> dict[str, int]:
    with reading(engine) as session:
        return {name: session.exec(select(func.count()).select_from(table)).one() for name, table in COUNTED.items()}
