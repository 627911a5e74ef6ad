"""A client's past months under another plan, side by side with what they were: as data, as a part of a page (H15)."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field

from api.inputs import Month, PathId, Searched
from api.outputs import Amount, Answer
from api.request import Call, GuardedRoute, Reader, language_of
from api.v1.desk_answers import PartsTold
from billing.replay import Replay, ReplayedMonth, Side
from billing.replaying import Tried, months_between, replay, seller_to_replay
from contracts.errors import Refusal
from contracts.money import Money
from contracts.trying import settings_named, version_named
from documents.drawing_replay import draw_replay
from documents.templating import fragment_source
from entitlements.reasons import Reason, Verdict
from entitlements.redecided import Redecided, Told

router = APIRouter(route_class=GuardedRoute, tags=["pipeline"])

MOST_SETTINGS = 20


class SideTold(Answer):
    """Months under one plan, in minutes, and their money incl. tax; none where no price was agreed.

    Of the requests, `refused` were denied and `awaiting` needed approval; one that was asked about twice is one.
    """

    billed_minutes: int
    parts: PartsTold
    opening_minutes: int
    given_minutes: int
    used_minutes: int
    burnt_minutes: int
    rolled_minutes: int
    closing_minutes: int
    charged: Amount | None = Field(description="Overage and paid work.")
    price: Amount | None = Field(description="The days of the subscriptions' terms.")
    total: Amount | None
    currency: str | None
    refused: int
    awaiting: int


class MonthTold(Answer):
    """A month as it was `held` and as it would have been, `tried`; one that is not closed may still change."""

    month: str
    is_closed: bool
    worked_minutes: int
    held: SideTold
    tried: SideTold


class TrialTold(Answer):
    """What is tried in place of which subscriptions; no plan where each keeps its own."""

    plan: str | None
    version: int | None
    settings: dict[str, str]
    subscription_ids: list[int]


class DecisionTold(Answer):
    """What the desk is told: the reason, and the minutes left where there is a cover."""

    decision: Verdict
    reason: Reason
    available_minutes: int | None


class OtherAnswer(Answer):
    """A question that would have been answered otherwise: by another decision or reason, or with other hours left."""

    decision_id: str
    asked_at: datetime
    ticket: str
    held: DecisionTold
    tried: DecisionTold


class TotalTold(Answer):
    """All months together."""

    worked_minutes: int
    held: SideTold
    tried: SideTold


class ReplayAnswer(Answer):
    """The same work and the same questions under another plan; of `asked` questions the `answers` would differ."""

    client_id: int
    seller_id: int
    starts_on: date
    last_day: date
    trial: TrialTold
    months: list[MonthTold]
    total: TotalTold
    asked: int
    answers: list[OtherAnswer]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay on its way out."""

    call: Call
    replay: Replay


def _replayed(
    client_id: PathId,
    call: Reader,
    first: Annotated[Month | None, Query(alias="from", description="The first month; without it a year.")] = None,
    last: Annotated[Month | None, Query(alias="to", description="The last month; without it the running one.")] = None,
    plan: Annotated[Searched | None, Query(description="The plan to try; each subscription's own without it.")] = None,
    version: Annotated[PathId | None, Query(description="Its version; the last one without it.")] = None,
    changes: Annotated[
        list[Searched],
        Query(
            alias="set", max_length=MOST_SETTINGS, description="Settings otherwise.", examples=["quantum_minutes=30"]
        ),
    ] = [],  # noqa: B006 - the framework copies it
    subscription_id: Annotated[PathId | None, Query(description="In place of this one alone.")] = None,
    seller_id: Annotated[PathId | None, Query(description="Needed where several have sold to the client.")] = None,
) -> Replayed:
    """The replay that is asked for."""
    if version is not None and plan is None:
        raise Refusal("FIELD_REQUIRED", field="plan", value=None)
    seller = seller_to_replay(call.session, client_id, seller_id)
    span = months_between(first, last, seller, call.at)
    tried = None if plan is None else version_named(call.session, plan, version)
    wanted = Tried(tried, settings_named(changes), subscription_id)
    return Replayed(call, replay(call.session, client_id, seller, span, wanted))


Wanted = Annotated[Replayed, Depends(_replayed)]


@router.get("/v1/clients/{client_id}/replay")
def side_by_side(wanted: Wanted) -> ReplayAnswer:
    """A client's months as they were and as they would have been under another plan, or with a setting otherwise."""
    return replay_told(wanted.replay)


@router.get("/v1/clients/{client_id}/replay.html", response_class=HTMLResponse)
def side_by_side_shown(wanted: Wanted, request: Request) -> HTMLResponse:
    """The same as a part of a page, in the language of the reader, to be put into a page of yours."""
    language = language_of(request)
    sheet = draw_replay(wanted.call.session, wanted.replay, at=wanted.call.at, language=language)
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return HTMLResponse(fragment_source("replay", language, sheet), headers=headers)


def replay_told(replayed: Replay) -> ReplayAnswer:
    """A replay as it is told."""
    return ReplayAnswer(
        client_id=replayed.client_id,
        seller_id=replayed.seller_id,
        starts_on=replayed.span.starts_on,
        last_day=replayed.span.last_day,
        trial=TrialTold(**{**asdict(replayed.trial), "subscription_ids": list(replayed.trial.subscription_ids)}),
        months=[_month(month) for month in replayed.months],
        total=TotalTold(
            worked_minutes=replayed.worked_minutes, held=_side(replayed.held_sum), tried=_side(replayed.tried_sum)
        ),
        asked=replayed.asked,
        answers=[_answer(one) for one in replayed.answers],
    )


def _month(month: ReplayedMonth) -> MonthTold:
    return MonthTold(
        month=f"{month.term.starts_on:%Y-%m}",
        is_closed=month.is_closed,
        worked_minutes=month.worked_minutes,
        held=_side(month.held),
        tried=_side(month.tried),
    )


def _side(side: Side) -> SideTold:
    hours = {name: getattr(side.hours, name) for name in side.hours.__struct_fields__}
    return SideTold(
        billed_minutes=side.parts.billed_minutes,
        parts=PartsTold.model_validate(side.parts),
        **hours,
        charged=_amount(side.charged),
        price=_amount(side.price),
        total=_amount(side.total),
        currency=side.currency,
        refused=side.refused,
        awaiting=side.awaiting,
    )


def _amount(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)


def _answer(one: Redecided) -> OtherAnswer:
    return OtherAnswer(
        decision_id=one.decision_id,
        asked_at=one.asked_at,
        ticket=one.ticket,
        held=_decision(one.held),
        tried=_decision(one.tried),
    )


def _decision(told: Told) -> DecisionTold:
    return DecisionTold(decision=told.verdict, reason=told.reason, available_minutes=told.available_minutes)
