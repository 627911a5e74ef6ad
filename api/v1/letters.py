"""Letters with papers and others: where papers are mailed, what became of letters, sending and sending again (P2)."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from sqlmodel import Session, col, select

from api.calls import CREATED, MaybeOnce, Once
from api.inputs import Id, Input, Limit, PathId, line
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from api.v1.reminders import LetterAnswer
from contracts.known_rows import known_row
from contracts.paper_addresses import choose_paper_address, withdraw_paper_address
from contracts.paper_ways import PaperWay
from contracts.parties import Client
from documents.letters import Letter, LetterState
from documents.mailing_by_hand import resend_letter, revoke_links, send_papers
from documents.mailings import MailedPaper

router = APIRouter(route_class=GuardedRoute, tags=["letters"])


class PaperAddressInput(Input):
    """An address of a contact of the client, and whether papers come attached or as links."""

    email: str = Field(min_length=1, max_length=254, examples=["buh@romashka.example"])
    way: PaperWay = Field(default=PaperWay.ATTACHMENT, strict=False)


class WithdrawnAddress(Input):
    """An address that gets papers."""

    email: str = Field(min_length=1, max_length=254, examples=["buh@romashka.example"])


class PaperAddressAnswer(Answer):
    """Where papers of the client that are issued from `since` on are mailed."""

    client_id: int
    email: str
    way: PaperWay
    since: datetime


class MailedLetter(LetterAnswer):
    """A letter; a reminder, warning or digest has no papers, and links only if `links_end_on` says so."""

    client_id: int | None
    paper_ids: list[int]
    links_end_on: date | None


class Letters(Answer):
    """The letters that were queued, one for each address."""

    letters: list[MailedLetter]


class PapersToSend(Input):
    """Papers of one client and seller that were never mailed, and who asks."""

    paper_ids: list[Id] = Field(min_length=1, max_length=50, examples=[[12, 13]])
    asked_by: str = line(200, examples=["Котова И. Л."])


class Again(Input):
    """Who asks for the letter once more, and why."""

    asked_by: str = line(200, examples=["Котова И. Л."])
    reason: str = line(300, examples=["Клиент просит ещё раз"])


class Revoked(Input):
    """Who takes the links back, and why."""

    revoked_by: str = line(200, examples=["Котова И. Л."])
    reason: str = line(300, examples=["Отправлено не тому"])


class RevokedAnswer(Answer):
    """That the links of a letter open nothing any more."""

    letter_id: int
    revoked_by: str
    reason: str
    revoked_at: datetime


@router.post("/v1/clients/{client_id}:choose-paper-address", status_code=CREATED, response_model=PaperAddressAnswer)
def choose(client_id: PathId, new: PaperAddressInput, once: MaybeOnce) -> Response:
    """Mail the client's papers to an address of a contact from now on, or change how they come."""
    return once.answer(
        lambda call: PaperAddressAnswer.model_validate(
            choose_paper_address(call.session, client_id, new.email, new.way, at=call.at)
        )
    )


@router.post("/v1/clients/{client_id}:withdraw-paper-address", response_model=PaperAddressAnswer)
def withdraw(client_id: PathId, new: WithdrawnAddress, once: MaybeOnce) -> Response:
    """Mail no more papers to an address."""
    return once.answer(
        lambda call: PaperAddressAnswer.model_validate(withdraw_paper_address(call.session, client_id, new.email)),
        status=200,
    )


@router.get("/v1/letters")
def find(
    call: Reader,
    client_id: Annotated[PathId | None, Query()] = None,
    state: Annotated[LetterState | None, Query()] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[MailedLetter]:
    """Letters of every kind in the order in which they were queued, and what became of them."""
    found = select(Letter).where(col(Letter.id) > (after or 0)).order_by(col(Letter.id)).limit(limit)
    if client_id is not None:
        found = found.where(Letter.client_id == known_row(call.session, Client, client_id).id)
    if state is not None:
        found = found.where(Letter.state == state)
    return [_told(call.session, letter) for letter in call.session.exec(found).all()]


@router.post("/v1/letters", status_code=CREATED, response_model=Letters)
def send(new: PapersToSend, once: Once, request: Request) -> Response:
    """Mail papers that were never mailed, in one letter to each address that the client chose for papers."""
    days = request.app.state.settings.link_days_outside
    return once.answer(
        lambda call: Letters(
            letters=[
                _told(call.session, letter)
                for letter in send_papers(call.session, new.paper_ids, new.asked_by, days, at=call.at)
            ]
        )
    )


@router.post("/v1/letters/{letter_id}:resend", status_code=CREATED, response_model=MailedLetter)
def resend(letter_id: PathId, new: Again, once: Once, request: Request) -> Response:
    """Mail the papers of a letter once more to the same address, as a new letter."""
    days = request.app.state.settings.link_days_outside
    return once.answer(
        lambda call: _told(
            call.session, resend_letter(call.session, letter_id, new.asked_by, new.reason, days, at=call.at)
        )
    )


@router.post("/v1/letters/{letter_id}:revoke-links", status_code=CREATED, response_model=RevokedAnswer)
def revoke(letter_id: PathId, new: Revoked, once: Once) -> Response:
    """Let the links of a letter open nothing any more."""
    return once.answer(
        lambda call: RevokedAnswer.model_validate(
            revoke_links(call.session, letter_id, new.revoked_by, new.reason, at=call.at)
        )
    )


def _told(session: Session, letter: Letter) -> MailedLetter:
    papers = select(MailedPaper.paper_id).where(MailedPaper.mailing_id == letter.mailing_id)
    return MailedLetter(
        **letter.model_dump(include=set(MailedLetter.model_fields)),
        paper_ids=list(session.exec(papers.order_by(col(MailedPaper.id)))),
    )
