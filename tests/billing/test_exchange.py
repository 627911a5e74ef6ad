"""A month for an accounting program: every bill with its parties and lines, ids that stay, totals that balance (E4)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from api.journeys import amend_subscription, cancel_subscription, sell_package, sell_subscription
from billing.exchange import Records, month_records
from contracts.amending import Change
from contracts.changing_requisites import change_seller
from contracts.money import Money
from contracts.parties import Seller
from tests.builders import (
    BANK,
    Customer,
    a_client,
    a_plan,
    a_registration,
    a_seller,
    an_order,
    closed,
    its_catalogue,
    moment,
    worked,
)

OCTOBER = date(2026, 10, 1)


def a_month(session: Session) -> tuple[Seller, Customer]:
    """A year sold, a package, work beyond the hours, its month closed within October's books, and a cancellation."""
    its_catalogue(session)
    a_plan(session)
    seller, own = a_seller(session), a_client(session)
    order = an_order(seller, own, starts_on=OCTOBER)
    sold = sell_subscription(session, order, at=moment("2026-10-01 09:00")).sale
    sell_package(session, sold.contract.id, "hours-20", date(2026, 11, 1), at=moment("2026-10-02 09:00"))
    worked(session, own, "2026-10-12 10:00", 120)
    closed(session, seller, own, OCTOBER)
    why = ("Котова И. Л.", "Закрытие")
    cancel_subscription(session, sold.subscription.id, date(2026, 12, 31), *why, at=moment("2026-10-20 10:00"))
    return seller, own


def told(records: Sequence[Records]) -> dict[str, list[dict[str, Any]]]:
    """The records as they are read, by their kind."""
    return {one.name: [dict(zip(one.fields, row, strict=True)) for row in one.read()] for one in records}


def test_a_month_names_parties_contracts_bills_lines_and_entries(session: Session) -> None:
    seller, own = a_month(session)
    a_client(session, "Без договора")
    books = told(month_records(session, seller, OCTOBER))
    (party,), (contract,) = books["counterparties"], books["contracts"]
    assert (party["inn"], party["kpp"], contract["counterparty_id"]) == (own.entity.inn, "770901001", party["id"])
    bills = [*books["invoices"], *books["acts"], *books["credit_notes"]]
    assert [one["number"] for one in bills] == ["2026-0001", "2026-0002", "2026-0001", "2026-0002", "2026-0001"]
    assert {(one["counterparty_id"], one["contract_id"]) for one in bills} == {(party["id"], contract["id"])}
    assert books["credit_notes"][0]["invoice_id"] == books["invoices"][0]["id"]
    items = {one["id"]: one["code"] for one in books["items"]}
    lines = {
        name: [items[one["item_id"]] for one in books[f"{name}_lines"]] for name in ("invoice", "act", "credit_note")
    }
    acted = ["support", "charged-work"]
    assert lines == {"invoice": ["support", "hours-package"], "act": acted, "credit_note": ["support"]}
    assert [one["invoice_id"] for one in books["act_lines"]] == [books["invoices"][0]["id"], None]
    assert books["act_lines"][1] | {"id": "", "bill_id": "", "item_id": ""} == {
        "id": "",
        "bill_id": "",
        "position": 1,
        "item_id": "",
        "supplied_from": date(2026, 10, 12),
        "supplied_until": date(2026, 10, 12),
        "minutes": 60,
        "price": Money(270_000),
        "tax_percent": 22,
        "tax": Money(48_689),
        "amount": Money(270_000),
        "currency": "RUB",
        "exempt_ground": None,
        "invoice_id": None,
    }


def test_the_totals_are_those_of_the_lines_and_balance_with_the_entries_e4(session: Session) -> None:
    seller, _ = a_month(session)
    books = told(month_records(session, seller, OCTOBER))
    totals = {one["of"]: one for one in books["totals"]}
    for kind, side in (("invoice", "debit"), ("act", "debit"), ("credit_note", "credit")):
        of_kind = [totals[name] for name in (f"{kind}s", f"service_{kind}s") if name in totals]
        assert sum(one["count"] for one in of_kind) == len(books[f"{kind}s"])
        for column, name in ((side, "amount"), ("tax", "tax")):
            assert Money.total(one[column] for one in of_kind) == Money.total(
                one[name] for one in books[f"{kind}_lines"]
            )
    accounts = [one for of, one in totals.items() if of.startswith("account")]
    assert Money.total(one["debit"] for one in accounts) == Money.total(one["credit"] for one in accounts)
    revenue = [one for one in books["journal"] if one["operation"] == "revenue"]
    acted = [one for one in revenue if one["source"] == "act"]
    assert Money.total(one["amount"] for one in acted) == totals["acts"]["debit"]
    assert {one["bill_id"] for one in acted} == {one["id"] for one in books["acts"] if one["kind"] == "month"}
    served = [one["amount"] for one in revenue if one["source"] != "act"]
    assert Money.total(served) == totals["service_acts"]["debit"]


