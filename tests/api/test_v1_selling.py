"""Taking in parties and selling over HTTP: each answer has what the next call needs (rules S1, S4, S6, H8, M1)."""

from typing import Any

import pytest

from api.database import transaction
from api.printing import print_papers
from documents.render import Press
from tests.api.conftest import House
from tests.builders import a_plan, an_inn


def a_new_seller(**changes: Any) -> dict[str, Any]:
    given = {"code": "south", "name": "ООО «Южный ветер»", "inn": an_inn(), "kpp": "770901001"}
    return given | {"tax_mode": "general", "taxed_from": "2020-01-01"} | changes


def an_order(house: House, **changes: Any) -> dict[str, Any]:
    given = {"seller_id": house.seller.id, "entity_id": house.own.entity.id, "plan": "its-prof", "term_months": 12}
    return given | {"registrations": list(house.own.registrations)} | changes


def test_a_seller_is_taken_in_and_listed(house: House) -> None:
    made = house.post("admin", "/v1/sellers", a_new_seller())
    assert made.status_code == 201
    listed = house.get("sales", "/v1/sellers").json()
    assert [seller["code"] for seller in listed] == ["north", "south"]
    assert listed[1] == made.json()


@pytest.mark.parametrize(
    ("changes", "code", "field", "status"),
    [
        ({"code": "north"}, "SELLER_EXISTS", "code", 409),
        ({"inn": "7707083890"}, "INN_WRONG", "inn", 422),
        ({"bank_account": "40702810438000060474", "bic": "044525225"}, "ACCOUNT_WRONG", "bank_account", 422),
        ({"time_zone": "Mars/Olympus"}, "TIME_ZONE_UNKNOWN", "time_zone", 422),
        ({"time_zone": "../../../etc/passwd"}, "TIME_ZONE_UNKNOWN", "time_zone", 422),
        ({"tax_mode": "none"}, "FIELD_WRONG", "tax_mode", 422),
        ({"taxed_from": "2026-02-30"}, "DATE_WRONG", "taxed_from", 422),
        ({"late_entry_days": True}, "FIELD_WRONG", "late_entry_days", 422),
    ],
)
def test_a_seller_that_cannot_be_is_refused(
    common_house: House, changes: dict[str, Any], code: str, field: str, status: int
) -> None:
    before = common_house.rows()
    answer = common_house.post("admin", "/v1/sellers", a_new_seller(**changes))
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (status, code, field)
    assert common_house.rows() == before


def test_an_inn_of_another_seller_is_told_as_that_also_past_the_check(house: House) -> None:
    taken = a_new_seller(inn=house.seller.inn, kpp=house.seller.kpp)
    answer = house.post("admin", "/v1/sellers", taken)
    assert (answer.status_code, answer.json()["code"]) == (409, "SELLER_EXISTS")


def test_the_catalogue_tells_what_is_on_sale(common_house: House) -> None:
    products = common_house.get("sales", "/v1/products").json()
    assert {"code": "accounting-prof", "name": "1С:Бухгалтерия 8 ПРОФ", "level": "prof"} in products
    plan = next(plan for plan in common_house.get("sales", "/v1/plans").json() if plan["code"] == "its-prof")
    assert (plan["version"], plan["overage_rate"], plan["included_minutes"]) == (1, "2700.00", 60)
    visit = next(service for service in plan["services"] if service["code"] == "visit")
    assert (visit["draws_hours"], visit["minimum_minutes"], visit["included_count"]) == (True, 60, None)
    assert {"term_months": 12, "price": "33816.00", "after_break": "40572.00"} in plan["prices"]
    package = common_house.get("sales", "/v1/packages").json()[0]
    of_today = {"hour_price": "3087.50", "starts_on": "2026-10-05", "last_day": "2027-10-04"}
    told = {"code": "hours-20", "minutes": 1200, "price": "61750.00", "currency": "RUB", "life_months": 12}
    assert package == told | of_today


