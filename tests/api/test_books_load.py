"""A program that knows docs/accounting.md alone loads the sets of months: ids lead on, sums agree (M4, E4)."""

import csv
import io
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import pytest
from sqlmodel import Session, col, select

from api.books_export import books_zip
from api.database import reading, transaction
from api.journeys import amend_subscription, cancel_subscription, sell_package, sell_subscription
from billing.bookkeeping import journal_of
from billing.paying_back import pay_back
from billing.taking_payments import Put, Received, take_payment
from contracts.amending import Change
from contracts.money import Money
from contracts.parties import Client
from contracts.subscriptions import Subscription
from contracts.terms import Term, next_month
from entitlements.hours_facts import Charge
from tests.api.conftest import House
from tests.builders import a_client, a_plan, an_order, close_client, closed, moment, noon, worked

MONTHS = tuple(date(2026, month, 1) for month in (9, 10, 11, 12))
Rows = list[dict[str, str]]


class Ledger:
    """Tables with the names of the files, a key on `id`, and postings; all that is there is found by its id again."""

    def __init__(self) -> None:
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self.controls: dict[str, Rows] = {}

    def load(self, packed: ZipFile) -> dict[str, int]:
        """Take in a set; how many records of each kind were new."""
        new = {}
        for file in (name for name in packed.namelist() if name.endswith(".csv")):
            rows, kind = list(csv.DictReader(io.StringIO(packed.read(file).decode()))), file.removesuffix(".csv")
            if kind == "totals":
                self.controls[str(rows)] = rows
                continue
            new[kind] = sum(self._take(kind, row) for row in rows)
        return new

    def _take(self, kind: str, row: dict[str, str]) -> bool:
        names = ", ".join(f'"{name}"' for name in row)
        self._db.execute(f'CREATE TABLE IF NOT EXISTS "{kind}" ({names}, PRIMARY KEY ("id"))')
        marks = ", ".join("?" * len(row))
        return bool(self._db.execute(f'INSERT OR IGNORE INTO "{kind}" VALUES ({marks})', [*row.values()]).rowcount)

    def rows(self, kind: str) -> Rows:
        """The records of a kind; none where no set had any."""
        known = self._db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [kind]).fetchone()
        return [dict(row) for row in self._db.execute(f'SELECT * FROM "{kind}"')] if known else []

    def kinds(self) -> list[str]:
        """All kinds that were loaded."""
        return [name for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]

    def dangling(self) -> Iterator[str]:
        """Ids that lead to no record of any set."""
        ids = {row["id"] for kind in self.kinds() for row in self.rows(kind)}
        for kind in self.kinds():
            for row in self.rows(kind):
                yield from (f"{kind}.{name}" for name in row if name.endswith("_id") and row[name] not in ("", *ids))

    def posted(self) -> dict[str, Decimal]:
        """What each account comes to, debits above zero."""
        balances: dict[str, Decimal] = defaultdict(Decimal)
        for entry in self.rows("journal"):
            balances[entry["debit"]] += Decimal(entry["amount"])
            balances[entry["credit"]] -= Decimal(entry["amount"])
        return {account: minor for account, minor in balances.items() if minor}

    def documents(self, month: str) -> Decimal:
        """The revenue of a month by its documents: acts, corrections, and what notes take of contracts without acts."""
        acts, notes, entries = (self._of(kind, name, month) for kind, name in DOCUMENTS)
        corrections = {row["id"]: Decimal(row["total"]) for row in notes if row["reduces"] == "act"}
        below_zero: dict[str, Decimal] = defaultdict(Decimal)
        served = {row["contract_id"] for row in acts if row["kind"] == "service"}
        for row in entries:
            if row["source"] != "act" and row["bill_id"] not in corrections and row["contract_id"] not in served:
                below_zero[row["contract_id"]] += Decimal(row["amount"]) if row["operation"] == "revenue" else 0
        taken = sum(corrections.values()) - sum(min(one, Decimal(0)) for one in below_zero.values())
        return sum((Decimal(row["total"]) for row in acts), Decimal(0)) - taken

    def revenue(self, month: str) -> Decimal:
        """The same by the journal: what it credits to 90.01."""
        rows = self._of("journal", "on", month)
        return sum((Decimal(row["amount"]) for row in rows if row["credit"] == "90.01"), Decimal(0))

    def _of(self, kind: str, day: str, month: str) -> Rows:
        return [row for row in self.rows(kind) if row[day].startswith(month)]


DOCUMENTS = (("acts", "issued_on"), ("credit_notes", "issued_on"), ("journal", "on"))


@pytest.fixture
def story(house: House) -> House:
    """A year paid in part, a package, charged work, months closed; the year cancelled, and money paid back."""
    with transaction(house.engine) as session:
        sold, own, seller = house.sold, house.own, house.seller
        _, hours = sell_package(session, sold.sale.contract.id, "hours-20", at=moment("2026-10-02 12:00"))
        paid = Received(seller.id, own.entity.id, "118", date(2026, 10, 5), Money(2_000_000), "За год")
        puts = [Put(sold.invoice.id, Money(900_000)), Put(hours.id)]
        payment = take_payment(session, paid, puts, at=moment("2026-10-05 12:00"))
        for month in MONTHS[1:]:
            worked(session, own, f"{month:%Y-%m}-12 10:00", 90, charge=Charge.PAID)
        for month in MONTHS[:2]:
            closed(session, seller, own, month)
        cancel_subscription(
            session,
            sold.sale.subscription.id,
            date(2026, 11, 30),
            "Котова И. Л.",
            "Закрытие",
            at=moment("2026-11-20 12:00"),
        )
        pay_back(session, payment.id, Money(1_000), date(2026, 11, 25), "57", at=moment("2026-11-25 12:00"))
        for month in MONTHS[2:]:
            closed(session, seller, own, month)
    return house


