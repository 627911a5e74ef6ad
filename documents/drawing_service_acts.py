"""Drawing up the lines of an act over what was paid ahead: what, for which copies, on which invoice (P1, M4)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Date, bindparam
from sqlmodel import Session, col, func, select

from billing.bills import Act, ActLine, Invoice, InvoiceKind, InvoiceLine
from billing.settling import is_paid_by
from contracts.catalogue import Plan, PlanVersion, Registration
from contracts.subscriptions import Amendment, Coverage, Specification, Subscription
from contracts.terms import Term
from documents.drawing_lines import term_line
from documents.drawing_parties import called
from documents.lines import AdvanceSheet, LineKind, LineSheet
from documents.words import Language, hours_in_words
from entitlements.grants import Grant


def service_lines(session: Session, act: Act, language: Language) -> tuple[LineSheet, ...]:
    """The lines of an act of service, in the order of their invoices.

    Each names the invoice that its service was paid ahead by; whether all of that had come when the month ended says
    whether an advance is offset.
    """
    copies = _copies(session, act)
    sheets = []
    of_act = {"act_id": act.id, "last_day": act.issued_on}
    for line, invoice, is_paid, sold, plan, minutes in session.exec(_lines(), params=of_act):
        kind, title = _kind(line, invoice, sold), called(plan, language) if plan else hours_in_words(minutes, language)
        advance = AdvanceSheet(invoice.number, invoice.issued_on, bool(is_paid))
        own = copies.get(sold.id, ()) if sold else ()
        sheets.append(replace(term_line(line, act.currency, kind, title), copies=tuple(own), advance=advance))
    return tuple(sheets)


@cache
def _lines() -> Any:
    """The lines with their invoices, and the subscription and plan, or the minutes, that those are for.

    Building the select takes as long as running it, and every client of a month has an act.
    """
    sold_id = func.coalesce(col(Invoice.subscription_id), col(Amendment.subscription_id))
    version_id = func.coalesce(col(Specification.plan_version_id), col(Subscription.plan_version_id))
    is_paid = is_paid_by(bindparam("last_day", type_=Date))
    rows = select(ActLine, Invoice, is_paid, Subscription, Plan, Grant.minutes)  # type: ignore[call-overload]
    return (
        rows.join(InvoiceLine, col(InvoiceLine.id) == col(ActLine.invoice_line_id))
        .join(Invoice, col(Invoice.id) == col(InvoiceLine.invoice_id))
        .outerjoin(Amendment, col(Amendment.id) == col(Invoice.amendment_id))
        .outerjoin(Specification, col(Specification.id) == col(Amendment.specification_id))
        .outerjoin(Subscription, col(Subscription.id) == sold_id)
        .outerjoin(PlanVersion, col(PlanVersion.id) == version_id)
        .outerjoin(Plan, col(Plan.id) == col(PlanVersion.plan_id))
        .outerjoin(Grant, col(Grant.id) == col(Invoice.grant_id))
        .where(col(ActLine.act_id) == bindparam("act_id"))
        .order_by(col(ActLine.position))
    )


def _kind(line: ActLine, invoice: Invoice, sold: Subscription | None) -> LineKind:
    if invoice.kind is InvoiceKind.AMENDMENT:
        return LineKind.AMENDMENT
    if sold is None:
        return LineKind.PACKAGE
    return LineKind.GAP if line.supplied_from < sold.starts_on else LineKind.SUBSCRIPTION


def _copies(session: Session, act: Act) -> Mapping[int, Sequence[str]]:
    """The registration numbers that each subscription covered on a day of the month."""
    month = Term.calendar_month(act.issued_on)
    rows = (
        select(Specification.subscription_id, Registration.number)
        .join(Coverage, col(Coverage.specification_id) == col(Specification.id))
        .join(Registration, col(Registration.id) == col(Coverage.registration_id))
        .where(Specification.client_id == act.client_id, Specification.seller_id == act.seller_id)
        .where(Coverage.starts_on < month.ends_on, Coverage.ends_on > month.starts_on)
        .where(Coverage.ends_on > Coverage.starts_on)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for subscription_id, number in session.exec(rows.distinct().order_by(col(Registration.number))):
        found[subscription_id].append(number)
    return found
