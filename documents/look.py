"""How a seller's papers look: logo, colour, own words, clauses and layouts (P1, P7)."""

from dataclasses import dataclass, field

from documents.own_words import EVERYWHERE, PLACEHOLDERS, Piece, PieceKind, filled, pieces_of
from documents.paper_kinds import PaperKind
from documents.words import Language


@dataclass(frozen=True, slots=True)
class Wording:
    """A firm's own words in one language.

    `header` stands beside the logo, `footer` at the foot of every page, `notes` below a kind of paper, `clauses` after
    ours in a contract; `papers` lays out kinds of paper anew, around the parts that the product fills.
    """

    header: str = ""
    footer: str = ""
    notes: dict[PaperKind, str] = field(default_factory=dict)
    clauses: tuple[str, ...] = ()
    papers: dict[PaperKind, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """The look of a seller's papers; an empty one is that of the house. `logo` is a PNG, `accent` is "#1f6f54"."""

    accent: str = ""
    logo: bytes = b""
    ru: Wording = field(default_factory=Wording)
    en: Wording = field(default_factory=Wording)


@dataclass(frozen=True, slots=True)
class Look:
    """A form as one paper prints it, its placeholders filled; an empty one changes nothing."""

    accent: str = ""
    logo: bytes = b""
    header: str = ""
    footer: str = ""
    note: str = ""
    clauses: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()


def look_of(form: Form, kind: PaperKind, language: Language, sheet: object) -> Look:
    """What the form says on a paper."""
    words, known = (form.ru if language is Language.RU else form.en), PLACEHOLDERS[kind]
    pieces = pieces_of(words.papers[kind], kind) if kind in words.papers else []
    return Look(
        form.accent,
        form.logo,
        filled(words.header, sheet, language, EVERYWHERE),
        filled(words.footer, sheet, language, EVERYWHERE),
        filled(words.notes.get(kind, ""), sheet, language, known),
        tuple(filled(one, sheet, language, known) for one in words.clauses) if kind is PaperKind.CONTRACT else (),
        tuple(
            piece if piece.kind is PieceKind.PART else Piece(piece.kind, filled(piece.text, sheet, language, known))
            for piece in pieces
        ),
    )
