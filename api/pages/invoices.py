"""Invoices that wait for their money: what is left, how late it is, what was done and credited (M4, S8)."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.inputs import PathId
from api.pages.own_books import SellerId, books_of
from api.pages.page import ON_A_PAGE, PageRoute, ReadingPage
from billing.bills import Invoice
from billing.listed_invoices import lines_of, parts_put_to
from billing.settling import standing_of
from billing.unpaid_invoices import UnpaidWanted, credit_notes_of, steps_by_invoice, unpaid_invoices
from contracts.known_rows import known_row
from contracts.money import Money
from contracts.parties import Client, Entity, Seller
from documents.listed_papers import papers_about

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Wait(StrEnum):
    """Which invoices are looked at: all that are unpaid, or those that are late."""

    UNPAID = "unpaid"
    OVERDUE = "overdue"


@router.get("/invoices")
def show_all(
    page: ReadingPage,
    seller_id: SellerId = None,
    wait: Wait = Wait.UNPAID,
    skip: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    """The unpaid invoices of a seller, the first due first, with the steps of dunning and the credit notes of each."""
    books = books_of(page, seller_id)
    today = books.seller.day_of(page.at)
    wanted = UnpaidWanted(books.seller.id, due_before=today if wait is Wait.OVERDUE else None)
    found = unpaid_invoices(page.session, wanted, skip=skip, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    ids = [one.invoice.id for one in shown]
    return page.show(
        "invoices/list.html",
        books=books,
        today=today,
        wait=wait,
        waits=list(Wait),
        unpaid=shown,
        notes=credit_notes_of(page.session, ids),
        steps=steps_by_invoice(page.session, ids),
        skip=skip + ON_A_PAGE if len(found) > ON_A_PAGE else None,
    )


@router.get("/invoices/{invoice_id}")
def show(invoice_id: PathId, page: ReadingPage) -> Response:
    """An invoice: its lines, how it stands, what paid it, what corrects it, what was done about it."""
    invoice = known_row(page.session, Invoice, invoice_id)
    notes = credit_notes_of(page.session, [invoice.id])[invoice.id]
    return page.show(
        "invoices/one.html",
        invoice=invoice,
        seller=page.session.get_one(Seller, invoice.seller_id),
        entity=page.session.get_one(Entity, invoice.entity_id),
        client=page.session.get_one(Client, invoice.client_id),
        standing=standing_of(page.session, invoice),
        lines=[(one, Money(one.amount_minor, invoice.currency)) for one in lines_of(page.session, invoice.id)],
        parts=[
            (payment, Money(part.amount_minor, invoice.currency))
            for part, payment in parts_put_to(page.session, invoice.id)
        ],
        notes=notes,
        papers=papers_about(page.session, invoice.id, [note.id for note in notes]),
        steps=steps_by_invoice(page.session, [invoice.id])[invoice.id],
    )
