"""Sending a paper by mail: for the first time, or once more to who had it, with a reason (P2)."""

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.pages.forms import SentForm, Text, Typed
from api.pages.one_paper import again_with_paper
from api.pages.page import PageRoute, WritingPage
from contracts.errors import Refusal
from contracts.known_rows import known_row
from documents.mailing_by_hand import resend_letter, send_papers
from documents.papers import Paper
from documents.sale_papers import letters_with

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Resending(Typed):
    """Why the letter is sent once more."""

    reason: Text


@router.post("/papers/{paper_id}:mail")
def mail(paper_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Queue a letter with a paper that was never mailed to every address that the client chose for papers."""
    days = page.request.app.state.settings.link_days_outside
    paper = known_row(page.session, Paper, paper_id)

    def act() -> str:
        send_papers(page.session, [paper.id], page.person.name, days, at=page.at)
        return f"/papers/{paper_id}?said=paper_mailed"

    return page.once(form, act, lambda refusal: again_with_paper(page, paper_id, form, refusal))


@router.post("/papers/{paper_id}/letters/{letter_id}:resend")
def resend(paper_id: PathId, letter_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Queue a new letter with the same papers to the same address."""
    days = page.request.app.state.settings.link_days_outside
    paper = known_row(page.session, Paper, paper_id)

    def act() -> str:
        if letter_id not in {one.id for one in letters_with(page.session, [paper])}:
            raise Refusal("LETTER_UNKNOWN", field="letter_id", value=letter_id)
        reason = form.read(Resending).reason
        resend_letter(page.session, letter_id, page.person.name, reason, days, at=page.at)
        return f"/papers/{paper_id}?said=resent_letter"

    return page.once(form, act, lambda refusal: again_with_paper(page, paper_id, form, refusal))
