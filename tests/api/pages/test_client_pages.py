"""Clients and renewals in pages: what one page tells, what is added there, and what an auditor may not."""

import re
from typing import Any
from uuid import uuid4

import pytest

from api.database import transaction
from api.journeys import sell_subscription
from api.roles import PersonRole
from contracts.blocking import raise_block
from contracts.parties import Client
from tests.api.conftest import ON_ONE, TODAY, House
from tests.api.pages.conftest import Pages
from tests.api.test_v1_coverage import counted
from tests.builders import a_client, a_registration, an_inn, an_order

SALES = PersonRole.SALES
READ = ["/clients", "/clients/{client}", "/clients/{client}/papers", "/sales/{sold}", "/renewals?month=2027-10"]
ASKED = [
    "/clients/{client}/free-period",
    "/entities/1/preamble",
    "/sales/{sold}/package",
    "/sales/new?client={client}",
    "/sales/{sold}/renew",
    "/sales/{sold}/amend",
    "/clients/{client}/registrations",
]


def place(path: str, house: House) -> str:
    return path.format(client=house.own.id, sold=house.sold.sale.subscription.id)


def sent(pages: Pages, path: str, **form: Any) -> Any:
    return pages.browser(SALES).post(place(path, pages.house), data={"form_key": uuid4().hex} | form)


def test_what_is_added_to_a_client_stands_on_its_page(pages: Pages) -> None:
    house = pages.house
    mine = f"/clients/{house.own.id}"
    first = {"contact": "Иванова Мария", "email": "buh@romashka.example", "phone": "\u202d8 (495) 123-45-67\u202c"}
    assert sent(pages, f"{mine}/contacts", **first).headers["location"] == f"{mine}?said=contact"
    assert 'value="attachment" selected' not in pages.browser(SALES).get(mine).text
    second = {"contact": "Петров Олег", "email": "petrov@romashka.example", "gets_papers": "true"}
    assert sent(pages, f"{mine}/contacts", **second).status_code == 303
    assert sent(pages, f"{mine}/entities", inn="500100732259", name="ИП Седова").status_code == 303
    number = {"entity_id": house.own.entity.id, "number": "800777001", "product": "accounting-prof"}
    old = {"purchase": "upgrade", "bought_on": "2026-10-01", "replaces": house.own.registrations[0]}
    assert sent(pages, f"{mine}/registrations", **number, **old).status_code == 303
    assert sent(pages, f"{mine}:assign", manager="Котова И. Л.").status_code == 303
    way = {"email": "buh@romashka.example", "way": "link"}
    assert sent(pages, f"{mine}:mail-papers", **way).status_code == 303
    with transaction(house.engine) as session:
        raise_block(session, house.own.id, "Нет оплаты", at=house.clock())
    page = pages.browser(SALES).get(mine).text
    told = [
        "Иванова\u00a0Мария",
        "+7\u00a0495\u00a0123-45-67",
        "ИП Седова",
        "800777001",
        'value="Котова И. Л."',
        "Нет оплаты",
    ]
    told += ['value="link" selected', 'value="attachment" selected', "suspended", "05.10.2026–04.10.2027"]
    told += ["Invoice 2026-0001: 12,000.00\u00a0RUB is left"]
    assert [text for text in told if text not in page] == []
    assert page.index("800777001") < page.index("replaced on 01.10.2026")
    assert sent(pages, f"{mine}:mail-papers", email="buh@romashka.example").status_code == 303
    assert 'value="link" selected' not in pages.browser(SALES).get(mine).text


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("/clients/new", {"inn": "7707083894", "name": "ООО «Полдень»"}, "INN is wrong"),
        ("/clients/new", {"name": "ООО «Полдень»"}, "required field"),
        ("/clients/{client}/contacts", {"contact": "Полдень"}, "required field"),
        ("/clients/{client}/contacts", {"contact": "Полдень", "email": "нет"}, "e-mail"),
        ("/clients/{client}/entities", {"inn": "7707083893", "name": "Полдень", "kpp": "1"}, "KPP"),
        ("/clients/{client}/registrations", {"number": "Полдень", "product": "x", "entity_id": "1"}, "product"),
        ("/clients/{client}/registrations", {"number": "Полдень", "product": "x", "entity_id": "2"}, "entity"),
        ("/sales/{sold}:cancel", {"last_day": "31.12.2026", "reason": ""}, "required field"),
        ("/sales/{sold}:amend", {"effective_on": "2026-02-30", "reason": "Полдень"}, "date"),
        ("/sales/{sold}:renew", {"choice": "Полдень"}, "renew"),
    ],
)
@ON_ONE
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(
    common_pages: Pages, path: str, form: dict[str, str], says: str
) -> None:
    before = common_pages.house.rows()
    answer = sent(common_pages, path, **form)
    assert answer.status_code in (409, 422), answer.text
    assert re.search(rf'class="(wrong|refused)"[^>]*>[^<]*{says}', answer.text, re.IGNORECASE), answer.text
    assert "Полдень" in answer.text or path.endswith((":cancel", ":renew"))
    assert common_pages.house.rows() == before