def packed(house: House, month: date) -> ZipFile:
    return ZipFile(io.BytesIO(b"".join(books_zip(house.engine, house.seller.id, month))))


def test_a_program_that_knows_the_documentation_alone_loads_months_twice_and_comes_to_our_balances_m4_e4(
    story: House,
) -> None:
    ledger = Ledger()
    first = [ledger.load(packed(story, month)) for month in MONTHS]
    assert sum(sum(new.values()) for new in first) > 40
    assert [sum(ledger.load(packed(story, month)).values()) for month in MONTHS] == [0] * len(MONTHS)
    assert list(ledger.dangling()) == []
    with reading(story.engine) as session:
        whole = Term(MONTHS[0], date(2027, 1, 1))
        own = {
            one.account: Decimal(str(one.debit)) - Decimal(str(one.credit))
            for one in journal_of(session, story.seller, whole).turnovers()
        }
    assert ledger.posted() == {account: minor for account, minor in own.items() if minor}


def test_what_was_loaded_is_what_the_control_sums_say_e4(story: House) -> None:
    ledger = Ledger()
    for month in MONTHS:
        ledger.load(packed(story, month))
    said: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for rows in ledger.controls.values():
        for row in rows:
            said[row["of"]][0] += Decimal(row["count"] or 0)
            said[row["of"]][1] += Decimal(row["debit"] or 0) + Decimal(row["credit"] or 0)
    for kind, sums in (("invoices", "total"), ("credit_notes", "total"), ("payments", "amount")):
        loaded = ledger.rows(kind)
        assert said[kind] == [len(loaded), sum(Decimal(row[sums]) for row in loaded)], kind
    for kind, name in (("month", "acts"), ("service", "service_acts")):
        acts = [row for row in ledger.rows("acts") if row["kind"] == kind]
        assert said[name] == [len(acts), sum(Decimal(row["total"]) for row in acts)], name


@pytest.mark.parametrize("kind", ["invoice", "act", "credit_note"])
def test_the_lines_of_what_was_loaded_are_its_bills_m1(story: House, kind: str) -> None:
    ledger = Ledger()
    for month in MONTHS:
        ledger.load(packed(story, month))
    lines: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for line in ledger.rows(f"{kind}_lines"):
        lines[line["bill_id"]][0] += Decimal(line["amount"])
        lines[line["bill_id"]][1] += Decimal(line["tax"])
    bills = ledger.rows(f"{kind}s")
    assert bills
    assert {row["id"]: [Decimal(row["total"]), Decimal(row["tax"])] for row in bills} == lines


Verbs = dict[str, Callable[[Session, House], Any]]
"""What is done in a month before it is closed."""
WHY = ("Котова И. Л.", "Закрытие")


def cancelled(session: Session, house: House) -> None:
    cancel_subscription(session, house.sold.sale.subscription.id, date(2026, 11, 30), *WHY, at=moment("2026-11-20"))


def upgraded(session: Session, house: House) -> None:
    change = Change(date(2026, 10, 15), *WHY, price=Money(2_400_000))
    amend_subscription(session, house.sold.sale.subscription.id, change, at=moment("2026-10-10"))


def sold_cheap(session: Session, house: House) -> None:
    """Two months of it are all but free."""
    prices = [{"term_months": 2, "price": "10.00"}, {"term_months": 12, "price": "12000.00"}]
    a_plan(session, "cheap", refund="by_term_price", prices=prices)
    order = an_order(house.seller, a_client(session, "Лютик"), "cheap", starts_on=date(2026, 10, 5))
    sell_subscription(session, order, at=moment("2026-10-05 12:00"))


def ended_at_a_loss(session: Session, house: House) -> None:
    """November takes back what October had served."""
    sold = session.exec(select(Subscription).order_by(col(Subscription.id).desc())).first()
    assert sold is not None
    cancel_subscription(session, sold.id, date(2026, 11, 20), *WHY, at=moment("2026-11-20"))


def charged(minutes: int, at: str) -> Callable[[Session, House], Any]:
    given: dict[str, Any] = {"external_id": "SD-1", "charge": Charge.PAID}
    return lambda session, house: worked(session, house.own, "2026-10-12 10:00", minutes, at=moment(at), **given)


@pytest.mark.parametrize(
    ("verbs", "reduces"),
    [
        ({"2026-11": cancelled}, "advance"),
        ({"2026-10": upgraded, "2026-11": cancelled}, "advance"),
        ({"2026-10": charged(90, "2026-10-12 12:00"), "2026-11": charged(0, "2026-11-12 12:00")}, "act"),
        ({"2026-10": sold_cheap, "2026-11": ended_at_a_loss}, "advance"),
    ],
    ids=["cancellation", "upgrade and cancellation", "month below zero", "service below zero"],
)
def test_documents_posted_as_the_documentation_says_are_the_revenue_of_the_month_m4_e4(
    house: House, verbs: Verbs, reduces: str
) -> None:
    ledger = Ledger()
    for month in (*MONTHS, date(2027, 1, 1)):
        with transaction(house.engine) as session:
            verbs.get(f"{month:%Y-%m}", lambda *_: None)(session, house)
        with transaction(house.engine) as session:
            for client in session.exec(select(Client)).all():
                close_client(session, house.seller, client.id, month, at=noon(next_month(month)))
    months = [f"{month:%Y-%m}" for month in (*MONTHS, date(2027, 1, 1))]
    for month in months:
        ledger.load(packed(house, date.fromisoformat(f"{month}-01")))
    assert {row["reduces"] for row in ledger.rows("credit_notes")} == {reduces}
    assert {month: ledger.documents(month) for month in months} == {month: ledger.revenue(month) for month in months}
