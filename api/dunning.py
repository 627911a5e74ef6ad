"""Dunning on its way: whatever is due is taken once, an invoice at a time, by any number of workers (S8, S10)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import col, select

from api.database import reading, transaction
from api.settings import Settings
from billing.dunning import DunningTaken
from billing.taking_dunning_steps import Dunned, dunned_now, overdue_invoices
from contracts.parties import Seller
from documents.dunning_mail import dun
from documents.words import Language

LOOKS_EVERY = timedelta(minutes=10)
"""How often a worker looks for what is due; steps are due by the day."""

Clock = Callable[[], datetime]


class Dunning:
    """A worker's part in the dunning: it remembers only when it looked last."""

    def __init__(self, engine: Engine, settings: Settings, clock: Clock) -> None:
        self._engine, self._settings, self._clock = engine, settings, clock
        self._looked_at: datetime | None = None

    def work(self) -> None:
        """Take what is due, if it is time to look again."""
        at = self._clock()
        if self._looked_at is None or not timedelta() <= at - self._looked_at < LOOKS_EVERY:
            dun_what_is_due(self._engine, Language(self._settings.language), self._clock)
            self._looked_at = at


def due_dunning(engine: Engine, *, at: datetime) -> list[Dunned]:
    """The invoices about which something is due now; writes nothing."""
    with reading(engine) as session:
        sellers = session.exec(select(Seller).order_by(col(Seller.id))).all()
        late = [invoice for seller in sellers for invoice in overdue_invoices(session, seller, at=at)]
        found = [dunned_now(session, invoice, at=at) for invoice in late]
    return [one for one in found if one.due]


def dun_what_is_due(engine: Engine, language: Language, clock: Clock) -> list[DunningTaken]:
    """Take every step that is due, each invoice in a transaction of its own; returns what was taken."""
    taken: list[DunningTaken] = []
    for one in due_dunning(engine, at=clock()):
        with transaction(engine) as session:
            taken += dun(session, one.invoice.id, language, at=clock())
    return taken
