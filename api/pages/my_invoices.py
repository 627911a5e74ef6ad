"""A client's invoices: how each stands, by when it is to be paid, and the code that a bank's program reads (M5, P1)."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from api.inputs import PathId
from api.pages.page import ON_A_PAGE, PageRoute, ReadingPage
from billing.bills import Invoice
from billing.listed_invoices import invoices_of
from billing.settling import standing_of, standings_of
from contracts.known_rows import known_row
from documents.invoice import InvoiceSheet
from documents.listed_papers import first_paper
from documents.paper_kinds import PaperKind
from documents.qr import payment_payload, payment_purpose

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/my/invoices")
def show_all(page: ReadingPage, before: Annotated[PathId | None, Query()] = None) -> Response:
    """The invoices, the latest first."""
    found = invoices_of(page.session, page.client_id, before=before, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    return page.show(
        "my/invoices.html",
        invoices=list(zip(shown, standings_of(page.session, shown), strict=True)),
        earlier=shown[-1].id if len(found) > ON_A_PAGE else None,
        today=page.today,
    )


@router.get("/my/invoices/{invoice_id}")
def show(invoice_id: PathId, page: ReadingPage) -> Response:
    """One invoice as its paper says it; the code is shown while all of the total is to be paid, for it names that."""
    invoice = known_row(page.session, Invoice, invoice_id)
    paper = first_paper(page.session, PaperKind.INVOICE, invoice.id)
    assert paper is not None, "an invoice is issued with its paper"
    sheet, standing = msgspec.json.decode(paper.sheet, type=InvoiceSheet), standing_of(page.session, invoice)
    return page.show(
        "my/invoice.html",
        invoice=invoice,
        standing=standing,
        sheet=sheet,
        payload=payment_payload(sheet) if standing.left == invoice.total else None,
        purpose=payment_purpose(sheet),
        paper=paper,
        today=page.today,
    )