def test_a_plan_is_not_listed_before_it_is_on_sale(common_house: House) -> None:
    early = common_house.get("sales", "/v1/plans?on=2010-01-01").json()
    assert [plan["code"] for plan in early] == ["service-8h"]


def test_a_client_is_taken_in_with_all_that_it_owns(house: House) -> None:
    client = house.post("sales", "/v1/clients", {"name": "Лютик", "external_id": "crm-7"}).json()
    path = f"/v1/clients/{client['id']}"
    entity = house.post("sales", f"{path}/entities", {"name": "ООО «Лютик»", "inn": an_inn()}).json()
    person = {"name": "Иванова Мария", "emails": ["Buh@Example.org"], "phones": ["8 (495) 123-45-67"]}
    contact = house.post("sales", f"{path}/contacts", person).json()
    assert contact["addresses"] == ["+74951234567", "buh@example.org"]
    copy = {"entity_id": entity["id"], "number": "800999001", "product": "trade", "bought_on": "2026-09-01"}
    assert house.post("sales", "/v1/registrations", copy).status_code == 201
    whole = house.get("accountant", path).json()
    assert [one["id"] for one in whole["entities"]] == [entity["id"]]
    assert whole["contacts"] == [contact]
    assert whole["registrations"] == [{"number": "800999001", "product": "trade", "entity_id": entity["id"]}]
    assert whole["state_version"] > client["state_version"]


def test_who_looks_after_a_client_can_change(house: House) -> None:
    taken = house.post("sales", "/v1/clients", {"name": "Лютик", "manager": "Котова И. Л."}).json()
    assert taken["manager"] == "Котова И. Л."
    path = f"/v1/clients/{taken['id']}"
    changed = house.post("sales", f"{path}:assign", {"manager": "Ильин А. С."}).json()
    assert (changed["manager"], changed["state_version"]) == ("Ильин А. С.", taken["state_version"] + 1)
    house.post("sales", f"{path}:assign", {"manager": None})
    assert house.get("sales", path).json()["manager"] == ""
    assert house.post("sales", "/v1/clients/999:assign", {"manager": None}).json()["code"] == "CLIENT_UNKNOWN"


def test_mail_domains_of_a_client_are_recorded_shown_and_withdrawn_d4(house: House) -> None:
    path = f"/v1/clients/{house.own.id}"
    told = house.post("sales", f"{path}/domains", {"domain": "@Romashka.example"})
    assert (told.status_code, told.json()["domain"]) == (201, "romashka.example")
    assert house.get("sales", path).json()["domains"] == ["romashka.example"]
    public = house.post("sales", f"{path}/domains", {"domain": "gmail.com"}).json()
    assert (public["code"], public["field"], public["value"]) == ("DOMAIN_PUBLIC", "domain", "gmail.com")
    gone = house.post("sales", f"{path}:withdraw-domain", {"domain": "romashka.example"})
    assert (gone.status_code, gone.json()["domain"]) == (200, "romashka.example")
    again = house.post("sales", f"{path}:withdraw-domain", {"domain": "romashka.example"})
    assert (again.status_code, again.json()["code"]) == (422, "DOMAIN_UNKNOWN")


def test_a_contact_is_withdrawn_and_asks_for_the_client_no_more_d4(house: House) -> None:
    path = f"/v1/clients/{house.own.id}"
    said = {"name": "Иванова Мария", "emails": ["buh@romashka.example"]}
    contact = house.post("sales", f"{path}/contacts", said).json()
    asked = {"client": {"email": "buh@romashka.example"}}
    assert house.post("desk", "/v1/entitlement-checks", asked).json()["client_id"] == house.own.id
    left = house.post("sales", f"{path}:withdraw-contact", {"contact_id": contact["id"]})
    assert (left.status_code, left.json()["contacts"]) == (200, [])
    assert house.post("desk", "/v1/entitlement-checks", asked).json()["reason"] == "CLIENT_UNKNOWN"
    again = house.post("sales", f"{path}:withdraw-contact", {"contact_id": contact["id"]})
    assert (again.status_code, again.json()["code"]) == (422, "CONTACT_UNKNOWN")


