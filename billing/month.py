"""Closing a month: one statement per client, with its acts and an invoice, or credit notes, of it (M6, E3–E7)."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlmodel import Session, col, select

from billing.bills import Act, ActKind, ActLine, CreditNote, Invoice, InvoiceKind, InvoiceLine
from billing.invoice_lines import line_columns, totals
from billing.invoicing import taxation
from billing.month_credits import credit_months
from billing.month_draft import Draft, Forgiveness, Terms, draft
from billing.service_acts import act_service
from billing.tax import Taxation
from contracts.catalogue import PlanVersion
from contracts.errors import Refusal
from contracts.money import Money
from contracts.numbering import Series, take_numbers
from contracts.parties import Seller
from contracts.queries import contract_on, contracts_between
from contracts.subscriptions import Contract
from contracts.terms import next_month
from entitlements.calendar import load_calendar
from entitlements.case_states import CaseState
from entitlements.closing import Charged, Frozen, freeze
from entitlements.facts import facts_of_pools
from entitlements.hours_facts import HoursFacts
from entitlements.months import Month, month_of
from entitlements.over_limit import close_cases
from entitlements.over_limit_facts import forgiven_entries, states_in_month
from entitlements.statements import Statement, StatementLine


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing one client's month made; a month without charges has neither act nor invoice of its own.

    One that takes back more than it adds has credit notes, and act and invoice for what it adds all the same. Service
    that was paid ahead has acts beside them, one a contract (M4).
    """

    month: Month
    statement: Statement
    act: Act | None = None
    invoice: Invoice | None = None
    credit_notes: Sequence[CreditNote] = ()
    service_acts: Sequence[Act] = ()


def closable_from(seller: Seller, month: date) -> date:
    """The first day on which a month may be closed: until then work may be entered freely."""
    return next_month(month) + timedelta(days=seller.late_entry_days)


def require_over(seller: Seller, month: date, at: datetime) -> None:
    """Raises `Refusal("MONTH_NOT_OVER")`, with the first day to close it, while work may still be entered freely."""
    closes_on = closable_from(seller, month)
    if seller.day_of(at) < closes_on:
        raise Refusal("MONTH_NOT_OVER", field="month", value=f"{month:%Y-%m}", allowed=f"from {closes_on}")


def close_clients(
    session: Session, seller: Seller, client_ids: Sequence[int], month: date, *, at: datetime
) -> tuple[list[Closed], dict[int, Exception]]:
    """Close the month of some clients with the same few statements, and tell whose facts make no sense, and why.

    Only a month that takes back more than it adds takes some more, for each of its credit notes.

    The hours account of the month is frozen in the statement; the next month starts from its closing lots (H1). What
    is closed already stays as it is (E7). What the database refuses undoes them all: the caller, who holds the clients'
    rows, closes them one by one then.
    """
    books = _Books.of(session, seller, client_ids, month)
    drafts, broken = [], {}
    for client_id, facts in facts_of_pools(session, seller.id, client_ids).items():
        try:
            drafted = books.draft(facts, client_id, month)
        except Exception as problem:  # whatever is wrong with one client's facts stops nobody else (M6)
            broken[client_id] = problem
        else:
            drafts += [drafted] if drafted is not None else []
    return _store(session, seller, drafts, books, at), broken


@dataclass(frozen=True, slots=True)
class _Books:
    """What the bills of a chunk of clients are drawn up from."""

    seller: Seller
    terms: Mapping[int, Terms]
    taxation: Taxation
    contracts: Mapping[int, Sequence[Contract]]
    cases: Mapping[int, tuple[int, CaseState]]
    """The over-limit case of the month of each client that has one, by the client's id: its id and state (D6)."""
    forgiven_entries: Set[int]

    @classmethod
    def of(cls, session: Session, seller: Seller, client_ids: Sequence[int], month: date) -> "_Books":
        contracts = contracts_between(session, seller.id, client_ids)
        terms = plan_terms(session)
        cases = states_in_month(session, seller.id, month, client_ids)
        entries = forgiven_entries(session, seller.id, client_ids, month)
        return cls(seller, terms, taxation(session, seller.id), contracts, cases, entries)

    def draft(self, facts: HoursFacts, client_id: int, month: date) -> Draft | None:
        """The client's month with its charges; none when it is closed already."""
        opened = month_of(facts, client_id, month)
        if opened is None:
            return None
        _, state = self.cases.get(client_id, (0, None))
        forgiven = Forgiveness(state is CaseState.FORGIVEN, self.forgiven_entries)
        drafted = draft(opened, self.terms, self.taxation, facts.time_zone, forgiven)
        if drafted.lines:
            self.contract_on(client_id, opened.term.last_day)
        return drafted

    def contract_on(self, client_id: int, day: date) -> Contract:
        """The client's contract with the seller on the day; one with charges cannot be without."""
        contract = contract_on(self.contracts[client_id], day)
        if contract is None:
            raise Refusal("NO_CONTRACT", field="client_id", value=client_id)
        return contract


def plan_terms(session: Session) -> dict[int, Terms]:
    """What every plan version says of charged work, by its id."""
    return {version.id: _terms(version) for version in session.exec(select(PlanVersion))}


def _terms(version: PlanVersion) -> Terms:
    rate = version.overage_rate_minor
    return Terms(Money(rate, version.currency) if rate is not None else None, version.objection_days)


