"""What the desk asks about a client in the pages, and all that its card shows beside the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

import msgspec
from pydantic import Field
from sqlmodel import col, select

from api.pages.admission import AT_THE_DESK, SEE_PRICES
from api.pages.forms import Id, Name, Typed, TypedMinutes
from api.pages.page import Page
from api.v1.asking import LONGEST_REQUEST_MINUTES
from billing.owed import with_what_is_owed
from contracts.catalogue import Service
from contracts.due_times import PlanDueTime
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Client, ClientContact, ContactAddress, Seller
from contracts.policies import Channel
from contracts.speaking import speaks_today
from documents.block_reasons import block_reasons
from documents.drawing_parties import called, plan_names
from documents.reason_table import MEANINGS
from documents.wording import decision_text
from entitlements.answers import Decision, HoursView, Option, Question, Warned
from entitlements.covers import ClientFacts
from entitlements.desk import Asked, read_decision
from entitlements.desk_card import DeskCard, desk_card
from entitlements.reasons import Reason, Verdict

PAID_WORK = {Reason.COVERED_BY_OVERAGE, Reason.SERVICE_PAID_SEPARATELY}
SAID_AT_THE_DESK = {Verdict.DENY: "refuse", Verdict.NEEDS_APPROVAL: "ask"}
"""What the desk does, where it does not simply serve."""


class Asking(Typed):
    """What the client asks for; `subject` is the work, or a service by itself: "service.visit", "feature.updates"."""

    subject: Annotated[Name, Field(pattern=r"^(service|feature)\..")] | None = None
    registration_number: Name | None = None
    channel: Channel | None = None
    priority: Name | None = None
    minutes: Annotated[TypedMinutes, Field(ge=1, le=LONGEST_REQUEST_MINUTES)] | None = None
    contact_id: Id | None = None
    ticket: Annotated[Name, Field(max_length=100)] | None = None
    again: Annotated[Name, Field(max_length=100)] | None = None
    """The ticket of which it was said what is held for it already."""


@dataclass(frozen=True, slots=True)
class AskedHere:
    """A question of the form, and how its answer is stored."""

    question: Question
    record: Asked


def asking_of(page: Page, client_id: int, asking: Asking) -> AskedHere:
    """What the form asks, now; it is stored in the writing of the API's question."""
    kind, _, code = (asking.subject or "").partition(".")
    addresses = _addresses(page, client_id, asking.contact_id)
    question = Question(
        page.at,
        asking.registration_number,
        code if kind == "service" else None,
        asking.minutes,
        priority=asking.priority,
        channel=asking.channel,
        feature=code if kind == "feature" else None,
        contact=addresses,
    )
    asked: dict[str, Any] = {"client": {"id": client_id}, kind: code, "requested_minutes": asking.minutes}
    asked |= {name: getattr(asking, name) for name in ("registration_number", "channel", "priority", "ticket")}
    asked |= {"contact": _contact(addresses)}
    words = msgspec.json.encode({name: value for name, value in asked.items() if name and value}).decode()
    assert page.visitor is not None
    return AskedHere(question, Asked(str(uuid4()), page.visitor.caller, page.at, asking.ticket or "", words))


def _addresses(page: Page, client_id: int, contact_id: int | None) -> tuple[str, ...]:
    """All addresses of the contact who asks."""
    if contact_id is None:
        return ()
    same = col(ClientContact.contact_id) == col(ContactAddress.contact_id)
    own = select(ContactAddress.value).join(ClientContact, same)
    own = own.where(ClientContact.client_id == client_id, speaks_today(ClientContact))
    own = own.where(ContactAddress.contact_id == contact_id)
    return tuple(page.session.exec(own.order_by(ContactAddress.value)))


def _contact(addresses: tuple[str, ...]) -> dict[str, str]:
    return {"email" if "@" in address else "phone": address for address in addresses}