def test_clients_are_found_by_how_their_names_begin(house: House) -> None:
    for name in ("Ёлка", "елочка", "Ель%"):
        house.post("sales", "/v1/clients", {"name": name})
    found = house.get("sales", "/v1/clients", params={"search": "ЕЛ"}).json()
    assert [client["name"] for client in found] == ["Ёлка", "елочка", "Ель%"]
    assert house.get("sales", "/v1/clients", params={"search": "%"}).json() == []
    assert len(house.get("sales", "/v1/clients", params={"search": "ел", "limit": 2}).json()) == 2


def test_what_is_taken_already_is_a_conflict(house: House) -> None:
    body = {"name": "Лютик", "external_id": "crm-7"}
    first = house.post("sales", "/v1/clients", body).json()
    again = house.post("sales", "/v1/clients", body)
    assert (again.status_code, again.json()["code"], again.json()["client_id"]) == (409, "CLIENT_EXISTS", first["id"])
    entity = {"name": "ООО", "inn": house.own.entity.inn, "kpp": house.own.entity.kpp}
    again = house.post("sales", f"/v1/clients/{first['id']}/entities", entity)
    assert (again.status_code, again.json()["code"]) == (409, "ENTITY_EXISTS")
    copy = {"entity_id": house.own.entity.id, "number": house.own.registrations[0], "product": "trade"}
    again = house.post("sales", "/v1/registrations", copy)
    assert (again.status_code, again.json()["code"]) == (409, "REGISTRATION_EXISTS")


def test_a_purchase_brings_its_free_period_once(house: House) -> None:
    copy = {"entity_id": house.own.entity.id, "number": "800999001", "product": "trade", "bought_on": "2026-09-15"}
    house.post("sales", "/v1/registrations", copy)
    wanted = {"seller_id": house.seller.id, "registration_number": "800999001", "plan": "its-prof"}
    free = house.post("sales", "/v1/free-periods", wanted)
    assert (free.status_code, free.json()["starts_on"], free.json()["last_day"]) == (201, "2026-09-15", "2026-12-14")
    again = house.post("sales", "/v1/free-periods", wanted).json()
    assert (again["status"], again["code"], again["last_day"]) == (409, "FREE_PERIOD_USED", "2026-12-14")
    [line] = house.get("accountant", "/v1/free-periods?registration_number=800999001").json()
    own = house.own
    assert line == free.json() | {
        "registration_number": "800999001",
        "product": "trade",
        "purchase": "box",
        "entity_id": own.entity.id,
        "owner": own.entity.name,
        "inn": own.entity.inn,
        "seller_id": house.seller.id,
        "seller": house.seller.name,
        "plan": "its-prof",
        "granted_at": "2026-10-05T07:00:00Z",
    }
    assert house.get("sales", f"/v1/free-periods?client_id={own.id}").json() == [line]
    assert house.get("sales", f"/v1/free-periods?client_id={house.foreign.id}").json() == []
    assert house.get("sales", f"/v1/free-periods?after={line['id']}").json() == []


@pytest.mark.parametrize("asked", ["client_id=0", "after=x", "limit=101", "registration_number=", "limit=1_0"])
def test_a_registry_asked_wrongly_says_what_is_wrong(common_house: House, asked: str) -> None:
    refused = common_house.get("sales", f"/v1/free-periods?{asked}")
    assert (refused.status_code, refused.json()["field"]) == (422, asked.partition("=")[0])


