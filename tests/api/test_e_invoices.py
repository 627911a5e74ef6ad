"""E-invoices over HTTP: sellers of two other countries beside a Russian one, three currencies (M1–M4, E4)."""

from typing import Any

import pytest

from api.database import transaction
from api.worker import close_what_waits
from tests.api.conftest import House
from tests.builders import a_plan, moment, worked
from tests.documents.e_invoices import broken_rules, values

BERLIN = {
    "code": "berlin",
    "country": "DE",
    "name": "Nordlicht GmbH",
    "inn": "DE136695976",
    "address": "Torstraße 1",
    "postcode": "10119",
    "city": "Berlin",
    "bank_name": "Commerzbank AG",
    "bank_account": "DE89 3704 0044 0532 0130 00",
    "bic": "COBADEFF",
}
ALMATY = {
    "code": "almaty",
    "country": "KZ",
    "name": "ТОО «Алатау-Софт»",
    "inn": "971240001315",
    "bank_account": "KZ86125KZT5004100100",
}
TAXED = {"tax_mode": "general", "taxed_from": "2020-01-01"}


def opened(house: House, seller: dict[str, Any], currency: str) -> dict[str, Any]:
    """A seller abroad that has sold a client abroad a year in its currency: what the sale answered."""
    with transaction(house.engine) as session:
        a_plan(session, seller["code"], currency=currency, refund="unused_days")
    made = house.post("admin", "/v1/sellers", seller | TAXED)
    assert made.status_code == 201, made.text
    entity = {"name": "Atelier Lumière SARL", "country": "FR", "inn": "FR40303265045", "city": "Paris"}
    owner = house.post("sales", f"/v1/clients/{house.own.id}/entities", entity).json()
    assert owner["country"] == "FR"
    order = {"seller_id": made.json()["id"], "entity_id": owner["id"], "plan": seller["code"], "term_months": 12}
    program = {"number": "900001", "entity_id": owner["id"], "product": "accounting-prof", "bought_on": "2020-01-15"}
    assert house.post("sales", "/v1/registrations", program).status_code == 201
    sold = house.post("sales", "/v1/subscriptions", order | {"registrations": ["900001"]})
    assert sold.status_code == 201, sold.text
    answer: dict[str, Any] = sold.json()
    return answer


def data(house: House, seller_id: int) -> dict[str, list[bytes]]:
    """The e-invoices of a seller's papers, by the kind of the paper."""
    found: dict[str, list[bytes]] = {}
    for paper in house.get("client", "/v1/papers?limit=100").json():
        answer = house.get("client", f"/v1/papers/{paper['id']}/factur-x.xml")
        if paper["seller_id"] == seller_id and answer.status_code == 200:
            found.setdefault(paper["kind"], []).append(answer.content)
        else:
            assert (answer.status_code, answer.json()["code"]) == (404, "E_INVOICE_UNKNOWN")
    return found


@pytest.mark.parametrize(("seller", "currency", "tax"), [(BERLIN, "EUR", "1915.97"), (ALMATY, "KZT", "1655.17")])
def test_what_a_seller_abroad_invoices_and_credits_is_an_e_invoice(
    house: House, seller: dict[str, Any], currency: str, tax: str
) -> None:
    sold = opened(house, seller, currency)
    subscription = sold["subscription"]
    words = {"last_day": "2026-12-31", "cancelled_by": "Котова И. Л.", "reason": "Закрытие"}
    assert house.post("sales", f"/v1/subscriptions/{subscription['id']}:cancel", words).status_code == 201
    found = data(house, subscription["seller_id"])
    assert set(found) == {"invoice", "credit_note"}
    (invoice,), (credit,) = found["invoice"], found["credit_note"]
    assert broken_rules(invoice) == broken_rules(credit) == set()
    assert (values(invoice, "GrandTotalAmount"), values(invoice, "TaxTotalAmount")) == (["12000.00"], [tax])
    assert values(invoice, "InvoiceCurrencyCode") == values(credit, "InvoiceCurrencyCode") == [currency]
    assert values(credit, "InvoiceReferencedDocument", "IssuerAssignedID") == [sold["invoice"]["number"]]


def test_the_work_of_a_month_is_on_an_e_invoice_too(house: House) -> None:
    seller_id = opened(house, BERLIN, "EUR")["subscription"]["seller_id"]
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-06 10:00", 190, seller_id=seller_id)
    house.clock.at = moment("2026-11-02 10:00")
    assert house.post("accountant", "/v1/months/2026-10:close", {"seller_id": seller_id}).status_code == 202
    close_what_waits(house.engine, house.clock)
    invoices = data(house, seller_id)["invoice"]
    assert [broken_rules(one) for one in invoices] == [set()] * 2
    assert values(invoices[1], "BilledQuantity") == ["135"]
    assert values(invoices[1], "GrandTotalAmount") == ["6075.00"]