def answered(page: Page, client_id: int, decision_id: str) -> Decision:
    """An answer about the client as it was given. Raises `Refusal("DECISION_UNKNOWN")`."""
    found = read_decision(page.session, decision_id)
    if found is None or found[1].client_id != client_id:
        raise Refusal("DECISION_UNKNOWN", field="answer", value=decision_id)
    return found[1]


ABOUT_DUE = ("CALENDAR_GUESSED", "PRIORITY_UNKNOWN")
"""The warnings of the answer itself; the others are told of the client."""


def shown_answer(page: Page, decision: Decision) -> dict[str, Any]:
    """The answer as the page shows it: what the desk does, why, and what to say to the client."""
    money = page.person.role in SEE_PRICES
    if money:
        [decision] = with_what_is_owed(page.session, [decision], known_at=decision.at)
    paid = decision.reason in PAID_WORK
    return {
        "decision": decision,
        "about_due": [one for one in decision.warnings if one.code in ABOUT_DUE],
        "verdict": "pay" if paid else SAID_AT_THE_DESK.get(decision.verdict, "serve"),
        "why": MEANINGS[decision.reason][page.language],
        "told": decision_text(decision, page.language, money=money),
        "sees_prices": money,
        "services": dict(services_named(page)),
    }


@dataclass(frozen=True, slots=True)
class CardSheet:
    """All that the card shows of a client, in words."""

    client_id: int
    name: str
    manager: str
    card: DeskCard
    block_reasons: Mapping[int, str]
    """In the page's language, by the block's id."""
    hours: dict[str, HoursView]
    """By the seller's name."""
    warnings: tuple[Warned, ...]
    options: tuple[Option, ...]
    subjects: list[tuple[str, str]]
    priorities: dict[str, str]
    services: dict[str, str]
    plans: dict[str, str]
    sellers: dict[int, str]


def card_of(page: Page, client_id: int) -> dict[str, Any]:
    """The client's card now, read with a fixed number of selects. Raises `Refusal("CLIENT_UNKNOWN")`."""
    client = known_row(page.session, Client, client_id)
    card = desk_card(page.session, client_id, at=page.at)
    sellers = {one.id: one.name for one in page.session.exec(select(Seller).order_by(col(Seller.id)))}
    services = dict(services_named(page))
    pools = {view.cover.seller_id: view.hours for view in card.views if view.cover is not None}
    sheet = CardSheet(
        client_id=client_id,
        name=client.name,
        manager=client.manager,
        card=card,
        block_reasons=block_reasons(page.session, card.blocks, page.language),
        hours={sellers[seller_id]: hours for seller_id, hours in pools.items() if hours is not None},
        warnings=tuple(dict.fromkeys(warned for view in card.views for warned in view.warnings)),
        options=tuple(dict.fromkeys(option for view in card.views for option in view.options)),
        subjects=_subjects(services, card.facts),
        priorities=_priorities(page, card.facts),
        services=services,
        plans=plan_names(page.session, page.language),
        sellers=sellers,
    )
    return {"sheet": sheet, "channels": list(Channel), "may_act": page.person.role in AT_THE_DESK}


def _subjects(services: dict[str, str], facts: ClientFacts) -> list[tuple[str, str]]:
    """What can be asked about: work, and services that draw no hours in the client's plans by themselves."""
    alone = {one.code for plan in facts.plans.values() for one in plan.services if not one.draws_hours}
    return [(f"{'feature' if code in alone else 'service'}.{code}", name) for code, name in services.items()]


def services_named(page: Page) -> list[tuple[str, str]]:
    """The services of the catalogue, by their codes, in the page's language."""
    services = page.session.exec(select(Service).order_by(col(Service.id)))
    return [(one.code, called(one, page.language)) for one in services]


def _priorities(page: Page, facts: ClientFacts) -> dict[str, str]:
    promised = select(PlanDueTime).where(col(PlanDueTime.plan_version_id).in_(facts.plans))
    rows = page.session.exec(promised.order_by(col(PlanDueTime.id)))
    return {one.priority: called(one, page.language) for one in rows}
