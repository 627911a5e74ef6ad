"""Signing in through a provider of identities: only with its word, for us, for this browser, and only our own staff."""

import json
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie

import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from api.database import transaction
from api.inviting import disable
from api.pages.provider import COOKIE
from api.people import Person
from api.roles import PersonRole
from tests.api.conftest import ON_ONE
from tests.api.pages.conftest import Pages
from tests.identity_provider import CLIENT_ID, SECRET, Provider, open_provider


@pytest.fixture
def provider(common_pages: Pages) -> Iterator[Provider]:
    state = common_pages.house.app.state
    plain = state.settings
    with open_provider(common_pages.house.clock()) as opened:
        given = {"oidc_issuer": opened.issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret": SecretStr(SECRET)}
        state.settings = plain.model_copy(update=given)
        yield opened
        state.settings = plain


def come_back(pages: Pages, provider: Provider, next: str = "/account"):
    browser = pages.browser()
    out = browser.get(f"/sign-in/provider?next={next}")
    assert out.headers["location"].startswith(f"{provider.issuer}/authorize?"), out.text
    return browser, browser.get(f"/sign-in/provider/back?{provider.visit(out.headers['location'])}")


def test_the_providers_word_signs_in_and_leads_back(common_pages: Pages, provider: Provider) -> None:
    browser, back = come_back(common_pages, provider)
    assert (back.status_code, back.headers["location"]) == (303, "/account")
    assert "sales@example.org" in browser.get("/account").text
    assert provider.asked["redirect_uri"] == "http://testserver/sign-in/provider/back"
    assert provider.asked["scope"] == "openid email"


@ON_ONE
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_cookie_that_somebody_else_put_there_leads_nowhere_else(
    common_pages: Pages, provider: Provider, elsewhere: str
) -> None:
    out = common_pages.browser().get("/sign-in/provider")
    kept = json.loads(SimpleCookie(out.headers["set-cookie"])[COOKIE].value)
    forged = SimpleCookie({COOKIE: json.dumps(kept | {"next": elsewhere})})[COOKIE].coded_value
    browser = common_pages.browser(Cookie=f"{COOKIE}={forged}")
    back = browser.get(f"/sign-in/provider/back?{provider.visit(out.headers['location'])}")
    assert (back.status_code, back.headers["location"]) == (303, "/")


@ON_ONE
@pytest.mark.parametrize(
    "err",
    [
        lambda provider: provider.claims.update(aud="another"),
        lambda provider: provider.claims.update(iss="http://127.0.0.1:1"),
        lambda provider: provider.claims.update(nonce="another"),
        lambda provider: provider.claims.update(exp=1),
        lambda provider: provider.claims.update(email_verified=False),
        lambda provider: provider.claims.update(email_verified="true"),
        lambda provider: setattr(provider, "signed_with", RSAKey.generate_key(2048, {"kid": "1"})),
        lambda provider: setattr(provider, "status", 500),
        lambda provider: setattr(provider, "email", "nobody@example.org"),
        lambda provider: setattr(provider, "email", "client@example.org"),
    ],
)
def test_whatever_the_provider_gets_wrong_nobody_is_let_in(
    common_pages: Pages, provider: Provider, err: Callable[[Provider], object]
) -> None:
    err(provider)
    browser, back = come_back(common_pages, provider)
    assert back.status_code in (403, 502)
    assert "abonement_session" not in browser.cookies
    assert browser.get("/account").status_code == 303


@ON_ONE
def test_what_another_browser_began_is_not_finished_here(common_pages: Pages, provider: Provider) -> None:
    browser = common_pages.browser()
    began = provider.visit(browser.get("/sign-in/provider").headers["location"])
    for stranger in (common_pages.browser(), browser):
        query = began if stranger is not browser else began.replace("state=", "state=x")
        assert stranger.get(f"/sign-in/provider/back?{query}").status_code == 502
    assert common_pages.browser().get("/sign-in/provider/back").status_code == 502


@ON_ONE
def test_a_disabled_person_stays_out_whatever_the_provider_says(common_pages: Pages, provider: Provider) -> None:
    with transaction(common_pages.house.engine) as session:
        disable(session, session.get_one(Person, common_pages.people[PersonRole.SALES].id), at=provider.at)
    assert come_back(common_pages, provider)[1].status_code == 403


@ON_ONE
def test_without_a_provider_there_is_no_such_way(common_pages: Pages) -> None:
    assert common_pages.browser().get("/sign-in/provider").status_code == 404
    assert "/sign-in/provider" not in common_pages.browser().get("/sign-in").text
