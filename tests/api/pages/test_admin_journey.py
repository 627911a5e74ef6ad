"""The administrator's first day in a browser: an empty installation is set up until a client is served and told of."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from api.database import reading
from api.notifying import notify
from api.telling import tell_changes
from api.worker_faults import keep_fault
from contracts.plan_versions import Difference, plan_differences
from tests.api.conftest import Furniture, House, open_house
from tests.api.pages.conftest import Pages, Site, served
from tests.api.test_notifying import SENDER
from tests.builders import an_inn
from tests.webhook_receiver import Receiver

PASSWORD = "two-blue-umbrellas"


@pytest.fixture
def new_site(engine: Engine, tmp_path: Path, chromium: Browser) -> Iterator[Site]:
    """An installation in which there is nothing but tables; it may tell webhooks on this machine."""
    nothing = Furniture({}, *(cast(Any, None) for _ in range(5)))
    with open_house(engine, nothing, tmp_path) as house, served(house) as address:
        networks = {"webhook_networks": "127.0.0.0/8"}
        house.app.state.settings = house.app.state.settings.model_copy(update=networks)
        found = Site(Pages(house, {}, {}), address, chromium)
        yield found
        for context in chromium.contexts:
            context.close()
    assert [said for said in found.complaints if "422" not in said] == []  # what is typed wrong on purpose


def test_an_empty_installation_is_set_up_in_a_browser(new_site: Site) -> None:
    page = new_site.open(None)
    _come_first(page)
    _take_in_the_seller(page)
    _look_at_the_calendar(page)
    _publish_a_version(page)
    _dress_the_papers(page)
    with Receiver() as receiver:
        _let_programs_in(page, receiver.url)
        _take_in_the_first_client(page)
        _tell(new_site.pages.house)
        _read_what_was_sent(page)
        assert len(receiver.came) == 1
    _invite_and_disable(page, new_site)
    _look_at_the_health(page, new_site)
    with reading(new_site.pages.house.engine) as session:
        changed = plan_differences(session, "its-prof", 1, 2)
    assert Difference("included_minutes", "60", "120") in changed
    assert {one.setting for one in changed} == {"valid_from", "included_minutes", "prices.12.price"}


def _come_first(page: Page) -> None:
    page.get_by_label("Электронная почта").fill("admin@north.example")
    page.get_by_label("Имя").fill("Мартынюк Н. А.")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Начать работу").click()
    expect(page.get_by_text("Сделано 0 из 5")).to_be_visible()


def _take_in_the_seller(page: Page) -> None:
    page.get_by_role("link", name="Завести продавца").click()
    page.get_by_label("Код в командах").fill("north")
    page.get_by_label("ИНН или номер плательщика").fill("7707083894")
    page.get_by_label("Краткое наименование").fill("ООО «Северный ветер»")
    page.get_by_label("КПП").fill("770901001")
    page.get_by_label("Налоговый режим").select_option("general")
    page.get_by_label("С какого дня").fill("2026-01-01")
    page.get_by_role("button", name="Завести продавца").click()
    expect(page.locator("#inn-told")).to_contain_text("ИНН")  # its check digit is wrong; all else stays as typed
    page.get_by_label("ИНН или номер плательщика").fill(an_inn())
    page.get_by_role("button", name="Завести продавца").click()
    expect(page.get_by_text("Продавец заведён.")).to_be_visible()
    page.get_by_label("Дней на запоздалые записи").fill("3")
    page.get_by_role("button", name="Сохранить").nth(0).click()
    expect(page.get_by_text("Продавец изменён.")).to_be_visible()


def _look_at_the_calendar(page: Page) -> None:
    page.get_by_role("link", name="Настройка", exact=True).click()
    expect(page.get_by_text("Сделано 2 из 5")).to_be_visible()
    page.get_by_role("link", name="Проверить календарь").click()
    expect(page.get_by_role("heading", name="2026")).to_be_visible()
    expect(page.get_by_text("Рабочих дней: 247.").first).to_be_visible()


def _publish_a_version(page: Page) -> None:
    page.get_by_role("link", name="Настройка", exact=True).click()
    page.get_by_role("link", name="Завести тарифы").click()
    page.get_by_role("button", name="Загрузить каталог").click()
    page.get_by_role("link", name="1С:ИТС ПРОФ", exact=True).click()
    page.get_by_role("button", name="Новая версия").click()
    page.get_by_label("Включено часов").fill("1:75")
    page.get_by_label("Включено часов").blur()
    expect(page.locator("#preview")).to_contain_text("Исправьте поля")
    page.get_by_label("Включено часов").fill("2")
    page.get_by_label("Цена за 12 мес.").fill("40 000,00")
    page.get_by_label("Цена за 12 мес.").blur()
    expect(page.locator("#preview").get_by_role("row", name="Включено часов")).to_contain_text("2 ч")
    expect(page.locator("#preview .changed").first).to_contain_text("В цену включено 2 ч работы специалистов")
    page.get_by_role("button", name="Выпустить").click()
    expect(page.get_by_text("Версия выпущена.")).to_be_visible()
    expect(page.get_by_role("row", name="Срок, мес. · 12 · цена")).to_contain_text("40 000,00")


def _dress_the_papers(page: Page) -> None:
    page.goto(re.sub(r"/plans.*", "/forms", page.url))
    page.get_by_role("link", name="ООО «Северный ветер»").click()
    page.get_by_label("Рядом с логотипом").first.fill("Сопровождение {{ with }} любовью")
    page.get_by_role("button", name="Печатать так").click()
    expect(page.locator("[id='ru.header-told']")).to_have_class("wrong")
    page.get_by_label("Рядом с логотипом").first.fill("Сопровождение с любовью")
    with page.context.expect_event("response", lambda answer: answer.url.endswith(":preview")) as sample:
        page.get_by_role("button", name="Показать PDF").click()
    assert (sample.value.status, sample.value.headers["content-type"]) == (200, "application/pdf")
    page.get_by_role("button", name="Печатать так").click()
    expect(page.get_by_text("Новые документы печатаются в этом виде")).to_be_visible()
    expect(page.get_by_text("Версия 1 с 05.10.2026 10:00")).to_be_visible()


def _let_programs_in(page: Page, url: str) -> None:
    page.get_by_role("link", name="Настройка", exact=True).click()
    page.get_by_role("link", name="Ключи API").click()
    page.get_by_label("Чей ключ").fill("Служба поддержки")
    page.get_by_label("Что может").select_option("desk")
    page.get_by_role("button", name="Создать").click()
    expect(page.get_by_role("status")).to_contain_text("abk_")
    page.get_by_role("link", name="Настройка", exact=True).click()
    page.get_by_role("link", name="Вебхуки").click()
    page.get_by_label("Адрес (https)").fill(url)
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_role("status")).to_contain_text("whsec_")


def _take_in_the_first_client(page: Page) -> None:
    page.get_by_role("link", name="Настройка", exact=True).click()
    page.get_by_role("link", name="Завести первого клиента").click()
    page.locator("#inn").fill(an_inn())
    page.locator("#name").fill("ООО «Ромашка»")
    page.locator("form[action='/clients/new'] button").click()
    expect(page.get_by_role("heading", name="Ромашка")).to_be_visible()


def _tell(house: House) -> None:
    """What a worker does by itself; in a thread of its own, since the browser's driver has a loop in this one."""
    tell_changes(house.engine, house.clock)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(notify, house.engine, SENDER, house.clock).result()


