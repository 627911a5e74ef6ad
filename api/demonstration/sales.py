"""The first act: the seller opens, clients come, and subscriptions of every kind and term are sold."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from api.database import transaction
from api.demonstration.cast import PLAYERS, SELLER, Player
from api.demonstration.own_plans import OWN_PLANS
from api.demonstration.stage import MOSCOW, Stage, Tell, moment
from api.demonstration.workload import ENGINEERS
from api.journeys import (
    cancel_subscription,
    renew_subscription,
    sell_package,
    sell_subscription,
    settle_accounts,
    start_free_period,
)
from billing.costing import set_rate
from contracts.blocking import raise_block
from contracts.enrolling import NewRegistration, add_client, add_contact, add_entity, add_registration, add_seller
from contracts.money import Money
from contracts.paper_addresses import choose_paper_address
from contracts.paper_ways import PaperWay
from contracts.parties import Seller
from contracts.paying import follow_payments, mark_paid
from contracts.publishing import load_catalogue, publish_plan
from contracts.recording_domains import record_domain
from contracts.register import Held, HeldPeriod, Partner
from contracts.selling import Order
from contracts.signatures import mark_signed
from contracts.subscriptions import Contract, Subscription
from contracts.taking_answers import mean_plan, take_answers
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.issuing import issue_offer
from entitlements.granting import give_minutes
from entitlements.hours_facts import GrantKind
from entitlements.overriding import give_override
from entitlements.shadowing import Shadow, set_shadow

OPENED_ON = date(2026, 6, 30)
MAILED = {"romashka": PaperWay.ATTACHMENT, "pine-tree": PaperWay.LINK}
"""Who has its papers mailed, and how."""


@dataclass(frozen=True, slots=True)
class Deal:
    """One sale: on which day, to whom, and what; `name` is what later deals call it."""

    on: date
    name: str
    role: str
    plan: str
    months: int
    programs: tuple[str, ...] = ()
    starts_on: date | None = None
    price: str | None = None
    company: int = 0


JULY, AUGUST = date(2026, 7, 27), date(2026, 8, 1)
DEALS = (
    Deal(JULY, "romashka-hours", "romashka", "service-8h", 12, starts_on=AUGUST, price="216000.00"),
    Deal(date(2026, 8, 5), "romashka-its", "romashka", "its-prof", 12, ("800100101",)),
    Deal(JULY, "logistics-its", "romashka", "its-prof", 6, ("800100102",), AUGUST, company=1),
    Deal(JULY, "logistics-industry", "romashka", "its-industry", 6, ("800100102",), AUGUST, "9600.00", company=1),
    Deal(date(2026, 8, 4), "shchukina-its", "shchukina", "its-prof", 3, ("800100201",), date(2026, 8, 5)),
    Deal(JULY, "bakery-its", "bakery", "its-techno", 12, ("800100301",), AUGUST, "14040.00"),
    Deal(JULY, "pier-its", "pier", "its-prof", 24, ("800100401",), AUGUST),
    Deal(JULY, "pier-industry", "pier", "its-industry", 12, ("800100401",), AUGUST, "18000.00"),
    Deal(date(2026, 8, 15), "print-hours", "print-shop", "service-8h", 3, price="57000.00"),
    Deal(date(2026, 8, 21), "fairy-its", "fairy-tale", "its-prof", 12, ("800100801",)),
    Deal(date(2026, 8, 10), "sparrow-its", "sparrow", "its-prof", 1, ("800100901",)),
    Deal(JULY, "lighthouse-hours", "lighthouse", "service-8h", 12, starts_on=AUGUST, price="216000.00"),
    Deal(JULY, "pine-care", "pine-tree", "care-flex", 12, starts_on=AUGUST),
    Deal(JULY, "harbour-care", "harbour", "care-fixed", 3, starts_on=AUGUST),
    Deal(JULY, "atelier-care", "atelier", "care-fixed", 6, starts_on=AUGUST),
)  # fmt: skip
"""What is sold before the first month is worked, in the order in which it is told."""


def open_shop(stage: Stage) -> None:
    """The seller, the plans on sale, the clients with their companies, callers and programs."""
    with transaction(stage.engine) as session:
        load_catalogue(session, "its", at=moment(JULY))
        for plan in OWN_PLANS:
            publish_plan(session, plan, at=moment(JULY))
        seller = add_seller(
            session,
            "meridian",
            SELLER | {"city": "Санкт-Петербург"},
            tax_mode=TaxMode.GENERAL,
            taxed_from=date(2017, 2, 1),
            time_zone=MOSCOW,
        )
        stage.seller_id = seller.id
        for player in PLAYERS:
            _welcome(session, stage, player)
        for engineer in (*ENGINEERS["ru"], *ENGINEERS["en"]):
            set_rate(session, engineer, Money(120_000), OPENED_ON, at=moment(OPENED_ON))
        record_domain(session, stage.clients["romashka"], "romashka.example", at=moment(OPENED_ON))


def _welcome(session: Session, stage: Stage, player: Player) -> None:
    client = add_client(session, player.name, at=moment(OPENED_ON), external_id=player.role, locale=player.locale)
    stage.clients[player.role] = client.id
    add_contact(
        session, client.id, player.contact, at=moment(OPENED_ON), emails=(player.email,), phones=(player.phone,)
    )
    if player.role in MAILED:
        choose_paper_address(session, client.id, player.email, MAILED[player.role], at=moment(OPENED_ON))
    for company in player.companies:
        entity = add_entity(session, client.id, company.requisites)
        stage.entities.setdefault(player.role, []).append(entity)
        for program in company.programs:
            new = NewRegistration(
                program.number, program.product, program.purchase, program.bought_on, program.replaces
            )
            add_registration(session, entity.id, new, at=moment(OPENED_ON))


def sell_everything(stage: Stage, tell: Tell) -> None:
    """All deals, one transaction each, then a package and hours as a gift."""
    for done, deal in enumerate(DEALS, 1):
        _sell(stage, deal)
        tell("sales", done, len(DEALS))
    with transaction(stage.engine) as session:
        sell_package(session, stage.contracts["pier-its"], "hours-20", at=moment(date(2026, 8, 17)))
        _give(session, stage, "romashka", GrantKind.BONUS, 60, date(2026, 8, 1), "Бонус к двум подпискам")
        _give(session, stage, "print-shop", GrantKind.GOODWILL, 90, date(2026, 9, 1), "За задержку выезда 21 августа")


def _sell(stage: Stage, deal: Deal) -> None:
    order = Order(
        stage.seller_id,
        stage.entities[deal.role][deal.company].id,
        deal.plan,
        deal.months,
        deal.programs,
        deal.starts_on,
        Money.parse(deal.price) if deal.price is not None else None,
    )
    with transaction(stage.engine) as session:
        sale = sell_subscription(session, order, at=moment(deal.on)).sale
    stage.contracts[deal.name] = sale.contract.id
    stage.subscriptions[deal.name] = sale.subscription.id


def _give(session: Session, stage: Stage, role: str, kind: GrantKind, minutes: int, month: date, reason: str) -> None:
    term = Term.calendar_month(month)
    give_minutes(
        session,
        stage.clients[role],
        stage.seller_id,
        kind,
        minutes,
        term,
        reason=reason,
        source_key=f"demo:{role}:{kind}:{month}",
        at=moment(month),
    )


def start_after_purchases(stage: Stage) -> None:
    """Free service for programs that were upgraded or bought lately, without a sale."""
    for number in ("800100702", "800101102"):
        with transaction(stage.engine) as session:
            start_free_period(session, stage.seller_id, number, "its-prof", at=moment(date(2026, 9, 15)))


def offer_renewals(stage: Stage) -> None:
    """Two clients get an offer on paper before their terms end."""
    for name in ("shchukina-its", "harbour-care"):
        with transaction(stage.engine) as session:
            issue_offer(session, stage.subscriptions[name], at=moment(date(2026, 10, 20)))


def reconcile_two(stage: Stage) -> None:
    """Two clients get a reconciliation act of the summer's quarter."""
    quarter, at = Term(date(2026, 7, 1), date(2026, 10, 1)), moment(date(2026, 10, 21))
    for name in ("shchukina-its", "harbour-care"):
        with transaction(stage.engine) as session:
            sold = session.get_one(Subscription, stage.subscriptions[name])
            entity_id = session.get_one(Contract, sold.contract_id).entity_id
            settle_accounts(session, session.get_one(Seller, stage.seller_id), entity_id, quarter, at=at)


