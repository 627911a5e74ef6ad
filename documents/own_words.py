"""A firm's own words on papers: text with placeholders, and the order of a paper's parts; data, never code (P7)."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from contracts.errors import Refusal
from contracts.requisites import require_text
from documents.paper_kinds import PaperKind
from documents.typography import phone
from documents.words import Language, amount_in_words, day_in_words, month_in_words, price

LONGEST_LINE = 2000
PARTS = {
    PaperKind.CONTRACT: ("preamble", "terms", "closing", "specification"),
    PaperKind.INVOICE: ("payee", "parties", "basis", "lines", "closing"),
    PaperKind.ACT: ("parties", "basis", "lines", "closing"),
    PaperKind.STATEMENT: ("parties", "basis", "hours", "work", "closing"),
    PaperKind.CREDIT_NOTE: ("parties", "basis", "lines", "closing"),
    PaperKind.CERTIFICATE: ("registration", "services", "hours", "next", "closing"),
    PaperKind.OFFER: ("parties", "basis", "choices", "due", "packages", "closing"),
    PaperKind.RECONCILIATION: ("parties", "basis", "lines", "closing"),
}
"""The parts of each kind of paper; each stands once in a layout, so that no rule and no sum is left out."""
_ALWAYS = ("number", "day")
SAID = {
    PaperKind.CONTRACT: _ALWAYS,
    PaperKind.INVOICE: (*_ALWAYS, "pay_by"),
    PaperKind.ACT: (*_ALWAYS, "month"),
    PaperKind.STATEMENT: (*_ALWAYS, "month"),
    PaperKind.CREDIT_NOTE: (*_ALWAYS, "invoice.number"),
    PaperKind.CERTIFICATE: _ALWAYS,
    PaperKind.OFFER: (*_ALWAYS, "valid_until"),
    PaperKind.RECONCILIATION: (*_ALWAYS, "first_day", "last_day"),
}
"""What stands at our own title and in no part, so that a layout must say it in its own words."""

_PLACEHOLDER = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
_WITH_STOP = re.compile(_PLACEHOLDER.pattern + r"(\.?)")
_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_ALONE = re.compile(r"\s*\{\{\s*([a-z_]+)\s*\}\}\s*")

Value = Callable[[Any, Language], str]


def _text(path: str) -> Value:
    return lambda sheet, _: str(attrgetter(path)(sheet) or "")


def _day(path: str) -> Value:
    return lambda sheet, language: day_in_words(attrgetter(path)(sheet), language)


def _names(party: str) -> dict[str, Value]:
    return {
        f"{party}.name": lambda sheet, language: getattr(sheet, party).called(language),
        f"{party}.full_name": lambda sheet, language: getattr(sheet, party).official(language),
    }


_SELLER = _names("seller") | {f"seller.{name}": _text(f"seller.{name}") for name in ("inn", "address", "email")}
_SELLER["seller.phone"] = lambda sheet, _: phone(sheet.seller.phone)
_CLIENT = _names("client") | {"client.inn": _text("client.inn")}
_NUMBER: dict[str, Value] = {"number": _text("number")}
_ISSUED = _NUMBER | {"day": _day("issued_on")}
_CONTRACT: dict[str, Value] = {
    "contract.number": lambda sheet, _: sheet.contract.number if sheet.contract else "",
    "contract.day": lambda sheet, language: day_in_words(sheet.contract.signed_on, language) if sheet.contract else "",
}
_SUMS: dict[str, Value] = _CONTRACT | {
    "total": lambda sheet, language: price(sheet.total, language),
    "total_in_words": lambda sheet, language: amount_in_words(sheet.total, language),
    "vat": lambda sheet, language: price(sheet.vat, language),
}
_MONTH: dict[str, Value] = {"month": lambda sheet, language: month_in_words(sheet.term.starts_on, language)}
_TERM = {"first_day": _day("term.starts_on"), "last_day": _day("term.last_day")}
PLACEHOLDERS: dict[PaperKind, dict[str, Value]] = {
    PaperKind.CONTRACT: _SELLER
    | _CLIENT
    | _NUMBER
    | _TERM
    | {
        "day": _day("contract_signed_on"),
        "plan": _text("plan"),
        "price": lambda sheet, language: price(sheet.price, language),
    },
    PaperKind.INVOICE: _SELLER
    | _CLIENT
    | _ISSUED
    | _SUMS
    | {"pay_by": lambda sheet, language: day_in_words(sheet.pay_by_on, language) if sheet.pay_by_on else ""},
    PaperKind.ACT: _SELLER | _CLIENT | _ISSUED | _SUMS | _MONTH,
    PaperKind.CREDIT_NOTE: _SELLER | _CLIENT | _ISSUED | _SUMS | {"invoice.number": _text("invoice_number")},
    PaperKind.STATEMENT: _SELLER | _CLIENT | _ISSUED | _SUMS | _MONTH | {"object_until": _day("object_until_on")},
    PaperKind.CERTIFICATE: _SELLER
    | _ISSUED
    | _TERM
    | {"plan": _text("plan"), "owner.name": _names("owner")["owner.name"], "product": _text("registration.product")},
    PaperKind.OFFER: _SELLER
    | _CLIENT
    | _ISSUED
    | _CONTRACT
    | {"plan": _text("plan"), "valid_until": _day("valid_until"), "last_day": _day("term.last_day")},
    PaperKind.RECONCILIATION: _SELLER
    | _CLIENT
    | _ISSUED
    | {"first_day": _day("span.starts_on"), "last_day": _day("span.last_day")},
}
"""What each kind of paper can say about itself, by the name of the placeholder."""
EVERYWHERE = _SELLER
"""What every paper can say: the seller."""


class PieceKind(StrEnum):
    """What stands in a paper that a firm laid out."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Piece:
    """A title, a heading or a paragraph with its placeholders, or the name of one of our parts."""

    kind: PieceKind
    text: str


