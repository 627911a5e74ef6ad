"""Reconciling: every equation of the trade over the whole database; no exception is the only pass."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, true
from sqlmodel import Session, func, select

from api.database import reading
from billing import equations as bills
from billing import money_equations as money
from documents import equations as papers
from documents.papers import Paper
from documents.sealing import seal_breaches
from documents.store import Store
from entitlements import equations as hours
from entitlements.breaches import Breach
from entitlements.case_equations import case_breaches

Tell = Callable[[str, int, int], None]
"""Told which equations are being looked at, how many rows are done, and how many there are."""


def exceptions(engine: Engine, store: Store | None = None, *, tell: Tell = lambda *_: None) -> list[Breach]:
    """All that breaks an equation (E1 to E7), a case (D6), a payment (M5) or the seal of a closed month (P5), and
    papers that no longer say what was issued (P2); with the store also printed papers without their bytes.

    All of the database is read as it was at one moment, and nothing is kept waiting meanwhile.
    """
    with reading(engine) as session:
        return list(breaches(session, store, tell=tell))


def breaches(session: Session, store: Store | None = None, *, tell: Tell = lambda *_: None) -> Iterator[Breach]:
    """What breaks an equation in the database as a session sees it."""
    yield from hours.hours_breaches(session, at=datetime.now(UTC), tell=lambda done, total: tell("E1-E3", done, total))
    yield from hours.hold_breaches(session)
    yield from case_breaches(session)
    for check in (
        bills.sum_breaches,
        money.payment_breaches,
        money.journal_breaches,
        bills.pair_breaches,
        bills.number_breaches,
        bills.month_breaches,
    ):
        yield from check(session)
    yield from papers.missing_breaches(session)
    yield from papers.paper_breaches(session, tell=_counting(session, "E4, P2", true(), tell))
    yield from _changed_months(session, tell)
    if store is not None:
        yield from papers.archive_breaches(session, store, tell=_counting(session, "P2", papers.PRINTED, tell))


def changed_months(engine: Engine, *, tell: Tell = lambda *_: None) -> list[Breach]:
    """Where a closed month is not as it was sealed, each client's first change first (P5)."""
    with reading(engine) as session:
        return list(_changed_months(session, tell))


def _changed_months(session: Session, tell: Tell) -> Iterator[Breach]:
    return seal_breaches(session, tell=_counting(session, "P5", papers.STATEMENTS, tell))


def _counting(session: Session, equations: str, chosen: ColumnElement[bool], tell: Tell) -> Callable[[int], None]:
    """Tells of papers as they are looked at, out of all that are chosen."""
    total = session.exec(select(func.count()).select_from(Paper).where(chosen)).one()
    done = 0

    def add(more: int) -> None:
        nonlocal done
        done += more
        tell(equations, done, total)

    return add
