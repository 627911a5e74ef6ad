"""The firm's own look of its papers: tried on a sample, adopted for what is issued next, kept in versions (P7)."""

import base64
import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.form_preview import preview_form
from api.inputs import PathId
from api.pages.forms import Form, SentForm
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage, refusal_of
from api.pages.paper_files import FRAMED
from api.v1.forms import FormInput, LayoutsInput, NotesInput, PreviewInput
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.queries import all_sellers
from documents.adopting_forms import adopt_form, current_form, form_in, forms_of
from documents.look import Form as Look
from documents.own_words import EVERYWHERE, PARTS, PLACEHOLDERS
from documents.paper_kinds import PaperKind
from documents.paper_names import KINDS
from documents.words import Language

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PDF = "application/pdf"


@router.get("/forms")
def show_all(page: ReadingPage) -> Response:
    """Each seller with the version of its form that governs what is issued."""
    shown = [(one, current_form(page.session, one.id)) for one in all_sellers(page.session)]
    return page.show("forms/list.html", sellers=shown)


@router.get("/forms/{seller_id}")
def show(seller_id: PathId, page: ReadingPage) -> Response:
    """The form of a seller's papers, filled in with the version that governs, and the versions before."""
    seller = known_row(page.session, Seller, seller_id)
    typed = _typed(form_in(current_form(page.session, seller.id)))
    return page.show("forms/one.html", **(_form(page, seller) | {"typed": typed}))


@router.get("/forms/{seller_id}/sample")
def sample(
    seller_id: PathId,
    page: ReadingPage,
    version: Annotated[int, Query(ge=0, le=10**6)] = 0,
    paper: PaperKind = PaperKind.INVOICE,
    language: Language = Language.RU,
) -> Response:
    """A sample paper in a version of the seller's form; version 0 is the look of the house."""
    seller = known_row(page.session, Seller, seller_id)
    found = {one.version: one for one in forms_of(page.session, seller.id)}
    if version and version not in found:
        raise Refusal("FIELD_WRONG", field="version", value=version, allowed=[0, *found])
    return _pdf(preview_form(seller, form_in(found.get(version)), paper, language))


@router.post("/forms/{seller_id}:preview")
def preview(seller_id: PathId, form: SentForm, page: ReadingPage) -> Response:
    """A sample paper in the form as it is typed; nothing is stored, so no writer waits while it is printed."""

    def act() -> Response:
        seller = known_row(page.session, Seller, seller_id)
        asked = {name: form.typed.get(name, "") for name in ("paper", "language")}
        given = _read(PreviewInput, _given(page, seller, form) | asked)
        return _pdf(
            _by_field(lambda: preview_form(seller, given.form(), PaperKind(given.paper), Language(given.language)))
        )

    return page.act_now(act, lambda refusal: _again(page, seller_id, form, refusal))


@router.post("/forms/{seller_id}:adopt")
def adopt(seller_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Print what is issued from now on in this form; what is issued stays as it is."""

    def act() -> str:
        seller = known_row(page.session, Seller, seller_id)
        given = _read(FormInput, _given(page, seller, form))
        _by_field(lambda: adopt_form(page.session, seller.id, given.form(), at=page.at))
        return f"/forms/{seller_id}?said=form"

    return page.once(form, act, lambda refusal: _again(page, seller_id, form, refusal))


def _given(page: Page, seller: Seller, form: Form) -> dict[str, Any]:
    """What is typed, as the API takes a form; the logo stays unless another one is sent or it is taken away."""
    logo = form.attached("logo") or form_in(current_form(page.session, seller.id)).logo
    kept = b"" if "without_logo" in form.typed else logo
    given: dict[str, Any] = {"accent": form.typed.get("accent", "").strip(), "logo": base64.b64encode(kept).decode()}
    for language in Language:
        texts = {name: form.typed.get(f"{language}.{name}", "").strip() for name in FIELDS}
        given[language.value] = {
            "header": texts["header"],
            "footer": texts["footer"],
            "clauses": [line.strip() for line in texts["clauses"].splitlines() if line.strip()],
            "notes": {kind: texts[f"notes.{kind}"] for kind in NotesInput.model_fields},
            "papers": {
                kind: text.splitlines() for kind in LayoutsInput.model_fields if (text := texts[f"papers.{kind}"])
            },
        }
    return given


FIELDS = (
    "header",
    "footer",
    "clauses",
    *(f"notes.{kind}" for kind in NotesInput.model_fields),
    *(f"papers.{kind}" for kind in LayoutsInput.model_fields),
)
"""The fields of one language."""


def _typed(look: Look) -> dict[str, str]:
    """A form as the fields show it."""
    typed = {"accent": look.accent}
    for language, words in ((Language.RU, look.ru), (Language.EN, look.en)):
        typed |= {f"{language}.header": words.header, f"{language}.footer": words.footer}
        typed[f"{language}.clauses"] = "\n".join(words.clauses)
        typed |= {f"{language}.notes.{kind}": text for kind, text in words.notes.items()}
        typed |= {f"{language}.papers.{kind}": text for kind, text in words.papers.items()}
    return typed


def _read(shape: Any, given: dict[str, Any]) -> Any:
    try:
        return shape.model_validate(given)
    except ValidationError as wrong:
        errors = [{**error, "loc": ("form", *error["loc"])} for error in wrong.errors()]
        broken = refusal_of(RequestValidationError(errors))
        assert broken is not None
        raise _of_field(broken) from wrong


def _by_field(act: Any) -> Any:
    """Do it; a refusal names the field of the page, not one of its lines."""
    try:
        return act()
    except Refusal as refused:
        raise _of_field(refused) from refused


def _of_field(refusal: Refusal) -> Refusal:
    facts = {name: fact for name, fact in refusal.facts.items() if name != "errors"}
    return Refusal(refusal.code, field=re.sub(r"\.\d+$", "", refusal.field or ""), **facts)


def _again(page: Page, seller_id: int, form: Form, refusal: Refusal) -> Response:
    return page.again("forms/one.html", form, refusal, **_form(page, known_row(page.session, Seller, seller_id)))


def _form(page: Page, seller: Seller) -> dict[str, Any]:
    versions = forms_of(page.session, seller.id)
    return {
        "seller": seller,
        "versions": versions,
        "look": form_in(versions[-1] if versions else None),
        "languages": list(Language),
        "kinds": list(PARTS),
        "names": KINDS[page.language],
        "noted": list(NotesInput.model_fields),
        "laid_out": list(LayoutsInput.model_fields),
        "parts": PARTS,
        "everywhere": sorted(EVERYWHERE),
        "placeholders": {kind: sorted(known) for kind, known in PLACEHOLDERS.items()},
    }


def _pdf(content: bytes) -> Response:
    return Response(content, media_type=PDF, headers=FRAMED | {"Content-Disposition": "inline; filename=sample.pdf"})