def test_a_certificate_goes_by_the_registration_number_whatever_letters_it_has(house: House) -> None:
    number = 'ЮЛ "7", № 1'
    copy = {"entity_id": house.own.entity.id, "number": number, "product": "trade", "bought_on": "2026-09-15"}
    house.post("sales", "/v1/registrations", copy)
    wanted = {"seller_id": house.seller.id, "registration_number": number, "plan": "its-prof"}
    assert house.post("sales", "/v1/free-periods", wanted).status_code == 201
    with Press(1) as press:
        print_papers(house.engine, house.app.state.store, press, clock=house.clock, tell=lambda paper: None)
    papers = house.get("sales", f"/v1/papers?client_id={house.own.id}").json()
    [certificate] = [paper for paper in papers if paper["kind"] == "certificate"]
    assert (certificate["number"], certificate["state"]) == (number, "rendered")
    file = house.get("sales", f"/v1/papers/{certificate['id']}/file")
    assert file.content.startswith(b"%PDF")
    name = "certificate-%D0%AE%D0%9B%20%227%22%2C%20%E2%84%96%201.pdf"
    assert file.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"


def test_a_sale_answers_with_all_that_it_made(house: House) -> None:
    answer = house.post("sales", "/v1/subscriptions", an_order(house, starts_on="2026-10-05"))
    assert answer.status_code == 201
    sale = answer.json()
    sold, invoice = sale["subscription"], sale["invoice"]
    assert (sold["starts_on"], sold["last_day"], sold["price"]) == ("2026-10-05", "2027-10-04", "33816.00")
    assert sold["registrations"] == list(house.own.registrations)
    assert (invoice["kind"], invoice["total"], invoice["currency"]) == ("subscription", "33816.00", "RUB")
    read = house.get("sales", f"/v1/subscriptions/{sold['id']}").json()
    main = {"number": house.own.registrations[0], "role": "main", "entity_id": house.own.entity.id}
    covered = [main | {"surrendered_on": None}]
    assert read == sold | {"standing": "active", "covered": covered}
    lines = house.get("accountant", f"/v1/invoices/{invoice['id']}").json()["lines"]
    assert sum(float(line["amount"]) for line in lines) == 33816.0
    assert {line["tax_percent"] for line in lines} == {22}
    papers = house.get("sales", f"/v1/papers?client_id={house.own.id}").json()
    assert set(sale["paper_ids"]) <= {paper["id"] for paper in papers}


def test_a_sale_is_shown_before_anything_is_issued_t3(house: House) -> None:
    with transaction(house.engine) as session:
        a_plan(session, "aligned", alignment="first_of_month", free_box_months=3)
    copy = {"entity_id": house.own.entity.id, "number": "800999002", "product": "trade", "bought_on": "2026-09-15"}
    house.post("sales", "/v1/registrations", copy)
    order = an_order(house, plan="aligned", registrations=["800999002"])
    before = house.rows()
    answer = house.post("sales", "/v1/subscriptions:preview", order)
    shown = answer.json()
    assert (answer.status_code, house.rows()) == (200, before)
    assert shown["free_periods"] == [
        {"registration_number": "800999002", "starts_on": "2026-09-15", "last_day": "2026-12-14", "gap_days": 17}
    ]
    assert (shown["starts_on"], shown["last_day"], shown["total"]) == ("2027-01-01", "2027-12-31", "12000.00")
    dates = [(event["on"], event["kind"]) for event in shown["events"]]
    assert dates[:3] == [
        ("2026-09-15", "free_period_start"),
        ("2026-12-14", "free_period_last_day"),
        ("2027-01-01", "term_start"),
    ]
    assert {event["subscription_id"] for event in shown["events"]} == {None}
    sold = house.post("sales", "/v1/subscriptions", order).json()
    assert (sold["subscription"]["starts_on"], sold["invoice"]["total"]) == (shown["starts_on"], shown["total"])
    assert (sold["invoice"]["due_on"], sold["invoice"]["number"]) == (shown["due_on"], "2026-0003")


def test_a_preview_refuses_what_a_sale_refuses(house: House) -> None:
    refused = house.post("sales", "/v1/subscriptions:preview", an_order(house, term_months=5))
    assert (refused.status_code, refused.json()["code"]) == (422, "TERM_NOT_ON_SALE")


