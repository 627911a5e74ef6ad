"""Offline passes: signed, so that a desk can go on while the server is away (D1, D5)."""

from datetime import timedelta
from typing import Any, Literal

from fastapi import APIRouter, Request
from sqlmodel import Session, col, select

from api.inputs import PathId
from api.request import GuardedRoute, Reader
from api.v1.answers import cover_told, hours_told
from api.v1.offline_answers import PassAnswer
from contracts.known_rows import known_row
from contracts.parties import Client, Seller
from documents.wording import decision_text
from documents.words import Language
from entitlements.client_state import each_cover
from entitlements.covers import ClientFacts
from entitlements.desk_card import facts_at
from entitlements.offline_pass import GivenAnswer, OfflinePass, offline_pass
from entitlements.pass_claims import Told
from entitlements.receipts import Kind, sign

router = APIRouter(route_class=GuardedRoute, tags=["desk"])


@router.get("/v1/clients/{client_id}/offline-pass")
def give(client_id: PathId, request: Request, call: Reader, locale: Literal["ru", "en"] | None = None) -> PassAnswer:
    """A pass for the client, from now on; a suspended client gets none."""
    settings = request.app.state.settings
    facts = facts_at(call.session, known_row(call.session, Client, client_id).id, call.at)
    longest = timedelta(hours=settings.pass_hours)
    given = offline_pass(facts, _calendars(call.session, facts), at=call.at, longest=longest)
    claims = claims_of(given, facts, Language(locale or settings.language))
    return PassAnswer(
        client_id=given.client_id,
        issued_at=given.issued_at,
        valid_until=given.valid_until,
        state_version=given.state_version,
        offline_pass=sign(request.app.state.signer.key_now(), Kind.PASS, claims),
    )


def _calendars(session: Session, facts: ClientFacts) -> dict[int, str]:
    """The country of each seller's calendar, by which work is billed."""
    sellers = select(Seller.id, Seller.calendar).where(col(Seller.id).in_(facts.pools))
    return dict(session.exec(sellers).all())


def claims_of(given: OfflinePass, facts: ClientFacts, language: Language) -> dict[str, Any]:
    """What the pass says, without any money."""
    views = each_cover(facts, given.issued_at)
    return {
        "issued_at": given.issued_at,
        "valid_until": given.valid_until,
        "client_id": given.client_id,
        "state_version": given.state_version,
        "registrations": given.registrations,
        "verdicts": [_told(answer, language) for answer in given.answers],
        "covers": [cover_told(view.cover) for view in views if view.cover is not None],
        "hours": {view.cover.seller_id: hours_told(view.hours) for view in views if view.cover and view.hours},
        "billing": given.billing,
    }


def _told(answer: GivenAnswer, language: Language) -> Told:
    decision = answer.decision
    return Told(
        service=answer.service,
        feature=answer.feature,
        registrations=answer.registrations,
        decision=decision.verdict,
        reason=decision.reason,
        text=decision_text(decision, language, hours=True, money=False),
        limits=answer.limits,
    )
