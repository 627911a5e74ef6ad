"""The first steps of a new installation, told from what is there: seller, calendar, plan, client, people."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from api.people import Person
from contracts.catalogue import PlanVersion
from contracts.parties import Client
from contracts.queries import all_sellers


@dataclass(frozen=True, slots=True)
class Step:
    """A step by its name, the page on which it is done, and whether it is done."""

    name: str
    place: str
    is_done: bool


def first_steps(session: Session) -> list[Step]:
    """The steps in their order; a seller's calendar is right when it is its country's (D10)."""
    sellers = all_sellers(session)
    people = session.exec(select(func.count()).where(col(Person.disabled_at).is_(None))).one()
    return [
        Step("seller", "/sellers/new", bool(sellers)),
        Step("calendar", "/calendars", bool(sellers) and all(one.calendar == one.country for one in sellers)),
        Step("plan", "/plans", _is_there(session, PlanVersion)),
        Step("client", "/clients/new", _is_there(session, Client)),
        Step("people", "/people", people > 1),
    ]


def _is_there(session: Session, table: type[PlanVersion] | type[Client]) -> bool:
    return session.exec(select(table.id).limit(1)).first() is not None
