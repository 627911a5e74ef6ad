"""A seller's month for an accounting program: who, under which contract, which bills with their lines, which entries.

Every record has an id that is the same whenever it is exported, so that a second load changes nothing. What the fields
mean is said in docs/accounting.md.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from billing.bills import Act, ActKind, ActLine, CreditNote, CreditNoteLine, Invoice, InvoiceKind, InvoiceLine
from billing.bookkeeping import journal_of
from billing.exchanged_money import MonthMoney, Value
from billing.journal import Entry, Journal, Side
from contracts.catalogue import Plan, PlanVersion
from contracts.columns import summed
from contracts.money import Money
from contracts.parties import Entity, Seller
from contracts.subscriptions import Amendment, Contract, Specification, Subscription
from contracts.terms import Term

ROWS_AT_ONCE = 1000

REQUISITES = (
    *("name", "full_name", "inn", "kpp", "ogrn", "address", "bank_account", "bank_name", "bic"),
    *("correspondent_account", "phone", "email", "country", "postcode", "city"),
)
BILL = ("id", "number", "issued_on", "counterparty_id", "contract_id", "tax_mode", "total", "tax", "currency")
LINE = (
    *("id", "bill_id", "position", "item_id", "supplied_from", "supplied_until", "minutes", "price", "tax_percent"),
    *("tax", "amount", "currency", "exempt_ground"),
)
ENTRY = (
    *("id", "on", "operation", "debit", "credit", "amount", "currency", "tax_percent", "source", "bill_id", "number"),
    *("contract_id", "counterparty_id", "credit_contract_id", "credit_counterparty_id"),
)
WITHOUT_TAX = "none"
"""What stands for the per cent of what is without VAT, which is not 0 (M2)."""
PACKAGE, WORK = "hours-package", "charged-work"
"""The items that are no plan."""
ITEM_NAMES = {PACKAGE: "Пакет часов", WORK: "Работы сверх включённых часов и платные работы"}


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one kind: the name of one and of all, its fields, and the values, read anew each time."""

    one: str
    name: str
    fields: tuple[str, ...]
    count: int
    read: Callable[[], Iterable[Sequence[Value]]]


@dataclass(frozen=True, slots=True)
class _Bills:
    one: str
    bill: Any
    line: Any
    owner: Any
    more: tuple[str, ...] = ()
    more_of_line: tuple[str, ...] = ()


BILLS = (
    _Bills("invoice", Invoice, InvoiceLine, InvoiceLine.invoice_id, ("due_on", "kind")),
    _Bills("act", Act, ActLine, ActLine.act_id, ("kind",), ("invoice_id",)),
    _Bills("credit_note", CreditNote, CreditNoteLine, CreditNoteLine.credit_note_id, ("invoice_id", "reduces")),
)


def month_records(session: Session, seller: Seller, month: date) -> list[Records]:
    """All of a seller's month, each kind after those that it refers to."""
    term = Term.calendar_month(month)
    return _Month(session, seller, term, journal_of(session, seller, term)).records()


