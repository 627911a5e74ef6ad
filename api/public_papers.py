"""The page that a link in a letter leads to, and the one paper that its token opens; no token is part of an address."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.database import reading
from api.inputs import Input
from api.public import DOCS_POLICY, static_file
from api.request import GuardedRoute
from contracts.errors import Refusal
from documents.paper_links import TOKEN, linked_paper
from documents.store import Store

router = APIRouter(route_class=GuardedRoute)


class LinkInput(Input):
    """The token behind the # of a link."""

    token: str = Field(pattern=f"^{TOKEN}$", examples=["k3" * 21 + "A"])


@router.get("/paper", include_in_schema=False)
def page() -> Response:
    """The page: it reads the token behind the #, which no browser sends, and asks for the paper."""
    return Response(static_file("paper.html"), media_type="text/html", headers={"Content-Security-Policy": DOCS_POLICY})


@router.post(
    "/paper/file",
    tags=["papers"],
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
def file(link: LinkInput, request: Request) -> Response:
    """The paper that a link of a letter opens, byte for byte; 410 when the link ended or was revoked."""
    state = request.app.state
    with reading(state.engine) as session:
        paper = linked_paper(session, link.token, at=state.clock())
    if paper.store_key is None:
        raise Refusal("LINK_UNKNOWN", field="token")
    store: Store = state.store
    name = quote(f"{paper.kind}-{paper.number}.pdf", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(store.get(paper.store_key), media_type="application/pdf", headers=headers)
