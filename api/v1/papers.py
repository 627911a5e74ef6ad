"""Issued papers: what there is, and the printed files."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel import col, select

from api.calls import CREATED, Once
from api.inputs import Input, Limit, PathId, line
from api.outputs import Answer
from api.papers_export import e_invoice_of, papers_zip
from api.request import GuardedRoute, Reader
from api.v1.months import PathMonth
from api.v1.pipeline import as_file, named
from api.v1.renewal_reports import SellerId
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Client, Seller
from documents.correcting import correct_paper
from documents.paper_kinds import PaperKind
from documents.papers import Paper, PaperState
from documents.store import Store

router = APIRouter(route_class=GuardedRoute, tags=["papers"])

ZIP = "application/zip"


class PaperAnswer(Answer):
    """An issued paper; `sha256` and `size_bytes` are those of the file, once it is rendered.

    A correction says why it was issued and by whom; the paper of the same subject and language with the highest
    `revision` stands.
    """

    id: int
    kind: PaperKind
    subject_id: int
    number: str
    client_id: int
    seller_id: int
    language: str
    revision: int
    state: PaperState
    sha256: str | None
    size_bytes: int | None
    issued_at: datetime
    rendered_at: datetime | None
    reason: str
    issued_by: str


class CorrectionInput(Input):
    """Why a paper is issued again, and who says so."""

    reason: str = line(500, examples=["Клиент переехал"])
    issued_by: str = line(200, examples=["Котова И. Л."])


@router.get("/v1/papers")
def find(
    call: Reader,
    client_id: Annotated[PathId | None, Query(description="Whose papers; a client's own key need not say it.")] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[PaperAnswer]:
    """A client's papers in the order in which they were issued."""
    client = known_row(call.session, Client, _whose(call.principal.client_id, client_id))
    own = select(Paper).where(Paper.client_id == client.id, col(Paper.id) > (after or 0))
    rows = call.session.exec(own.order_by(col(Paper.id)).limit(limit))
    return [PaperAnswer.model_validate(paper) for paper in rows]


@router.get("/v1/papers/{month}.zip", response_class=StreamingResponse, responses=as_file(ZIP))
def month_as_zip(
    month: PathMonth,
    seller_id: SellerId,
    call: Reader,
    request: Request,
    client_id: Annotated[PathId | None, Query(description="Only those of this client.")] = None,
) -> StreamingResponse:
    """The papers of a seller's month in one ZIP file, with a list that names also those that are not printed yet."""
    seller, state = known_row(call.session, Seller, seller_id), request.app.state
    if client_id is not None:
        known_row(call.session, Client, client_id)
    pieces = papers_zip(state.engine, state.store, seller.id, month, client_id)
    return StreamingResponse(pieces, media_type=ZIP, headers=named(f"papers-{month:%Y-%m}.zip"))


@router.get("/v1/papers/{paper_id}")
def one(paper_id: PathId, call: Reader) -> PaperAnswer:
    """What is known of a paper."""
    return PaperAnswer.model_validate(known_row(call.session, Paper, paper_id))


@router.get(
    "/v1/papers/{paper_id}/file",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
def file(paper_id: PathId, call: Reader, request: Request) -> Response:
    """The printed file, byte for byte as it was archived; 409 while it waits for the printer."""
    paper = known_row(call.session, Paper, paper_id)
    if paper.store_key is None:
        raise Refusal("PAPER_NOT_PRINTED", field="paper_id", value=paper.id, state=paper.state)
    store: Store = request.app.state.store
    name = quote(f"{paper.kind}-{paper.number}.pdf", safe="")  # a registration number may hold any letter
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "ETag": f'"{paper.sha256}"'}
    return Response(store.get(paper.store_key), media_type="application/pdf", headers=headers)


@router.get(
    "/v1/papers/{paper_id}/factur-x.xml",
    response_class=Response,
    responses={200: {"content": {"application/xml": {"schema": {"type": "string", "format": "binary"}}}}},
)
def e_invoice(paper_id: PathId, call: Reader) -> Response:
    """The data of an invoice or a credit note by EN 16931, as they are inside its file; 404 for papers without any.

    Sellers outside Russia issue them.
    """
    data = e_invoice_of(call.session, paper_id)
    return Response(data.content, media_type="application/xml", headers=named(data.name))


@router.post("/v1/papers/{paper_id}:correct", status_code=CREATED, response_model=PaperAnswer)
def correct(paper_id: PathId, new: CorrectionInput, once: Once) -> Response:
    """Issue the paper again with the parties' requisites as they are now, as its next revision; both are kept.

    Lines and sums stay: a credit note, an amendment or the next month corrects them.
    """
    return once.answer(
        lambda call: PaperAnswer.model_validate(
            correct_paper(call.session, paper_id, new.reason, by=new.issued_by, at=call.at)
        )
    )


def _whose(own: int | None, asked: int | None) -> int:
    client_id = asked or own
    if client_id is None:
        raise Refusal("CLIENT_REQUIRED", field="client_id", value=None)
    return client_id
