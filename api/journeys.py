"""The journeys that cross the packages: sale, renewal, amendment, cancellation, package."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from billing.bills import CreditNote, Invoice
from billing.crediting import credit_amendment, credit_cancellation
from billing.invoicing import invoice_amendment, invoice_package, invoice_subscription
from billing.reconciliation_acts import ReconciliationAct
from billing.reconciling_accounts import reconcile_accounts
from contracts.amending import Amended, Change, amend
from contracts.cancelling import cancel
from contracts.catalogue import Registration
from contracts.claiming import claim_gap
from contracts.errors import Refusal
from contracts.free_periods import grant_free_period
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.money import Money
from contracts.on_sale import package_for_contract, package_start, plan_in_force
from contracts.parties import Seller
from contracts.paying import await_payment
from contracts.policies import LapseRenewal
from contracts.renewing import renew
from contracts.requisites import normal_registration
from contracts.selling import Order, Sale, sell
from contracts.subscriptions import Cancellation, Contract, FreePeriod, GapClaim, Subscription
from contracts.terms import ONE_DAY, Term
from documents import issuing
from documents.papers import Paper
from entitlements.amended_hours import HoursMoved, follow_amendment
from entitlements.calendar import load_calendar
from entitlements.giving_bonus import follow_with_bonus
from entitlements.granting import (
    CANCELLED,
    give_for_free_period,
    give_for_gap,
    give_for_subscription,
    give_package,
    void_from,
)
from entitlements.grants import Grant


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale with its invoice and the papers that were queued."""

    sale: Sale
    invoice: Invoice
    papers: tuple[Paper, ...]


def sell_subscription(session: Session, order: Order, *, at: datetime) -> Sold:
    """Sell: contract number, subscription, free periods, included hours, invoice and papers, all or nothing."""
    return _complete(session, sell(session, order, at=at), at)


def renew_subscription(
    session: Session,
    subscription_id: int,
    term_months: int | None,
    kind: LapseRenewal | None = None,
    price: Money | None = None,
    promotion: str | None = None,
    *,
    at: datetime,
) -> Sold:
    """Renew: the successor with its hours, invoice and papers, all or nothing (S4, S5)."""
    sale = renew(session, subscription_id, term_months=term_months, kind=kind, price=price, promotion=promotion, at=at)
    return _complete(session, sale, at)


