"""Closing a month: one statement per client, and an act and an invoice for what the month added (M6, E3–E7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlmodel import Session, col, select

from billing.bills import Act, ActLine, Invoice, InvoiceKind, InvoiceLine
from billing.invoice_lines import ChargedWork, LineAmounts, line_columns, totals, work_line
from billing.invoicing import tax_modes
from contracts.catalogue import PlanVersion
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.money import Money
from contracts.numbering import Series, take_number
from contracts.parties import Seller
from contracts.queries import contract_on
from contracts.terms import next_month
from entitlements.calendar import load_calendar
from entitlements.closing import Charged, Month, freeze, open_month
from entitlements.statements import Statement, StatementLine
from entitlements.work import WorkEntry

OBJECTION_DAYS = 5
"""Working days to object to a statement when no plan of the month says otherwise (P6)."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing one client's month made; a month without charges has neither act nor invoice."""

    month: Month
    statement: Statement
    act: Act | None = None
    invoice: Invoice | None = None


def require_over(seller: Seller, month: date, at: datetime) -> None:
    """Raises `Refusal("MONTH_NOT_OVER")`, with the first day to close it, while work may still be entered freely."""
    closes_on = next_month(month) + timedelta(days=seller.late_entry_days)
    if at.astimezone(ZoneInfo(seller.time_zone)).date() < closes_on:
        raise Refusal("MONTH_NOT_OVER", field="month", value=f"{month:%Y-%m}", allowed=f"from {closes_on}")


def close_client(session: Session, seller: Seller, client_id: int, month: date, *, at: datetime) -> Closed | None:
    """Close one client's month, once: none when it is closed already (E7).

    The hours account of the month is frozen in the statement; the next month starts from its closing lots (H1).
    Raises `Refusal` with PREVIOUS_MONTH_OPEN, RATE_UNKNOWN, MIXED_CURRENCIES, NO_CONTRACT, TAX_MODE_UNKNOWN or
    TAX_RATE_UNKNOWN.
    """
    lock_client(session, client_id)
    opened = open_month(session, seller, client_id, month)
    if opened is None:
        return None
    works = _works(session, opened)
    lines = _charged_lines(session, seller, opened, works)
    currency = _currency(lines)
    statement = freeze(
        session,
        seller,
        opened,
        {entry_id: Charged(line.price, line.amount) for entry_id, line in lines.items()},
        currency,
        object_until=_object_until(session, seller, works.values(), at),
        at=at,
    )
    if not lines:
        return Closed(opened, statement)
    act, invoice = _bill(session, seller, statement, lines, at)
    return Closed(opened, statement, act, invoice)


def _works(session: Session, month: Month) -> dict[int, WorkEntry]:
    ids = [line.entry_id for line in month.after.lines]
    return {work.id: work for work in session.exec(select(WorkEntry).where(col(WorkEntry.id).in_(ids)))} if ids else {}


def _charged_lines(
    session: Session, seller: Seller, month: Month, works: Mapping[int, WorkEntry]
) -> dict[int, LineAmounts]:
    """The bill line of each entry with overage or paid minutes, by the entry's id, in the order of the work."""
    mode_on = tax_modes(session, seller.id)
    lines = {}
    for line in month.after.lines:
        minutes = line.parts.overage_minutes + line.parts.paid_minutes
        if minutes:
            work = works[line.entry_id]
            lines[work.id] = work_line(ChargedWork(work.work_on, minutes, _hour_price(session, work)), mode_on)
    return lines


def _hour_price(session: Session, work: WorkEntry) -> Money:
    version = session.get(PlanVersion, work.plan_version_id) if work.plan_version_id is not None else None
    if version is None or version.overage_rate_minor is None:
        raise Refusal("RATE_UNKNOWN", field="plan_version_id", value=work.plan_version_id, work_entry_id=work.id)
    return Money(version.overage_rate_minor, version.currency)


def _currency(lines: Mapping[int, LineAmounts]) -> str:
    currencies = sorted({line.amount.currency for line in lines.values()})
    if len(currencies) > 1:
        raise Refusal("MIXED_CURRENCIES", field="currency", value=currencies)
    return currencies[0] if currencies else "RUB"


def _object_until(session: Session, seller: Seller, works: Any, at: datetime) -> date:
    """Until when the client may object: the longest time of the plans that the month's work fell under (P6)."""
    version_ids = {work.plan_version_id for work in works} - {None}
    days = [session.get_one(PlanVersion, version_id).objection_days for version_id in version_ids]
    calendar = load_calendar(seller.calendar, seller.time_zone)
    return calendar.add_working_days(calendar.day_of(at), max(days, default=OBJECTION_DAYS))


def _bill(
    session: Session, seller: Seller, statement: Statement, lines: Mapping[int, LineAmounts], at: datetime
) -> tuple[Act, Invoice]:
    """The act, dated the last day of the month, and the invoice, dated today, with the same lines (E4)."""
    calendar = load_calendar(seller.calendar, seller.time_zone)
    on, mode_on = calendar.day_of(at), tax_modes(session, seller.id)
    common = _common(session, statement, list(lines.values()), at)
    act = Act(
        issued_on=statement.issued_on,
        tax_mode=mode_on(statement.issued_on),
        **common,
        **take_number(session, seller.id, Series.ACT, statement.issued_on.year),
    )
    invoice = Invoice(
        kind=InvoiceKind.MONTH,
        issued_on=on,
        due_on=calendar.add_working_days(on, seller.payment_days),
        tax_mode=mode_on(on),
        **common,
        **take_number(session, seller.id, Series.INVOICE, on.year),
    )
    session.add_all([act, invoice])
    session.flush()
    rows = _bill_lines(session, statement, lines)
    session.connection().execute(insert(ActLine), [{**row, "act_id": act.id} for row in rows])
    session.connection().execute(insert(InvoiceLine), [{**row, "invoice_id": invoice.id} for row in rows])
    return act, invoice


def _common(session: Session, statement: Statement, lines: Sequence[LineAmounts], at: datetime) -> dict[str, Any]:
    sums = totals(lines, statement.currency)
    contract = contract_on(session, statement.client_id, statement.seller_id, statement.issued_on)
    if contract is None:
        raise Refusal("NO_CONTRACT", field="client_id", value=statement.client_id)
    return {
        "seller_id": statement.seller_id,
        "client_id": statement.client_id,
        "entity_id": contract.entity_id,
        "contract_id": contract.id,
        "statement_id": statement.id,
        "total_minor": sums.total.minor,
        "tax_minor": sums.tax.minor,
        "currency": statement.currency,
        "issued_at": at,
    }


def _bill_lines(session: Session, statement: Statement, lines: Mapping[int, LineAmounts]) -> list[dict[str, Any]]:
    stored = select(StatementLine).where(StatementLine.statement_id == statement.id)
    line_ids = {line.work_entry_id: line.id for line in session.exec(stored)}
    return [
        {"position": position, "statement_line_id": line_ids[entry_id], **line_columns(line)}
        for position, (entry_id, line) in enumerate(lines.items(), 1)
    ]