@ON_ONE
def test_an_inn_is_judged_while_it_is_typed(common_pages: Pages) -> None:
    browser, own = common_pages.browser(SALES), common_pages.house.own
    assert "is right" in browser.get(f"/clients/inn?inn={an_inn()}").text
    assert "is wrong" in browser.get("/clients/inn?inn=7707083894").text
    assert f"/sales/new?client={own.id}" in browser.get(f"/clients/inn?inn={own.entity.inn}").text
    assert "wrong for the country" in browser.get("/clients/inn?inn=12&country=DE").text
    assert browser.get("/clients/inn?inn=%00").status_code == 200


@ON_ONE
@pytest.mark.parametrize("role", [PersonRole.AUDITOR, PersonRole.ACCOUNTANT])
def test_nothing_is_offered_to_who_only_looks(common_pages: Pages, role: PersonRole) -> None:
    looking = common_pages.browser(role)
    for path in READ if role is PersonRole.AUDITOR else READ[:-1]:
        page = looking.get(place(path, common_pages.house))
        assert page.status_code == 200
        for link in re.findall(r'href="(/[^"#]*)"', page.text):
            assert looking.get(link.replace("&amp;", "&")).status_code != 403, (path, link)
        forms = re.findall(r'method="post" action="([^"]+)"', page.text)
        assert set(forms) == {"/sign-out", "/language"}, path


@ON_ONE
def test_of_whom_there_is_not_each_page_says_so(common_pages: Pages) -> None:
    browser = common_pages.browser(SALES)
    for path in [
        "/clients/99",
        "/sales/99",
        "/sales/99/renew",
        "/sales/99/amend",
        "/sales/99/cancel",
        "/papers/99/file",
    ]:
        assert browser.get(path).status_code == 404, path
    assert browser.get("/sales/new?client=99").status_code == 422
    assert browser.get("/renewals?month=2026-13").status_code == 422


def _grow(house: House) -> None:
    """The client has more of everything that its pages tell, and there are more clients."""
    with transaction(house.engine) as session:
        for _ in range(3):
            number = a_registration(session, house.own.entity).number
            order = an_order(house.seller, house.own, registrations=(number,), starts_on=TODAY.date())
            sell_subscription(session, order, at=house.clock())
            other = a_client(session, "Сирень")
            sell_subscription(session, an_order(house.seller, other, starts_on=TODAY.date()), at=house.clock())


def test_a_page_takes_as_many_statements_however_much_there_is(pages: Pages) -> None:
    house, browser = pages.house, pages.browser(SALES)

    def statements() -> dict[str, int]:
        taken = {}
        for path in [*READ, *ASKED]:
            with counted(house.app.state.engine) as seen:
                assert browser.get(place(path, house)).status_code == 200
            taken[path] = len(seen)
        return taken

    before = statements()
    _grow(house)
    assert statements() == before
    assert max(before.values()) <= 51


def test_the_board_counts_what_ends_in_each_month_and_what_of_it_is_renewed_s12(pages: Pages) -> None:
    house, browser = pages.house, pages.browser(SALES)
    sold = house.sold.sale.subscription.id
    answer = sent(pages, f"/sales/{sold}:renew", choice="continuous 12 1200000")
    assert answer.status_code == 303
    page = browser.get("/renewals?month=2027-10").text
    assert 'aria-label="2 end, 1 renewed"' in page
    assert "24,000.00" in page
    assert page.count("04.10.2027") == 2
    assert (f'href="/sales/{sold}/renew"' in page, f'href="/sales/{sold + 1}/renew"' in page) == (False, True)
    with transaction(house.engine) as session:
        session.get_one(Client, house.foreign.id).manager = "Котова И. Л."
    hers = browser.get("/renewals?month=2027-10&manager=Котова И. Л.").text
    assert 'aria-label="1 end, 0 renewed"' in hers
    assert "Ромашка" not in hers
    assert "Nothing ends in this month" in browser.get("/renewals").text
