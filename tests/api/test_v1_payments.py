"""Payments by hand over HTTP and from the command line: recorded, put to invoices, listed, taken back (M5, S8)."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from billing.bills import Invoice
from contracts.subscriptions import PaymentMark
from tests.api.conftest import House
from tests.api.test_cli import INN, done, installed, opened

WHO = {"reversed_by": "Котова И. Л.", "reason": "Банк отозвал платёж"}


def payment(house: House, amount: str, *puts: Any, number: str = "118", **changes: Any) -> dict[str, Any]:
    """The body of a payment of the own client."""
    body = {"seller_id": house.seller.id, "entity_id": house.own.entity.id, "number": number, "paid_on": "2026-10-05"}
    return body | {"amount": amount, "purpose": "Оплата по счёту", "invoices": list(puts)} | changes


def bill(house: House) -> dict[str, Any]:
    told = house.get("accountant", f"/v1/invoices/{house.sold.invoice.id}").json()
    return {name: told[name] for name in ("state", "credited", "paid", "left")}


def test_a_payment_is_recorded_with_the_invoices_that_it_pays_in_one_call_m5(house: House) -> None:
    to = {"invoice_id": house.sold.invoice.id}
    assert bill(house) == {"state": "open", "credited": "0.00", "paid": "0.00", "left": "12000.00"}
    first = house.post("accountant", "/v1/payments", payment(house, "5000.00", to | {"amount": "4000.00"}), once="a")
    assert (first.status_code, first.json()["advance"]) == (201, "1000.00")
    assert [(one["invoice_id"], one["amount"]) for one in first.json()["parts"]] == [(to["invoice_id"], "4000.00")]
    assert (
        house.post("accountant", "/v1/payments", payment(house, "5000.00", to | {"amount": "4000.00"}), once="a").json()
        == first.json()
    )
    assert bill(house) == {"state": "partly_paid", "credited": "0.00", "paid": "4000.00", "left": "8000.00"}
    path = f"/v1/payments/{first.json()['id']}"
    assert house.post("accountant", f"{path}:put", to).json()["advance"] == "0.00"
    over = house.post("accountant", "/v1/payments", payment(house, "9000.00", to, number="119")).json()
    assert (over["parts"][0]["amount"], over["advance"]) == ("7000.00", "2000.00")
    assert bill(house)["state"] == "paid"
    back = house.post("accountant", f"{path}:reverse", WHO).json()
    assert (back["advance"], back["reversal"]["reason"]) == ("0.00", WHO["reason"])
    assert bill(house) == {"state": "partly_paid", "credited": "0.00", "paid": "7000.00", "left": "5000.00"}


def test_a_payment_whose_invoices_do_not_fit_is_not_recorded_at_all_m5(house: House) -> None:
    before, to = house.rows(), {"invoice_id": house.sold.invoice.id}
    bodies = [
        ("INVOICE_UNKNOWN", payment(house, "5000.00", to, {"invoice_id": house.foreign_sold.invoice.id})),
        ("NOTHING_TO_PUT", payment(house, "12000.00", to, to)),
        ("PAYMENT_AMOUNT_WRONG", payment(house, "12000.00", to | {"amount": "12000.01"})),
        ("CURRENCY_DIFFERS", payment(house, "12000.00", to, currency="EUR")),
    ]
    for code, body in bodies:
        assert house.post("accountant", "/v1/payments", body).json()["code"] == code
    for code, field, value in (("TAX_MODE_UNKNOWN", "paid_on", "1990-01-01"), ("CURRENCY_UNKNOWN", "currency", "XAU")):
        told = house.post("accountant", "/v1/payments", payment(house, "1.00", **{field: value})).json()
        assert (told["code"], told["field"], told["value"]) == (code, field, value)
    assert house.rows() == before
    house.post("accountant", "/v1/payments", payment(house, "1.00"))
    again = house.post("accountant", "/v1/payments", payment(house, "1.00"))
    assert (again.status_code, again.json()["code"]) == (409, "PAYMENT_EXISTS")


def test_payments_are_found_by_client_seller_and_period_m5(house: House) -> None:
    for number, day in (("1", "2026-09-30"), ("2", "2026-10-01"), ("3", "2026-10-05")):
        house.post("accountant", "/v1/payments", payment(house, "1.00", number=number, paid_on=day))
    foreign = {"entity_id": house.foreign.entity.id}
    house.post("accountant", "/v1/payments", payment(house, "1.00", number="4", **foreign))
    asked = {
        "": ["1", "2", "3", "4"],
        f"?client_id={house.own.id}": ["1", "2", "3"],
        f"?seller_id={house.seller.id}&paid_from=2026-10-01&paid_until=2026-10-04": ["2"],
        f"?seller_id={house.seller.id + 1}": [],
        "?limit=2": ["1", "2"],
    }
    for query, numbers in asked.items():
        assert [one["number"] for one in house.get("sales", f"/v1/payments{query}").json()] == numbers
    first = house.get("sales", "/v1/payments").json()[0]["id"]
    assert len(house.get("sales", f"/v1/payments?after={first}").json()) == 3
    assert house.post("sales", "/v1/payments", payment(house, "1.00")).json()["code"] == "ROLE_NOT_ALLOWED"
    assert house.get("client", "/v1/payments").json()["code"] == "ROLE_NOT_ALLOWED"


def test_what_is_free_is_paid_back_once_and_what_is_not_is_refused_by_its_field_m5(house: House) -> None:
    to = {"invoice_id": house.sold.invoice.id}
    path = f"/v1/payments/{house.post('accountant', '/v1/payments', payment(house, '12500.00', to)).json()['id']}"
    back = {"amount": "300.00", "paid_on": "2026-10-05", "number": "57"}
    told = house.post("accountant", f"{path}:pay-back", back, once="b").json()
    assert house.post("accountant", f"{path}:pay-back", back, once="b").json() == told
    (given,) = told["paid_back"]
    assert (told["advance"], given["amount"], given["number"], given["paid_on"]) == (
        "200.00",
        "300.00",
        "57",
        "2026-10-05",
    )
    (listed,) = house.get("sales", f"/v1/payments?after={given['id'] - 1}").json()
    assert (listed["amount"], listed["returns_id"], listed["advance"]) == ("-300.00", told["id"], "0.00")
    wrong = {
        "amount": {"amount": "200.01"},
        "paid_on": {"amount": "1.00", "paid_on": "2026-10-04"},
        "currency": {"currency": "EUR"},
        "number": {"amount": "1.00", "number": " "},
    }
    for field, changes in wrong.items():
        refused = house.post("accountant", f"{path}:pay-back", back | changes).json()
        assert refused["field"] == field, refused
    assert house.post("sales", f"{path}:pay-back", back).json()["code"] == "ROLE_NOT_ALLOWED"
    kept = house.post("accountant", f"{path}:reverse", WHO)
    assert (kept.status_code, kept.json()["code"], kept.json()["paid_back"]) == (
        409,
        "PAYMENT_PAID_BACK",
        [given["id"]],
    )
    house.post("accountant", f"/v1/payments/{given['id']}:reverse", WHO)
    gone = house.post("accountant", f"{path}:reverse", WHO).json()
    assert (gone["advance"], gone["paid_back"]) == ("0.00", [])
    assert house.post("accountant", f"{path}:pay-back", back).json()["code"] == "PAYMENT_REVERSED"
    assert bill(house)["state"] == "open"


def test_payments_are_recorded_put_and_taken_back_by_commands_m5_s8(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        done(run("seller", "follow-payments", "north", "--from", "2026-10-15"))
        sell = ["sell", "--inn", INN, "--plan", "its-prof", "--months", "3", "--registration", "800777001"]
        done(run("registration", "add", "800777001", "--inn", INN, "--product", "trade"))
        done(run(*sell))
        came = ["payment", "record", "--inn", INN, "--on", "2026-10-14", "--purpose", "Оплата", "--number"]
        some = [*came, "118", "--amount", "10000.00", "--invoice", "2026-0002=9000.00", "--key", "P-1"]
        said = done(run(*some))
        assert "2026-0002: 9000.00" in said
        assert done(run(*some)) == said
        with Session(engine) as session:
            assert [mark.paid_until for mark in session.exec(select(PaymentMark))] == [None]
        assert "2026-0002: 894.00" in done(run("payment", "put", "1", "--invoice", "2026-0002"))
        with Session(engine) as session:  # the whole invoice is paid, and so the subscription is
            assert [str(mark.paid_until) for mark in session.exec(select(PaymentMark))] == ["None", "2027-01-14"]
        again = run("payment", "put", "1", "--invoice", "2026-0002").stderr
        assert again.startswith("--invoice 2026-0002: ")
        assert (
            "(можно: от 0.01 до 106.00)"
            in run("payment", "pay-back", "1", "--on", "2026-10-15", "--number", "57", "--amount", "106.01").stderr
        )
        assert "106.00" in done(run("payment", "list", "--inn", INN, "--from", "2026-10-14"))
        assert "118" not in done(run("payment", "list", "--until", "2026-10-13"))
        back = ["payment", "pay-back", "1", "--on", "2026-10-15", "--number", "57", "--amount"]
        said = done(run(*back, "100.00", "--key", "P-2"))
        assert "-100.00 RUB" in said
        assert done(run(*back, "100.00", "--key", "P-2")) == said
        assert " 6.00" in done(run("payment", "list", "--inn", INN))
        assert "6.01" in run(*back, "6.01").stderr
        done(run("payment", "reverse", "2", "--by", "Котова И. Л.", "--reason", "Ошибка"))
        done(run("payment", "reverse", "1", "--by", "Котова И. Л.", "--reason", "Ошибка"))
        assert "отменён" in done(run("payment", "list", "--seller", "north"))
        done(run(*came, "120", "--amount", "10000.00", "--invoice", "2026-0002"))
        other = [*came, "119", "--amount", "5.00", "--invoice"]
        assert run(*other, "2026-0002").stderr.startswith("--invoice 2026-0002: ")
        assert run(*other, "2026-0009").stderr.startswith("--invoice 2026-0009: ")
        wrong = {
            "2026-9999": [*came, "119", "--amount", "1.00", "--invoice", "2026-9999"],
            "--on": [*came[:5], "2026-10-16", *came[6:], "119", "--amount", "1.00"],
            "ПЛАТЁЖ 9": ["payment", "put", "9", "--invoice", "2026-0001"],
        }
        for named, words in wrong.items():
            refused = run(*words)
            assert (refused.exit_code, named in refused.stderr) == (2, True), refused.stderr
        with Session(engine) as session:
            assert len(session.exec(select(Invoice)).all()) == 2
