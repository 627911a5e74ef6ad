"""Adopting a form for a seller's papers: all of it is checked now, so that no paper fails at month end (P2, P7)."""

import re
from dataclasses import replace
from datetime import datetime

import msgspec
from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.errors import Refusal
from contracts.parties import Seller
from documents.forms import PaperForm
from documents.logo import checked_logo
from documents.look import Form, Wording
from documents.own_words import EVERYWHERE, PLACEHOLDERS, require_template, require_words
from documents.paper_kinds import PaperKind

MOST_CLAUSES = 30
LONGEST_TEMPLATE = 20_000
LONGEST_FOOT = 200
READABLE = 4.5
"""The least contrast of the colour with white paper (WCAG 2.2, 1.4.3)."""


def adopt_form(session: Session, seller_id: int, form: Form, *, at: datetime) -> PaperForm:
    """What the seller issues from now on looks like this; an empty form is that of the house. The same form again is
    no new version. Raises `Refusal` with SELLER_UNKNOWN and as `checked_form`."""
    seller = session.get(Seller, seller_id, with_for_update={"key_share": True})
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    stored = msgspec.json.encode(checked_form(form)).decode()
    last = current_form(session, seller_id)
    if last is not None and last.form == stored:
        return last
    version = {"version": 1 if last is None else last.version + 1, "form": stored, "adopted_at": at}
    return append(session, PaperForm, {"seller_id": seller_id, **version})


def current_form(session: Session, seller_id: int) -> PaperForm | None:
    """The form that governs what a seller issues; None while it never adopted one."""
    own = select(PaperForm).where(PaperForm.seller_id == seller_id).order_by(col(PaperForm.version).desc())
    return session.exec(own.limit(1)).first()


def forms_of(session: Session, seller_id: int) -> list[PaperForm]:
    """The versions of a seller's form, the first one first."""
    own = select(PaperForm).where(PaperForm.seller_id == seller_id)
    return list(session.exec(own.order_by(col(PaperForm.version))))


def form_in(row: PaperForm | None) -> Form:
    """The form of a row; that of the house without one."""
    return Form() if row is None else msgspec.json.decode(row.form, type=Form)


def checked_form(form: Form) -> Form:
    """The form as it is stored.

    Raises `Refusal` with FIELD_WRONG for a colour that is none or too pale to be read, or too many clauses; LOGO_WRONG;
    and for words as `require_words` and `require_template`, naming the field ("ru.papers.invoice").
    """
    return Form(
        _colour(form.accent) if form.accent else "",
        checked_logo(form.logo) if form.logo else b"",
        _wording(form.ru, "ru"),
        _wording(form.en, "en"),
    )


def _wording(words: Wording, language: str) -> Wording:
    contract = PLACEHOLDERS[PaperKind.CONTRACT]
    if len(words.clauses) > MOST_CLAUSES:
        allowed = f"0 to {MOST_CLAUSES}"
        raise Refusal("FIELD_WRONG", field=f"{language}.clauses", value=len(words.clauses), allowed=allowed)
    return replace(
        words,
        header=_line(words.header, f"{language}.header"),
        footer=_foot(words.footer, f"{language}.footer"),
        notes={
            kind: require_words(text, f"{language}.notes.{kind}", PLACEHOLDERS[kind])
            for kind, text in sorted(words.notes.items())
        },
        clauses=tuple(
            require_words(text, f"{language}.clauses.{n}", contract) for n, text in enumerate(words.clauses, 1)
        ),
        papers={kind: _layout(text, kind, language) for kind, text in sorted(words.papers.items())},
    )


def _line(text: str, field: str) -> str:
    return require_words(text, field, EVERYWHERE) if text else ""


def _foot(text: str, field: str) -> str:
    """What has room at the foot of a page."""
    if len(text) > LONGEST_FOOT:
        raise Refusal("TEXT_WRONG", field=field, value=len(text), allowed=f"0 to {LONGEST_FOOT} characters")
    return _line(text, field)


def _layout(text: str, kind: PaperKind, language: str) -> str:
    field = f"{language}.papers.{kind}"
    if len(text) > LONGEST_TEMPLATE:
        raise Refusal("TEXT_WRONG", field=field, value=len(text), allowed=f"1 to {LONGEST_TEMPLATE} characters")
    return require_template(text, field, kind)


def _colour(accent: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", accent) or _contrast(accent) < READABLE:
        allowed = f"#rrggbb, dark enough on white (contrast {READABLE})"
        raise Refusal("FIELD_WRONG", field="accent", value=accent, allowed=allowed)
    return accent.lower()


def _contrast(accent: str) -> float:
    """Its contrast with white by WCAG's relative luminance."""
    shares = [int(accent[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    luminance = sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)
