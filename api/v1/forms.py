"""The look of a seller's papers: logo, colour, own words, clauses and layouts, in versions (P1, P2, P7)."""

import base64
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.form_preview import preview_form
from api.inputs import Input, PathId
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Seller
from documents.adopting_forms import adopt_form, current_form, form_in
from documents.look import Form, Wording
from documents.own_words import PARTS
from documents.paper_kinds import PaperKind
from documents.words import Language

router = APIRouter(route_class=GuardedRoute, tags=["papers"])

PDF = "application/pdf"
LAYOUT = [
    "# Счёт № {{ number }} от {{ day }}",
    "Оплатить по {{ pay_by }}",
    *(f"{{{{ {part} }}}}" for part in PARTS[PaperKind.INVOICE]),
]
Words = Field(default="", max_length=2000)
Lines = Field(default=None, max_length=400)


class NotesInput(Input):
    """What stands below each kind of paper; placeholders as `{{ client.name }}`."""

    contract: str = Words
    invoice: str = Field(default="", max_length=2000, examples=["Спасибо, {{ client.name }}!"])
    act: str = Words
    statement: str = Words
    credit_note: str = Words
    certificate: str = Words
    offer: str = Words
    reconciliation: str = Words


class LayoutsInput(Input):
    """Papers laid out anew, line by line: "# title" first, "## heading", text, and each part of ours once on a line.

    What stands in no part, as number and day, is said in the title or the text.
    """

    contract: list[str] | None = Lines
    invoice: list[str] | None = Field(default=None, max_length=400, examples=[LAYOUT])
    act: list[str] | None = Lines
    statement: list[str] | None = Lines
    credit_note: list[str] | None = Lines
    certificate: list[str] | None = Lines
    offer: list[str] | None = Lines
    reconciliation: list[str] | None = Lines


class WordingInput(Input):
    """The firm's words in one language: beside the logo, at the foot of each page, as further clauses of a contract."""

    header: str = Field(default="", max_length=2000, examples=["Сопровождение 1С с 1998 года"])
    footer: str = Field(default="", max_length=200, examples=["{{ seller.name }} · {{ seller.phone }}"])
    notes: NotesInput = Field(default_factory=NotesInput)
    clauses: list[str] = Field(default=[], max_length=100)
    papers: LayoutsInput = Field(default_factory=LayoutsInput)

    def wording(self) -> Wording:
        """The words as the papers take them."""
        notes = {PaperKind(kind): text for kind, text in self.notes.model_dump().items() if text}
        papers = {
            PaperKind(kind): "\n".join(lines) for kind, lines in self.papers.model_dump(exclude_none=True).items()
        }
        return Wording(self.header, self.footer, notes, tuple(self.clauses), papers)


class FormInput(Input):
    """A whole form; what is left out is as in the house's own. `logo` is a PNG or JPEG in Base64."""

    accent: str = Field(default="", max_length=7, examples=["#1f6f54"])
    logo: str = Field(default="", max_length=700_000, json_schema_extra={"contentEncoding": "base64"})
    ru: WordingInput = Field(default_factory=WordingInput)
    en: WordingInput = Field(default_factory=WordingInput)

    def form(self) -> Form:
        """The form. Raises `Refusal("LOGO_WRONG")` for what is no Base64."""
        try:
            logo = base64.b64decode(self.logo, validate=True)
        except ValueError as unreadable:  # also for a letter that is not ASCII
            raise Refusal("LOGO_WRONG", field="logo", value=self.logo[:40], allowed="Base64") from unreadable
        return Form(self.accent, logo, self.ru.wording(), self.en.wording())


class PreviewInput(FormInput):
    """A form, and the sample paper to see it on."""

    paper: Literal[
        "contract", "invoice", "act", "statement", "credit_note", "certificate", "offer", "reconciliation"
    ] = "invoice"
    language: Literal["ru", "en"] = "ru"


class WordingAnswer(Answer):
    """The firm's words in one language; layouts line by line."""

    header: str
    footer: str
    notes: dict[str, str]
    clauses: list[str]
    papers: dict[str, list[str]]


class FormAnswer(Answer):
    """The form that governs what a seller issues; version 0 is the house's own. `logo` is a PNG in Base64."""

    seller_id: int
    version: int
    adopted_at: datetime | None
    accent: str
    logo: str
    ru: WordingAnswer
    en: WordingAnswer


@router.get("/v1/sellers/{seller_id}/form")
def current(seller_id: PathId, call: Reader) -> FormAnswer:
    """The form of what the seller issues now."""
    return _answer(call, seller_id)


@router.post("/v1/sellers/{seller_id}/forms", status_code=CREATED, response_model=FormAnswer)
def adopt(seller_id: PathId, new: FormInput, once: Once) -> Response:
    """Adopt a form for what is issued from now on; an empty one is the house's own. Issued papers stay as they are."""

    def act(call: Reader) -> FormAnswer:
        adopt_form(call.session, seller_id, new.form(), at=call.at)
        return _answer(call, seller_id)

    return once.answer(act)


@router.post(
    "/v1/sellers/{seller_id}/forms:preview",
    response_class=Response,
    responses={200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}, "description": "A sample."}},
)
def preview(seller_id: PathId, new: PreviewInput, call: Reader) -> Response:
    """A sample paper of the seller in a form that is not adopted yet, as PDF; nothing is stored."""
    seller = known_row(call.session, Seller, seller_id)
    return Response(preview_form(seller, new.form(), PaperKind(new.paper), Language(new.language)), media_type=PDF)


def _answer(call: Reader, seller_id: int) -> FormAnswer:
    seller = known_row(call.session, Seller, seller_id)
    row = current_form(call.session, seller.id)
    form = form_in(row)
    return FormAnswer(
        seller_id=seller.id,
        version=0 if row is None else row.version,
        adopted_at=None if row is None else row.adopted_at,
        accent=form.accent,
        logo=base64.b64encode(form.logo).decode(),
        ru=_wording(form.ru),
        en=_wording(form.en),
    )


def _wording(words: Wording) -> WordingAnswer:
    return WordingAnswer(
        header=words.header,
        footer=words.footer,
        notes={kind.value: text for kind, text in words.notes.items()},
        clauses=list(words.clauses),
        papers={kind.value: text.split("\n") for kind, text in words.papers.items()},
    )
