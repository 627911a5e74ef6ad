"""Keys, webhooks and plans by page: a secret is shown once, and a plan is read in the words of its contract."""

import re
from html import unescape

import pytest
from sqlmodel import select

from api.database import reading
from api.keys import ApiKey
from api.roles import PersonRole
from contracts.on_sale import plan_in_force
from contracts.parties import Seller
from contracts.subscriptions import Subscription
from documents.drawing_contract import draw_contract
from documents.plan_clauses import plan_clauses
from documents.templating import page_source
from documents.words import Language
from entitlements.client_state import ChangeKind
from entitlements.webhooks import WebhookEndpoint
from tests.api.conftest import TODAY
from tests.api.pages.conftest import Pages

ADMIN = PersonRole.ADMIN


def test_a_key_is_shown_once_works_and_is_revoked(pages: Pages) -> None:
    browser = pages.browser(ADMIN)
    made = browser.post("/keys", data={"name": "Служба поддержки", "role": "desk", "last_day": "2026-12-31"})
    (token,) = re.findall(r"abk_[0-9a-f]{8}_[0-9a-f]{64}", made.text)
    bearer = {"Authorization": f"Bearer {token}"}
    assert pages.browser().get("/v1/holds?client_id=1", headers=bearer).status_code == 200
    assert token not in browser.get("/keys").text
    ended = browser.post(f"/keys/{token[4:12]}:revoke")
    assert ended.headers["location"] == "/keys?said=key_revoked"
    with reading(pages.house.engine) as session:
        assert session.exec(select(ApiKey.revoked_at).where(ApiKey.prefix == token[4:12])).one() == pages.house.clock()


@pytest.mark.parametrize(
    ("wrong", "field"), [({"role": "client"}, "client_id"), ({"last_day": "2026-10-04"}, ""), ({"name": ""}, "name")]
)
def test_a_key_that_cannot_be_made_says_why_and_is_not(pages: Pages, wrong: dict[str, str], field: str) -> None:
    answer = pages.browser(ADMIN).post("/keys", data={"name": "Портал", "role": "desk", "client_id": ""} | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-told" class="wrong"' in answer.text if field else 'role="alert"' in answer.text
    assert "abk_" not in answer.text.partition("<table>")[0]


def test_a_webhook_is_added_by_page_and_switched_off_once(pages: Pages) -> None:
    browser = pages.browser(ADMIN)
    form = {"url": "https://desk.example.org/in", "kinds": ["client.changed", "hold.placed"]}
    assert "whsec_" in browser.post("/webhooks", data=form).text
    assert "whsec_" not in browser.get("/webhooks").text
    off = {"reason": "Система заменена", "form_key": "1"}
    for _ in range(2):
        assert browser.post("/webhooks/1:disable", data=off).status_code == 303
    with reading(pages.house.engine) as session:
        (endpoint,) = session.exec(select(WebhookEndpoint)).all()
        assert (endpoint.kinds, endpoint.disabled_reason) == ("client.changed hold.placed", "Система заменена")
    assert browser.post("/webhooks", data={"url": "ftp://nowhere", "kinds": ["client.changed"]}).status_code == 422
    assert browser.post("/webhooks", data={"url": "https://desk.example.org/in"}).status_code == 422


def test_a_plan_is_told_in_the_very_words_of_the_contract_that_was_sold(pages: Pages) -> None:
    with reading(pages.house.engine) as session:
        plan, version = plan_in_force(session, "support", TODAY.date())
        seller, sold = session.exec(select(Seller)).one(), session.exec(select(Subscription)).first()
        assert sold is not None
        clauses = plan_clauses(session, plan, version, seller, Language.RU)
        printed = page_source("contract", 1, Language.RU, draw_contract(session, sold))
    plain = " ".join(unescape(re.sub(r"<[^>]+>", "", printed)).split())
    promised = [one for one in clauses if one.number.startswith(("2.", "5.", "7."))]
    assert len(promised) > 15
    assert [one.number for one in promised if one.text not in plain] == []


def test_the_price_of_renewing_is_told_of_the_term_of_the_sample(pages: Pages) -> None:
    told = pages.browser(ADMIN, **{"Accept-Language": "en"}).get("/plans/support").text
    assert "12,000.00" in told.partition("<dl")[2]  # of twelve months, as the sample is; 1,000.00 is that of one


def test_calendars_name_what_is_guessed_and_a_seller_is_given_another_one_d10(pages: Pages) -> None:
    browser = pages.browser(ADMIN, **{"Accept-Language": "en"})
    decreed, guessed = browser.get("/calendars?year=2025").text, browser.get("/calendars?year=2030").text
    assert "Working days: 247." in decreed
    assert "01.11.2025" in decreed  # a working Saturday
    assert decreed.count("the shortened days are not known") == 1  # 2027
    assert guessed.count('class="refused"') == 3
    chosen = browser.post(f"/calendars/{pages.house.seller.id}:choose", data={"country": "DE", "form_key": "1"})
    assert chosen.headers["location"] == "/calendars?said=calendar"
    assert "Germany" in browser.get("/calendars").text
    assert browser.post("/calendars/99:choose", data={"country": "DE", "form_key": "2"}).status_code == 422
    wrong = browser.post(f"/calendars/{pages.house.seller.id}:choose", data={"country": "XX", "form_key": "3"})
    assert (wrong.status_code, 'role="alert"' in wrong.text) == (422, True)


def test_every_kind_of_change_is_told_in_words_beside_its_code(pages: Pages) -> None:
    shown = pages.browser(ADMIN).get("/webhooks").text
    for kind in ChangeKind:
        assert re.search(rf"> [a-z, -]+ <code[^>]*>{re.escape(kind)}</code>", shown), kind
