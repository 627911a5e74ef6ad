"""What the tests of the clients' pages begin with: a closed October and an open November of two clients."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import select

from api.database import reading, transaction
from api.month_journeys import close_or_explain
from api.signing_in import begin_session
from billing.bills import Invoice
from contracts.subscriptions import Contract, Subscription
from documents.papers import Paper
from entitlements.objecting import object_to
from entitlements.objections import LineReply, Stance
from entitlements.statements import Statement
from entitlements.work import WorkEntry
from tests.api.conftest import House
from tests.api.pages.conftest import Pages
from tests.builders import a_plan, a_sale, moment, worked

WORKED_ON = ("2026-10-06 10:00", "2026-10-07 10:00", "2026-10-08 10:00")


def lived(pages: Pages) -> None:
    """Three half hours in October, which is closed, and a short call in November that the plan asks to approve.

    Everybody has signed in again on that day of November.
    """
    house = pages.house
    customers = (house.own, house.foreign)
    with transaction(house.engine) as session:
        a_plan(session, "asking", entry_approval=True, services=[{"code": "call", "draws_hours": True}])
        for customer in customers:
            a_sale(session, house.seller, customer, "asking", at=house.clock(), starts_on=house.clock().date())
            for started in WORKED_ON:
                worked(session, customer, started, 30, asked_by="Седова А. П.", summary="Настройка печати")
    house.clock.at = moment("2026-11-03 10:00")
    with transaction(house.engine) as session:
        ids = [customer.id for customer in customers]
        assert close_or_explain(session, house.seller.id, ids, date(2026, 10, 1), house.clock()) == {}
        for customer in customers:
            worked(session, customer, "2026-11-02 12:00", 15, service="call", summary="Звонок")
    sign_in_again(pages)


def sign_in_again(pages: Pages) -> None:
    """A new session of everybody, after a night."""
    with transaction(pages.house.engine) as session:
        for role, person in pages.people.items():
            pages.tokens[role] = begin_session(session, person, at=pages.house.clock())


def objected(house: House) -> None:
    """Each client has objected to its second line."""
    with transaction(house.engine) as session:
        for statement in session.exec(select(Statement)).all():
            object_to(session, statement.id, 2, text="Полчаса?", said_by="Седова", at=house.clock())


@dataclass(frozen=True, slots=True)
class Ids:
    """An id of everything that a client has."""

    statement_id: int
    entry_id: int
    invoice_id: int
    paper_id: int
    subscription_id: int
    contract_id: int
    objection_id: int | None


def ids_of(house: House, customer: Any) -> Ids:
    """An id of everything that the client has; the entry is the one of November."""
    with reading(house.engine) as session:

        def first(table: Any, *which: Any) -> Any:
            own = select(table.id).where(table.client_id == customer.id, *which)
            return session.exec(own.order_by(table.id)).first()

        return Ids(
            statement_id=first(Statement),
            entry_id=first(WorkEntry, WorkEntry.summary == "Звонок"),
            invoice_id=first(Invoice),
            paper_id=first(Paper),
            subscription_id=first(Subscription),
            contract_id=first(Contract),
            objection_id=first(LineReply, LineReply.stance == Stance.OBJECTED),
        )