def test_the_same_order_twice_under_one_key_sells_once(house: House) -> None:
    order = an_order(house)
    first, again = (house.post("sales", "/v1/subscriptions", order, once="order-1") for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    whole = house.get("sales", f"/v1/clients/{house.own.id}").json()
    assert sum(len(contract["subscription_ids"]) for contract in whole["contracts"]) == 2


def test_a_renewal_starts_the_day_after_the_last_day(house: House) -> None:
    sold = house.sold.sale.subscription
    answer = house.post("sales", f"/v1/subscriptions/{sold.id}:renew", {"term_months": 3})
    successor = answer.json()["subscription"]
    assert (answer.status_code, successor["starts_on"], successor["predecessor_id"]) == (201, "2027-10-05", sold.id)
    assert house.get("sales", f"/v1/subscriptions/{sold.id}").json()["successor_id"] == successor["id"]
    again = house.post("sales", f"/v1/subscriptions/{sold.id}:renew", {})
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_RENEWED")
    assert again.json()["successor_id"] == successor["id"]


def test_the_ways_to_renew_stand_side_by_side_and_only_the_open_one_is_taken_s5(house: House) -> None:
    sold = house.post("sales", "/v1/subscriptions", an_order(house, term_months=1)).json()["subscription"]
    path = f"/v1/subscriptions/{sold['id']}"
    house.clock.forward(days=61)  # 05.12.2026: the month ended on 04.11.2026
    choices = house.get("sales", f"{path}/renewal-choices").json()["choices"]
    year = {one["kind"]: one for one in choices if one["term_months"] == 12 and one["promotion"] is None}
    assert [choice["is_open"] for choice in year.values()] == [True, False, False]
    anew = year["new_start"]
    assert (anew["starts_on"], anew["last_day"], anew["total"]) == ("2026-12-05", "2027-12-04", "40572.00")
    assert (anew["lost_days"], anew["lost_money"], anew["currency"]) == (30, "6756.00", "RUB")
    assert (year["continuous"]["starts_on"], year["continuous"]["serves_from"]) == ("2026-11-05", "2026-12-05")
    assert (year["pay_gap"]["gap_price"], year["pay_gap"]["total"]) == ("2779.40", "36595.40")  # 30 of 365 days
    other = house.post("sales", f"{path}:renew", {"term_months": 12, "kind": "pay_gap"})
    assert (other.status_code, other.json()["code"], other.json()["allowed"]) == (
        409,
        "RENEWAL_NOT_OPEN",
        ["new_start"],
    )
    renewed = house.post("sales", f"{path}:renew", {"term_months": 12, "kind": "new_start"}).json()
    assert renewed["invoice"]["total"] == anew["total"]
    assert renewed["subscription"]["starts_on"] == renewed["subscription"]["serves_from"] == anew["starts_on"]


def test_an_amendment_is_shown_before_it_is_agreed_and_bills_the_difference_s9(house: House) -> None:
    sold = house.post("sales", "/v1/subscriptions", an_order(house, starts_on="2026-10-05")).json()["subscription"]
    path = f"/v1/subscriptions/{sold['id']}"
    words = {"effective_on": "2027-04-05", "price": "40000.00", "agreed_by": "Котова И. Л.", "reason": "Второй склад"}
    before = house.rows()
    shown = house.post("sales", f"{path}:preview-amendment", words).json()
    assert house.rows() == before
    assert (shown["price"], shown["difference"], shown["given_minutes"]) == ("40000.00", "3100.47", 0)
    made = house.post("sales", f"{path}:amend", words)
    assert made.status_code == 201
    assert {name: made.json()[name] for name in shown} == shown
    assert (made.json()["invoice"]["kind"], made.json()["invoice"]["total"]) == ("amendment", "3100.47")
    now = house.get("sales", path).json()
    assert (now["price"], now["standing"]) == ("40000.00", "active")
    covers = house.get("sales", f"/v1/clients/{house.own.id}/coverage").json()["covers"]
    assert [cover["subscription_id"] for cover in covers].count(sold["id"]) == 1
    cheaper = house.post("sales", f"{path}:amend", words | {"effective_on": "2027-05-05", "price": "30000.00"}).json()
    notes = [(one["total"], one["invoice_id"] == made.json()["invoice"]["id"]) for one in cheaper["credit_notes"]]
    assert (cheaper["invoice"], notes) == (None, [("2592.20", True), ("1599.58", False)])  # 4191.78 less
    again = house.post("sales", f"{path}:amend", words)
    assert (again.status_code, again.json()["code"]) == (422, "EFFECTIVE_DAY_OUT_OF_RANGE")
    assert again.json()["allowed"] == ["2027-05-06", "2027-10-04"]


def test_payment_is_followed_from_a_day_on_and_marked_by_hand_s8(house: House) -> None:
    path = f"/v1/sellers/{house.seller.id}:follow-payments"
    assert house.post("admin", path, {"payments_from": "2026-10-01"}).json()["payments_from"] == "2026-10-01"
    sold = house.post("sales", "/v1/subscriptions", an_order(house)).json()["subscription"]
    one = f"/v1/subscriptions/{sold['id']}"

    def cover() -> dict[str, Any]:
        covers = house.get("sales", f"/v1/clients/{house.own.id}/coverage").json()["covers"]
        return next(cover for cover in covers if cover["subscription_id"] == sold["id"])

    assert cover()["paid_until"] == "2026-10-12"  # the invoice is due
    made = house.post("accountant", f"{one}:mark-paid", {"note": "п/п 118"})
    assert (made.status_code, made.json()["paid_until"]) == (201, "2027-10-04")
    assert cover()["paid_until"] == "2027-10-04"
    assert house.post("admin", path, {"payments_from": None}).json()["payments_from"] is None


def test_a_contract_is_marked_as_signed_once_d2(house: House) -> None:
    path = f"/v1/contracts/{house.sold.sale.contract.id}:mark-signed"
    made = house.post("sales", path, {"signed_on": "2026-10-05", "recorded_by": "Котова И. Л."})
    assert (made.status_code, made.json()["signed_on"]) == (201, "2026-10-05")
    again = house.post("sales", path, {"recorded_by": "Орлова Н. В."})
    assert (again.status_code, again.json()["code"], again.json()["signed_on"]) == (409, "ALREADY_SIGNED", "2026-10-05")
    assert house.post("sales", "/v1/contracts/999:mark-signed", {"recorded_by": "Котова"}).status_code == 404


def test_a_cancellation_is_shown_before_it_is_made_and_credits_the_invoice_s11(house: House) -> None:
    sold = house.post("sales", "/v1/subscriptions", an_order(house, starts_on="2026-10-05")).json()
    path = f"/v1/subscriptions/{sold['subscription']['id']}"
    words = {"last_day": "2027-04-04", "cancelled_by": "Котова И. Л.", "reason": "Закрытие"}
    before = house.rows()
    shown = house.post("sales", f"{path}:preview-cancellation", words).json()
    assert house.rows() == before
    assert (shown["refund"], shown["policy"], shown["minutes_not_given"]) == ("16908.00", "unused_months", 360)
    made = house.post("sales", f"{path}:cancel", words)
    assert made.status_code == 201
    assert {name: made.json()[name] for name in shown} == shown
    [credited] = made.json()["credit_notes"]
    note = house.get("accountant", f"/v1/credit-notes/{credited['id']}").json()
    assert {name: note[name] for name in credited} == credited
    assert (note["total"], note["tax"]) == ("16908.00", "3048.98")
    assert (note["invoice_id"], note["lines"][0]["supplied_from"]) == (sold["invoice"]["id"], "2027-04-05")
    assert house.get("sales", path).json()["cancelled_on"] == "2027-04-04"
    again = house.post("sales", f"{path}:cancel", words)
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_CANCELLED")


def test_a_promotion_is_chosen_by_name_shown_in_the_offer_and_told_with_the_sale_s4(house: House) -> None:
    plan = next(plan for plan in house.get("sales", "/v1/plans").json() if plan["code"] == "its-prof")
    [promotion] = plan["promotions"]
    assert (promotion["code"], promotion["price"], promotion["last_day"]) == ("8+4", "22544.00", None)
    order = an_order(house, promotion="8+4")
    shown = house.post("sales", "/v1/subscriptions:preview", order).json()
    sale = house.post("sales", "/v1/subscriptions", order).json()
    told = (shown["total"], sale["invoice"]["total"], sale["subscription"]["price"], sale["subscription"]["promotion"])
    assert told == ("22544.00", "22544.00", "22544.00", "8+4")
    path = f"/v1/subscriptions/{sale['subscription']['id']}"
    choices = house.get("sales", f"{path}/renewal-choices").json()["choices"]
    [cheap] = [one for one in choices if one["promotion"] is not None]
    assert (cheap["total"], cheap["vat"], cheap["term_months"]) == ("22544.00", "4065.31", 12)
    saved = {"list_price": "33816.00", "saved": "11272.00", "last_day": None}
    assert cheap["promotion"] == {"code": "8+4", "name": "8+4", "pay_months": 8} | saved
    refused = house.post("sales", f"{path}:renew", {"term_months": 3, "promotion": "8+4"}).json()
    assert (refused["status"], refused["code"], refused["allowed"]) == (422, "PROMOTION_NOT_OPEN", [])
    assert (refused["on_terms"], refused["valid_from"]) == ([12], "2020-01-01")
    renewed = house.post("sales", f"{path}:renew", {"promotion": "8+4"}).json()["subscription"]
    assert (renewed["price"], renewed["promotion"], renewed["starts_on"]) == ("22544.00", "8+4", cheap["starts_on"])


def test_hours_are_sold_beside_a_subscription(house: House) -> None:
    path = f"/v1/contracts/{house.sold.sale.contract.id}/packages"
    sold = house.post("sales", path, {"package": "hours-20"}).json()
    assert (sold["grant"]["kind"], sold["grant"]["minutes"], sold["invoice"]["total"]) == ("package", 1200, "61750.00")
    assert (sold["grant"]["starts_on"], sold["grant"]["last_day"]) == ("2026-10-05", "2027-10-04")
    later = house.post("sales", path, {"package": "hours-20", "starts_on": "2026-12-01"}).json()
    assert (later["grant"]["starts_on"], later["grant"]["last_day"]) == ("2026-12-01", "2027-11-30")
    lines = house.get("accountant", f"/v1/invoices/{later['invoice']['id']}").json()["lines"]
    assert [(line["supplied_from"], line["supplied_until"]) for line in lines] == [("2026-12-01", "2027-11-30")]
    early = house.post("sales", path, {"package": "hours-20", "starts_on": "2026-10-04"})
    assert (early.status_code, early.json()["code"]) == (422, "START_OUT_OF_RANGE")
    assert early.json()["allowed"] == ["2026-10-05", "2027-10-05"]
    unknown = house.post("sales", path, {"package": "hours-7"})
    assert (unknown.status_code, unknown.json()["allowed"]) == (422, ["hours-20", "hours-30", "hours-50"])


def test_an_agreed_price_wins_over_the_list(house: House) -> None:
    sale = house.post("sales", "/v1/subscriptions", an_order(house, price="30000.00")).json()
    assert sale["subscription"]["price"] == "30000.00"
    other = house.post("sales", "/v1/subscriptions", an_order(house, price="300.00", currency="EUR")).json()
    assert (other["status"], other["code"], other["allowed"]) == (422, "CURRENCY_WRONG", ["RUB"])
