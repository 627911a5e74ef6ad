"""Typesetting: one sheet becomes one PDF, in a process that can load nothing but this package's templates and fonts."""

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, NoReturn
from xml.etree import ElementTree

import cssselect2
import msgspec
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from documents.act import ActSheet
from documents.certificate import CertificateSheet
from documents.contract import ContractSheet
from documents.credit_note import CreditNoteSheet
from documents.e_invoice import e_invoice
from documents.invoice import InvoiceSheet
from documents.look import Form, Look, look_of
from documents.offer import OfferSheet
from documents.paper_kinds import PaperKind
from documents.reconciliation import ReconciliationSheet
from documents.replay import ReplaySheet
from documents.statement import StatementSheet
from documents.statement_data import DataFile, data_files
from documents.templating import HOUSE, TEMPLATES, page_source
from documents.words import Language

LOGO = "logo:"
"""The address under which templates name the seller's logo."""

Sheet = (
    ContractSheet
    | InvoiceSheet
    | ActSheet
    | StatementSheet
    | CreditNoteSheet
    | CertificateSheet
    | OfferSheet
    | ReconciliationSheet
    | ReplaySheet
)
SHEETS: dict[str, type[Sheet]] = {
    "contract": ContractSheet,
    "invoice": InvoiceSheet,
    "act": ActSheet,
    "statement": StatementSheet,
    "credit_note": CreditNoteSheet,
    "certificate": CertificateSheet,
    "offer": OfferSheet,
    "reconciliation": ReconciliationSheet,
    "replay": ReplaySheet,
}


def typeset(kind: str, version: int, language: str, sheet_json: bytes, form_json: bytes = b"") -> bytes:
    """The PDF of a stored sheet in a stored form; the same two give the same bytes in every process (P2).

    Raises `msgspec.ValidationError` when the stored sheet is not a sheet of that kind.
    """
    sheet = msgspec.json.decode(sheet_json, type=SHEETS[kind])
    all_of_it = b"%s/%d/%s/" % (kind.encode(), version, language.encode()) + sheet_json + form_json
    look = HOUSE
    if form_json:
        look = look_of(msgspec.json.decode(form_json, type=Form), PaperKind(kind), Language(language), sheet)
    with _garbage_left_for_later():
        source = page_source(kind, version, Language(language), sheet, hashlib.sha256(sheet_json).hexdigest(), look)
        files = _files(sheet, sheet_json, Language(language))
        paper = Paper(source, look.logo).write_pdf(
            stylesheets=[*_styles(version, language), *_own_styles(look)],
            font_config=_fonts(),
            pdf_identifier=hashlib.sha256(all_of_it).digest()[:16],
            pdf_variant="pdf/a-3u",
            attachments=[_attached(file) for file in files],
            finisher=partial(_finish, described=isinstance(sheet, InvoiceSheet | CreditNoteSheet) and bool(files)),
        )
    assert isinstance(paper, bytes)
    return paper


def _attached(file: DataFile) -> Attachment:
    return Attachment(
        string=file.content,
        name=file.name,
        created=file.made_at,
        modified=file.made_at,
        relationship=file.relationship,
        url_fetcher=NothingOutside(),
    )


def _files(sheet: Sheet, sheet_json: bytes, language: Language) -> tuple[DataFile, ...]:
    """What a paper carries besides its pages."""
    if isinstance(sheet, StatementSheet):
        return data_files(sheet, sheet_json, language)
    data = e_invoice(sheet, language)
    return () if data is None else (data,)


def _finish(_: Any, pdf: Any, *, described: bool) -> None:
    """WeasyPrint 70 names each file of a paper twice in the list that PDF/A-3 asks for.

    The description of an e-invoice must stand in the one RDF of the paper's metadata; WeasyPrint would add another.
    """
    files = pdf.catalog.get("AF", [])
    files[:] = dict.fromkeys(files)
    if described:
        metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
        end = b"</rdf:RDF>"
        metadata.stream = [part.replace(end, _described() + end) for part in metadata.stream]


@cache
def _described() -> bytes:
    return (TEMPLATES / "e_invoice" / "v1.xmp").read_bytes()


@contextmanager
def _garbage_left_for_later() -> Iterator[None]:
    """Do not look for garbage while a paper is made: until it is done, hardly any of its many small objects is some."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect(1)


class NothingOutside(URLFetcher):
    """Refuses every address: styles, fonts and pictures are read before a client's text is near (P7)."""

    def fetch(self, url: str, headers: Any = None) -> NoReturn:
        """Refuse the address."""
        raise FatalURLFetchingError(f"a paper may load nothing, and was asked for {url}")


class LogoAlone(URLFetcher):
    """Gives the seller's logo, and refuses every other address (P7)."""

    def __init__(self, logo: bytes) -> None:
        super().__init__()
        self._logo = logo

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The logo, by the only address that our templates write."""
        if url != LOGO or not self._logo:
            raise FatalURLFetchingError(f"a paper may load nothing, and was asked for {url}")
        return URLFetcherResponse(url, self._logo, {"Content-Type": "image/png"})


class Paper(HTML):
    """A document out of our own well-formed XHTML under our own style sheet alone.

    Reading it with expat and leaving out the style sheet of a browser saves a sixth of a statement's cost.
    """

    def __init__(self, source: str, logo: bytes = b"") -> None:
        self.base_url = None
        self.url_fetcher = LogoAlone(logo)
        self.media_type = "print"
        root = ElementTree.fromstring(source)
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return []


@cache
def _fonts() -> FontConfiguration:
    # One for the life of the process: each costs memory that is never given back.
    return FontConfiguration()


@cache
def _styles(version: int, language: str) -> list[CSS]:
    names = (f"v{version}.css", f"v{version}.{language}.css")
    sources = [(TEMPLATES / "house" / name).read_text("utf-8") for name in names]
    return [CSS(string=source, font_config=_fonts(), url_fetcher=NothingOutside()) for source in sources]


def _own_styles(look: Look) -> list[CSS]:
    """What a form adds to the style of the house: its places, and its colour for titles and rules."""
    if look == HOUSE:
        return []
    own = (TEMPLATES / "house" / "form.css").read_text("utf-8")
    if look.accent:
        own += f"h1, h2 {{ color: {look.accent}; }}\n.figures, .payee {{ border-color: {look.accent}; }}\n"
    return [CSS(string=own, font_config=_fonts(), url_fetcher=NothingOutside())]
