"""Issuing papers: each sheet is drawn up from its rows in the transaction that issues it, and queued (P1, P2, P5)."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from billing.bills import Act, CreditNote, Invoice
from billing.reconciliation_acts import ReconciliationAct
from billing.settlement import Settlement
from contracts.appending import append
from contracts.errors import Refusal
from contracts.locking import lock_subscription
from contracts.renewing import require_not_renewed
from contracts.subscriptions import FreePeriod, Subscription
from documents import archive
from documents.drawing_bills import draw_act, draw_credit_note, draw_invoice
from documents.drawing_certificate import draw_certificate
from documents.drawing_contract import draw_contract
from documents.drawing_offer import draw_offer
from documents.drawing_reconciliation import draw_reconciliation
from documents.drawing_statement import draw_statement
from documents.month_record import records_of
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from documents.sealing import chain_of, fingerprint
from documents.seals import StatementSeal
from documents.words import Language
from entitlements.months import Month
from entitlements.statements import Statement


def issue_contract(session: Session, sold: Subscription, *, at: datetime) -> Paper:
    """Queue the contract with the specification of a subscription that was sold and invoiced."""
    sheet = draw_contract(session, sold)
    pool = (sold.seller_id, sold.client_id)
    return archive.queue(session, PaperKind.CONTRACT, sold.id, sheet.number, *pool, sheet, at=at)


def issue_invoice(session: Session, invoice: Invoice, *, at: datetime) -> Paper:
    """Queue an invoice."""
    sheet = draw_invoice(session, invoice)
    pool = (invoice.seller_id, invoice.client_id)
    return archive.queue(session, PaperKind.INVOICE, invoice.id, invoice.number, *pool, sheet, at=at)


def issue_credit_note(session: Session, note: CreditNote, *, at: datetime) -> Paper:
    """Queue a credit note."""
    sheet = draw_credit_note(session, note)
    pool = (note.seller_id, note.client_id)
    return archive.queue(session, PaperKind.CREDIT_NOTE, note.id, note.number, *pool, sheet, at=at)


def issue_act(session: Session, act: Act, *, at: datetime) -> Paper:
    """Queue an act."""
    sheet = draw_act(session, act)
    return archive.queue(session, PaperKind.ACT, act.id, act.number, act.seller_id, act.client_id, sheet, at=at)


def issue_statement(
    session: Session, statement: Statement, month: Month, *, at: datetime, verify_at: str = ""
) -> Paper:
    """Queue the month's statement of hours, from the accounts at both bounds of the month, and seal the month.

    `verify_at` is the address of the page that checks it.
    """
    record = records_of(session, [statement.id])[statement.id]
    chain = chain_of(session, statement, record)
    sheet = replace(draw_statement(session, statement, month), chain=chain, verify_at=verify_at)
    pool = (statement.seller_id, statement.client_id)
    paper = archive.queue(session, PaperKind.STATEMENT, statement.id, statement.number, *pool, sheet, at=at)
    seal = {
        "statement_id": statement.id,
        "paper_id": paper.id,
        "previous_sha256": chain.previous_sha256,
        "record": record,
        "sha256": fingerprint(paper.sheet, chain.previous_sha256, record),
        "sealed_at": at,
    }
    append(session, StatementSeal, seal)
    return paper


def issue_certificate(session: Session, free: FreePeriod, *, at: datetime) -> Paper:
    """Queue the certificate of a free period that was granted, with its hours."""
    sheet = draw_certificate(session, free, at=at)
    pool = (free.seller_id, free.client_id)
    return archive.queue(session, PaperKind.CERTIFICATE, free.id, sheet.number, *pool, sheet, at=at)


def issue_offer(session: Session, subscription_id: int, *, at: datetime, language: Language | None = None) -> Paper:
    """Queue the offer to renew a subscription; each further one is a revision that supersedes the one before.

    Raises `Refusal` with SUBSCRIPTION_UNKNOWN, PLAN_NOT_ON_SALE, ALREADY_RENEWED or NOTHING_TO_OFFER.
    """
    old = lock_subscription(session, subscription_id)
    require_not_renewed(session, old)
    sheet = draw_offer(session, subscription_id, at=at, language=language)
    if not sheet.choices:
        raise Refusal("NOTHING_TO_OFFER", field="subscription_id", value=subscription_id)
    revision = archive.last_revision(session, PaperKind.OFFER, old.id) + 1
    sheet = replace(sheet, number=f"{sheet.contract.number}-{old.id}-{revision}")
    pool = (old.seller_id, old.client_id)
    return archive.queue(
        session, PaperKind.OFFER, old.id, sheet.number, *pool, sheet, at=at, language=language, revision=revision
    )


def issue_reconciliation(session: Session, act: ReconciliationAct, found: Settlement, *, at: datetime) -> Paper:
    """Queue a reconciliation act."""
    sheet = draw_reconciliation(session, act, found)
    pool = (act.seller_id, act.client_id)
    return archive.queue(session, PaperKind.RECONCILIATION, act.id, act.number, *pool, sheet, at=at)