def _read_what_was_sent(page: Page) -> None:
    page.goto(re.sub(r"/clients.*", "/webhooks", page.url))
    page.get_by_role("link", name="Что отправлено").click()
    expect(page.get_by_role("row", name="принято")).to_contain_text("204")


def _invite_and_disable(page: Page, site: Site) -> None:
    page.get_by_role("link", name="Настройка", exact=True).click()
    page.get_by_role("link", name="Люди").click()
    add = page.locator("form[action='/people']")
    add.get_by_label("Имя").fill("Котова И. Л.")
    add.get_by_label("Электронная почта").fill("sales@north.example")
    add.get_by_label("Роль").select_option("sales")
    add.get_by_role("button").click()
    link = page.get_by_role("status").locator("code").inner_text()
    other = site.open(None, link.removeprefix(site.address))
    other.get_by_role("button").filter(has_text="Войти").click()
    other.goto(f"{site.address}/clients")
    expect(other.get_by_role("heading", name="Клиенты")).to_be_visible()
    row = page.get_by_role("row", name="sales@north.example")
    row.get_by_label("может входить").uncheck()
    row.get_by_role("button", name="Изменить").click()
    expect(page.get_by_role("status")).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="Вход")).to_be_visible()


def _look_at_the_health(page: Page, site: Site) -> None:
    house = site.pages.house
    page.get_by_role("link", name="Настройка", exact=True).click()
    page.get_by_role("link", name="Состояние").click()
    expect(page.get_by_text("Работник делает всё без сбоев.")).to_be_visible()
    keep_fault(house.engine, "letters", KeyError("address"), house.clock())
    page.reload()
    expect(page.get_by_text("Работник не справляется: letters, 2026-10-05 07:00 UTC, KeyError.")).to_be_visible()