def _store(session: Session, seller: Seller, drafts: Sequence[Draft], books: _Books, at: datetime) -> list[Closed]:
    calendar = load_calendar(seller.calendar, seller.time_zone)
    on = calendar.day_of(at)
    frozen = [
        Frozen(
            one.month,
            {entry_id: Charged(line.price, line.amount) for entry_id, line in one.lines.items()},
            one.currency,
            calendar.add_working_days(on, one.objection_days),
        )
        for one in drafts
    ]
    statements = freeze(session, seller, frozen, at=at)
    charged = [(one, statement) for one, statement in zip(drafts, statements, strict=True) if one.lines]
    line_ids = _line_ids(session, [statement for _, statement in charged])
    service_acts = act_service(session, seller, statements, books.taxation, at=at)
    acts, invoices = _bill(session, seller, [each for each in charged if each[0].billed], line_ids, books, at)
    notes = credit_months(session, charged, line_ids, at=at)
    numbers = {one.client_id: invoices[one.id].number if one.id in invoices else None for one in statements}
    close_cases(session, books.cases, numbers, at=at)
    return [
        Closed(one.month, of, acts.get(of.id), invoices.get(of.id), notes.get(of.id, ()), service_acts.get(of.id, ()))
        for one, of in zip(drafts, statements, strict=True)
    ]


def _bill(
    session: Session,
    seller: Seller,
    charged: Sequence[tuple[Draft, Statement]],
    line_ids: Mapping[int, int],
    books: _Books,
    at: datetime,
) -> tuple[dict[int, Act], dict[int, Invoice]]:
    """The acts of what was added, dated the last day of the month, and the invoices, dated today, line for line (E4).

    Where all is forgiven there is nothing to pay, so an act alone.
    """
    if not charged:
        return {}, {}
    calendar = load_calendar(seller.calendar, seller.time_zone)
    on, last_day = calendar.day_of(at), charged[0][1].issued_on
    common = [_common(one, statement, books, at) for one, statement in charged]
    act = {"kind": ActKind.MONTH, "issued_on": last_day, "tax_mode": books.taxation.mode_on(last_day)}
    invoice = {
        "kind": InvoiceKind.MONTH,
        "issued_on": on,
        "due_on": calendar.add_working_days(on, seller.payment_days),
        "tax_mode": books.taxation.mode_on(on),
    }
    acts = _issue(session, Act, take_numbers(session, seller.id, Series.ACT, last_day.year, len(common)), common, act)
    payable = [one for one, (drafted, _) in zip(common, charged, strict=True) if _asks_for_money(drafted)]
    numbers = take_numbers(session, seller.id, Series.INVOICE, on.year, len(payable)) if payable else []
    invoices = _issue(session, Invoice, numbers, payable, invoice) if payable else {}
    bill_lines = _bill_lines(charged, line_ids)
    for line_table, owner, bills in ((ActLine, "act_id", acts), (InvoiceLine, "invoice_id", invoices)):
        lines = [{**line, owner: bills[of].id} for of, line in bill_lines if of in bills]
        if lines:
            session.connection().execute(insert(line_table), lines)
    return acts, invoices


def _asks_for_money(drafted: Draft) -> bool:
    return any(line.price.minor for line in drafted.billed.values())


Issued = TypeVar("Issued", Act, Invoice)


def _issue(
    session: Session,
    table: type[Issued],
    numbers: Sequence[dict[str, Any]],
    common: Sequence[dict[str, Any]],
    own: dict[str, Any],
) -> dict[int, Issued]:
    """Store the bills, each with its number; by the statement they belong to."""
    rows = [{**one, **own, **number} for one, number in zip(common, numbers, strict=True)]
    issued = session.scalars(insert(table).returning(table, sort_by_parameter_order=True), rows)
    return {row["statement_id"]: bill for row, bill in zip(rows, issued, strict=True)}


def _common(one: Draft, statement: Statement, books: _Books, at: datetime) -> dict[str, Any]:
    sums = totals(list(one.billed.values()), one.currency)
    contract = books.contract_on(statement.client_id, statement.issued_on)
    return {
        "seller_id": statement.seller_id,
        "client_id": statement.client_id,
        "entity_id": contract.entity_id,
        "contract_id": contract.id,
        "statement_id": statement.id,
        "total_minor": sums.total.minor,
        "tax_minor": sums.tax.minor,
        "currency": one.currency,
        "issued_at": at,
    }


def _line_ids(session: Session, statements: Sequence[Statement]) -> dict[int, int]:
    """The lines of some statements by their work entries."""
    if not statements:
        return {}
    stored = select(StatementLine.work_entry_id, StatementLine.id)
    return dict(session.exec(stored.where(col(StatementLine.statement_id).in_([one.id for one in statements]))).all())


def _bill_lines(
    charged: Sequence[tuple[Draft, Statement]], line_ids: Mapping[int, int]
) -> list[tuple[int, dict[str, Any]]]:
    """Each line of the acts and invoices, with the id of its statement."""
    return [
        (statement.id, {"position": position, "statement_line_id": line_ids[entry_id], **line_columns(line)})
        for one, statement in charged
        for position, (entry_id, line) in enumerate(one.billed.items(), 1)
    ]