def claim_service(session: Session, subscription_id: int, claimed_by: str, reason: str, *, at: datetime) -> GapClaim:
    """Claim the gap before a continuous renewal: it is covered, and has its hours, from the start of its term (S5)."""
    claim = claim_gap(session, subscription_id, claimed_by, reason, at=at)
    sold = session.get_one(Subscription, subscription_id)
    give_for_gap(session, sold, claim.served_from, at=at)
    follow_with_bonus(session, sold.client_id, at=at)
    return claim


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A cancelled subscription, what is given back, and the minutes of the months that it takes away."""

    cancellation: Cancellation
    refund: Money
    credit_notes: list[CreditNote]
    minutes_not_given: int


def cancel_subscription(
    session: Session, subscription_id: int, last_day: date, cancelled_by: str, reason: str, *, at: datetime
) -> Cancelled:
    """Cancel: the last day, the hours after it, and the credit notes with their papers, all or nothing (S11, M4)."""
    cancellation = cancel(session, subscription_id, last_day, cancelled_by, reason, at=at)
    sold = session.get_one(Subscription, subscription_id)
    voided = [
        *void_from(session, sold, CANCELLED, on=last_day + ONE_DAY, at=at),
        *follow_with_bonus(session, sold.client_id, at=at),
    ]
    notes = credit_cancellation(session, cancellation, at=at)
    for note in notes:
        issuing.issue_credit_note(session, note, at=at)
    refund = Money(cancellation.refund_minor, sold.currency)
    return Cancelled(cancellation, refund, notes, sum(one.minutes for one in voided if one.starts_on > last_day))


@dataclass(frozen=True, slots=True)
class AmendedSubscription:
    """An amended subscription with the minutes that move, and the bill of the difference: an invoice, credit notes, or
    none when it costs the same."""

    amended: Amended
    hours: HoursMoved
    invoice: Invoice | None
    credit_notes: list[CreditNote]


def amend_subscription(session: Session, subscription_id: int, change: Change, *, at: datetime) -> AmendedSubscription:
    """Amend: what is covered, the hours, and the bill of the difference with its paper, all or nothing (S9, M4)."""
    amended = amend(session, subscription_id, change, at=at)
    hours = follow_amendment(session, amended, at=at)
    follow_with_bonus(session, amended.subscription.client_id, at=at)
    invoice, notes = None, []
    if amended.amendment.difference_minor > 0:
        invoice = invoice_amendment(session, amended, at=at)
        issuing.issue_invoice(session, invoice, at=at)
    elif amended.amendment.difference_minor < 0:
        notes = credit_amendment(session, amended, at=at)
    for note in notes:
        issuing.issue_credit_note(session, note, at=at)
    return AmendedSubscription(amended, hours, invoice, notes)


def _complete(session: Session, sale: Sale, at: datetime) -> Sold:
    for free in sale.free_periods:
        give_for_free_period(session, free, at=at)
    give_for_subscription(session, sale.subscription, at=at)
    follow_with_bonus(session, sale.subscription.client_id, at=at)
    invoice = invoice_subscription(session, sale.subscription, at=at)
    if invoice.total_minor:
        await_payment(session, sale.subscription, invoice.due_on, at=at)
    papers = (
        issuing.issue_contract(session, sale.subscription, at=at),
        issuing.issue_invoice(session, invoice, at=at),
        *(issuing.issue_certificate(session, free, at=at) for free in sale.free_periods),
    )
    return Sold(sale, invoice, papers)


def start_free_period(
    session: Session, seller_id: int, registration_number: str, plan_code: str, *, at: datetime
) -> FreePeriod:
    """Free service for a bought registration without a sale, with its hours and its certificate (S1, S3).

    Raises `Refusal` with SELLER_UNKNOWN, REGISTRATION_UNKNOWN, PLAN_UNKNOWN, or those of `grant_free_period`.
    """
    seller = known_row(session, Seller, seller_id)
    registration = session.exec(
        select(Registration).where(Registration.number == normal_registration(registration_number))
    ).first()
    if registration is None:
        raise Refusal("REGISTRATION_UNKNOWN", field="registration_number", value=registration_number)
    lock_client(session, registration.client_id)
    on = load_calendar(seller.calendar, seller.time_zone).day_of(at)
    _, version = plan_in_force(session, plan_code, on)
    free = grant_free_period(session, registration, version, seller.id, at=at)
    give_for_free_period(session, free, at=at)
    issuing.issue_certificate(session, free, at=at)
    return free


def sell_package(
    session: Session, contract_id: int, package_code: str, starts_on: date | None = None, *, at: datetime
) -> tuple[Grant, Invoice]:
    """Sell an hour package under a contract, from today or a later day on: grant, invoice and paper (H8, S9).

    Raises `Refusal` with CONTRACT_UNKNOWN, PACKAGE_UNKNOWN, PACKAGE_CURRENCY or START_OUT_OF_RANGE.
    """
    contract = known_row(session, Contract, contract_id)
    client = lock_client(session, contract.client_id)
    package = package_for_contract(session, contract_id, package_code)
    seller = known_row(session, Seller, contract.seller_id)
    on = package_start(starts_on, load_calendar(seller.calendar, seller.time_zone).day_of(at))
    source_key = f"package:{contract.id}:{client.state_version}"  # one version, one change: it cannot come twice
    grant = give_package(session, client.id, seller.id, package, source_key, on=on, at=at)
    invoice = invoice_package(session, contract.id, grant, package, at=at)
    issuing.issue_invoice(session, invoice, at=at)
    return grant, invoice


def settle_accounts(
    session: Session, seller: Seller, entity_id: int, span: Term, currency: str = "RUB", *, at: datetime
) -> tuple[ReconciliationAct, Paper]:
    """Issue a reconciliation act with its paper (P1); raises as `reconcile_accounts`."""
    act, found = reconcile_accounts(session, seller, entity_id, span, currency, at=at)
    return act, issuing.issue_reconciliation(session, act, found, at=at)
