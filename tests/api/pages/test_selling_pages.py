"""Selling in pages: the whole way of a sale in a browser, and what forms do with what is wrong or comes twice."""

import re
from contextlib import closing
from dataclasses import replace
from typing import Any
from uuid import uuid4

from playwright.sync_api import expect
from sqlmodel import col, select

from api.database import reading, transaction
from api.journeys import sell_subscription
from api.printing import print_papers
from api.roles import PersonRole
from contracts.money import Money
from contracts.parties import Client, PaperAddress
from contracts.plans_on_sale import plans_on_sale
from contracts.subscriptions import Subscription
from documents.letters import Letter, LetterState
from documents.papers import Paper
from documents.render import Press
from tests.api.conftest import TODAY, House
from tests.api.pages.conftest import Pages, Site
from tests.builders import a_plan, a_registration, an_inn, an_order

SALES = PersonRole.SALES


def offer(house: House, plan: str = "support", months: int = 12) -> str:
    """The code of a term on sale."""
    with reading(house.engine) as session:
        found = [one for one in plans_on_sale(session, TODAY.date()) if one.plan.code == plan]
        return next(term.code for term in found[0].terms if term.term_months == months and not term.promotion)


def order(house: House, **changes: Any) -> dict[str, Any]:
    """The form of a sale to a new client."""
    form = {"form_key": uuid4().hex, "seller_id": house.seller.id, "inn": an_inn(), "name": "ООО «Новая заря»"}
    form |= {"kpp": "770901001", "numbers": f"8{uuid4().int % 10**8:08}", "product": "accounting-prof"}
    return form | {"offer": offer(house)} | changes


def sold(house: House) -> list[int]:
    with reading(house.engine) as session:
        return list(session.exec(select(Subscription.id).order_by(col(Subscription.id))))


def printed(house: House) -> int:
    with closing(Press(1)) as press:
        return print_papers(house.engine, house.app.state.store, press, clock=house.clock, tell=lambda paper: None)


def test_a_new_client_is_sold_to_printed_for_and_written_to_in_a_browser_p2(site: Site) -> None:
    house, page = site.pages.house, site.open(SALES, "/clients")
    page.get_by_role("button", name="Русский").click()
    page.get_by_role("button", name="Продать").click()
    page.get_by_label("ИНН").fill("7707083894")
    expect(page.get_by_text("Неверный ИНН")).to_be_visible()
    page.get_by_label("ИНН").fill("7707083893")
    expect(page.get_by_text("ИНН верный")).to_be_visible()
    page.get_by_label("Название").fill("ООО «Новая заря»")
    page.get_by_label("Почта для документов").fill("buh@zarya.example")
    page.get_by_label("Номера новых программ").fill("800999001")
    page.get_by_label("Программа", exact=True).select_option("accounting-prof")
    page.locator(f"input[value='{offer(house)}']").check()
    expect(page.locator("#preview")).to_contain_text("12\u00a0000,00\u00a0руб.")
    expect(page.locator("#preview")).to_contain_text("04.10.2027")
    before = sold(house)
    page.get_by_role("button", name="Оформить").click()
    expect(page.get_by_text("Документы печатаются")).to_be_visible()
    assert len(sold(house)) == len(before) + 1
    printed(house)
    expect(page.locator("iframe")).to_have_count(2)  # by itself: the page looks again
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_text("ждёт отправки")).to_be_visible()
    with reading(house.engine) as session:
        (letter,) = session.exec(select(Letter)).all()
        assert (letter.recipient, letter.state) == ("buh@zarya.example", LetterState.QUEUED)
        assert session.exec(select(Client.manager).where(Client.name == "ООО «Новая заря»")).one() == "sales person"


