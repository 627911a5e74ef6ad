"""The printed file of a paper, for who reads it in a page of ours."""

from urllib.parse import quote

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.pages.page import Page, PageRoute, ReadingPage
from contracts.errors import Refusal
from contracts.known_rows import known_row
from documents.papers import Paper

router = APIRouter(route_class=PageRoute, include_in_schema=False)

FRAMED = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
"""A page of ours, and no other, may show the file inside it."""


@router.get("/papers/{paper_id}/file")
def show(paper_id: PathId, page: ReadingPage) -> Response:
    """The file as it was archived, for the staff; raises as `file_of`."""
    return file_of(page, paper_id)


def file_of(page: Page, paper_id: int) -> Response:
    """The file of a paper that the person may see. Raises `Refusal` with PAPER_UNKNOWN, or PAPER_NOT_PRINTED."""
    paper = known_row(page.session, Paper, paper_id)
    if paper.store_key is None:
        raise Refusal("PAPER_NOT_PRINTED", field="paper_id", value=paper.id, state=paper.state)
    name = quote(f"{paper.kind}-{paper.number}.pdf", safe="")  # a registration number may hold any letter
    headers = FRAMED | {"Content-Disposition": f"inline; filename*=UTF-8''{name}"}
    return Response(page.request.app.state.store.get(paper.store_key), media_type="application/pdf", headers=headers)
