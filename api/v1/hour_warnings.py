"""Warnings that hours run short, and where account managers read them (H13)."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlmodel import col, select

from api.calls import CREATED, Once
from api.inputs import Input, Limit, PathId
from api.inputs import line as text_of
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from api.v1.reminders import LetterAnswer
from contracts.enrolling import choose_manager_address
from contracts.known_rows import known_row
from contracts.parties import Client
from documents.letters import Letter
from entitlements.listed_warnings import list_warnings

router = APIRouter(route_class=GuardedRoute, tags=["hours"])


class ManagerAddressInput(Input):
    """Where a manager, by the name that clients have it, reads mail; null when at the seller's staff address."""

    manager: str = text_of(200, examples=["Котова И. Л."])
    email: str | None = Field(min_length=1, max_length=254, examples=["kotova@example.org"])


class ManagerAddressAnswer(Answer):
    """Where a manager reads mail from now on; empty when at the seller's staff address."""

    id: int
    manager: str
    email: str
    recorded_at: datetime


class HoursWarningAnswer(Answer):
    """That a client's hours with a seller reached a share, and how they stood; once in a usage period and share."""

    id: int
    client_id: int
    seller_id: int
    percent: int
    period_starts_on: date
    period_last_day: date
    given_minutes: int
    used_minutes: int
    held_minutes: int
    available_minutes: int
    overage_minutes: int
    runs_out_on: date | None
    warned_at: datetime
    letters: list[LetterAnswer]
    """None where a later warning about the same hours took its place, or nobody could be written to."""


@router.get("/v1/hour-warnings")
def find(
    call: Reader,
    client_id: Annotated[PathId | None, Query()] = None,
    seller_id: Annotated[PathId | None, Query()] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[HoursWarningAnswer]:
    """The warnings in the order in which they were recorded, and what became of their letters."""
    if client_id is not None:
        known_row(call.session, Client, client_id)
    clients = None if client_id is None else [client_id]
    found = list_warnings(call.session, client_ids=clients, seller_id=seller_id, after=after or 0, limit=limit)
    letters = select(Letter).where(col(Letter.warning_id).in_([one.id for one in found])).order_by(col(Letter.id))
    posted = call.session.exec(letters).all()
    return [
        HoursWarningAnswer(
            **one.model_dump(include=set(HoursWarningAnswer.model_fields)),
            letters=[LetterAnswer.model_validate(letter) for letter in posted if letter.warning_id == one.id],
        )
        for one in found
    ]


@router.post("/v1/manager-addresses", status_code=CREATED, response_model=ManagerAddressAnswer)
def choose_address(new: ManagerAddressInput, once: Once) -> Response:
    """Choose where a manager reads warnings and digests from now on."""
    return once.answer(
        lambda call: ManagerAddressAnswer.model_validate(
            choose_manager_address(call.session, new.manager, new.email, at=call.at)
        )
    )