def test_a_preview_tells_free_periods_gap_and_total_and_writes_nothing_s1_t3(pages: Pages) -> None:
    house, browser = pages.house, pages.browser(SALES)
    before = house.rows()
    form = order(house, offer=offer(house, "its-prof"), bought_on="2026-10-01", starts_on="2027-02-01")
    shown = browser.post("/sales/preview", data=form, headers={"HX-Request": "true"}).text
    assert "free 01.10.2026–31.12.2026" in shown
    assert "31\u00a0days" in shown
    assert "33,816.00" in shown
    whole = browser.post("/sales/preview", data=form)
    assert (whole.status_code, "31\u00a0days" in whole.text, form["inn"] in whole.text) == (200, True, True)
    refused = browser.post("/sales/preview", data=form | {"inn": "7707083894"}, headers={"HX-Request": "true"})
    assert (refused.status_code, "INN is wrong" in refused.text) == (200, True)
    odd = browser.post("/sales/preview", data=form | {"nothing": "1"}, headers={"HX-Request": "true"})
    assert odd.status_code == 200
    assert house.rows() == before


def test_a_sale_that_is_sent_twice_is_sold_once_and_one_that_is_refused_leaves_nothing(pages: Pages) -> None:
    house, browser = pages.house, pages.browser(SALES)
    before = house.rows()
    refused = browser.post("/sales/new", data=order(house, starts_on="2030-01-01", name="ООО «Полдень»"))
    assert refused.status_code == 422
    assert "ООО «Полдень»" in refused.text
    assert "from 04.10.2025 to 06.10.2027" in refused.text  # the days allowed, as people write them
    assert house.rows() == before
    form, known = order(house), len(sold(house))
    answers = [browser.post("/sales/new", data=form) for _ in range(2)]
    assert {one.headers["location"] for one in answers} == {f"/sales/{sold(house)[-1]}?said=sold"}
    assert len(sold(house)) == known + 1


def test_a_known_client_buys_for_the_copies_that_are_ticked(pages: Pages) -> None:
    house, browser = pages.house, pages.browser(SALES)
    with transaction(house.engine) as session:
        other, number = (a_registration(session, house.own.entity).number for _ in range(2))
    asked = browser.get(f"/sales/new?client={house.own.id}").text
    assert f'value="{number}"' in asked
    form = {"form_key": uuid4().hex, "client_id": house.own.id, "entity_id": house.own.entity.id, "offer": offer(house)}
    form |= {"seller_id": house.seller.id, "registrations": [other, number]}
    wrong = browser.post("/sales/new", data=form | {"price": "дорого"})
    assert wrong.status_code == 422
    assert re.search(rf'value="{number}" checked', wrong.text)
    assert re.search(rf'value="{other}" checked', wrong.text)
    answer = browser.post("/sales/new", data=form | {"price": "9 000"})
    assert answer.status_code == 303, answer.text
    fewer = browser.post("/sales/new", data=form | {"price": "9 000", "registrations": [number]})
    assert fewer.status_code == 409, "the same form with other boxes ticked is another form"
    shown = browser.get(answer.headers["location"]).text
    assert "9,000.00" in shown
    assert number in shown


def test_who_named_no_address_yet_gets_the_papers_at_the_one_that_is_typed_p2(pages: Pages) -> None:
    house, browser = pages.house, pages.browser(SALES)
    place = f"/sales/{house.sold.sale.subscription.id}"
    early = browser.post(f"{place}:send", data={"form_key": uuid4().hex, "email": "buh@romashka.example"})
    assert (early.status_code, "<iframe" in early.text) == (409, False)
    printed(house)
    assert browser.get(place).text.count("<iframe") == 2
    nowhere = browser.post(f"{place}:send", data={"form_key": uuid4().hex})
    assert (nowhere.status_code, "not chosen where" in nowhere.text) == (422, True)
    sent = browser.post(f"{place}:send", data={"form_key": uuid4().hex, "email": "buh@romashka.example"})
    assert sent.headers["location"] == f"{place}?said=sent"
    shown = browser.get(sent.headers["location"]).text
    assert "waits to be sent" in shown
    assert ":send" not in shown
    with reading(house.engine) as session:
        assert session.exec(select(PaperAddress.email)).all() == ["buh@romashka.example"]
        paper = session.exec(select(Paper).where(Paper.client_id == house.own.id).order_by(col(Paper.id))).first()
    file = browser.get(f"/papers/{paper.id}/file")
    assert (file.content[:4], file.headers["x-frame-options"]) == (b"%PDF", "SAMEORIGIN")
    assert "frame-ancestors 'self'" in file.headers["content-security-policy"]


