"""The papers of a month: by kind, with their state, printed again where that failed; and the files of the month."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from api.books_export import books_zip
from api.inputs import Month as AskedMonth
from api.inputs import PathId
from api.pages.forms import SentForm
from api.pages.own_books import SellerId, books_of
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from api.papers_export import papers_zip
from api.v1.months import PathMonth
from api.v1.pipeline import named
from billing.bookkeeping import journal_of, sides
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.terms import Term, first_of_month
from documents.archive import print_again
from documents.journal_table import journal_table
from documents.month_papers import count_papers, failed_papers, some_papers_of_month
from documents.paper_kinds import PaperKind
from documents.paper_names import KINDS
from documents.papers import PaperState
from documents.tables import CSV, XLSX, Table, as_csv, as_xlsx

router = APIRouter(route_class=PageRoute, include_in_schema=False)

ZIP = "application/zip"

Whose = Annotated[PathId, Query()]


@router.get("/papers")
def show_all(
    page: ReadingPage,
    seller_id: SellerId = None,
    month: Annotated[AskedMonth | None, Query()] = None,
    kind: PaperKind | None = None,
    after: Annotated[PathId | None, Query()] = None,
) -> Response:
    """The papers of a seller's month, of every kind or of one, and how many there are of each."""
    books = books_of(page, seller_id)
    chosen = month or first_of_month(books.seller.day_of(page.at))
    papers = some_papers_of_month(page.session, books.seller, chosen, kind, after=after or 0, limit=ON_A_PAGE + 1)
    counts = count_papers(page.session, books.seller, chosen)
    return page.show(
        "papers/list.html",
        books=books,
        month_shown=chosen,
        kind=kind,
        kinds=KINDS[page.language],
        papers=papers[:ON_A_PAGE],
        later=papers[ON_A_PAGE - 1].id if len(papers) > ON_A_PAGE else None,
        counts={one: sum(number for (of, _), number in counts.items() if of is one) for one in PaperKind},
        waiting=sum(number for (_, state), number in counts.items() if state is PaperState.QUEUED),
        failed=failed_papers(page.session, books.seller.id, limit=ON_A_PAGE),
    )


@router.post("/papers/{paper_id}:print")
def queue_again(paper_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Print a paper once more that could not be printed."""

    def act() -> str:
        print_again(page.session, paper_id)
        return f"/papers/{paper_id}?said=print_again"

    def again(refusal: Refusal) -> Response:
        raise refusal

    return page.once(form, act, again)


@router.get("/exports/{month}/papers.zip")
def month_as_zip(month: PathMonth, seller_id: Whose, page: ReadingPage) -> StreamingResponse:
    """The papers of the month in one ZIP file, with a list."""
    state = page.request.app.state
    pieces = papers_zip(state.engine, state.store, known_row(page.session, Seller, seller_id).id, month)
    return StreamingResponse(pieces, media_type=ZIP, headers=named(f"papers-{month:%Y-%m}.zip"))


@router.get("/exports/{month}/books.zip")
def books_as_zip(month: PathMonth, seller_id: Whose, page: ReadingPage) -> StreamingResponse:
    """The month for 1C and other accounting programs."""
    pieces = books_zip(page.request.app.state.engine, known_row(page.session, Seller, seller_id).id, month)
    return StreamingResponse(pieces, media_type=ZIP, headers=named(f"books-{month:%Y-%m}.zip"))


@router.get("/exports/{month}/journal.csv")
def journal_as_csv(month: PathMonth, seller_id: Whose, page: ReadingPage) -> Response:
    """The general journal of the month as a CSV file."""
    content = as_csv(_journal(page, seller_id, month))
    return Response(content, media_type=CSV, headers=named(f"journal-{month:%Y-%m}.csv"))


@router.get("/exports/{month}/journal.xlsx")
def journal_as_xlsx(month: PathMonth, seller_id: Whose, page: ReadingPage) -> Response:
    """The general journal of the month as a workbook."""
    content = as_xlsx(_journal(page, seller_id, month))
    return Response(content, media_type=XLSX, headers=named(f"journal-{month:%Y-%m}.xlsx"))


def _journal(page: Page, seller_id: int, month: date) -> Table:
    seller = known_row(page.session, Seller, seller_id)
    made = journal_of(page.session, seller, Term.calendar_month(month))
    return journal_table(made, sides(page.session, seller.id), page.language)
