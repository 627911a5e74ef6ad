"""Bad input at every endpoint: the answer names field, value and what is allowed, and nothing is written."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from api.authorisation import ALLOWED
from tests.api.conftest import ON_ONE, House
from tests.builders import an_inn

NOTHING = 999_999_999
IDS = [NOTHING, True, "1", "1_000", 1e3, 1.5, 0, -1, 2**63, None, [1], {"id": 1}]
TEXTS = ["", "a\x00b", "a\nb", "\x1b[31m", "\u202etxt", "\ud800", "x" * 5000, 5, True, None, ["a"], {"a": 1}]
OPTIONAL_TEXTS = [text for text in TEXTS if text not in ("", None)]
NUMBERS = [True, "1", "1_000", 1e3, 1.5, 2**40, [1], {}]
DAYS = ["2026-02-30", "31.01.2026", "2026-1-1", "20260101", "2026-01-01T00:00:00Z", "0001-01-01", 20260101, True, ""]
MOMENTS = ["2026-05-03", "2026-05-03T09:12:00", "2026-05-03T25:00:00Z", "0001-01-01T00:00:00Z", 1777777777, True, ""]
AMOUNTS = ["1e3", "1_000", "-1.00", "1.005", "", 100, 1.5, True]


@dataclass
class Endpoint:
    """An endpoint with a body that it would take, and for each field what it must not take."""

    role: str
    path: Callable[[House], str]
    body: Callable[[House], dict[str, Any]]
    bad: dict[str, list[Any]] = field(default_factory=dict)

    def cases(self, house: House) -> Iterator[tuple[str, Any, dict[str, Any]]]:
        for name, values in self.bad.items():
            for value in values:
                yield name, value, {**deepcopy(self.body(house)), name: value}


BAD_FORMS: dict[str, list[Any]] = (
    {"accent": ["red", "#fff", "#ffffff", "#12345g", 5, None], "logo": ["???", "£", "AAAA", 5, None]}
    | {"ru": [{"header": "{{ sheet }}"}, {"footer": "{% raw %}"}, {"notes": {"invoice": "{{ pay }}"}}]}
    | {"en": [{"papers": {"act": ["{{ lines }}"]}}, {"clauses": ["a"] * 31}, "x", None]}
)
REQUISITES = {
    "name": TEXTS,
    "inn": ["7707083890", "770708389", "00" * 5, "7707083893a", 7707083893, True, None],
    "kpp": ["77090100", "7709o1001", 770901001],
    "ogrn": ["1027700132196", "1", 1027700132195],
    "bic": ["14525225", "144525225", 44525225],
    "bank_account": ["40702810438000060474", "407", 40702810438000060473],
    "email": ["nobody", "a@b@c", "a b@c.ru", 5],
    "phone": ["123", "call me", "+7 495 123-45-67 <script>", 79991234567],
    "address": OPTIONAL_TEXTS,
    "postcode": OPTIONAL_TEXTS,
    "city": OPTIONAL_TEXTS,
    "country": ["XX", "ru", "US", *TEXTS],
}
ENGLISH: dict[str, list[Any]] = {
    name: ["Северный ветер", "a\nb", "a" * 301, 5]
    for name in ("name_en", "signatory_name_en", "signatory_post_en", "signatory_basis_en")
}
REQUISITES |= ENGLISH
CHANGES = {name: values for name, values in REQUISITES.items() if name not in ("inn", "country")} | {
    "name": OPTIONAL_TEXTS
}


A_DECISION = {"state": "bill", "decided_by": "Орлова"}
BAD_DECISIONS: dict[str, list[Any]] = {
    "state": ["new", "invoiced", "BILL", None, 1],
    "seen": ["invoiced", "refuse", "", None, 1],
    "decided_by": TEXTS,
    "note": OPTIONAL_TEXTS,
}
OFFLINE_USE = {
    "source": "desk",
    "external_id": "SD-1",
    "worked_minutes": 50,
    "started_at": "2026-10-05T09:00:00+03:00",
}


def requisites(**more: str) -> dict[str, Any]:
    return {"name": "ООО «Лютик»", "inn": an_inn(), "bic": "044525225"} | more


ENDPOINTS: dict[str, Endpoint] = {
    "/v1/sellers": Endpoint(
        "admin",
        lambda house: "/v1/sellers",
        lambda house: requisites(code="south", tax_mode="general", taxed_from="2020-01-01"),
        REQUISITES
        | {"code": TEXTS, "tax_mode": ["none", 1, None], "taxed_from": DAYS, "late_entry_days": [-1, 61, *NUMBERS]}
        | {"time_zone": ["Mars/Base", "../../etc/passwd", "a\x00", 3]},
    ),
    "/v1/sellers/{seller_id}:choose-reminders": Endpoint(
        "admin",
        lambda house: f"/v1/sellers/{house.seller.id}:choose-reminders",
        lambda house: {"days": [60, 7]},
        {"days": [[-1], [367], [7, 7], list(range(11)), ["7"], [True], 7, None], "email": ["", "nobody", "a@b@c", 5]},
    ),
    "/v1/sellers/{seller_id}:approve-preamble": Endpoint(
        "admin",
        lambda house: f"/v1/sellers/{house.seller.id}:approve-preamble",
        lambda house: {"phrase": "в лице директора"},
        {"phrase": TEXTS},
    ),
    "/v1/sellers/{seller_id}:change": Endpoint(
        "admin", lambda house: f"/v1/sellers/{house.seller.id}:change", lambda house: {"bic": "044525225"}, CHANGES
    ),
    "/v1/entities/{entity_id}:change": Endpoint(
        "sales", lambda house: f"/v1/entities/{house.own.entity.id}:change", lambda house: {"bic": "044525225"}, CHANGES
    ),
    "/v1/papers/{paper_id}:correct": Endpoint(
        "sales",
        lambda house: "/v1/papers/1:correct",
        lambda house: {"reason": "Клиент переехал", "issued_by": "Котова И. Л."},
        {"reason": TEXTS, "issued_by": TEXTS},
    ),
    "/v1/sellers/{seller_id}/forms": Endpoint(
        "admin",
        lambda house: f"/v1/sellers/{house.seller.id}/forms",
        lambda house: {"accent": "#1f6f54"},
        BAD_FORMS,
    ),
    "/v1/sellers/{seller_id}/forms:preview": Endpoint(
        "admin",
        lambda house: f"/v1/sellers/{house.seller.id}/forms:preview",
        lambda house: {"paper": "act"},
        BAD_FORMS | {"paper": ["letter", "replay", 1, None], "language": ["de", "RU", 1, None]},
    ),
    "/v1/entities/{entity_id}:approve-preamble": Endpoint(
        "sales",
        lambda house: f"/v1/entities/{house.own.id}:approve-preamble",
        lambda house: {"phrase": "в лице директора"},
        {"phrase": TEXTS},
    ),
    "/v1/clients": Endpoint(
        "sales",
        lambda house: "/v1/clients",
        lambda house: {"name": "Лютик"},
        {"name": TEXTS, "external_id": ["", *OPTIONAL_TEXTS], "locale": ["de", "RU", 1, None]}
        | {"manager": ["", *OPTIONAL_TEXTS]},
    ),
    "/v1/clients/{client_id}:assign": Endpoint(
        "sales",
        lambda house: f"/v1/clients/{house.own.id}:assign",
        lambda house: {"manager": "Котова И. Л."},
        {"manager": ["", *OPTIONAL_TEXTS]},
    ),
    **{
        path: Endpoint(
            "sales",
            lambda house, path=path: path.format(client_id=house.own.id),
            lambda house: {"domain": "romashka.example"},
            {"domain": [*TEXTS, "localhost", "a@b.example", "1.2.3.4", "-a.example", "a..b"]},
        )
        for path in ("/v1/clients/{client_id}/domains", "/v1/clients/{client_id}:withdraw-domain")
    },
    "/v1/clients/{client_id}:withdraw-contact": Endpoint(
        "sales",
        lambda house: f"/v1/clients/{house.own.id}:withdraw-contact",
        lambda house: {"contact_id": 1},
        {"contact_id": IDS},
    ),
    "/v1/clients/{client_id}/entities": Endpoint(
        "sales", lambda house: f"/v1/clients/{house.own.id}/entities", lambda house: requisites(), REQUISITES
    ),
    "/v1/clients/{client_id}/contacts": Endpoint(
        "sales",
        lambda house: f"/v1/clients/{house.own.id}/contacts",
        lambda house: {"name": "Иванова"},
        {"name": TEXTS, "emails": [["nobody"], "a@b.ru", [1], ["a\x00@b.ru"], ["a@b.ru"] * 21], "phones": [["x"], 7]},
    ),
    "/v1/registrations": Endpoint(
        "sales",
        lambda house: "/v1/registrations",
        lambda house: {"entity_id": house.own.entity.id, "number": "800777001", "product": "trade"},
        {"entity_id": IDS, "number": TEXTS, "product": ["unknown", *TEXTS], "purchase": ["gift", 1], "bought_on": DAYS}
        | {"replaces": ["", *OPTIONAL_TEXTS]},
    ),
    "/v1/free-periods": Endpoint(
        "sales",
        lambda house: "/v1/free-periods",
        lambda house: {
            "seller_id": house.seller.id,
            "registration_number": house.own.registrations[0],
            "plan": "its-prof",
        },
        {"seller_id": IDS, "registration_number": ["800000000", *TEXTS], "plan": ["unknown", *TEXTS]},
    ),
    "/v1/subscriptions": Endpoint(
        "sales",
        lambda house: "/v1/subscriptions",
        lambda house: {
            "seller_id": house.seller.id,
            "entity_id": house.own.entity.id,
            "plan": "its-prof",
            "term_months": 12,
            "registrations": list(house.own.registrations),
        },
        {"seller_id": IDS, "entity_id": IDS, "contract_id": [bad for bad in IDS if bad is not None]}
        | {"plan": ["unknown", *TEXTS], "term_months": [0, -1, 5, 13, 1200, None, *NUMBERS]}
        | {"registrations": [[], ["800000000"], ["a\x00"], "800000000", [1], [None]], "price": AMOUNTS}
        | {"starts_on": ["1999-01-01", "2190-01-01", *DAYS], "currency": ["rub", "RUBLES", "", "€", 643, None]}
        | {"promotion": ["unknown", "", *OPTIONAL_TEXTS]},
    ),
    "/v1/subscriptions/{subscription_id}:renew": Endpoint(
        "sales",
        lambda house: f"/v1/subscriptions/{house.sold.sale.subscription.id}:renew",
        lambda house: {},
        {"term_months": [0, -1, 5, 10**6, *NUMBERS], "price": AMOUNTS, "currency": ["rub", "", 643]}
        | {"kind": ["later", "", 1, True], "promotion": ["unknown", "", *OPTIONAL_TEXTS]},
    ),
    **{
        f"/v1/subscriptions/{{subscription_id}}:{verb}": Endpoint(
            "sales",
            lambda house, verb=verb: f"/v1/subscriptions/{house.sold.sale.subscription.id}:{verb}",
            lambda house: {"last_day": "2027-01-31", "cancelled_by": "Котова", "reason": "Закрытие"},
            {"last_day": DAYS, "cancelled_by": TEXTS, "reason": TEXTS},
        )
        for verb in ("cancel", "preview-cancellation")
    },
    **{
        f"/v1/subscriptions/{{subscription_id}}:{verb}": Endpoint(
            "sales",
            lambda house, verb=verb: f"/v1/subscriptions/{house.sold.sale.subscription.id}:{verb}",
            lambda house: {"effective_on": "2027-01-31", "agreed_by": "Котова", "reason": "Рост", "price": "50000.00"},
            {"effective_on": DAYS, "agreed_by": TEXTS, "reason": TEXTS, "price": AMOUNTS, "plan": ["", "none", 5]}
            | {"add": [["нет"], [""], "800", 5], "remove": [["нет"], "800", 5], "currency": ["rub", "USD", 5]},
        )
        for verb in ("amend", "preview-amendment")
    },
    "/v1/service-uses/{use_id}:give-back": Endpoint(
        "desk",
        lambda house: "/v1/service-uses/1:give-back",
        lambda house: {"returned_by": "Котова И. Л.", "reason": "Вопрос снят"},
        {"returned_by": TEXTS, "reason": TEXTS},
    ),
    "/v1/subscriptions/{subscription_id}:mark-paid": Endpoint(
        "accountant",
        lambda house: f"/v1/subscriptions/{house.sold.sale.subscription.id}:mark-paid",
        lambda house: {"note": "п/п 118"},
        {"note": TEXTS, "paid_until": [*DAYS, "2026-10-03", "2027-10-05"]},
    ),
    "/v1/payments": Endpoint(
        "accountant",
        lambda house: "/v1/payments",
        lambda house: {
            "seller_id": house.seller.id,
            "entity_id": house.own.entity.id,
            "number": "118",
            "paid_on": "2026-10-05",
            "amount": "100.00",
            "purpose": "Оплата по счёту",
        },
        {"seller_id": IDS, "entity_id": IDS, "number": TEXTS, "purpose": TEXTS, "amount": ["0.00", *AMOUNTS]}
        | {"paid_on": ["2026-10-06", *DAYS], "currency": ["rub", "XXX", "", 643, None]}
        | {"invoices": [5, "1", [5], [{"invoice_id": True}], [{"invoice_id": 1, "amount": 1.5}], None]},
    ),
    "/v1/payments/{payment_id}:put": Endpoint(
        "accountant",
        lambda house: "/v1/payments/1:put",
        lambda house: {"invoice_id": 1},
        {"invoice_id": [bad for bad in IDS if bad != NOTHING], "amount": [bad for bad in AMOUNTS if bad != "-1.00"]},
    ),
    "/v1/payments/{payment_id}:pay-back": Endpoint(
        "accountant",
        lambda house: "/v1/payments/1:pay-back",
        lambda house: {"amount": "1.00", "paid_on": "2026-10-05", "number": "57"},
        {"amount": [bad for bad in AMOUNTS if bad != "-1.00"], "paid_on": DAYS, "number": TEXTS}
        | {"currency": ["rub", "", 643, None]},
    ),
    "/v1/payments/{payment_id}:reverse": Endpoint(
        "accountant",
        lambda house: "/v1/payments/1:reverse",
        lambda house: {"reversed_by": "Котова И. Л.", "reason": "Банк отозвал"},
        {"reversed_by": TEXTS, "reason": TEXTS},
    ),
    "/v1/sellers/{seller_id}:choose-dunning": Endpoint(
        "admin",
        lambda house: f"/v1/sellers/{house.seller.id}:choose-dunning",
        lambda house: {"valid_from": "2026-10-01", "steps": [{"working_days": 5, "notice": "reminder"}]},
        {"valid_from": [None, *DAYS]}
        | {"steps": [5, None, [5], [{"working_days": "5"}], [{"working_days": 0, "notice": "demand"}]]},
    ),
    "/v1/bank-accounts": Endpoint(
        "accountant",
        lambda house: "/v1/bank-accounts",
        lambda house: {"seller_id": house.seller.id, "number": "DE89370400440532013000", "currency": "EUR"},
        {"seller_id": IDS, "number": TEXTS, "currency": ["eur", "XXX", "", 978, None]},
    ),
    "/v1/bank-lines/{bank_line_id}:assign": Endpoint(
        "accountant",
        lambda house: "/v1/bank-lines/1:assign",
        lambda house: {"entity_id": house.own.entity.id, "decided_by": "Котова И. Л."},
        {"entity_id": [bad for bad in IDS if bad != NOTHING], "decided_by": TEXTS}
        | {"invoices": [5, "1", [5], [{"invoice_id": True}], None]},
    ),
    **{
        f"/v1/bank-lines/{{bank_line_id}}:{verb}": Endpoint(
            "accountant",
            lambda house, verb=verb: f"/v1/bank-lines/1:{verb}",
            lambda house: {"decided_by": "Котова И. Л.", "note": "Возврат займа"},
            {"decided_by": TEXTS, "note": TEXTS},
        )
        for verb in ("set-aside", "take-back")
    },
    "/v1/contracts/{contract_id}:mark-signed": Endpoint(
        "sales",
        lambda house: f"/v1/contracts/{house.sold.sale.contract.id}:mark-signed",
        lambda house: {"recorded_by": "Котова И. Л."},
        {"recorded_by": TEXTS, "signed_on": [*DAYS, "2999-01-01"]},
    ),
    "/v1/sellers/{seller_id}:follow-payments": Endpoint(
        "admin",
        lambda house: f"/v1/sellers/{house.seller.id}:follow-payments",
        lambda house: {"payments_from": "2026-12-01"},
        {"payments_from": DAYS},
    ),
    "/v1/subscriptions/{subscription_id}:claim-gap": Endpoint(
        "sales",
        lambda house: f"/v1/subscriptions/{house.sold.sale.subscription.id}:claim-gap",
        lambda house: {"claimed_by": "Котова И. Л.", "reason": "Договорились"},
        {"claimed_by": TEXTS, "reason": TEXTS},
    ),
    "/v1/subscriptions/{subscription_id}:offer": Endpoint(
        "sales",
        lambda house: f"/v1/subscriptions/{house.sold.sale.subscription.id}:offer",
        lambda house: {},
        {"language": ["de", "RU", "", 1, True, ["ru"]]},
    ),
    "/v1/contracts/{contract_id}/packages": Endpoint(
        "sales",
        lambda house: f"/v1/contracts/{house.sold.sale.contract.id}/packages",
        lambda house: {"package": "hours-20"},
        {"package": ["unknown", *TEXTS], "starts_on": ["2026-10-04", "2027-10-06", *DAYS]},
    ),
    "/v1/grants": Endpoint(
        "admin",
        lambda house: "/v1/grants",
        lambda house: {
            "client_id": house.own.id,
            "seller_id": house.seller.id,
            "kind": "goodwill",
            "minutes": 60,
            "starts_on": "2026-10-01",
            "last_day": "2026-10-31",
            "reason": "За ожидание",
        },
        {"client_id": IDS, "seller_id": IDS, "kind": ["included", "gift", 1], "minutes": [0, -1, 10**9, None, *NUMBERS]}
        | {"starts_on": [None, *DAYS], "last_day": [None, "2026-09-01", *DAYS], "reason": TEXTS},
    ),
    "/v1/grants/{grant_id}:void": Endpoint(
        "admin", lambda house: "/v1/grants/1:void", lambda house: {"reason": "Ошибка"}, {"reason": TEXTS, "on": DAYS}
    ),
    "/v1/blocks": Endpoint(
        "admin",
        lambda house: "/v1/blocks",
        lambda house: {"client_id": house.own.id, "reason": "Нет оплаты"},
        {"client_id": IDS, "reason": TEXTS, "from_at": MOMENTS, "until_at": ["2020-01-01T00:00:00Z", *MOMENTS]}
        | {name: [bad for bad in IDS if bad is not None] for name in ("contract_id", "subscription_id")},
    ),
    "/v1/shadow-plans": Endpoint(
        "sales",
        lambda house: "/v1/shadow-plans",
        lambda house: (
            {"seller_id": house.seller.id, "client_id": house.own.id, "plan": "support", "starts_on": "2026-10-01"}
            | {"last_day": "2026-12-31", "set_by": "Котова", "reason": "К продлению"}
        ),
        {"seller_id": IDS, "client_id": IDS, "plan": ["nothing", *TEXTS], "set_by": TEXTS, "reason": TEXTS}
        | {"of_plan": ["nothing", ""], "version": [0, 99, "1", True], "starts_on": DAYS}
        | {"subscription_id": [bad for bad in IDS if bad is not None], "last_day": ["2026-09-30", "2036-01-01", *DAYS]},
    ),
    "/v1/shadow-plans/{shadow_plan_id}:end": Endpoint(
        "sales",
        lambda house: f"/v1/shadow-plans/{NOTHING}:end",
        lambda house: {"ended_by": "Котова", "reason": "Клиент выбрал"},
        {"ended_by": TEXTS, "reason": TEXTS},
    ),
    "/v1/overrides": Endpoint(
        "admin",
        lambda house: "/v1/overrides",
        lambda house: (
            {"client_id": house.own.id, "approved_by": "Орлова", "reason": "Ждём оплату"}
            | {"until_at": "2026-10-12T18:00:00+03:00"}
        ),
        {"client_id": IDS, "approved_by": TEXTS, "reason": TEXTS, "service": ["nothing", ""], "ticket": [5, True]}
        | {"until_at": [None, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z", *MOMENTS]},
    ),
    "/v1/over-limit-cases/{case_id}:decide": Endpoint(
        "sales", lambda house: f"/v1/over-limit-cases/{NOTHING}:decide", lambda house: A_DECISION, BAD_DECISIONS
    ),
    "/v1/over-limit-cases:decide": Endpoint(
        "sales",
        lambda house: "/v1/over-limit-cases:decide",
        lambda house: {"case_ids": [NOTHING], **A_DECISION},
        {"case_ids": [[], [0], ["1"], [True], [1] * 101, 1, None], **BAD_DECISIONS},
    ),
    "/v1/statements/{statement_id}:object": Endpoint(
        "client",
        lambda house: f"/v1/statements/{NOTHING}:object",
        lambda house: {"line": 1, "text": "Звонок был короче", "said_by": "Седова"},
        {"line": [0, *NUMBERS], "text": TEXTS, "said_by": TEXTS},
    ),
    "/v1/statements/{statement_id}:accept": Endpoint(
        "client",
        lambda house: f"/v1/statements/{NOTHING}:accept",
        lambda house: {"line": 1, "said_by": "Седова"},
        {"line": [0, *NUMBERS], "said_by": TEXTS},
    ),
    "/v1/objections/{objection_id}:comment": Endpoint(
        "client",
        lambda house: f"/v1/objections/{NOTHING}:comment",
        lambda house: {"text": "Приложили запись", "said_by": "Седова"},
        {"text": TEXTS, "said_by": TEXTS},
    ),
    "/v1/objections/{objection_id}:decide": Endpoint(
        "sales",
        lambda house: f"/v1/objections/{NOTHING}:decide",
        lambda house: {"outcome": "rejected", "reason": "Запись звонка", "decided_by": "Орлова"},
        {"outcome": ["", "undecided", None, 1], "reason": TEXTS, "decided_by": TEXTS}
        | {"standing_minutes": [-1, 44641, True, "5", 1.5]},
    ),
    "/v1/reconciliation-acts": Endpoint(
        "accountant",
        lambda house: "/v1/reconciliation-acts",
        lambda house: {
            "seller_id": house.seller.id,
            "entity_id": house.own.entity.id,
            "starts_on": "2026-01-01",
            "last_day": "2026-09-30",
        },
        {"seller_id": [0, -1, *NUMBERS], "entity_id": [0, -1, *NUMBERS], "starts_on": DAYS, "last_day": DAYS}
        | {"currency": ["", "RU", "XXX", 5, None]},
    ),
    "/v1/engineer-rates": Endpoint(
        "accountant",
        lambda house: "/v1/engineer-rates",
        lambda house: {"engineer": "Ильин А. С.", "hour_cost": "1200.00", "valid_from": "2026-01-01"},
        {"engineer": TEXTS, "hour_cost": AMOUNTS, "valid_from": DAYS, "currency": ["", "RU", "XXX", 5, None]},
    ),
    "/v1/manager-addresses": Endpoint(
        "sales",
        lambda house: "/v1/manager-addresses",
        lambda house: {"manager": "Котова И. Л.", "email": "kotova@north.example"},
        {"manager": TEXTS, "email": ["", "nobody", "a@b@c", "a b@c.ru", 5, True, "x" * 300]},
    ),
    "/v1/holds/{hold_id}:settle": Endpoint(
        "desk",
        lambda house: "/v1/holds/1:settle",
        lambda house: {"minutes": 1},
        {"minutes": [-1, 44641, *NUMBERS], "work": [[1], "x", 5, True]},
    ),
    "/v1/holds/{hold_id}:extend": Endpoint(
        "desk",
        lambda house: "/v1/holds/1:extend",
        lambda house: {"hold_hours": 1},
        {"hold_hours": [0, -1, 8761, None, *NUMBERS]},
    ),
    "/v1/work-entries": Endpoint(
        "desk",
        lambda house: "/v1/work-entries",
        lambda house: {
            "client_id": house.own.id,
            "source": "desk",
            "external_id": "SD-1",
            "worked_minutes": 50,
            "started_at": "2026-10-05T09:00:00+03:00",
        },
        {"client_id": IDS, "source": TEXTS, "external_id": TEXTS, "worked_minutes": [-1, 10**6, None, *NUMBERS]}
        | {"travel_minutes": [-1, 10**6, None, *NUMBERS], "connected_seconds": [-1, 10**8, *NUMBERS]}
        | {"started_at": ["2026-10-07T09:00:00+03:00", *MOMENTS], "work_on": DAYS, "charge": ["free", 1]}
        | {name: [bad for bad in IDS if bad is not None] for name in ("seller_id", "entity_id", "hold_id")}
        | dict.fromkeys(("ticket", "service", "channel", "asked_by", "engineer", "summary"), OPTIONAL_TEXTS),
    ),
    **{
        path: Endpoint(
            "desk",
            lambda house, path=path: path,
            lambda house: {"chosen": {"ticket": "SD-1"}, "change": {"charge": "paid"}},
            {"chosen": [{}, [], None, "x", {"ticket": ""}, {"entry_ids": []}, {"entry_ids": [0]}, {"first_day": "x"}]}
            | {"change": [{}, [], None, {"charge": "free"}, {"worked_minutes": "5"}]},
        )
        for path in ("/v1/work-entries:edit", "/v1/work-entries:preview-edit")
    },
    "/v1/work-entries/{entry_id}:approve": Endpoint(
        "own client",
        lambda house: "/v1/work-entries/1:approve",
        lambda house: {"said_by": "Седова"},
        {"said_by": TEXTS},
    ),
    "/v1/work-entries/{entry_id}:object": Endpoint(
        "own client",
        lambda house: "/v1/work-entries/1:object",
        lambda house: {"said_by": "Седова", "text": "Нет"},
        {"said_by": TEXTS, "text": TEXTS},
    ),
    "/v1/goodwill-allowances": Endpoint(
        "sales",
        lambda house: "/v1/goodwill-allowances",
        lambda house: {
            "client_id": house.own.id,
            "seller_id": house.seller.id,
            "month": "2026-10",
            "minutes": 30,
            "allowed_by": "Орлова",
            "reason": "Ошибка",
        },
        {"client_id": IDS, "seller_id": IDS, "minutes": [0, -1, 10**6, None, *NUMBERS], "allowed_by": TEXTS}
        | {"reason": TEXTS, "month": ["2026-13", "2026", "october", 202610, None]},
    ),
    "/v1/timers": Endpoint(
        "desk",
        lambda house: "/v1/timers",
        lambda house: {"client_id": house.own.id, "engineer": "Ильин А. С."},
        {"client_id": IDS, "engineer": TEXTS, "seller_id": [bad for bad in IDS if bad is not None]}
        | {"entity_id": [bad for bad in IDS if bad is not None], "charge": ["free", "", 1, None]}
        | dict.fromkeys(("ticket", "service", "channel", "asked_by", "summary"), OPTIONAL_TEXTS),
    ),
    "/v1/timers/{timer_id}:pause": Endpoint(
        "desk", lambda house: "/v1/timers/1:pause", lambda house: {}, {"ended_at": MOMENTS}
    ),
    "/v1/timers/{timer_id}:stop": Endpoint(
        "desk",
        lambda house: "/v1/timers/1:stop",
        lambda house: {},
        {"ended_at": MOMENTS, "summary": OPTIONAL_TEXTS, "charge": ["free", "", 1]},
    ),
    "/v1/offline-uses": Endpoint(
        "desk",
        lambda house: "/v1/offline-uses",
        lambda house: {
            "offline_pass": house.get("desk", f"/v1/clients/{house.own.id}/offline-pass").json()["offline_pass"],
            "uses": [OFFLINE_USE],
        },
        {
            "offline_pass": [*TEXTS, "a.b.c", "e30.e30.e30"],
            "uses": [
                *([], {}, None, [1], [OFFLINE_USE] * 101),
                *([OFFLINE_USE | {"worked_minutes": bad}] for bad in (0, -1, 10**6, None, *NUMBERS)),
                *([OFFLINE_USE | {"started_at": bad}] for bad in (None, *MOMENTS)),
                *([OFFLINE_USE | {"source": bad}] for bad in TEXTS),
            ],
        },
    ),
    "/v1/offline-uses/{offline_use_id}:review": Endpoint(
        "sales", lambda house: f"/v1/offline-uses/{NOTHING}:review", lambda house: {"by": "Ирина"}, {"by": TEXTS}
    ),
    "/v1/register:reconcile": Endpoint(
        "sales",
        lambda house: "/v1/register:reconcile",
        lambda house: {"answers": [{"number": "800000001", "held": []}]},
        {"client_id": [bad for bad in IDS if bad is not None]}
        | {"answers": [{}, "x", 1, [1], [{"number": 1, "held": []}], [{"number": "8", "held": None}]]},
    ),
    "/v1/months/{month}:close": Endpoint(
        "accountant",
        lambda house: "/v1/months/2026-09:close",
        lambda house: {"seller_id": house.seller.id},
        {"seller_id": IDS},
    ),
}
ENDPOINTS["/v1/subscriptions:preview"] = replace(
    ENDPOINTS["/v1/subscriptions"], path=lambda house: "/v1/subscriptions:preview"
)
ENDPOINTS["/v1/work-entries:preview"] = Endpoint(
    "desk",
    lambda house: "/v1/work-entries:preview",
    *(ENDPOINTS["/v1/work-entries"].__dict__[of] for of in ("body", "bad")),
)
ENDPOINTS["/v1/mappings"] = Endpoint(
    "admin",
    lambda house: "/v1/mappings",
    lambda house: {"name": "crm", "columns": {"client": ["Фирма"]}},
    {
        "name": ["", "a\nb", "x" * 61, 5, None],
        "columns": [[], {"client": "Фирма"}, {"colour": ["Цвет"]}, {"client": []}, {"client": [5]}],
        "values": [[], {"plan": "its-prof"}, {"colour": {"a": "b"}}, {"plan": {"a": 5}}],
        "digits": [[], {"registration": "9"}, {"registration": True}, {"registration": 0}, {"inn": 10}],
        "delimiter": ["", "ab\n", 5],
        "sheet": ["", 5],
    },
)
ENDPOINTS["/v1/clients/{client_id}:choose-paper-address"] = Endpoint(
    "sales",
    lambda house: f"/v1/clients/{house.own.id}:choose-paper-address",
    lambda house: {"email": "buh@romashka.example", "way": "link"},
    {"email": [*REQUISITES["email"], "nobody@own.example", *TEXTS], "way": ["fax", "", None, 1, "LINK"]},
)
ENDPOINTS["/v1/clients/{client_id}:withdraw-paper-address"] = Endpoint(
    "sales",
    lambda house: f"/v1/clients/{house.own.id}:withdraw-paper-address",
    lambda house: {"email": "buh@romashka.example"},
    {"email": [*REQUISITES["email"], "nobody@own.example", *TEXTS]},
)
ENDPOINTS["/v1/letters"] = Endpoint(
    "sales",
    lambda house: "/v1/letters",
    lambda house: {"paper_ids": [1], "asked_by": "Котова"},
    {"paper_ids": [[], [NOTHING], [1, "2"], [True], [0], "1", None, [1] * 51], "asked_by": TEXTS},
)
ENDPOINTS["/v1/letters/{letter_id}:resend"] = Endpoint(
    "sales",
    lambda house: "/v1/letters/1:resend",
    lambda house: {"asked_by": "Котова", "reason": "Не нашли"},
    {"asked_by": TEXTS, "reason": TEXTS},
)
ENDPOINTS["/v1/letters/{letter_id}:revoke-links"] = Endpoint(
    "sales",
    lambda house: "/v1/letters/1:revoke-links",
    lambda house: {"revoked_by": "Котова", "reason": "Не тому"},
    {"revoked_by": TEXTS, "reason": TEXTS},
)
ENDPOINTS["/v1/bounces:clear"] = Endpoint(
    "sales",
    lambda house: "/v1/bounces:clear",
    lambda house: {"email": "buh@romashka.example", "cleared_by": "Котова", "reason": "Ящик починили"},
    {"email": [*REQUISITES["email"], *TEXTS], "cleared_by": TEXTS, "reason": TEXTS},
)
NO_ADDRESSES = ["desk.example.org", "http://desk.example.org/", "ftp://desk.example.org/", "https://", "https://[::1/"]
NO_ADDRESSES += ["https://a:b@desk.example.org/", "https://desk.example.org/#a", "https://desk.example.org:99999/"]
NO_ADDRESSES += ["https://пример.рф/"]
ENDPOINTS["/v1/webhooks"] = Endpoint(
    "admin",
    lambda house: "/v1/webhooks",
    lambda house: {"url": "https://desk.example.org/hooks", "kinds": ["client.changed"]},
    {
        "url": [*TEXTS, *NO_ADDRESSES],
        "kinds": [[], ["client"], ["client.changed", "*"], "client.changed", [1], [None], None],
    },
)
ENDPOINTS["/v1/webhooks/{webhook_id}:disable"] = Endpoint(
    "admin", lambda house: "/v1/webhooks/1:disable", lambda house: {"reason": "Заменён"}, {"reason": TEXTS}
)
FILES = {
    *("/v1/books", "/v1/books:preview", "/v1/bank-files", "/v1/bank-files:preview", "/v1/bounces", "/v1/scans"),
}
WITHOUT_A_BODY = {"/v1/overrides/{override_id}:end", "/v1/blocks/{block_id}:lift", "/v1/holds/{hold_id}:release"}
MAY_HAVE_NO_BODY = {"/v1/holds/{hold_id}:settle", "/v1/timers/{timer_id}:pause", "/v1/timers/{timer_id}:stop"}
WITHOUT_A_BODY |= {f"/v1/webhooks/{{webhook_id}}:{verb}" for verb in ("rotate-secret", "enable")}
WITHOUT_A_BODY |= {"/v1/timers/{timer_id}:resume"}
WITHOUT_A_BODY |= {"/v1/webhook-deliveries/{delivery_id}:resend"}
CHECKS = {"/v1/entitlement-checks", "/v1/entitlement-checks:batch"}


def test_every_endpoint_that_takes_a_body_is_in_the_table() -> None:
    posted = {path for method, path in ALLOWED if method == "POST"}
    assert set(ENDPOINTS) == posted - WITHOUT_A_BODY - CHECKS - FILES


BAD_KEYS: dict[str, list[str]] = {
    "inn": ["7700000024", "770000002", "7700000023/770901001", "ИНН 7700000023", "  ", "DE136695977"],
    "phone": ["123", "+8 495 123-45-67", "  "],
    "email": ["nobody", "a@b@c", "  "],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in BAD_KEYS.items() for value in values])
def test_a_key_of_a_client_that_cannot_be_is_a_wrong_call_and_no_answer(
    common_house: House, key: str, value: str
) -> None:
    before = common_house.rows()
    wrong, right = {"client": {key: value}}, {"client": {"id": common_house.own.id}}
    for path, body, place in (
        ("/v1/entitlement-checks", wrong, "client"),
        ("/v1/entitlement-checks:batch", {"questions": [right, wrong]}, "questions.1.client"),
    ):
        answer = common_house.post("desk", path, body)
        problem = answer.json()
        code = (answer.status_code, problem["code"], problem["field"])
        assert code == (422, f"{key.upper()}_WRONG", f"{place}.{key}")
        assert problem["allowed"]
    assert common_house.rows() == before


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_bad_input_names_its_field_and_writes_nothing(common_house: House, path: str) -> None:
    house, endpoint = common_house, ENDPOINTS[path]
    before, wrong = house.rows(), []
    for name, value, body in endpoint.cases(house):
        answer = house.client.post(
            endpoint.path(house),
            content=as_json(body),
            headers={
                "Authorization": f"Bearer {house.tokens[endpoint.role]}",
                "Content-Type": "application/json",
                "Idempotency-Key": "bad",
            },
        )
        problem = answer.json()
        named = str(problem.get("field", "")).split(".")[0] in (name, name.rstrip("s"))
        if answer.status_code != 422 or not named or not ("allowed" in problem or "value" in problem):
            wrong.append((name, value, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert house.rows() == before


def as_json(body: dict[str, Any]) -> bytes:

    return json.dumps(body).encode()


@ON_ONE
@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_a_field_that_is_missing_or_unknown_is_named(common_house: House, path: str) -> None:
    house, endpoint = common_house, ENDPOINTS[path]
    unknown = house.post(endpoint.role, endpoint.path(house), endpoint.body(house) | {"admin": True})
    assert (unknown.status_code, unknown.json()["code"], unknown.json()["field"]) == (422, "FIELD_UNKNOWN", "admin")
    if path in MAY_HAVE_NO_BODY:
        return
    empty = house.post(endpoint.role, endpoint.path(house))
    assert (empty.status_code, empty.json()["code"], empty.json()["field"]) == (422, "FIELD_REQUIRED", "body")


WITH_IDS = sorted(
    (method, path) for method, path in ALLOWED if "{" in path and "{month}" not in path and "decision" not in path
)


@ON_ONE
@pytest.mark.parametrize("place", WITH_IDS, ids=" ".join)
@pytest.mark.parametrize("bad", ["0", "-1", "1_000", "1e3", "1.0", "%20", "%00", "9" * 30, "true", "１", "' OR 1=1 --"])
def test_an_address_takes_plain_ids_only(common_house: House, place: tuple[str, str], bad: str) -> None:
    method, path = place
    name = path.partition("{")[2].partition("}")[0]
    answer = common_house.call("admin", method, path.replace(f"{{{name}}}", bad), {} if method == "POST" else None)
    assert answer.status_code == 422
    assert name in [fault["field"] for fault in answer.json()["errors"]]


@pytest.mark.parametrize("place", WITH_IDS, ids=" ".join)
def test_an_id_of_nothing_is_not_found(common_house: House, place: tuple[str, str]) -> None:
    method, path = place
    name = path.partition("{")[2].partition("}")[0]
    body = ENDPOINTS[path].body(common_house) if path in ENDPOINTS else None
    answer = common_house.call("admin", method, path.replace(f"{{{name}}}", str(NOTHING)), body)
    problem = answer.json()
    assert (answer.status_code, problem["field"], problem["value"]) == (404, name, NOTHING)
    assert problem["code"] == f"{name.removesuffix('_id').upper()}_UNKNOWN"


@pytest.mark.parametrize(
    ("role", "path", "field"),
    [
        ("sales", "/v1/clients", "search"),
        ("sales", "/v1/clients?search=", "search"),
        ("sales", "/v1/clients?search=%00", "search"),
        ("sales", f"/v1/clients?search={'x' * 101}", "search"),
        ("sales", "/v1/clients?search=a&limit=1_0", "limit"),
        ("sales", "/v1/clients?search=a&limit=101", "limit"),
        ("sales", "/v1/plans?on=2026-02-30", "on"),
        ("desk", "/v1/clients/1/coverage?at=2026-05-03T09:12:00", "at"),
        ("desk", "/v1/clients/1/coverage?at=tomorrow", "at"),
        ("accountant", "/v1/months/2026-13?seller_id=1", "month"),
        ("accountant", "/v1/months/10.2026?seller_id=1", "month"),
        ("accountant", "/v1/months/2026-09", "seller_id"),
        ("accountant", "/v1/months/2026-09?seller_id=1e3", "seller_id"),
        ("sales", "/v1/papers?client_id=1_000", "client_id"),
        ("sales", "/v1/papers?client_id=1&after=-1", "after"),
    ],
)
def test_a_bad_query_names_its_parameter(common_house: House, role: str, path: str, field: str) -> None:
    answer = common_house.get(role, path)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_markup_is_kept_as_the_text_that_it_is(house: House) -> None:
    name = "<script>alert('1')</script> & <b>Ко</b> {{7*7}} %s"
    client = house.post("sales", "/v1/clients", {"name": name}).json()
    assert client["name"] == name
    assert house.get("sales", f"/v1/clients/{client['id']}").json()["name"] == name