class _Month:
    """A seller's month while it is told."""

    def __init__(self, session: Session, seller: Seller, term: Term, journal: Journal) -> None:
        self._session, self._seller, self._term, self._journal = session, seller, term, journal

    def records(self) -> list[Records]:
        """Every kind."""
        contracts = self._contracts()
        money = MonthMoney(self._session, self._seller, self._term)
        entities = {row.entity_id for row in contracts} | money.entity_ids
        entities |= {side.entity_id for one in self._journal.entries for side in (one.voucher.side, one.credited)}
        told = [
            Records(
                "counterparty", "counterparties", ("id", *REQUISITES), len(entities), lambda: self._parties(entities)
            ),
            self._listed(
                "contract",
                "contracts",
                ("id", "number", "signed_on", "counterparty_id"),
                [
                    (self._id("contract", row.id), row.number, row.signed_on, self._id("counterparty", row.entity_id))
                    for row in contracts
                ],
            ),
            self._listed("item", "items", ("id", "code", "name"), self._items()),
        ]
        for kind in BILLS:
            told += self._bills(kind)
        told += [self._listed(*kind) for kind in money.kinds(self._id)]
        entries = [self._entry(one) for one in self._journal.entries]
        told.append(self._listed("entry", "journal", ENTRY, entries))
        totals = [*self._bill_totals(), *money.totals(), *self._journal_totals()]
        return [*told, self._listed("total", "totals", ("of", "count", "debit", "credit", "tax", "currency"), totals)]

    def _listed(self, one: str, name: str, fields: tuple[str, ...], rows: Sequence[Sequence[Value]]) -> Records:
        return Records(one, name, fields, len(rows), lambda: rows)

    def _id(self, kind: str, row_id: int | str) -> str:
        """The id of a record: that of its row, in a form that accounting programs take for a reference.

        Of the seller only the INN is in it, which never changes; two sellers of one INN share no row but parties and
        items. Where earlier ids had a KPP there is nothing, so that a seller without one keeps its ids.
        """
        return str(uuid5(NAMESPACE_URL, f"abonement:{self._seller.inn}::{kind}:{row_id}"))

    def _read(self, query: Any) -> Iterable[Row[Any]]:
        return self._session.connection().execute(query, execution_options={"yield_per": ROWS_AT_ONCE})

    def _within(self, bill: Any) -> tuple[Any, Any, Any]:
        """That a bill is the seller's and of the month."""
        term = self._term
        return bill.seller_id == self._seller.id, bill.issued_on >= term.starts_on, bill.issued_on < term.ends_on

    def _contracts(self) -> list[Row[Any]]:
        """The contracts that the bills and the entries of the month belong to."""
        used = {side.contract_id for one in self._journal.entries for side in (one.voucher.side, one.credited)}
        for kind in BILLS:
            used |= {
                row.contract_id for row in self._read(select(kind.bill.contract_id).where(*self._within(kind.bill)))
            }
        columns = (col(getattr(Contract, name)) for name in ("id", "number", "signed_on", "entity_id"))
        own = select(*columns).where(col(Contract.seller_id) == self._seller.id).order_by(col(Contract.id))
        return [row for row in self._read(own) if row.id in used]

    def _parties(self, wanted: set[int]) -> Iterator[Sequence[Value]]:
        columns = [col(Entity.id), *(getattr(Entity, name) for name in REQUISITES)]
        for row in self._read(select(*columns).order_by(col(Entity.id))):
            if row.id in wanted:
                yield self._id("counterparty", row.id), *row[1:]

    def _items(self) -> list[Sequence[Value]]:
        plans = [
            (row.code, row.name) for row in self._read(select(col(Plan.code), col(Plan.name)).order_by(col(Plan.id)))
        ]
        return [(self._id("item", code), code, name) for code, name in [*ITEM_NAMES.items(), *plans]]

    def _bills(self, kind: _Bills) -> list[Records]:
        """The bills of a kind, and their lines."""
        count = select(func.count()).select_from(kind.bill).where(*self._within(kind.bill))
        lines = select(func.count()).select_from(kind.line).join(kind.bill).where(*self._within(kind.bill))
        bills, all_lines = (self._session.connection().execute(query).scalar_one() for query in (count, lines))
        return [
            Records(kind.one, f"{kind.one}s", (*BILL, *kind.more), bills, lambda: self._bill_rows(kind)),
            Records(
                f"{kind.one}_line",
                f"{kind.one}_lines",
                (*LINE, *kind.more_of_line),
                all_lines,
                lambda: self._line_rows(kind),
            ),
        ]

    def _bill_rows(self, kind: _Bills) -> Iterator[Sequence[Value]]:
        own = select(kind.bill.__table__, col(Contract.entity_id).label("party_id"))
        own = own.join(Contract, col(Contract.id) == kind.bill.contract_id).where(*self._within(kind.bill))
        for row in self._read(own.order_by(kind.bill.id)):
            sums = (Money(row.total_minor, row.currency), Money(row.tax_minor, row.currency))
            sides = (self._id("counterparty", row.entity_id), self._id("contract", row.contract_id))
            more = [self._more(row, name) for name in kind.more]
            head = (self._id(kind.one, row.id), row.number, row.issued_on, *sides, row.tax_mode)
            yield (*head, *sums, row.currency, *more)

    def _more(self, row: Row[Any], name: str) -> Value:
        """A field of one kind of bill alone; acts keep what they say, so a note of a month corrects those of before."""
        if name == "reduces":
            return "advance" if row.statement_id is None else "act"
        return self._invoice_id(row) if name == "invoice_id" else getattr(row, name)

    def _invoice_id(self, row: Row[Any]) -> str | None:
        """The id of the invoice that a credit note takes off, or by which a line of an act was paid ahead."""
        return None if row.invoice_id is None else self._id("invoice", row.invoice_id)

    def _line_rows(self, kind: _Bills) -> Iterator[Sequence[Value]]:
        own = select(
            kind.line.__table__, kind.owner.label("bill_id"), kind.bill.currency, self._plan(kind).label("plan")
        )
        own = own.join(kind.bill).where(*self._within(kind.bill)).order_by(kind.line.id)
        if kind.bill is Invoice:
            own = own.add_columns(col(Invoice.kind))
        elif kind.bill is Act:
            own = own.add_columns(col(Invoice.kind), col(Invoice.id).label("invoice_id"))
            own = own.outerjoin(InvoiceLine, col(InvoiceLine.id) == col(ActLine.invoice_line_id))
            own = own.outerjoin(Invoice, col(Invoice.id) == col(InvoiceLine.invoice_id))
        for row in self._read(own):
            money = [Money(minor, row.currency) for minor in (row.price_minor, row.tax_minor, row.amount_minor)]
            other = PACKAGE if getattr(row, "kind", None) is InvoiceKind.PACKAGE else WORK
            head = (self._id(f"{kind.one}_line", row.id), self._id(kind.one, row.bill_id), row.position)
            supplied = (
                self._id("item", row.plan or other),
                row.supplied_from,
                row.supplied_until,
                row.quantity_minutes,
            )
            percent = WITHOUT_TAX if row.tax_percent is None else row.tax_percent
            ground = getattr(row, "exempt_ground", None)
            more = [self._invoice_id(row) for _ in kind.more_of_line]
            yield (*head, *supplied, money[0], percent, money[1], money[2], row.currency, ground, *more)

    def _plan(self, kind: _Bills) -> Any:
        """The code of the plan that a bill, or the invoice of an act's line, is for; none for a package or work."""
        plan = select(col(Plan.code)).join(PlanVersion, col(PlanVersion.plan_id) == col(Plan.id))
        amended = plan.join(Specification, col(Specification.plan_version_id) == col(PlanVersion.id)).join(Amendment)
        sold = plan.join(Subscription, col(Subscription.plan_version_id) == col(PlanVersion.id))
        if kind.bill in (Invoice, Act):
            amended = amended.where(col(Amendment.id) == Invoice.amendment_id).correlate(Invoice)
            sold = sold.where(col(Subscription.id) == Invoice.subscription_id).correlate(Invoice)
        else:
            credited = aliased(Invoice)
            by = func.coalesce(CreditNote.amendment_id, credited.amendment_id)
            amended = amended.join(credited, col(credited.id) == col(CreditNote.invoice_id)).where(
                col(Amendment.id) == by
            )
            sold = sold.join(credited, col(credited.subscription_id) == col(Subscription.id))
            sold = sold.where(col(credited.id) == col(CreditNote.invoice_id)).correlate(CreditNote)
            amended = amended.correlate(CreditNote)
        return func.coalesce(amended.scalar_subquery(), sold.scalar_subquery())

    def _entry(self, entry: Entry) -> Sequence[Value]:
        voucher, percent = entry.voucher, entry.tax_percent
        accounts = (entry.on, entry.operation, entry.debit, entry.credit, entry.amount, entry.amount.currency)
        bill = (voucher.source, self._id(voucher.source, voucher.id), voucher.number)
        rate = WITHOUT_TAX if percent is None else percent
        other = (None, None) if entry.to is None else self._side(entry.to)
        return (self._id("entry", entry.key), *accounts, rate, *bill, *self._side(voucher.side), *other)

    def _side(self, side: Side) -> tuple[Value, Value]:
        contract = None if side.contract_id is None else self._id("contract", side.contract_id)
        return contract, self._id("counterparty", side.entity_id)

    def _bill_totals(self) -> Iterator[Sequence[Value]]:
        """What the bills of each kind come to; a credit note takes off, acts of service are added up by themselves."""
        is_service = col(Act.kind) == ActKind.SERVICE
        kinds: tuple[tuple[Any, ...], ...] = (
            ("invoices", Invoice),
            ("acts", Act, ~is_service),
            ("service_acts", Act, is_service),
            ("credit_notes", CreditNote),
        )
        for name, bill, *of_kind in kinds:
            added = (summed(bill.total_minor).label("total"), summed(bill.tax_minor).label("tax"))
            own = select(bill.currency, func.count().label("papers"), *added).where(*self._within(bill), *of_kind)
            for row in self._read(own.group_by(bill.currency).order_by(bill.currency)):
                total, tax = Money(row.total, row.currency), Money(row.tax, row.currency)
                sides = (None, total) if bill is CreditNote else (total, None)
                yield name, row.papers, *sides, tax, row.currency

    def _journal_totals(self) -> Iterator[Sequence[Value]]:
        """The turnovers of the accounts; in each currency their debits and credits are equal (E4)."""
        for one in self._journal.turnovers():
            used = sum(one.account in (entry.debit, entry.credit) for entry in self._journal.entries)
            yield (f"account {one.account}", used, one.debit, one.credit, None, one.debit.currency)
