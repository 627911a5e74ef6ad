"""A paper with its file and the scans of it that came back signed (P2)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from api.inputs import PathId
from api.pages.forms import Day, Form, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.paper_files import FRAMED
from api.v1.scans import MEDIA
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.paper_addresses import paper_addresses
from contracts.parties import Client
from contracts.subscriptions import Subscription
from documents.correcting import Change, changes_of, correct_paper, last_revision_of
from documents.paper_kinds import PaperKind
from documents.paper_names import KINDS
from documents.papers import Paper
from documents.requisite_names import REQUISITE_NAMES
from documents.sale_papers import letters_with
from documents.scanning import KeptScan, add_scan, keep_scan, scan_of_sale, scans_of
from documents.scans import ScanFormat, ScanOf, SignedScan
from documents.store import Store
from entitlements.statements import Statement

router = APIRouter(route_class=PageRoute, include_in_schema=False)

SIGNED = {PaperKind.CONTRACT: ScanOf.CONTRACT, PaperKind.ACT: ScanOf.ACT, PaperKind.STATEMENT: ScanOf.STATEMENT}
"""What a scan of each kind is of, but for agreements to contracts; other papers do not come back signed."""


class Scan(Typed):
    """A scan, and for a contract the day on which it was signed."""

    scan: Text = ""
    signed_on: Day | None = None


class Corrected(Typed):
    """Why the paper is issued again."""

    reason: Text


@router.get("/papers/{paper_id}")
def show(paper_id: PathId, page: ReadingPage) -> Response:
    """A paper, its file, and its scans."""
    return page.show("papers/one.html", **_paper(page, paper_id))


async def _kept(request: Request, form: SentForm) -> KeptScan | Refusal:
    """The scan in the store, before the transaction that records it begins; or why it is none."""
    try:
        return await run_in_threadpool(keep_scan, request.app.state.store, form.file("scan"))
    except Refusal as refused:
        return Refusal(refused.code, field="scan", **refused.facts)


Kept = Annotated[KeptScan | Refusal, Depends(_kept)]


@router.post("/papers/{paper_id}/scans")
def add(paper_id: PathId, form: SentForm, kept: Kept, page: WritingPage) -> Response:
    """Add the scan of a signed contract, act or statement; it supersedes the one before. The same again is the same."""
    paper = known_row(page.session, Paper, paper_id)

    def act() -> str:
        signed_on = form.read(Scan).signed_on
        if isinstance(kept, Refusal):
            raise kept
        add_scan(page.session, *_subject(page, paper), kept, page.person.name, at=page.at, signed_on=signed_on)
        return f"/papers/{paper_id}?said=scan"

    return page.act_now(act, lambda refusal: again_with_paper(page, paper_id, form, refusal))


@router.post("/papers/{paper_id}:correct")
def correct(paper_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Issue the paper again with the parties' requisites as they are now; the page of the correction follows."""

    def act() -> str:
        reason = form.read(Corrected).reason
        issued = correct_paper(page.session, paper_id, reason, by=page.person.name, at=page.at)
        return f"/papers/{issued.id}?said=paper_corrected"

    return page.once(form, act, lambda refusal: again_with_paper(page, paper_id, form, refusal))


@router.get("/papers/{paper_id}/scans/{scan_id}")
def file(paper_id: PathId, scan_id: PathId, page: ReadingPage) -> Response:
    """A scan, byte for byte as it came."""
    of, subject_id = _subject(page, known_row(page.session, Paper, paper_id))
    scan = page.session.get(SignedScan, scan_id)
    if scan is None or (scan.of, scan.subject_id) != (of, subject_id):
        raise Refusal("SCAN_UNKNOWN", field="scan_id", value=scan_id)
    store: Store = page.request.app.state.store
    name = f"{scan.of}-{scan.subject_id}-{scan.revision}.{scan.format}"
    headers = FRAMED | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(store.get(scan.store_key), media_type=MEDIA[scan.format], headers=headers)


def _subject(page: Page, paper: Paper) -> tuple[ScanOf, int]:
    """What the scan of a paper is of: the paper of a contract is about what was sold under it."""
    if paper.kind not in SIGNED:
        raise Refusal("SCAN_SIGNS_NOTHING", field="scan", value=paper.kind)
    if paper.kind is PaperKind.CONTRACT:
        return scan_of_sale(page.session, page.session.get_one(Subscription, paper.subject_id))
    return SIGNED[paper.kind], paper.subject_id


def again_with_paper(page: Page, paper_id: int, form: Form, refusal: Refusal) -> Response:
    """The page of the paper with what was typed."""
    return page.again("papers/one.html", form, refusal, **_paper(page, paper_id))


def _paper(page: Page, paper_id: int) -> dict[str, Any]:
    paper = known_row(page.session, Paper, paper_id)
    of = _subject(page, paper) if paper.kind in SIGNED else None
    return {
        "paper": paper,
        "client": page.session.get_one(Client, paper.client_id),
        "kind": KINDS[page.language][paper.called],
        "is_signed": paper.kind in SIGNED,
        "is_contract": of is not None and of[0] is ScanOf.CONTRACT,
        "scans": [] if of is None else scans_of(page.session, *of),
        "standing": last_revision_of(page.session, paper),
        "changes": _changes(page, paper),
        "requisites": REQUISITE_NAMES[page.language],
        "statement": page.session.get_one(Statement, paper.subject_id) if paper.kind is PaperKind.STATEMENT else None,
        "letters": letters_with(page.session, [paper]),
        "mailed_to": [one.email for one in paper_addresses(page.session, {paper.client_id})[paper.client_id]],
        "formats": ", ".join(one.upper() for one in ScanFormat),
    }


def _changes(page: Page, paper: Paper) -> list[Change]:
    """What a correction would change; nothing of a paper that cannot be corrected."""
    try:
        return changes_of(page.session, paper.id)
    except Refusal:
        return []
