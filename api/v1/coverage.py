"""What a client is covered by and which hours are left, without a question."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import Session

from api.inputs import Moment, PathId
from api.request import GuardedRoute, Reader
from api.v1.answers import CoverTold, HoursTold, cover_told, hours_told
from api.v1.clients import client_of
from api.v1.desk_answers import CoverageAnswer
from entitlements.answers import Question
from entitlements.client_facts import current_facts, read_facts
from entitlements.client_state import each_cover
from entitlements.covers import ClientFacts
from entitlements.decision import decide
from entitlements.desk import reaches_back

router = APIRouter(route_class=GuardedRoute, tags=["desk"])


@router.get("/v1/clients/{client_id}/coverage")
def coverage(client_id: PathId, call: Reader, at: Annotated[Moment | None, Query()] = None) -> CoverageAnswer:
    """The client's covers and hours at a moment, now unless told otherwise."""
    client = client_of(call.session, client_id)
    moment = at or call.at
    facts = facts_at(call.session, client.id, moment)
    views = [decision for decision in each_cover(facts, moment) if decision.cover is not None]
    return CoverageAnswer(
        client_id=client.id,
        at=moment,
        state_version=facts.state_version,
        valid_until=decide(facts, Question(moment)).valid_until,
        covers=[CoverTold(**cover_told(view.cover)) for view in views if view.cover is not None],
        hours={
            view.cover.seller_id: HoursTold(**hours_told(view.hours))
            for view in views
            if view.cover is not None and view.hours is not None
        },
    )


def facts_at(session: Session, client_id: int, at: datetime) -> ClientFacts:
    """The client's facts for a moment, that may lie in a closed month (D1)."""
    facts = current_facts(session, client_id)
    return read_facts(session, client_id, before=at) if reaches_back(facts, at) else facts
