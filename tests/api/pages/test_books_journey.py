"""The accountant's day in a browser: a month is closed with one client parked, a line of a bank's file is decided."""

from playwright.sync_api import Page, expect
from sqlmodel import col, select

from api.database import reading, transaction
from api.roles import PersonRole
from api.worker import close_what_waits
from billing.payments import Payment, PaymentPart
from contracts.parties import Client
from tests.api.conftest import House
from tests.api.pages.conftest import Site
from tests.api.test_v1_bank_files import file_of
from tests.builders import moment, worked


def speak(house: House, language: str) -> None:
    """The language of the foreign client: nobody prints "xx", so its month is parked."""
    with transaction(house.engine) as session:
        session.get_one(Client, house.foreign.id).locale = language


def test_a_month_is_closed_and_a_line_of_the_bank_is_assigned_in_a_browser_m5_m6(site: Site) -> None:
    house = site.pages.house
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-12 10:00", 90)
    speak(house, "xx")
    house.clock.at = moment("2026-11-02 10:00")
    site.pages.sign_in_again(PersonRole.ACCOUNTANT)
    page = site.open(PersonRole.ACCOUNTANT)
    page.get_by_role("button", name="Русский").click()
    _close(page, house)
    _take_in_and_assign(page, house)
    _reconcile(page, house)
    with reading(house.engine) as session:
        (payment,) = session.exec(select(Payment)).all()
        parts = session.exec(select(PaymentPart.invoice_id).order_by(col(PaymentPart.id))).all()
    assert (payment.entity_id, payment.amount_minor) == (house.own.entity.id, 5000_00)
    assert parts == [house.sold.invoice.id]


def _close(page: Page, house: House) -> None:
    october = page.get_by_role("row", name="октябрь")
    october.get_by_role("button", name="Закрыть").click()
    expect(page.get_by_role("row", name="Ромашка")).to_contain_text("1 350,00")
    expect(page.get_by_role("row", name="Василёк")).to_contain_text("Неожиданная ошибка")
    page.get_by_role("button", name="Закрыть месяц").click()
    expect(page.get_by_role("status")).to_contain_text("готово клиентов 0 из 2")
    expect(page.get_by_role("progressbar")).to_be_visible()
    close_what_waits(house.engine, house.clock)
    expect(page.get_by_role("status")).to_contain_text("кроме отложенных: 1 из 2")  # by itself: the page looks again
    expect(page.get_by_role("row", name="Василёк")).to_contain_text("Неожиданная ошибка")
    speak(house, "ru")
    page.get_by_role("button", name="Повторить для отложенных").click()
    page.get_by_role("button", name="Закрыть месяц").click()
    expect(page.get_by_role("status")).to_contain_text("готово клиентов 1 из 2")
    close_what_waits(house.engine, house.clock)
    expect(page.get_by_role("status")).to_contain_text("Месяц закрыт, клиентов: 2")


def _take_in_and_assign(page: Page, house: House) -> None:
    page.get_by_role("link", name="Платежи").click()
    page.get_by_role("button", name="Банк").click()
    content = file_of(house, "5000.00", ПлательщикИНН="7736050003")
    page.get_by_label("Файл банка").set_input_files(
        {"name": "kl_to_1c.txt", "mimeType": "text/plain", "buffer": content}
    )
    page.get_by_role("button", name="Сначала проверить").click()
    expect(page.locator("#preview")).to_contain_text("Новых 1: разнесётся 0, будет ждать решения 1")
    expect(page.get_by_text("Ничего не ждёт решения")).to_be_visible()
    page.get_by_role("button", name="Загрузить").click()
    expect(page.get_by_role("row", name="п/п 1")).to_contain_text("Плательщик не найден")
    page.get_by_role("link", name="п/п 1").click()
    page.get_by_label("ИНН плательщика или номер счёта").fill(house.own.entity.inn)
    page.get_by_role("button", name="Найти").click()
    page.get_by_label(house.own.entity.name).check()
    page.get_by_label(house.sold.invoice.number).check()
    page.get_by_role("button", name="Записать платёж").click()
    expect(page.get_by_text("Платёж записан, строка разобрана.")).to_be_visible()
    expect(page.get_by_text("Ничего не ждёт решения")).to_be_visible()


def _reconcile(page: Page, house: House) -> None:
    """The act of what was sold and paid so far, seen before it is issued (P1)."""
    page.goto(page.url.partition("/payments")[0] + f"/clients/{house.own.id}")
    page.get_by_role("link", name="Акт сверки").click()
    page.get_by_label("С какого дня").fill("2026-10-01")
    page.get_by_label("По какой день").fill("2026-11-02")
    page.get_by_role("button", name="Показать").click()
    expect(page.get_by_role("article")).to_contain_text("наш долг перед клиентом")
    expect(page.get_by_role("row", name="платёж 1")).to_contain_text("5 000,00")
    page.get_by_role("button", name="Выдать акт").click()
    expect(page.get_by_role("status")).to_contain_text("Акт сверки выдан")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Акт сверки")