def renew_and_sell_ahead(stage: Stage) -> None:
    """One client renews before its term is over, another buys what begins in December."""
    with transaction(stage.engine) as session:
        renew_subscription(session, stage.subscriptions["shchukina-its"], 6, at=moment(date(2026, 10, 28)))
        follow_payments(session, stage.seller_id, date(2026, 10, 29))
    _sell(stage, Deal(date(2026, 10, 29), "new-age-care", "new-age", "care-fixed", 1, starts_on=date(2026, 12, 1)))
    _sell(stage, Deal(date(2026, 10, 30), "willow-care", "willow", "care-strict", 12, ("800101401",)))


def try_another_plan(stage: Stage) -> None:
    """A plan with more hours runs beside the one that is sold, to see what it would change."""
    days = (date(2026, 10, 1), date(2026, 12, 31))
    shadow = Shadow("care-flex", *days, "Котова И. Л.", "Продавать ли план с запасом", of_plan="care-fixed")
    with transaction(stage.engine) as session:
        set_shadow(session, stage.seller_id, shadow, at=moment(date(2026, 10, 30)))


def block(stage: Stage) -> None:
    """A client that does not pay is served no more; another one's base plan will pause in December."""
    at = moment(date(2026, 11, 2))
    from_at, until_at = moment(date(2026, 12, 20)), moment(date(2027, 1, 10))
    with transaction(stage.engine) as session:
        raise_block(session, stage.clients["lighthouse"], "Не оплачен счёт за октябрь", at=at)
        own = stage.subscriptions["pier-its"]
        raise_block(
            session, stage.clients["pier"], "Каникулы", at=at, subscription_id=own, from_at=from_at, until_at=until_at
        )


