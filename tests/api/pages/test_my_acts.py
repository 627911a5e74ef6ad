"""What a client's people do in their pages: answer lines, approve work, buy, renew, name people (P6, H8, S4, D4)."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from api.database import reading, transaction
from api.roles import PersonRole
from billing.bills import Invoice, InvoiceKind
from contracts.catalogue import HourPackage
from contracts.enrolling import add_contact, assign_manager, choose_manager_address
from contracts.paper_addresses import paper_addresses
from contracts.parties import Client, SellerTaxMode
from contracts.queries import clients_named
from contracts.recording_domains import domains_of, record_domain
from contracts.register import Held, HeldPeriod, Partner
from contracts.subscriptions import Subscription
from contracts.taking_answers import mean_plan, take_answers
from contracts.tax_modes import TaxMode
from documents.letters import Letter
from entitlements.approving import list_entries
from entitlements.grants import Grant
from entitlements.hours_facts import GrantKind
from entitlements.objection_facts import comments_of, list_objections
from entitlements.objections import LineReply
from tests.api.conftest import House
from tests.api.pages.conftest import Pages
from tests.api.pages.own_story import ids_of, lived, sign_in_again
from tests.builders import moment

ADMIN, USER = PersonRole.CLIENT_ADMIN, PersonRole.CLIENT


def send(pages: Pages, path: str, role: PersonRole = ADMIN, **fields: Any) -> Any:
    return pages.browser(role).post(path, data={"form_key": uuid4().hex} | fields)


def offered(pages: Pages, path: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', pages.browser(ADMIN).get(path).text)


def looked_after(house: House) -> None:
    """The client has a manager, who reads mail."""
    with transaction(house.engine) as session:
        assign_manager(session, house.own.id, "Котова И. Л.")
        choose_manager_address(session, "Котова И. Л.", "kotova@north.example", at=house.clock())


def own_subscription(house: House) -> int:
    with reading(house.engine) as session:
        return session.exec(select(Subscription.id).where(Subscription.client_id == house.own.id)).one()


def letters(house: House) -> list[tuple[str, str]]:
    with reading(house.engine) as session:
        return [(one.recipient, f"{one.subject}: {one.body}") for one in session.exec(select(Letter))]


def test_a_client_answers_the_lines_of_its_statement_p6(pages: Pages) -> None:
    house = pages.house
    lived(pages)
    path = f"/my/statements/{ids_of(house, house.own).statement_id}"
    empty = send(pages, f"{path}/lines/2:object", USER, text="  ")
    assert empty.status_code == 422
    assert "<details open>" in empty.text
    for _ in range(2):  # a double click
        done = send(pages, f"{path}/lines/2:object", USER, form_key="twice", text="Звонок был короче")
        assert done.headers["location"] == f"{path}?after=0&said=objected#line-2"
    assert send(pages, f"{path}/lines/1:accept", USER).status_code == 303
    assert send(pages, f"{path}/lines/1:object", text="Всё же нет").status_code == 409
    assert send(pages, f"{path}/lines/9:accept").status_code == 422
    assert send(pages, f"{path}:accept").headers["location"] == f"{path}?said=accepted_all"
    with reading(house.engine) as session:
        (objection,) = list_objections(session, client_id=house.own.id)
        replies = session.exec(select(LineReply.stance, LineReply.said_by).order_by(LineReply.id)).all()
    user, admin = (pages.people[role].name for role in (USER, ADMIN))
    assert replies == [("objected", user), ("accepted", user), ("accepted", admin)]
    thread = f"/my/objections/{objection.id}"
    assert send(pages, f"{thread}:comment", text="Есть запись").headers["location"] == f"{thread}?said=commented"
    with reading(house.engine) as session:
        assert [(one.side, one.text) for one in comments_of(session, objection.id)] == [("client", "Есть запись")]
    shown = pages.browser(ADMIN).get(thread).text
    assert "Звонок был короче" in shown
    assert "A decision is due by 11.11.2026" in shown  # 04.11 is a holiday


def test_after_the_printed_day_no_line_is_answered_p6(pages: Pages) -> None:
    house = pages.house
    lived(pages)
    house.clock.at = moment("2026-11-12 00:00")
    sign_in_again(pages)
    path = f"/my/statements/{ids_of(house, house.own).statement_id}"
    for late in (send(pages, f"{path}:accept"), send(pages, f"{path}/lines/1:object", text="Нет")):
        assert late.status_code == 409
        assert "Accepted: there was no objection" in late.text
    with reading(house.engine) as session:
        assert session.exec(select(LineReply)).all() == []


def test_single_work_is_approved_or_objected_to_before_the_close_p6(pages: Pages) -> None:
    house = pages.house
    lived(pages)
    entry_id = ids_of(house, house.own).entry_id
    assert send(pages, f"/my/approvals/{entry_id}:object", USER, text="").status_code == 422
    done = send(pages, f"/my/approvals/{entry_id}:object", USER, text="Не звонили")
    assert done.headers["location"] == "/my/approvals?said=objected"
    assert send(pages, f"/my/approvals/{entry_id}:approve", USER).status_code == 409
    with reading(house.engine) as session:
        (entry,) = list_entries(session, client_id=house.own.id)
    assert (entry.state, entry.text, entry.said_by) == ("objected", "Не звонили", pages.people[USER].name)


@pytest.mark.parametrize("place", ["/my/packages", "/sales/{sold}/package"])
def test_packages_are_offered_in_the_money_of_the_contract_h8(pages: Pages, place: str) -> None:
    house = pages.house
    path = place.format(sold=own_subscription(house))
    browser = pages.browser(ADMIN if "my" in place else PersonRole.SALES)
    with transaction(house.engine) as session:
        other = session.exec(select(HourPackage).order_by(col(HourPackage.id)).limit(1)).one()
        shown = browser.get(path).text
        other.currency = "EUR"
        code = other.code
    assert f'value="{code} ' in shown
    assert f'value="{code} ' not in browser.get(path).text


@pytest.mark.parametrize("mode", [TaxMode.GENERAL, TaxMode.SIMPLIFIED_EXEMPT])
def test_only_prices_with_vat_are_told_to_have_it_m2(pages: Pages, mode: TaxMode) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        session.execute(update(SellerTaxMode).values(mode=mode))
    own = own_subscription(house)
    shown = [pages.browser(ADMIN).get(path).text for path in ("/my/packages", f"/my/renewals/{own}")]
    assert ["Prices include VAT." in text for text in shown] == [mode.is_taxed] * 2


def test_an_administrator_of_the_client_buys_hours_at_the_price_that_was_shown_h8(pages: Pages) -> None:
    house, path = pages.house, "/my/packages"
    looked_after(house)
    packages, (contract,) = offered(pages, path, "package"), offered(pages, path, "contract_id")
    form = {"package": packages[0], "contract_id": contract, "is_agreed": "yes"}
    before = house.rows()
    unconfirmed = send(pages, path, **form | {"is_agreed": ""})
    assert unconfirmed.status_code == 422
    assert 'aria-describedby="agreed-told"' in unconfirmed.text
    dearer = send(pages, path, **form | {"package": packages[0] + "1"})
    assert dearer.status_code == 422
    assert 'class="wrong"' in dearer.text
    assert send(pages, path, USER, **form).status_code == 403
    assert house.rows() == before
    (first, second) = (send(pages, path, **form, form_key="twice") for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    with reading(house.engine) as session:
        invoice = session.exec(select(Invoice).where(Invoice.kind == InvoiceKind.PACKAGE)).one()
        grant = session.exec(select(Grant).where(Grant.kind == GrantKind.PACKAGE)).one()
        package = session.exec(select(HourPackage).where(HourPackage.code == packages[0].partition(" ")[0])).one()
    assert (grant.minutes, invoice.total_minor) == (package.minutes, package.price_minor)
    assert first.headers["location"] == f"/my/invoices/{invoice.id}?said=bought"
    ((recipient, said),) = letters(house)
    assert recipient == "kotova@north.example"
    assert [one for one in ("a package of hours", pages.people[ADMIN].name, invoice.number) if one not in said] == []


def test_a_service_that_only_the_register_ends_is_no_renewal_s8(pages: Pages) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        mean_plan(session, "V1", "support", at=house.clock())
        period = HeldPeriod("V1", date(2026, 1, 1), date(2026, 10, 4), Partner.OWN)
        answers = {house.own.registrations[0]: Held((period,))}
        take_answers(session, answers, source="f", observed_at=house.clock(), at=house.clock())
    shown = pages.browser(ADMIN).get("/my").text
    assert ("support" in shown, "/my/renewals/" in shown) == (True, False)
    told = pages.browser(PersonRole.DESK).get(f"/desk/{house.own.id}").text.replace("\u00a0", " ")
    assert "have the registration renewed at the vendor from 04.10.2026" in told


def test_an_administrator_of_the_client_renews_in_an_open_way_s4(pages: Pages) -> None:
    house = pages.house
    looked_after(house)
    sold = house.sold.sale.subscription
    path = f"/my/renewals/{sold.id}"
    choice = next(one for one in offered(pages, path, "choice") if one.startswith("continuous 12 "))
    closed_way = choice.replace("continuous", "pay_gap")
    assert send(pages, path, choice=closed_way, is_agreed="yes").status_code == 409
    done = send(pages, path, choice=choice, is_agreed="yes")
    with reading(house.engine) as session:
        successor = session.exec(select(Subscription).where(Subscription.predecessor_id == sold.id)).one()
        invoice = session.exec(select(Invoice).where(Invoice.subscription_id == successor.id)).one()
    assert (successor.starts_on, successor.term_months) == (sold.ends_on, 12)
    assert done.headers["location"] == f"/my/invoices/{invoice.id}?said=renewed_own"
    assert send(pages, path, choice=choice, is_agreed="yes").status_code == 409
    assert ["a renewal" in said for _, said in letters(house)] == [True]
    assert "There is nothing to renew" in pages.browser(ADMIN).get(path).text


def who_writes(session: Session, email: str) -> list[int]:
    return clients_named(session, {"email": email})


def test_whom_a_client_names_speaks_for_it_alone_d4(pages: Pages) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        foreign, at = house.foreign.id, house.clock()
        add_contact(session, foreign, "Анна", at=at, emails=("anna@example.org",), phones=("+74951234567",))
    form = {"name": "Анна", "email": "anna@example.org", "phone": "8 495 765-43-21"}
    assert send(pages, "/my/contacts", USER, **form).status_code == 403
    wrong = send(pages, "/my/contacts", **form | {"email": "anna"})
    assert wrong.status_code == 422
    assert 'id="email-told" class="wrong"' in wrong.text
    taken = send(pages, "/my/contacts", **form)
    assert taken.status_code == 422
    assert 'id="email-told" class="wrong"' in taken.text
    form["email"] = "petrova@example.org"
    assert send(pages, "/my/contacts", **form).headers["location"] == "/my/contacts?said=introduced"
    again = send(pages, "/my/contacts", **form | {"email": "other@example.org"})
    assert again.status_code == 409
    assert 'id="phone-told" class="wrong"' in again.text
    shown = pages.browser(ADMIN).get("/my/contacts").text
    assert "+7\u00a0495\u00a0765-43-21" in shown
    assert "123-45-67" not in shown, "that of another client's contact"
    with reading(house.engine) as session:
        assert clients_named(session, {"phone": "+74957654321"}) == [house.own.id]
        assert who_writes(session, "anna@example.org") == [foreign]
        assert who_writes(session, "petrova@example.org") == [house.own.id]


def test_the_client_chooses_where_papers_go_and_in_which_language_p2(pages: Pages) -> None:
    house, said = pages.house, "/my/contacts?said="
    send(pages, "/my/contacts", name="Анна", email="anna@example.org")
    assert send(pages, "/my/contacts:mail-papers", to="b@example.org", way="link").status_code == 422
    chosen = send(pages, "/my/contacts:mail-papers", to="anna@example.org", way="link")
    assert chosen.headers["location"] == f"{said}mailing_chosen"
    language = send(pages, "/my/contacts:choose-language", language="en")
    assert language.headers["location"] == f"{said}papers_language"
    with transaction(house.engine) as session:
        (address,) = paper_addresses(session, {house.own.id})[house.own.id]
        assert (address.email, address.way) == ("anna@example.org", "link")
        assert session.get_one(Client, house.own.id).locale == "en"
        record_domain(session, house.own.id, "romashka.example", at=house.clock())
    assert "romashka.example" in pages.browser(ADMIN).get("/my/contacts").text
    for path, fields in (
        ("stop-papers", {"email": address.email}),
        ("withdraw-domain", {"domain": "romashka.example"}),
    ):
        assert send(pages, f"/my/contacts:{path}", **fields).status_code == 303
    with reading(house.engine) as session:
        assert paper_addresses(session, {house.own.id})[house.own.id] == []
        assert domains_of(session, house.own.id) == []
