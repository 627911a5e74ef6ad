"""Drawing up the sheets of issued papers from their rows, and queueing them (P1, P5).

Every number that a sheet prints is read from the row or the plan version that the engine itself runs on.
"""

from datetime import datetime

from sqlmodel import Session

from billing.bills import Act, Invoice
from contracts.subscriptions import Subscription
from documents.papers import Paper
from entitlements.closing import Month
from entitlements.statements import Statement


def issue_contract(session: Session, sold: Subscription, *, at: datetime) -> Paper:
    """Queue the contract with the specification of a sold subscription."""


def issue_invoice(session: Session, invoice: Invoice, *, at: datetime) -> Paper:
    """Queue an invoice."""


def issue_act(session: Session, act: Act, *, at: datetime) -> Paper:
    """Queue an act."""


def issue_statement(session: Session, statement: Statement, month: Month, *, at: datetime) -> Paper:
    """Queue the month's statement of hours, from the accounts at both bounds of the month."""
