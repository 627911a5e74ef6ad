"""Scans of signed contracts, agreements to them, acts and statements: added, listed, downloaded (P2)."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlmodel import select
from starlette.concurrency import run_in_threadpool

from api.calls import CREATED, FileBody, Once, OnceCall, fingerprint_of
from api.inputs import Day, PathId, Searched
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from contracts.errors import Refusal
from documents.scanning import KeptScan, add_scan, keep_scan, scans_of
from documents.scans import ScanFormat, ScanOf, SignedScan
from documents.store import Store

router = APIRouter(route_class=GuardedRoute, tags=["papers"])

MEDIA = {ScanFormat.PDF: "application/pdf", ScanFormat.JPEG: "image/jpeg", ScanFormat.PNG: "image/png"}
BINARY = {"schema": {"type": "string", "format": "binary"}}
UPLOAD: dict[str, Any] = {"requestBody": {"required": True, "content": dict.fromkeys(MEDIA.values(), BINARY)}}

Of = Annotated[ScanOf, Query(description="What was signed.")]
SubjectId = Annotated[
    PathId, Query(description="The id of the contract, act or statement; of an agreement, that of its subscription.")
]


class ScanAnswer(Answer):
    """A scan; the one with the highest revision stands."""

    id: int
    of: ScanOf
    subject_id: int
    revision: int
    format: ScanFormat
    sha256: str
    size_bytes: int
    added_by: str = Field(examples=["Котова И. Л."])
    added_at: datetime


async def _kept(request: Request, content: FileBody) -> KeptScan:
    """The scan in the store, before the transaction that records it begins."""
    store: Store = request.app.state.store
    return await run_in_threadpool(keep_scan, store, content)


def _once(request: Request, kept: Annotated[KeptScan, Depends(_kept)], once: Once) -> tuple[KeptScan, OnceCall]:
    return kept, replace(once, fingerprint=fingerprint_of(request))


@router.post("/v1/scans", status_code=CREATED, response_model=ScanAnswer, openapi_extra=UPLOAD)
def add(
    of: Of,
    subject_id: SubjectId,
    added_by: Annotated[Searched, Query(description="Who adds it.")],
    scan: Annotated[tuple[KeptScan, OnceCall], Depends(_once)],
    signed_on: Annotated[
        Day | None, Query(description="Marks the contract as signed on that day; only for a contract.")
    ] = None,
) -> Response:
    """Add the scan of a signed paper, a whole PDF, JPEG or PNG by its own bytes; it supersedes the one before."""
    kept, once = scan
    return once.answer(
        lambda call: ScanAnswer.model_validate(
            add_scan(call.session, of, subject_id, kept, added_by, at=call.at, signed_on=signed_on)
        )
    )


@router.get("/v1/scans")
def find(of: Of, subject_id: SubjectId, call: Reader) -> list[ScanAnswer]:
    """The scans of a contract, agreement, act or statement, the one that stands last."""
    return [ScanAnswer.model_validate(scan) for scan in scans_of(call.session, of, subject_id)]


@router.get(
    "/v1/scans/{scan_id}/file",
    response_class=Response,
    responses={200: {"content": {"application/pdf": BINARY}}},
)
def file(scan_id: PathId, call: Reader, request: Request) -> Response:
    """The scan, byte for byte as it came; its type is that of its bytes."""
    scan = call.session.exec(select(SignedScan).where(SignedScan.id == scan_id)).first()
    if scan is None:
        raise Refusal("SCAN_UNKNOWN", field="scan_id", value=scan_id)
    store: Store = request.app.state.store
    name = f"{scan.of}-{scan.subject_id}-{scan.revision}.{scan.format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{scan.sha256}"'}
    return Response(store.get(scan.store_key), media_type=MEDIA[scan.format], headers=headers)
