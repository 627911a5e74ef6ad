"""The profitability of contracts: revenue by the days of supply, engineers' cost by the days of work (M1, M2)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlmodel import Session, col

from billing.bills import CreditNote, CreditNoteLine, Invoice, InvoiceKind, InvoiceLine
from billing.contract_of_work import ContractOfWork
from billing.costing import engineer_rates
from billing.invoicing import subscription_lines
from billing.profit import ContractProfit, ProfitReport, UnratedEntry, share_in
from contracts.catalogue import PlanVersion
from contracts.errors import Refusal
from contracts.money import Money
from contracts.parties import Client, Seller
from contracts.subscriptions import Subscription
from contracts.terms import ONE_DAY, Term
from entitlements.standing_work import stands
from entitlements.statements import StatementLine
from entitlements.work import WorkEntry


def profitability(session: Session, seller: Seller, term: Term) -> ProfitReport:
    """What each contract of a seller brought and cost over days, as it is known now.

    What is paid ahead counts by its share of the days of service. Work beyond the hours is charged when its month is
    closed; it counts on its own day, like the minutes that were worked.
    """
    book = _Book(session, seller.id, term)
    book.add_invoices()
    book.add_credit_notes()
    unpriced = book.add_invoiced_elsewhere()
    unrated = book.add_work()
    rows = sorted(book.rows.values(), key=lambda row: (row.client, row.contract_number, row.currency))
    return ProfitReport(term, tuple(rows), unrated, unpriced)


class _Book:
    """The rows of a report while they are filled."""

    def __init__(self, session: Session, seller_id: int, term: Term) -> None:
        self._session, self._seller_id, self._term = session, seller_id, term
        self._contracts = ContractOfWork(session, seller_id)
        self._clients = {row.id: row.name for row in self._read(select(col(Client.id), col(Client.name)))}
        self.rows: dict[tuple[int, int | None, str], ContractProfit] = {}

    def _read(self, query: Any) -> Iterable[Row[Any]]:
        return self._session.connection().execute(query)

    def _row(self, client_id: int, contract_id: int | None, currency: str) -> ContractProfit:
        """The row of a contract in a currency, made when it is first asked for."""
        number = "" if contract_id is None else self._contracts.numbers[contract_id]
        new = ContractProfit(client_id, self._clients[client_id], contract_id, number, currency)
        return self.rows.setdefault((client_id, contract_id, currency), new)

    def _part(self, line: Any, currency: str) -> Money:
        """The part of a line without its tax that falls into the term."""
        net = Money(line.amount_minor - line.tax_minor, currency)
        return share_in(net, Term(line.supplied_from, line.supplied_until + ONE_DAY), self._term)

    def add_invoices(self) -> None:
        """Add what was invoiced; charged work belongs to the contract of the work."""
        billed = _with_plan_of_work(select(*_billed(InvoiceLine, Invoice), col(Invoice.kind)), InvoiceLine, Invoice)
        billed = billed.where(col(Invoice.seller_id) == self._seller_id, *self._supplied(InvoiceLine))
        for line in self._read(billed.order_by(col(InvoiceLine.id))):
            part = self._part(line, line.currency)
            if line.kind is InvoiceKind.MONTH:
                contract_id = self._contracts.id_on(line.client_id, line.plan_version_id, line.supplied_from)
                self._row(line.client_id, contract_id, line.currency).charged += part
            elif line.kind is InvoiceKind.PACKAGE:
                self._row(line.client_id, line.contract_id, line.currency).packages += part
            else:
                self._row(line.client_id, line.contract_id, line.currency).prepaid += part

    def add_credit_notes(self) -> None:
        """Take off what was given back; charged work that was taken back, of the contract of the work."""
        columns = [*_billed(CreditNoteLine, CreditNote), col(CreditNote.statement_id)]
        credited = _with_plan_of_work(select(*columns), CreditNoteLine, CreditNote)
        credited = credited.where(col(CreditNote.seller_id) == self._seller_id, *self._supplied(CreditNoteLine))
        for line in self._read(credited.order_by(col(CreditNoteLine.id))):
            part = self._part(line, line.currency)
            if line.statement_id is None:
                self._row(line.client_id, line.contract_id, line.currency).prepaid -= part
            else:
                contract_id = self._contracts.id_on(line.client_id, line.plan_version_id, line.supplied_from)
                self._row(line.client_id, contract_id, line.currency).charged -= part

    def add_invoiced_elsewhere(self) -> dict[int, str]:
        """Add the price of what came with a book without an invoice of ours, up to its last day of service.

        Returns what cannot be taxed here: the code of the refusal by the subscription's id.
        """
        invoiced = select(col(Invoice.id)).where(col(Invoice.subscription_id) == col(Subscription.id)).exists()
        own = select(Subscription).where(col(Subscription.seller_id) == self._seller_id, ~invoiced)
        starts_on, ends_on = col(Subscription.starts_on), col(Subscription.ends_on)
        own = own.where(starts_on < self._term.ends_on, ends_on > self._term.starts_on)
        unpriced = {}
        for sold in self._session.execute(own.order_by(col(Subscription.id))).scalars():
            until = max(self._term.starts_on, min(self._term.ends_on, sold.last_day + ONE_DAY))
            try:
                lines = subscription_lines(self._session, sold)
            except Refusal as untaxed:
                unpriced[sold.id] = untaxed.code
                continue
            row, served = self._row(sold.client_id, sold.contract_id, sold.currency), Term(self._term.starts_on, until)
            for line in lines:
                row.prepaid += share_in(line.amount - line.tax, line.supplied, served)
        return unpriced

    def add_work(self) -> tuple[UnratedEntry, ...]:
        """Add what was worked and what that cost; returns the work whose cost nobody said, but for what was taken back.

        An entry and its reversal are of one day, so they cancel each other out.
        """
        rate_on, unrated = engineer_rates(self._session), []
        for entry in self._worked():
            contract_id = self._contracts.id_on(entry.client_id, entry.plan_version_id, entry.work_on)
            rate = rate_on(entry.engineer, entry.work_on)
            currency = rate.currency if rate is not None else entry.currency or "RUB"
            row = self._row(entry.client_id, contract_id, currency)
            row.worked_minutes += entry.worked_minutes
            if rate is not None:
                row.cost += rate.for_minutes(entry.worked_minutes)
                continue
            row.unrated_minutes += entry.worked_minutes
            if not entry.is_undone:
                told = (row.client, row.contract_number, entry.work_on, entry.engineer, entry.worked_minutes)
                unrated.append(UnratedEntry(entry.id, *told))
        return tuple(unrated)

    def _worked(self) -> Iterable[Row[Any]]:
        """The work of the days of the term, with the currency of its plan and whether it was taken back."""
        columns = ("id", "client_id", "plan_version_id", "work_on", "engineer", "worked_minutes")
        own = select(
            *(getattr(WorkEntry, name) for name in columns),
            col(PlanVersion.currency),
            (~stands()).label("is_undone"),
        ).outerjoin(PlanVersion, col(PlanVersion.id) == col(WorkEntry.plan_version_id))
        own = own.where(col(WorkEntry.seller_id) == self._seller_id)
        own = own.where(col(WorkEntry.work_on) >= self._term.starts_on, col(WorkEntry.work_on) < self._term.ends_on)
        return self._read(own.order_by(col(WorkEntry.work_on), col(WorkEntry.id)))

    def _supplied(self, line: type[InvoiceLine] | type[CreditNoteLine]) -> tuple[ColumnElement[bool], ...]:
        """That a line has a day in the term."""
        return col(line.supplied_from) < self._term.ends_on, col(line.supplied_until) >= self._term.starts_on


def _billed(line: type[Any], bill: type[Any]) -> list[Any]:
    """What is read of a line and its bill."""
    columns = [getattr(line, name) for name in ("supplied_from", "supplied_until", "amount_minor", "tax_minor")]
    return [*columns, *(getattr(bill, name) for name in ("client_id", "contract_id", "currency"))]


def _with_plan_of_work(columns: Any, line: type[Any], bill: type[Any]) -> Any:
    """The lines of bills, each with the plan version that its work was billed by, if it is for work."""
    rows = columns.add_columns(col(WorkEntry.plan_version_id)).select_from(line).join(bill)
    rows = rows.outerjoin(StatementLine, col(StatementLine.id) == line.statement_line_id)
    return rows.outerjoin(WorkEntry, col(WorkEntry.id) == col(StatementLine.work_entry_id))