def require_words(text: str, field: str, known: dict[str, Value]) -> str:
    """One line of a firm's own text. Raises `Refusal` with TEXT_WRONG, or PLACEHOLDER_UNKNOWN for one that is not
    known there and for braces that are none."""
    fine = require_text(text, field, LONGEST_LINE)
    for name in _PLACEHOLDER.findall(fine):
        if name not in known:
            raise Refusal("PLACEHOLDER_UNKNOWN", field=field, value=name, allowed=sorted(known))
    if stray := _BRACES.search(_PLACEHOLDER.sub("", fine)):
        raise Refusal("PLACEHOLDER_UNKNOWN", field=field, value=stray[0], allowed=sorted(known))
    return fine


def filled(text: str, sheet: Any, language: Language, known: dict[str, Value]) -> str:
    """The text with the values of a paper in the place of its placeholders; "2026 г." ends a sentence itself."""

    def said(found: re.Match[str]) -> str:
        value = known[found[1]](sheet, language)
        return value if value.endswith(".") else value + found[2]

    return _WITH_STOP.sub(said, text)


def pieces_of(text: str, kind: PaperKind) -> list[Piece]:
    """A template cut into pieces: "# title" and "## heading" on lines of their own, "{{ part }}" on a line of its own,
    and paragraphs between blank lines."""
    pieces: list[Piece] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip("\n")):
        paragraph: list[str] = []
        for line in [*block.split("\n"), ""]:
            piece = _piece(line, kind)
            if piece is None and line.strip():
                paragraph.append(line.strip())
                continue
            if paragraph:
                pieces.append(Piece(PieceKind.TEXT, " ".join(paragraph)))
                paragraph = []
            if piece is not None:
                pieces.append(piece)
    return pieces


def _piece(line: str, kind: PaperKind) -> Piece | None:
    for mark, of in (("## ", PieceKind.HEADING), ("# ", PieceKind.TITLE)):
        if line.startswith(mark):
            return Piece(of, line.removeprefix(mark).strip())
    part = _ALONE.fullmatch(line)
    return Piece(PieceKind.PART, part[1]) if part and part[1] in PARTS[kind] else None


def require_template(text: str, field: str, kind: PaperKind) -> str:
    """A firm's own layout of a paper: a title first, each of our parts once, in any order, and in its own words what
    is in none of them.

    Raises `Refusal` with PARTS_WRONG for a part that is missing or stands twice, PLACEHOLDER_MISSING for what
    the layout does not say, TITLE_WRONG, and as `require_words`.
    """
    pieces = pieces_of(text, kind)
    for piece in pieces:
        if piece.kind is not PieceKind.PART:
            require_words(piece.text, field, PLACEHOLDERS[kind])
    titles = [n for n, piece in enumerate(pieces) if piece.kind is PieceKind.TITLE]
    if titles != [0]:
        raise Refusal("TITLE_WRONG", field=field, value=len(titles), allowed="# …")
    counts = Counter(piece.text for piece in pieces if piece.kind is PieceKind.PART)
    wrong = [part for part in PARTS[kind] if counts[part] != 1]
    if wrong:
        raise Refusal("PARTS_WRONG", field=field, value=wrong, allowed=_as_placeholders(PARTS[kind]))
    said = {name for piece in pieces if piece.kind is not PieceKind.PART for name in _PLACEHOLDER.findall(piece.text)}
    if unsaid := [name for name in SAID[kind] if name not in said]:
        raise Refusal("PLACEHOLDER_MISSING", field=field, value=unsaid, allowed=_as_placeholders(SAID[kind]))
    return text


def _as_placeholders(parts: Sequence[str]) -> list[str]:
    return [f"{{{{ {part} }}}}" for part in parts]
