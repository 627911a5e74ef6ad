"""The worker: tells what changed, closes months, prints what waits, duns and reminds, until it is told to stop."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Event

import structlog
from sqlalchemy import Engine, func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from api.database import reading
from api.dunning import Dunning
from api.month_journeys import close_months
from api.notifying import notify, webhook_sender
from api.printing import print_papers
from api.reminding import Reminding
from api.settings import Settings
from api.telling import tell_changes
from api.worker_faults import faults_that_last, keep_fault, let_pass
from billing.month_runs import MonthRun, MonthTask, TaskState
from contracts.errors import Refusal
from documents.papers import Paper, PaperState
from documents.render import Press
from documents.store import Store, StoreUnavailable

log = structlog.get_logger()

EVERY_SECONDS = 1.0
"""How long it rests when nothing waits."""


def now() -> datetime:
    """The moment at which a piece of work is done."""
    return datetime.now(UTC)


def work(
    engine: Engine, settings: Settings, stop: Event, once: bool = False, *, clock: Callable[[], datetime] = now
) -> None:
    """Do what waits, again and again until `stop` is set, or `once`; any number of workers may do it side by side.

    Everything that waits is a row, so a worker that is killed loses nothing. While the database or the
    store cannot be reached it waits for them; a fault of ours in one duty is logged, kept for the doctor, and keeps no
    other waiting.
    """
    store, reminding, sender = Store(settings.papers), Reminding(engine, settings, clock), webhook_sender(settings)
    dunning = Dunning(engine, settings, clock)
    with Press(settings.render_processes) as press:
        duties: dict[str, Callable[[], object]] = {
            "changes": lambda: tell_changes(engine, clock),
            "months": lambda: close_what_waits(engine, clock, settings.verify_at),
            "webhooks": lambda: notify(engine, sender, clock),
            "dunning": dunning.work,
            "letters": reminding.work,
            "papers": lambda: print_what_waits(engine, store, press, clock),
        }
        ill = _ill_duties(engine)
        while not stop.is_set():
            for name, duty in duties.items():
                _do(engine, name, duty, ill, clock)
            if once:
                return
            stop.wait(EVERY_SECONDS)


def _do(engine: Engine, name: str, duty: Callable[[], object], ill: set[str], clock: Callable[[], datetime]) -> None:
    """Do one duty, and outlive whatever goes wrong in it: what it left undone waits as rows for the next round.

    `ill` names the duties whose last fault has not passed.
    """
    try:
        try:
            duty()
        except (SQLAlchemyError, StoreUnavailable):
            raise
        except Exception as fault:
            log.error("worker fault", duty=name, exc_info=fault)
            keep_fault(engine, name, fault, clock())
            ill.add(name)
        else:
            if name in ill:
                let_pass(engine, name, clock())
                ill.remove(name)
    except (SQLAlchemyError, StoreUnavailable) as lost:
        log.warning("worker waits", duty=name, problem=type(lost).__name__)


def _ill_duties(engine: Engine) -> set[str]:
    """The duties that ended in a fault before this worker began; none that are known while the database is away."""
    try:
        with reading(engine) as session:
            return {one.duty for one in faults_that_last(session)}
    except SQLAlchemyError:
        return set()


def print_what_waits(engine: Engine, store: Store, press: Press, clock: Callable[[], datetime]) -> None:
    """Print the papers that are queued."""
    if _papers_wait(engine):
        print_papers(engine, store, press, clock=clock, tell=lambda paper: None)


def close_what_waits(engine: Engine, clock: Callable[[], datetime], verify_at: str = "") -> None:
    """Close the months of every seller that has queued clients."""
    for seller_id, month in _queued_months(engine):
        try:
            report = close_months(
                engine, seller_id, month, clock=clock, tell=lambda month, done, clients: None, verify_at=verify_at
            )
        except Refusal as refused:
            log.warning("month not closed", seller_id=seller_id, month=f"{month:%Y-%m}", refused=str(refused))
        else:
            log.info("months closed", seller_id=seller_id, closed=report.closed, parked=len(report.parked))


def _queued_months(engine: Engine) -> list[tuple[int, date]]:
    """Each seller with queued clients, and the last month in which they wait."""
    waiting = select(MonthRun.seller_id, func.max(MonthRun.month)).join(MonthTask)
    waiting = waiting.where(MonthTask.state == TaskState.QUEUED).group_by(MonthRun.seller_id)  # type: ignore[arg-type]
    with reading(engine) as session:
        return [(seller_id, month) for seller_id, month in session.exec(waiting)]


def _papers_wait(engine: Engine) -> bool:
    with reading(engine) as session:
        return session.exec(select(Paper.id).where(Paper.state == PaperState.QUEUED).limit(1)).first() is not None
