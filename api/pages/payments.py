"""What came in: payments, to which invoices they were put, what is free; by hand, put on, taken back (M5)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlmodel import Session

from api.inputs import PathId
from api.pages.forms import Amount, Day, Form, Id, SentForm, Text, Typed
from api.pages.own_books import SellerId, books_of
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from billing.bank_file import account_currency
from billing.listed_invoices import invoice_numbers
from billing.paying_back import pay_back
from billing.payments import Payment
from billing.settling import PaymentStanding, latest_payments, payment_standing
from billing.taking_payments import Put, Received, put_to_invoice, reverse_payment, take_payment
from billing.unpaid_invoices import UnpaidWanted, payers_found, unpaid_invoices
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.listed_parties import entities_named
from contracts.money import CURRENCIES
from contracts.parties import Seller

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PAYERS = 20
"""How many payers a search shows."""

Asked = Annotated[str, Query(max_length=60)]


class NewPayment(Typed):
    """What came: from whom, under the payer's number, when, how much, what for, and for which invoices."""

    seller_id: Id
    entity_id: Id
    number: Text
    paid_on: Day
    amount: Amount
    currency: Text
    purpose: Text
    invoices: list[Id] = Field(default=[])
    q: Text = ""


class Part(Typed):
    """To which invoice, and how much: as much as fits unless it is said."""

    invoice_id: Id
    amount: Amount | None = None


class Refund(Typed):
    """How much went back to who paid, on which day, and under which number of ours."""

    back: Amount
    paid_on: Day
    number: Text


class Reason(Typed):
    """Why something is undone."""

    reason: Text


@router.get("/payments")
def show_all(
    page: ReadingPage, seller_id: SellerId = None, before: Annotated[PathId | None, Query()] = None
) -> Response:
    """The payments, the one that was recorded last first."""
    books = books_of(page, seller_id)
    found = latest_payments(page.session, books.seller.id, before=before, limit=ON_A_PAGE + 1)
    return page.show(
        "payments/list.html",
        books=books,
        payments=found[:ON_A_PAGE],
        earlier=found[ON_A_PAGE - 1].payment.id if len(found) > ON_A_PAGE else None,
        **_named(page.session, found),
    )


@router.get("/payments/new")
def ask(page: ReadingPage, seller_id: SellerId = None, q: Asked = "") -> Response:
    """Where a payment is recorded by hand: first whose it is, by INN or the number of an invoice, then the rest."""
    return page.show("payments/new.html", **_asked(page, seller_id, q))


@router.post("/payments/new")
def record(form: SentForm, page: WritingPage) -> Response:
    """Record a payment and put it to the invoices that are ticked; what is left is an advance."""

    def act() -> str:
        given = form.read(NewPayment)
        amount, puts = replace(given.amount, currency=given.currency), [Put(one) for one in given.invoices]
        received = Received(given.seller_id, given.entity_id, given.number, given.paid_on, amount, given.purpose)
        payment = take_payment(page.session, received, puts, at=page.at)
        return f"/payments/{payment.id}?said=payment"

    def again(refusal: Refusal) -> Response:
        seller = form.typed.get("seller_id", "")
        asked = _asked(page, int(seller) if seller.isdecimal() else None, form.typed.get("q", ""))
        return page.again("payments/new.html", form, refusal, **(asked | {"ticked": form.all("invoices")}))

    return page.once(form, act, again)


@router.get("/payments/{payment_id}")
def show(payment_id: PathId, page: ReadingPage) -> Response:
    """A payment, its parts, and what may be done with it."""
    return page.show("payments/one.html", **_payment(page, payment_id))


@router.post("/payments/{payment_id}:put")
def put(payment_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Put what is free of a payment, or a part of it, to an invoice."""

    def act() -> str:
        part, payment = form.read(Part), page.session.get(Payment, payment_id)
        amount = part.amount and replace(part.amount, currency=payment.currency if payment is not None else "RUB")
        put_to_invoice(page.session, payment_id, part.invoice_id, amount, at=page.at)
        return f"/payments/{payment_id}?said=put"

    return page.once(form, act, lambda refusal: _again(page, payment_id, form, refusal))


@router.post("/payments/{payment_id}:pay-back")
def give_back(payment_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Record that so much of what is free went back to who paid it."""

    def act() -> str:
        given, payment = form.read(Refund), page.session.get(Payment, payment_id)
        amount = replace(given.back, currency=payment.currency if payment is not None else "RUB")
        pay_back(page.session, payment_id, amount, given.paid_on, given.number, at=page.at)
        return f"/payments/{payment_id}?said=paid_back"

    return page.once(form, act, lambda refusal: _again(page, payment_id, form, refusal))


@router.post("/payments/{payment_id}:reverse")
def reverse(payment_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Take a payment back: no part of it counts any more."""

    def act() -> str:
        reverse_payment(page.session, payment_id, page.person.name, form.read(Reason).reason, at=page.at)
        return f"/payments/{payment_id}?said=reversed"

    return page.once(form, act, lambda refusal: _again(page, payment_id, form, refusal))


def _again(page: Page, payment_id: int, form: Form, refusal: Refusal) -> Response:
    return page.again("payments/one.html", form, refusal, **_payment(page, payment_id))


def _payment(page: Page, payment_id: int) -> dict[str, Any]:
    payment = known_row(page.session, Payment, payment_id)
    standing = payment_standing(page.session, payment)
    wanted = UnpaidWanted(payment.seller_id, [payment.client_id], currency=payment.currency)
    unpaid = unpaid_invoices(page.session, wanted, limit=ON_A_PAGE) if standing.advance.minor else []
    seller = page.session.get_one(Seller, payment.seller_id)
    return {"one": standing, "seller": seller, "unpaid": unpaid, **_named(page.session, [standing])}


def _named(session: Session, found: Sequence[PaymentStanding]) -> dict[str, Any]:
    """Who paid, and the numbers of the invoices that were paid."""
    payers = entities_named(session, [one.payment.entity_id for one in found])
    return {
        "payers": {entity.id: (entity, client) for entity, client in payers},
        "numbers": invoice_numbers(session, [part.invoice_id for one in found for part in one.parts]),
    }


def _asked(page: Page, seller_id: int | None, q: str) -> dict[str, Any]:
    books, text = books_of(page, seller_id), q.strip()
    payers = payers_found(page.session, books.seller.id, text, limit=PAYERS) if text else []
    wanted = UnpaidWanted(books.seller.id, {entity.client_id for entity, _ in payers})
    unpaid = unpaid_invoices(page.session, wanted, limit=ON_A_PAGE)
    named = [str(one.invoice.id) for one in unpaid if one.invoice.number == text]
    return {
        "books": books,
        "q": text,
        "payers": payers,
        "unpaid": unpaid,
        "ticked": named,
        "currencies": list(CURRENCIES),
        "currency": unpaid[0].invoice.currency if unpaid else account_currency(books.seller.bank_account),
        "today": books.seller.day_of(page.at),
    }
