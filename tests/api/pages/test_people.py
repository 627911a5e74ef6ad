"""People: who is added, changed, let in and out by an administrator, and what the audit says of it."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from api.audit import AuditEntry
from api.database import reading, transaction
from api.inviting import add_person, disable
from api.people import Person
from api.roles import PersonRole
from contracts.errors import Refusal
from tests.api.pages.conftest import Pages

ADMIN = PersonRole.ADMIN
NEW = {"email": "Kotova@north.example", "name": "Котова И. Л.", "role": "sales", "form_key": "1"}


def entries(pages: Pages) -> list[AuditEntry]:
    with reading(pages.house.engine) as session:
        return list(session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all())


def test_an_invited_person_chooses_a_password_and_works(pages: Pages) -> None:
    shown = pages.browser(ADMIN).post("/people", data=NEW)
    token = re.search(r"/sign-in/link#([\w-]+)", shown.text)
    assert token is not None
    browser = pages.browser()
    assert browser.post("/sign-in/link", data={"token": token[1]}).headers["location"] == "/account"
    browser.post("/account/password", data={"password": "two blue umbrellas"})
    signed_in = pages.browser().post("/sign-in", data={"email": NEW["email"], "password": "two blue umbrellas"})
    assert signed_in.status_code == 303


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "no address"}, "e-mail"),
        ({"email": "desk@example.org"}, "There is a person with this e-mail already"),
        ({"role": "king"}, "This value does not fit"),
        ({"role": "client"}, "client"),
        ({"client_id": "1"}, "The role does not fit"),
        ({"client_id": "999", "role": "client"}, "No such client"),
        ({"name": ""}, "required"),
    ],
)
def test_what_is_wrong_stands_in_the_form_and_what_was_typed_is_kept(pages: Pages, wrong: dict, said: str) -> None:
    answer = pages.browser(ADMIN).post("/people", data=NEW | wrong)
    assert 400 <= answer.status_code < 500
    assert said.lower() in answer.text.lower()
    assert (NEW | wrong)["email"] in answer.text
    assert not entries(pages)


def test_another_role_holds_at_once_in_a_new_session(pages: Pages) -> None:
    sales = pages.people[PersonRole.SALES]
    form = {"role": "accountant", "is_let_in": "true", "form_key": "2"}
    changed = pages.browser(ADMIN).post(f"/people/{sales.id}:change", data=form)
    assert changed.headers["location"] == "/people?said=changed"
    assert pages.browser(PersonRole.SALES).get("/account").status_code == 303
    with reading(pages.house.engine) as session:
        assert session.get_one(Person, sales.id).role is PersonRole.ACCOUNTANT


def test_the_last_administrator_stays(pages: Pages) -> None:
    own = pages.people[ADMIN]
    for form in ({"role": "sales", "is_let_in": "true"}, {"role": "admin"}):
        answer = pages.browser(ADMIN).post(f"/people/{own.id}:change", data=form | {"form_key": form["role"]})
        assert answer.status_code == 409, form
        assert "This is the last administrator" in answer.text
    assert pages.browser(ADMIN).get("/people").status_code == 200


def test_two_administrators_cannot_put_each_other_out(pages: Pages) -> None:
    at = pages.house.clock()
    with transaction(pages.house.engine) as session:
        other = add_person(session, "second@example.org", "Second", ADMIN, at=at)

    def put_out(person_id: int) -> str:
        try:
            with transaction(pages.house.engine) as session:
                disable(session, session.get_one(Person, person_id), at=at)
        except Refusal as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(put_out, [pages.people[ADMIN].id, other.id]))
    assert done == ["LAST_ADMINISTRATOR", "done"]


def test_staff_do_not_become_people_of_a_client(pages: Pages) -> None:
    form = {"role": "client", "is_let_in": "true", "form_key": "1"}
    answer = pages.browser(ADMIN).post(f"/people/{pages.people[PersonRole.SALES].id}:change", data=form)
    assert answer.status_code == 422
    assert "The role does not fit" in answer.text


def test_the_audit_says_who_changed_what_with_before_and_after_and_no_secret(pages: Pages) -> None:
    sales = pages.people[PersonRole.SALES]
    browser = pages.browser(ADMIN)
    form = {"role": "accountant", "is_let_in": "true", "form_key": "2"}
    for _ in range(2):  # sent twice, done once
        browser.post(f"/people/{sales.id}:change", data=form)
    browser.post("/people", data=NEW)
    first, second = [entry for entry in entries(pages) if entry.action.startswith("POST /people")]
    assert (first.name, first.caller) == ("admin person", f"person:{pages.people[ADMIN].id}")
    (change,) = [change for change in json.loads(first.changes) if change["table"] == "person"]
    assert (change["id"], change["before"], change["after"]) == (sales.id, {"role": "sales"}, {"role": "accountant"})
    link = next(change for change in json.loads(second.changes) if change["table"] == "sign_in_link")
    assert link["after"]["token_sha256"] == "***"
    page = pages.browser(PersonRole.AUDITOR).get("/audit").text
    assert f"POST /people/{sales.id}:change" in page


def test_a_call_with_a_key_is_in_the_audit_and_one_that_is_refused_is_not(pages: Pages) -> None:
    house = pages.house
    assert house.post("sales", "/v1/clients", {"name": "Пион"}).status_code == 201
    assert house.post("sales", "/v1/clients", {"name": "Пион", "external_id": "1"}).status_code == 201
    assert house.post("sales", "/v1/clients", {"name": "Мак", "external_id": "1"}).status_code == 409
    found = entries(pages)
    assert [(entry.action, entry.name) for entry in found] == [("POST /v1/clients", "sales")] * 2
    assert json.loads(found[0].changes)[0]["after"]["name"] == "Пион"


def test_a_client_of_a_person_or_a_key_is_named_as_people_name_it_and_never_guessed(pages: Pages) -> None:
    browser, own = pages.browser(ADMIN), pages.house.own
    person = NEW | {"role": "client", "form_key": "5"}
    made = browser.post("/people", data=person | {"client_id": own.entity.inn, "email": "portal@example.org"})
    assert f"<small>{own.client.name}</small>" in made.text
    key = {"name": "Портал", "role": "client"}
    assert f"{own.client.name} only" in browser.post("/keys", data=key | {"client_id": own.client.name}).text
    for place, form in (("/people", person), ("/keys", key)):
        for typed, said in (("ооо", "Several clients answer"), ("лютик", "No such client"), ("", "A client is needed")):
            answer = browser.post(place, data=form | {"client_id": typed})
            assert said in answer.text, (place, typed)
            assert "client_id." not in answer.text
    assert "(client" not in browser.post("/people", data=NEW | {"client_id": str(own.id)}).text
