"""The catalogue for its administrators: what is on sale, each version in plain words, and the next one seen first."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Response
from markupsafe import Markup

from api.pages.forms import Form, SentForm
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.plan_form import defined_anew, groups, shape_of, typed_of
from api.pages.plan_words import setting_name, setting_value
from billing.replaying import Tried, months_between, replay, seller_to_replay
from contracts.catalogue import Plan, PlanVersion
from contracts.errors import Refusal
from contracts.on_sale import term_prices
from contracts.plan_definitions import definition_of, named_anew
from contracts.plan_versions import differences, last_version, versions_of
from contracts.plans_on_sale import plans_on_sale
from contracts.policies import Channel
from contracts.publishing import draft_plan, load_catalogue, publish_plan
from contracts.queries import all_sellers
from contracts.typed_search import client_typed
from documents.drawing_replay import draw_replay
from documents.plan_clauses import Clause, beside, plan_clauses
from documents.templating import fragment_source

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Found = TypeVar("Found")

CATALOGUE = "its"
"""The catalogue that ships with the product."""


@router.get("/plans")
def show_all(page: ReadingPage) -> Response:
    """What is on sale today, with its prices."""
    return page.show("plans/list.html", **_catalogue(page))


@router.post("/plans:load")
def load(form: SentForm, page: WritingPage) -> Response:
    """Publish the catalogue that ships with the product, as far as it is new."""

    def act() -> str:
        load_catalogue(page.session, CATALOGUE, at=page.at)
        return "/plans?said=catalogue"

    return page.once(form, act, lambda refusal: page.again("plans/list.html", form, refusal, **_catalogue(page)))


@router.get("/plans/{code}")
def show(code: str, page: ReadingPage, version: Annotated[int | None, Query(ge=1, le=9999)] = None) -> Response:
    """What a version of a plan promises, in the words of the contract, and what the one before said otherwise."""
    versions = {one.version: one for one in _of_plan(code, lambda: versions_of(page.session, code))}
    in_force = [one for one in versions.values() if one.valid_from <= page.today]
    shown = version or (max(in_force, key=lambda one: (one.valid_from, one.version)).version if in_force else 1)
    if shown not in versions:
        raise Refusal("PLAN_VERSION_UNKNOWN", field="version", value=version, allowed=list(versions))
    found, before = versions[shown], versions.get(shown - 1)
    return page.show(
        "plans/one.html",
        plan=page.session.get_one(Plan, found.plan_id),
        version=found,
        versions=list(versions.values()),
        in_force=max(in_force, key=lambda one: (one.valid_from, one.version)) if in_force else None,
        prices=term_prices(page.session, found),
        clauses=_clauses(page, found),
        changed=[] if before is None else _changed(page, before, found),
        before=before,
    )


@router.get("/plans/{code}/publish")
def ask(code: str, page: ReadingPage, as_new: bool = False) -> Response:
    """The form of the next version, filled in with the last one; or of a new plan that is like it."""
    last = _last(page, code)
    typed = typed_of(definition_of(page.session, last), last.version) | {"valid_from": page.today.isoformat()}
    return page.show("plans/publish.html", **(_form(page, code, as_new) | {"typed": typed}))


@router.post("/plans/{code}:preview")
def preview(code: str, form: SentForm, page: WritingPage) -> Response:
    """What the version would say, beside what the last one says; nothing is written."""

    def act() -> Response:
        last, definition, client_id = _last(page, code), *_asked(page, code, form)
        draft = draft_plan(page.session, definition, at=page.at)
        told: dict[str, Any] = {
            "clauses": beside(_clauses(page, last), _clauses(page, draft)),
            "changed": _changed(page, last, draft),
        }
        told["trial"] = "" if client_id is None else _trial(page, draft, client_id)
        page.session.rollback()
        if page.is_fragment:
            return page.show("plans/preview.html", preview=told, code=code)
        return page.show("plans/publish.html", **(_again(page, code, form) | {"preview": told}), typed=form.typed)

    return page.act_now(act, lambda refusal: _refused(page, code, form, refusal))


@router.post("/plans/{code}:publish")
def publish(code: str, form: SentForm, page: WritingPage) -> Response:
    """Publish the version; what was sold stays on its own one."""

    def act() -> str:
        version = publish_plan(page.session, _asked(page, code, form)[0], at=page.at)
        published = page.session.get_one(Plan, version.plan_id).code
        return f"/plans/{published}?version={version.version}&said=published"

    return page.once(form, act, lambda refusal: _refused(page, code, form, refusal))


def _last(page: Page, code: str, number: int | None = None) -> PlanVersion:
    return _of_plan(code, lambda: last_version(page.session, code, number))


def _of_plan(code: str, read: Callable[[], Found]) -> Found:
    """What is read of the plan; an unknown one is no page. Raises PLAN_UNKNOWN, naming the code in the address."""
    try:
        return read()
    except Refusal as refused:
        if refused.code != "PLAN_UNKNOWN":
            raise
        raise Refusal("PLAN_UNKNOWN", field="code", value=code) from refused


def _asked(page: Page, code: str, form: Form) -> tuple[dict[str, Any], int | None]:
    """What the form would publish, the last version of the plan with what is typed; and on which client to try it."""
    is_new = "new_code" in form.typed
    base = definition_of(page.session, _last(page, code))
    given = dict(form.read(shape_of(base, is_new)))
    _last(page, code, given["base"])
    definition = defined_anew(base, given)
    if is_new:
        names = (given["new_code"], given["new_name"], given["new_name_en"])
        definition = named_anew(page.session, definition, *names)
    tried = given["try_client"]
    return definition, client_typed(page.session, tried, "try_client") if tried else None


def _trial(page: Page, draft: PlanVersion, client_id: int) -> Markup:
    """The last year of a client as it was and as it would have been under the version (H15)."""
    try:
        seller = seller_to_replay(page.session, client_id, None)
        span = months_between(None, None, seller, page.at)
        replayed = replay(page.session, client_id, seller, span, Tried(draft))
    except Refusal as refused:
        raise Refusal(refused.code, field="try_client", **refused.facts) from refused
    sheet = draw_replay(page.session, replayed, at=page.at, language=page.language)
    return Markup(fragment_source("replay", page.language, sheet))


def _refused(page: Page, code: str, form: Form, refusal: Refusal) -> Response:
    if page.is_fragment:
        return page.again("plans/preview.html", form, refusal, preview=None, code=code)
    return page.again("plans/publish.html", form, refusal, **_again(page, code, form))


def _again(page: Page, code: str, form: Form) -> dict[str, Any]:
    return _form(page, code, "new_code" in form.typed) | {"ticked": form.all("channels")}


def _form(page: Page, code: str, as_new: bool) -> dict[str, Any]:
    """What the page with the form needs."""
    last = _last(page, code)
    definition = definition_of(page.session, last)
    return {
        "plan": page.session.get_one(Plan, last.plan_id),
        "code": code,
        "last": last,
        "as_new": as_new,
        "groups": groups(),
        "months": [price["term_months"] for price in definition["prices"]],
        "promises": definition["due_times"],
        "channels": list(Channel),
        "ticked": definition["channels"],
        "preview": None,
    }


def _clauses(page: Page, version: PlanVersion) -> list[Clause]:
    """The clauses of a contract of our first legal entity; none while there is no entity."""
    plan = page.session.get_one(Plan, version.plan_id)
    ours = all_sellers(page.session)
    return plan_clauses(page.session, plan, version, ours[0], page.language) if ours else []


def _changed(page: Page, before: PlanVersion, after: PlanVersion) -> list[tuple[str, str, str]]:
    """Each setting that is otherwise, in plain words, as it was and as it is."""
    return [
        (
            setting_name(one.setting, page.language),
            setting_value(one.setting, one.before, before.currency, page.language),
            setting_value(one.setting, one.after, after.currency, page.language),
        )
        for one in differences(page.session, before, after)
    ]


def _catalogue(page: Page) -> dict[str, Any]:
    found = plans_on_sale(page.session, page.today)
    return {"plans": [(one, term_prices(page.session, one.version)) for one in found]}
