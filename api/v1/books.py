"""Taking over a book of business from a file, how its columns are read, and the export of everything."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.book import ImportedBook, import_book, mapping_for, read_book_file
from api.calls import CREATED, FileBody, Once, OnceWithFile
from api.export import export_zip
from api.inputs import Day, Input, PathId, Searched, line
from api.outputs import Answer
from api.refusals import plain
from api.request import Call, GuardedRoute, Writer, language_of
from contracts.errors import Refusal
from contracts.file_mapping import read_mapping
from contracts.file_rows import RowFault
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.saved_mappings import save_mapping
from documents.refusal_wording import refusal_text
from documents.words import Language
from entitlements.book_mapping import BookMapping

router = APIRouter(route_class=GuardedRoute, tags=["books"])

FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        },
    }
}
MOST_FAULTS = 10_000
"""How many faults an answer names."""


class MappingInput(Input):
    """How a file is read: its columns by our names, what values mean, digits of numbers that lost their zeros."""

    name: str = line(60, examples=["crm"])
    columns: dict[str, list[str]] = Field(default={}, examples=[{"client": ["Фирма"]}])
    values: dict[str, dict[str, str]] = Field(default={}, examples=[{"plan": {"Профи": "its-prof"}}])
    digits: dict[str, int] = Field(default={}, examples=[{"registration": 9}])
    encoding: str | None = Field(default=None, min_length=1, max_length=40)
    delimiter: str | None = Field(default=None, min_length=1, max_length=3)
    sheet: str | None = Field(default=None, min_length=1, max_length=100)


class MappingAnswer(Answer):
    """A mapping that is kept."""

    name: str


class KindAnswer(Answer):
    """How many things of one kind were known, and how many are new."""

    known: int
    new: int


class FaultAnswer(Answer):
    """What is wrong in a row of the file, counted as spreadsheet programs do."""

    row: int
    column: str
    value: str
    code: str
    text: str
    allowed: Any = None
    first_row: int | None = None


class BookAnswer(Answer):
    """What importing a book did, or would do; with any fault nothing is written."""

    rows: int
    kinds: dict[str, KindAnswer]
    opening_minutes: int
    unread_columns: list[str]
    fault_count: int
    faults: list[FaultAnswer]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose book it is, of what day, and how it is read."""

    seller_id: int
    mapping: str | None
    on: date | None


def _asked(
    seller_id: Annotated[PathId, Query(description="Whose are rows that name no seller.")],
    mapping: Annotated[Searched | None, Query(description="The name of a saved mapping.")] = None,
    on: Annotated[Day | None, Query(description="Of which day the balances are; today without it.")] = None,
) -> _Asked:
    return _Asked(seller_id, mapping, on)


Asked = Annotated[_Asked, Depends(_asked)]


@router.post("/v1/mappings", status_code=CREATED, response_model=MappingAnswer)
def save(new: MappingInput, once: Once) -> Response:
    """Keep how the columns of a book are read, in place of what had the name before."""
    document = {name: value for name, value in new.model_dump(exclude={"name"}).items() if value}
    mapping = read_mapping(BookMapping, document)
    return once.answer(
        lambda call: MappingAnswer.model_validate(save_mapping(call.session, new.name, mapping, at=call.at))
    )


@router.post("/v1/books:preview", openapi_extra=FILE)
def preview(content: FileBody, asked: Asked, call: Writer, request: Request) -> BookAnswer:
    """What importing the book would do, with every fault of every row; nothing is written."""
    told = _import(content, asked, call, language_of(request))
    call.session.rollback()
    return told


@router.post("/v1/books", status_code=CREATED, response_model=BookAnswer, openapi_extra=FILE)
def take_over(file: OnceWithFile, asked: Asked, request: Request) -> Response:
    """Take over a book of business from a CSV or XLSX file, all of it or nothing; the same again changes nothing."""
    content, once = file
    language = language_of(request)

    def imported(call: Call) -> BookAnswer:
        told = _import(content, asked, call, language)
        if told.faults:
            faults = [fault.model_dump() for fault in told.faults]
            raise Refusal("BOOK_WRONG", field="body", fault_count=told.fault_count, errors=faults)
        return told

    return once.answer(imported)


@router.get(
    "/v1/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
)
def export(
    request: Request, papers: Annotated[bool, Query(description="Whether printed papers are wanted too.")] = False
) -> StreamingResponse:
    """Everything of the business as one ZIP file: a CSV of each table, the book to be imported elsewhere, a list."""
    state = request.app.state
    pieces = export_zip(state.engine, at=state.clock(), store=state.store if papers else None)
    name = {"Content-Disposition": 'attachment; filename="abonement.zip"'}
    return StreamingResponse(pieces, media_type="application/zip", headers=name)


def _import(content: bytes, asked: _Asked, call: Call, language: Language) -> BookAnswer:
    seller = known_row(call.session, Seller, asked.seller_id)
    file = read_book_file(content, mapping_for(call.session, asked.mapping, {}))
    return _told(import_book(call.session, file, seller, at=call.at, on=asked.on), file.unread, language)


def _told(book: ImportedBook, unread: tuple[str, ...], language: Language) -> BookAnswer:
    return BookAnswer(
        rows=book.rows,
        kinds={name: KindAnswer.model_validate(counted) for name, counted in book.kinds.items()},
        opening_minutes=book.opening_minutes,
        unread_columns=list(unread),
        fault_count=len(book.faults),
        faults=[told_fault(fault, language) for fault in book.faults[:MOST_FAULTS]],
    )


def told_fault(fault: RowFault, language: Language) -> FaultAnswer:
    """A fault with its sentence."""
    facts = fault.refusal.facts
    return FaultAnswer(
        row=fault.row,
        column=fault.column,
        value=str(plain(fault.value)),
        code=fault.refusal.code,
        text=refusal_text(fault.refusal.code, language),
        allowed=plain(facts.get("allowed")),
        first_row=plain(facts.get("first_row")),
    )
