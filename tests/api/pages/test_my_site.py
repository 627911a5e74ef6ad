"""A client's day in a real browser: hours, a line objected to, another accepted, an invoice whose code pays it."""

import io
import re

import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from api.database import transaction
from api.roles import PersonRole
from api.signing_in import choose_password, make_link
from documents.qr import asked_by
from tests.api.pages.conftest import Site, faults_of_access
from tests.api.pages.own_story import ids_of, lived

PASSWORD = "two blue umbrellas"


def test_a_client_looks_at_its_hours_answers_a_statement_and_pays_an_invoice(site: Site) -> None:
    house, role = site.pages.house, PersonRole.CLIENT_ADMIN
    lived(site.pages)
    with transaction(house.engine) as session:
        person = session.merge(site.pages.people[role])
        person.language = "ru"
        choose_password(session, person, PASSWORD, but=None, at=house.clock())
    page = site.open(None, "/my")
    page.fill("#email", person.email)
    page.fill("#password", PASSWORD)
    page.click("main button")
    expect(page.locator(".burn svg")).to_be_visible()
    expect(page.locator(".large")).to_contain_text("Осталось")
    page.get_by_role("link", name=re.compile("Проверить отчёт")).click()
    page.locator("#line-2 summary").click()
    page.locator("#text-2").fill("Звонок был короче")
    page.locator("#line-2 details button").click()
    expect(page.get_by_role("status")).to_contain_text("Возражение отправлено")
    page.get_by_role("button", name="Принять строку 1").click()
    expect(page.locator("#line-1")).to_contain_text("Принята")
    expect(page.locator("#line-2")).to_contain_text("Возражение рассматривается")
    assert faults_of_access(page) == []
    page.locator("#line-2 a").click()
    expect(page.locator("h1")).to_contain_text("Возражение: строка 2")
    assert faults_of_access(page) == []
    page.goto(f"{site.address}/my/invoices/{ids_of(house, house.own).invoice_id}")
    picture = Image.open(io.BytesIO(page.locator(".code").screenshot()))
    (payload,) = [code.text for code in zxingcpp.read_barcodes(picture)]
    assert payload.startswith("ST00012|Name=")
    assert asked_by(payload) == f"{house.sold.invoice.total} RUB"


def test_a_person_of_the_client_comes_in_by_a_link_and_is_offered_nothing_that_costs(site: Site) -> None:
    house = site.pages.house
    lived(site.pages)
    with transaction(house.engine) as session:
        person = session.merge(site.pages.people[PersonRole.CLIENT])
        person.language = "ru"
        token = make_link(session, person, at=house.clock())
    page = site.open(None, f"/sign-in/link#{token}")
    expect(page.locator("#token")).to_have_value(token)
    page.click("main button")
    expect(page).to_have_url(f"{site.address}/account")
    page.get_by_role("link", name="Главная").click()
    expect(page.locator(".large")).to_contain_text("Осталось")
    page.get_by_role("link", name="Купить часы").click()
    expect(page.locator("main")).to_contain_text("61 750,00")
    expect(page.locator("main button")).to_have_count(0)
    page.get_by_role("link", name="Главная").click()
    page.get_by_role("link", name=re.compile("Проверить отчёт")).click()
    page.get_by_role("button", name="Принять строку 1").click()
    expect(page.locator("#line-1")).to_contain_text("Принята")
    page.get_by_role("link", name="Документы").click()
    expect(page.get_by_role("row", name=re.compile("Отчёт о часах"))).to_be_visible()
    page.get_by_role("link", name="Контакты").click()
    expect(page.locator("main button")).to_have_count(0)
    page.get_by_role("link", name=person.name).click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="Papers")).to_be_visible()
