"""A month for an accounting program as one file: over HTTP, by a command, and the same bytes twice."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from sqlalchemy import Engine

from api.books_export import books_zip
from api.database import transaction
from billing.exchange import month_records
from billing.paying_back import pay_back
from billing.taking_payments import Received, put_to_invoice, record_payment, reverse_payment
from contracts.enrolling import add_entity
from contracts.money import Money
from tests.api.conftest import House
from tests.api.test_cli import done, installed, opened
from tests.builders import an_inn, closed, moment, worked

NOON = moment("2026-10-05 12:00")
NAMES = ["counterparties", "contracts", "items", "invoices", "invoice_lines", "acts", "act_lines", "credit_notes"]
NAMES += ["credit_note_lines", "payments", "payments_back", "payment_reversals", "journal", "totals"]


def test_the_set_holds_the_same_in_csv_and_xml_and_twice_is_the_same_bytes(house: House) -> None:
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-05 09:00", 150)
        closed(session, house.seller, house.own, date(2026, 10, 1))
    answer = house.get("accountant", f"/v1/accounting/2026-10.zip?seller_id={house.seller.id}")
    assert 'filename="books-2026-10.zip"' in answer.headers["content-disposition"]
    steps: list[tuple[int, int]] = []
    again = books_zip(house.engine, house.seller.id, date(2026, 10, 1), tell=lambda _, *step: steps.append(step))
    assert b"".join(again) == answer.content
    assert steps[-1] == (15, 15)
    with ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == [*(f"{name}.csv" for name in NAMES), "books.xml"]
        books = ElementTree.fromstring(packed.read("books.xml"))
        assert [one.tag for one in books] == NAMES
        for kind in books:
            rows = list(csv.DictReader(io.StringIO(packed.read(f"{kind.tag}.csv").decode())))
            assert [{name: row[name] for name in row if row[name]} for row in rows] == [
                {name: value for name, value in one.attrib.items() if value} for one in kind
            ]
    assert len(books.find("counterparties")) == 2
    assert [one.get("kind") for one in books.find("acts")] == ["service", "month"]


def test_the_books_are_for_who_keeps_them(house: House) -> None:
    assert house.get("sales", "/v1/accounting/2026-10.zip?seller_id=1").json()["code"] == "ROLE_NOT_ALLOWED"
    assert house.get("accountant", "/v1/accounting/2026-10.zip?seller_id=999").json()["code"] == "SELLER_UNKNOWN"


def test_a_command_writes_the_books_and_no_file_twice(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        assert "Выгружено: books.zip" in done(run("export-books", "2026-09", "books.zip"))
        with ZipFile(tmp_path / "books.zip") as packed:
            assert packed.testzip() is None
        again = run("export-books", "2026-09", "books.zip")
        assert (again.exit_code, "books.zip" in again.stderr) == (2, True)
        assert [file.name for file in tmp_path.glob("books*")] == ["books.zip"]


def test_money_is_told_with_what_went_back_and_what_was_reversed_m5(house: House) -> None:
    """A sister firm pays for the contract: hers on the 4th, put on the 5th, a part goes back; another is reversed."""
    with transaction(house.engine) as session:
        sister = add_entity(session, house.own.id, {"name": "ООО «Сестра»", "inn": an_inn(), "kpp": "770901001"})
        received = Received(house.seller.id, sister.id, "118", date(2026, 10, 4), Money(1_250_000), "За год")
        first = record_payment(session, received, at=moment("2026-10-04 12:00"))
        other = record_payment(session, replace(received, number="119"), at=moment("2026-10-04 12:00"))
        put_to_invoice(session, first.id, house.sold.invoice.id, at=NOON)
        pay_back(session, first.id, Money(50_000), date(2026, 10, 5), "57", at=NOON)
        reverse_payment(session, other.id, "Котова И. Л.", "Ошибка", at=NOON)
        kinds = {one.name: one for one in month_records(session, house.seller, date(2026, 10, 1))}
        told = {name: [dict(zip(one.fields, row, strict=True)) for row in one.read()] for name, one in kinds.items()}
    ids = {one["number"]: one["id"] for one in told["payments"]}
    (given,), (gone,), (party,) = told["payments_back"], told["payment_reversals"], _named(told, "ООО «Сестра»")
    assert (str(given["amount"]), given["number"], given["payment_id"]) == ("500.00", "57", ids["118"])
    assert (str(gone["amount"]), gone["reversed_on"], gone["payment_id"]) == ("12500.00", date(2026, 10, 5), ids["119"])
    assert {one["counterparty_id"] for one in (*told["payments"], given, gone)} == {party}
    entries = told["journal"]
    known = {one["id"] for name in told if name not in ("journal", "totals") for one in told[name]}
    assert {one[name] for one in entries for name in one if name.endswith("_id")} - {None} <= known
    (moved,) = [one for one in entries if one["operation"] == "advance_moved"]
    assert (moved["counterparty_id"], moved["contract_id"]) == (party, None)
    assert moved["credit_contract_id"] == told["contracts"][0]["id"]
    sums = {one["of"]: (one["count"], str(one["debit"]), str(one["credit"])) for one in told["totals"]}
    assert sums["payments"] == (2, "0.00", "25000.00")
    assert sums["payments_back"] == (1, "500.00", "0.00")
    assert sums["payment_reversals"] == (1, "12500.00", "0.00")
    assert sums["account 51"][1:] == ("25000.00", "13000.00")


def _named(told: dict[str, list[dict[str, Any]]], name: str) -> list[Any]:
    return [one["id"] for one in told["counterparties"] if one["name"] == name]
