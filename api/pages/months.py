"""Closing months in pages: a month is asked for here, workers close it, and the page shows how far they are (M6)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.inputs import Month as AskedMonth
from api.inputs import PathId
from api.pages.forms import Form, Id, SentForm, Typed
from api.pages.own_books import Books, SellerId, books_of
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from api.v1.months import PathMonth
from billing.month import closable_from
from billing.month_progress import ask_to_close, parked_clients, progress_of
from billing.month_queue import first_open_month
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.terms import ONE_DAY, first_of_month
from documents.refusal_wording import problem_text

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Closing(Typed):
    """Whose month is closed."""

    seller_id: Id


@router.get("/months")
def show_all(
    page: ReadingPage, seller_id: SellerId = None, until: Annotated[AskedMonth | None, Query()] = None
) -> Response:
    """The months of a seller, the latest first, with how far each is closed."""
    return page.show("months/list.html", **_months(page, books_of(page, seller_id), until))


@router.post("/months/{month}:close")
def close(month: PathMonth, form: SentForm, page: WritingPage) -> Response:
    """Ask for a month to be closed and every open one before it; who was parked is tried again."""

    def act() -> str:
        seller = known_row(page.session, Seller, form.read(Closing).seller_id)
        ask_to_close(page.session, seller, month, at=page.at)
        return f"/months/{month:%Y-%m}?seller_id={seller.id}"

    return page.once(
        form, act, lambda refusal: page.again("months/list.html", form, refusal, **_months(page, _sent(page, form)))
    )


@router.get("/months/{month}")
def show(
    month: PathMonth,
    page: ReadingPage,
    seller_id: SellerId = None,
    after: Annotated[PathId | None, Query()] = None,
) -> Response:
    """How far closing a month is, and who waits for a person and why; the part of it that changes to who asks again."""
    books = books_of(page, seller_id)
    parked = parked_clients(page.session, books.seller.id, month, after=after or 0, limit=ON_A_PAGE + 1)
    return page.show(
        "months/progress.html" if page.is_fragment else "months/one.html",
        books=books,
        progress=progress_of(page.session, books.seller.id, [month])[0],
        is_over=_is_over(page, books, month),
        parked=[(client, problem, problem_text(problem, page.language)) for client, problem in parked[:ON_A_PAGE]],
        later=parked[ON_A_PAGE - 1][0].id if len(parked) > ON_A_PAGE else None,
    )


def _sent(page: Page, form: Form) -> Books:
    """The books that a form named, or the first."""
    typed = form.typed.get("seller_id", "")
    return books_of(page, int(typed) if typed in {str(one.id) for one in books_of(page, None).sellers} else None)


def _is_over(page: Page, books: Books, month: date) -> bool:
    return books.seller.day_of(page.at) >= closable_from(books.seller, month)


def _months(page: Page, books: Books, until: date | None = None) -> dict[str, Any]:
    first = first_open_month(page.session, books.seller.id)
    month = min(until or date.max, first_of_month(books.seller.day_of(page.at)))
    months: list[date] = []
    while first is not None and month >= first and len(months) < ON_A_PAGE:
        months.append(month)
        month = first_of_month(month - ONE_DAY)
    progress = progress_of(page.session, books.seller.id, months)
    return {
        "books": books,
        "months": [(one, closable_from(books.seller, one.month), _is_over(page, books, one.month)) for one in progress],
        "earlier": month if first is not None and month >= first else None,
    }