def test_a_subscription_is_amended_cancelled_and_renewed_after_each_was_shown_s9_s11_s4(pages: Pages) -> None:
    house, browser = pages.house, pages.browser(SALES)
    part = {"HX-Request": "true"}
    place, key = f"/sales/{house.sold.sale.subscription.id}", lambda: {"form_key": uuid4().hex}
    change = {"effective_on": "2026-10-20", "price": "24000", "reason": "Больше работы"}
    assert "11,506.85" in browser.post(f"{place}:preview-amendment", data=change | key(), headers=part).text
    assert "11,506.85" in browser.post(f"{place}:preview-amendment", data=change | key()).text
    assert browser.post(f"{place}:amend", data=change | key()).headers["location"] == f"{place}?said=amended"
    assert "24,000.00" in browser.get(place).text
    nothing = browser.post(f"{place}:amend", data=change | key() | {"effective_on": "2026-10-25"})
    assert (nothing.status_code, "Больше работы" in nothing.text) == (409, True)
    renewed = _renewed(browser, house)
    assert renewed.startswith("/sales/")
    ending = {"last_day": "2026-12-04", "reason": "Закрываются"}
    other = f"/sales/{house.sold.sale.subscription.id}"
    refused = browser.post(f"{other}:cancel", data=ending | key())
    assert (refused.status_code, "renewed already" in refused.text) == (409, True)
    own = f"/sales/{house.foreign_sold.sale.subscription.id}"
    preview = browser.post(f"{own}:preview-cancellation", data=ending | key(), headers=part).text
    assert "10,000.00" in preview
    assert browser.post(f"{own}:cancel", data=ending | key()).headers["location"] == f"{own}?said=cancelled"
    assert "04.12.2026" in browser.get(own).text


def test_a_cancelled_subscription_says_so_with_what_is_given_back_and_why_it_has_no_buttons_s11(pages: Pages) -> None:
    house, browser = pages.house, pages.browser(SALES)
    place = f"/sales/{house.sold.sale.subscription.id}"
    ending = {"last_day": "2026-12-04", "reason": "Закрываются", "form_key": uuid4().hex}
    assert browser.post(f"{place}:cancel", data=ending).status_code == 303
    own, client = browser.get(place).text, browser.get(f"/clients/{house.own.id}").text
    told = "Cancelled: the last day is 04.12.2026, 10,000.00\u00a0RUB goes back, credit note 2026-0001."
    assert (told in own, told in client) == (True, True)
    assert f'href="/sales/new?client={house.own.id}"' in own
    assert "Cancelled" in pages.browser(PersonRole.ACCOUNTANT).get(place).text
    never = f"/sales/{_renewed_in_advance(browser, house.foreign_sold.sale.subscription.id)}"
    ending = {"last_day": "2027-10-04", "reason": "Передумали", "form_key": uuid4().hex}
    assert browser.post(f"{never}:cancel", data=ending).status_code == 303
    assert "Cancelled before its first day" in browser.get(never).text


def test_a_subscription_without_its_buttons_says_why(pages: Pages) -> None:
    house, browser = pages.house, pages.browser(SALES)
    place = f"/sales/{house.sold.sale.subscription.id}"
    _renewed_in_advance(browser, house.sold.sale.subscription.id)
    assert "It is renewed: cancel the renewal first" in browser.get(place).text
    house.clock.forward(days=370)
    pages.sign_in_again(SALES)
    lapsed = pages.browser(SALES).get(f"/sales/{house.foreign_sold.sale.subscription.id}").text
    assert "Its term is over: it is neither amended nor cancelled any more" in lapsed