def test_ids_stay_are_single_and_lead_somewhere(session: Session) -> None:
    seller, _ = a_month(session)
    books = told(month_records(session, seller, OCTOBER))
    assert told(month_records(session, seller, OCTOBER)) == books
    ids = [one["id"] for name, rows in books.items() if name != "totals" for one in rows]
    assert len(ids) == len(set(ids))
    for name in ("counterparty_id", "contract_id", "bill_id", "item_id", "invoice_id"):
        assert {one[name] for rows in books.values() for one in rows if one.get(name)} <= set(ids)


def test_ids_stay_whatever_else_of_the_seller_changes(session: Session) -> None:
    seller, _ = a_month(session)
    books = told(month_records(session, seller, OCTOBER))
    changes = {"kpp": "770401001", "name": "ООО «Южный ветер»", "full_name": "", "address": "105064, г. Москва"}
    change_seller(session, seller.id, changes)
    assert told(month_records(session, seller, OCTOBER)) == books


def test_two_sellers_of_one_inn_share_parties_and_items_and_no_other_id(session: Session) -> None:
    first, own = a_month(session)
    branch = {"name": first.name, "inn": first.inn, "kpp": "770443001", "address": first.address, **BANK}
    second = a_seller(session, "branch", requisites=branch)
    order = an_order(second, own, starts_on=OCTOBER, registrations=(a_registration(session, own.entity).number,))
    sell_subscription(session, order, at=moment("2026-10-01 09:00"))
    ids = [
        {(kind, row["id"]) for kind, rows in books.items() if kind != "totals" for row in rows}
        for books in (told(month_records(session, one, OCTOBER)) for one in (first, second))
    ]
    assert {kind for kind, _ in ids[1]} > {"contracts", "invoices", "invoice_lines", "journal"}
    assert {kind for kind, _ in ids[0] & ids[1]} == {"counterparties", "items"}


def test_the_ids_of_a_seller_are_those_of_every_release(session: Session) -> None:
    """A changed way of making them would double all that was loaded before."""
    seller = a_seller(session, requisites={"name": "ООО «Ромашка»", "inn": "7707083893", "kpp": "770901001"} | BANK)
    its_catalogue(session)
    items = told(month_records(session, seller, OCTOBER))["items"]
    assert {one["code"]: one["id"] for one in items}["hours-package"] == "cc217759-ba94-5b89-b9fe-00c2e5922888"


def test_a_month_of_another_seller_is_empty(session: Session) -> None:
    a_month(session)
    books = told(month_records(session, a_seller(session, "south"), OCTOBER))
    assert {name for name, rows in books.items() if rows} == {"items"}


def test_credit_notes_to_several_invoices_name_the_plan_that_each_charged_m4(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    a_plan(session, "more", kind="support")
    seller, own = a_seller(session), a_client(session)
    sold = sell_subscription(session, an_order(seller, own, starts_on=OCTOBER), at=moment("2026-10-01 09:00")).sale
    change = Change(date(2026, 11, 1), "Котова И. Л.", "Ещё", "more", price=Money(2_400_000))
    amend_subscription(session, sold.subscription.id, change, at=moment("2026-10-02 09:00"))
    why = ("Котова И. Л.", "Закрытие")
    cancel_subscription(session, sold.subscription.id, date(2026, 12, 31), *why, at=moment("2026-10-20 10:00"))
    books = told(month_records(session, seller, OCTOBER))
    items = {one["id"]: one["code"] for one in books["items"]}
    assert [items[one["item_id"]] for one in books["invoice_lines"]] == ["support", "more"]
    assert [items[one["item_id"]] for one in books["credit_note_lines"]] == ["more", "support"]
    credited, charged = ([one[name] for one in books[kind]] for kind, name in BOTH)
    assert credited == charged[::-1]


BOTH = (("credit_notes", "invoice_id"), ("invoices", "id"))
