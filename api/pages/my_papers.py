"""A client's papers by kind, and their printed files."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from api.inputs import PathId
from api.pages.page import PageRoute, ReadingPage
from contracts.errors import Refusal
from documents.paper_kinds import PaperKind
from documents.papers import Paper

router = APIRouter(route_class=PageRoute, include_in_schema=False)

ON_A_PAGE = 50
POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


@router.get("/my/papers")
def show_all(
    page: ReadingPage,
    kind: Annotated[PaperKind | None, Query()] = None,
    before: Annotated[PathId | None, Query()] = None,
) -> Response:
    """The papers, the latest first, of every kind or of one."""
    query = select(Paper).where(Paper.client_id == page.client_id)
    if kind is not None:
        query = query.where(Paper.kind == kind)
    if before is not None:
        query = query.where(col(Paper.id) < before)
    found = page.session.exec(query.order_by(col(Paper.id).desc()).limit(ON_A_PAGE + 1)).all()
    return page.show(
        "my/papers.html",
        papers=found[:ON_A_PAGE],
        earlier=found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None,
        kind=kind,
        kinds=list(PaperKind),
    )


@router.get("/my/papers/{paper_id}/file")
def show(paper_id: PathId, page: ReadingPage) -> Response:
    """The file as it was archived. Raises `Refusal` with PAPER_UNKNOWN, or PAPER_NOT_PRINTED while it waits."""
    paper = page.session.get(Paper, paper_id)
    if paper is None:
        raise Refusal("PAPER_UNKNOWN", field="paper_id", value=paper_id)
    if paper.store_key is None:
        raise Refusal("PAPER_NOT_PRINTED", field="paper_id", value=paper.id, state=paper.state)
    name = quote(f"{paper.kind}-{paper.number}.pdf", safe="")  # a registration number may hold any letter
    headers = {"Content-Security-Policy": POLICY, "Content-Disposition": f"inline; filename*=UTF-8''{name}"}
    return Response(page.request.app.state.store.get(paper.store_key), media_type="application/pdf", headers=headers)
