"""A client's papers by kind, and their printed files."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.inputs import PathId
from api.pages.page import ON_A_PAGE, PageRoute, ReadingPage
from api.pages.paper_files import file_of
from documents.listed_papers import papers_of
from documents.paper_kinds import PaperKind

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/my/papers")
def show_all(
    page: ReadingPage,
    kind: Annotated[PaperKind | None, Query()] = None,
    before: Annotated[PathId | None, Query()] = None,
) -> Response:
    """The papers, the latest first, of every kind or of one."""
    found = papers_of(page.session, page.client_id, kind, before=before, limit=ON_A_PAGE + 1)
    return page.show(
        "my/papers.html",
        papers=found[:ON_A_PAGE],
        earlier=found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None,
        kind=kind,
        kinds=list(PaperKind),
    )


@router.get("/my/papers/{paper_id}/file")
def show(paper_id: PathId, page: ReadingPage) -> Response:
    """The file as it was archived, of this client's papers alone; raises as `file_of`."""
    return file_of(page, paper_id)