def approve(stage: Stage) -> None:
    """A client without a contract is helped for a week, on the word of the head of the desk."""
    at = moment(date(2026, 11, 2))
    until_at = moment(date(2026, 11, 10))
    with transaction(stage.engine) as session:
        client_id, reason = stage.clients["vector"], "Перед сдачей отчётности, договор готовится"
        give_override(session, client_id, "Орлова Н. В.", reason, until_at=until_at, at=at, service="call")


def hear_from_outside(stage: Stage) -> None:
    """The bank says what was paid in part, the post brings a signed contract, the vendor's register says who else
    supports a client's program."""
    at = moment(date(2026, 11, 3))
    with transaction(stage.engine) as session:
        mark_paid(session, stage.subscriptions["bakery-its"], date(2026, 11, 3), "п/п 118, первая часть", at=at)
        mark_signed(session, stage.contracts["willow-care"], None, "Котова И. Л.", at=at)
        mean_plan(session, "ITS-PROF", "its-prof", at=at)
        held = Held((HeldPeriod("ITS-PROF", date(2026, 9, 1), date(2027, 9, 1), Partner.OTHER),))
        take_answers(session, {"800100801": held}, source="demo", observed_at=at, at=at)


def cancel_two(stage: Stage) -> None:
    """Two clients end their subscriptions early; what they paid for the months after that comes back."""
    with transaction(stage.engine) as session:
        for name, reason in (("bakery-its", "Компания закрывается"), ("pine-care", "Moving abroad")):
            said = (date(2027, 1, 31), "Котова И. Л.", reason)
            cancel_subscription(session, stage.subscriptions[name], *said, at=moment(date(2026, 10, 30)))