def test_a_renewal_at_an_agreed_price_shows_its_term_and_the_break_before_it_is_sold_s5(pages: Pages) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        a_plan(session, "individual", prices=[{"term_months": 1}, {"term_months": 12}])
        order = an_order(house.seller, house.own, "individual", starts_on=TODAY.date(), term_months=1)
        own = sell_subscription(session, replace(order, price=Money.parse("5000.00")), at=TODAY).sale.subscription.id
    house.clock.forward(days=61)
    pages.sign_in_again(SALES)
    browser, place, part = pages.browser(SALES), f"/sales/{own}/renew", {"HX-Request": "true"}
    page, before = browser.get(place), house.rows()
    told = ["Service ended on 04.11.2026", "05.12.2026–04.01.2027", "Without service: 30\u00a0days"]
    assert [text for text in told if text not in page.text] == []
    year = browser.get(f"{place}?term_months=12&price=60 000", headers=part).text
    assert [text for text in ("05.12.2026–04.12.2027", "60,000.00") if text not in year] == []
    assert "<html" not in year
    wrong = browser.get(f"{place}?term_months=7&price=1", headers=part)
    assert (wrong.status_code, "Allowed: 1, 12." in wrong.text, "04.01.2027" in wrong.text) == (200, True, False)
    assert browser.get(f"{place}?term_months=7&price=1").status_code == 422
    assert house.rows() == before


def test_what_was_wrong_is_taken_back_as_soon_as_it_is_typed_anew(common_site: Site) -> None:
    page = common_site.open(SALES, "/sales/new")
    page.get_by_label("INN").fill("7707083894")
    page.locator("#name").fill("Полдень")
    page.locator("#numbers").fill("800999001")
    page.locator("input[type=radio][name=offer]").first.check()
    page.get_by_role("button", name="Issue").click()
    expect(page.locator("#inn[aria-invalid]")).to_be_visible()
    page.locator("#inn").fill("7707083893")
    expect(page.locator("#inn-told")).to_contain_text("is right")
    assert page.locator("#inn").get_attribute("aria-invalid") is None
    page.locator("#inn").fill("")
    expect(page.locator("#inn-told")).to_contain_text("10 digits of a company")
    page.goto(f"{common_site.address}/sales/{common_site.pages.house.sold.sale.subscription.id}/cancel")
    page.locator("#last_day").fill("2029-01-01")
    page.locator("#reason").fill("Закрываются")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#last_day-told")).to_be_visible()
    page.locator("#last_day").fill("2026-12-04")
    expect(page.locator("#preview")).to_contain_text("10,000.00")
    expect(page.locator("#last_day-told")).to_have_count(0)
    assert page.locator("#last_day[aria-invalid], #last_day[aria-describedby]").count() == 0


def _renewed_in_advance(browser: Any, subscription_id: int) -> str:
    """The id of the renewal, a year long."""
    form = {"choice": "continuous 12 1200000", "form_key": uuid4().hex}
    answer = browser.post(f"/sales/{subscription_id}:renew", data=form)
    assert answer.status_code == 303, answer.text
    return str(re.findall(r"/sales/([0-9]+)", answer.headers["location"])[0])


def _renewed(browser: Any, house: House) -> str:
    """Where the first subscription's renewal by the offer leads."""
    place = f"/sales/{house.sold.sale.subscription.id}"
    asked = browser.get(f"{place}/renew").text
    (choice,) = re.findall(r'name="choice" value="(continuous 12 [0-9]+)"', asked)
    unknown = browser.post(f"{place}:renew", data={"form_key": uuid4().hex, "choice": "continuous 13"})
    assert unknown.status_code in (409, 422)
    issued = browser.post(f"{place}:offer", data={"form_key": uuid4().hex})
    assert issued.headers["location"] == f"/clients/{house.own.id}?said=offered"
    answer = browser.post(f"{place}:renew", data={"form_key": uuid4().hex, "choice": choice})
    assert answer.status_code == 303, answer.text
    assert "is renewed already" in browser.get(f"{place}/renew").text
    return str(answer.headers["location"])
