"""Commands for plans that run beside the live ones and serve nobody."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.replaying import Version
from api.cli.screen import as_json, say, table
from api.cli.values import argument, day, identifier, option

if TYPE_CHECKING:
    from sqlmodel import Session

    from billing.shadow_reports import Shadowed
    from entitlements.shadowing import ShadowRecord

shadow = room("shadow", Text("Теневые планы: что было бы по другому тарифу", "Shadow plans: what another would change"))
ShadowId = Annotated[
    int, argument("номер теневого плана", "number of the shadow plan", Text("ТЕНЬ", "SHADOW"), identifier)
]
OfPlan = Annotated[
    str | None,
    option("--of-plan", "для всех клиентов этого тарифа", "for every client on this plan", metavar=options.CODE),
]
StartsOn = Annotated[date, option("--starts-on", "первый день", "first day", day, options.DAY)]
LastDay = Annotated[date, option("--last-day", "последний день", "last day", day, options.DAY)]
By = Annotated[str, option("--by", "кто решил", "who decided")]

HEADS = (
    Text("Номер", "Number"),
    Text("Тариф", "Plan"),
    Text("Вместо", "In place of"),
    Text("Первый день", "First day"),
    Text("Последний день", "Last day"),
    Text("Кто", "By"),
    Text("Причина", "Reason"),
)
REPORT_HEADS = (
    Text("Клиент", "Client"),
    Text("Вопросов", "Questions"),
    Text("Другой ответ", "Another answer"),
    Text("Другой остаток", "Other hours left"),
    Text("Отказов", "Refused"),
    Text("Учтено", "Billed"),
    Text("Сверх", "Over"),
    Text("К оплате", "To pay"),
)
NOTHING = Text("Дней ещё не было, или на этом тарифе никого нет.", "No day has come yet, or nobody is on that plan.")


@taught(
    shadow,
    "set",
    Text(
        "Поставить теневой план: тариф рядом с действующим, для клиента или для всех на тарифе.",
        "Set a shadow plan: one that runs beside the live one, for a client or for all on a plan.",
    ),
    "abonement shadow set --inn 7707083893 --plan service-8h --starts-on 2026-10-01 --last-day 2026-12-31 "
    "--by Kotova --reason renewal",
    "abonement shadow set --of-plan its-prof --plan its-prof --version 2 --starts-on 2026-10-01 --last-day 2026-12-31 "
    "--by Kotova --reason version-2",
)
def set_shadow(
    plan: options.Plan,
    starts_on: StartsOn,
    last_day: LastDay,
    by: By,
    reason: options.Reason,
    version: Version = None,
    inn: options.AnyInn = None,
    kpp: options.Kpp = None,
    subscription: options.Subscription = None,
    of_plan: OfPlan = None,
    seller: options.SellerCode = None,
    key: options.Key = None,
) -> None:
    """Let a plan version run beside the live one (H15)."""
    from api.cli.naming import entity_named, seller_named
    from entitlements import shadowing

    def do(session: "Session") -> dict[str, Any]:
        client_id = None if inn is None else entity_named(session, inn, kpp).client_id
        wanted = shadowing.Shadow(plan, starts_on, last_day, by, reason, version, client_id, subscription, of_plan)
        made = shadowing.set_shadow(session, seller_named(session, seller).id, wanted, at=now())
        return {"id": made.id}

    asked = ["shadow", plan, version, starts_on, last_day, by, reason, inn, kpp, subscription, of_plan, seller]
    with database() as engine:
        number = once(engine, key, asked, do)["id"]
    say(Text(f"Теневой план {number} поставлен.", f"Shadow plan {number} is set."))


@taught(
    shadow,
    "end",
    Text("Закончить теневой план сегодня.", "End a shadow plan today."),
    'abonement shadow end 1 --by "Котова И. Л." --reason "Клиент выбрал"',
)
def end_shadow(shadow_plan_id: ShadowId, by: By, reason: options.Reason) -> None:
    """Let today be the last day that it counts (H15)."""
    from api.database import transaction
    from entitlements import shadowing

    with database() as engine, transaction(engine) as session:
        shadowing.end_shadow(session, shadow_plan_id, by, reason, at=now())
    say(Text(f"Теневой план {shadow_plan_id} закончен.", f"Shadow plan {shadow_plan_id} is ended."))


@taught(
    shadow,
    "list",
    Text("Показать теневые планы.", "Show the shadow plans."),
    "abonement shadow list",
    "abonement shadow list --inn 7707083893 --json",
)
def list_shadows(inn: options.AnyInn = None, kpp: options.Kpp = None, json: options.AsJson = False) -> None:
    """Every shadow plan, or those of a client (H15)."""
    from dataclasses import asdict

    from api.cli.naming import entity_named
    from api.database import reading
    from entitlements import shadowing

    with database() as engine, reading(engine) as session:
        client_id = None if inn is None else entity_named(session, inn, kpp).client_id
        found = shadowing.list_shadows(session, client_id=client_id)
    if json:
        as_json([asdict(one) for one in found])
    elif found:
        table(HEADS, [_row(one) for one in found])
    else:
        say(Text("Теневых планов нет.", "There are no shadow plans."))


@taught(
    shadow,
    "report",
    Text(
        "Отчёт по теневому плану: какие ответы, часы и суммы были бы другими, клиент за клиентом.",
        "The report of a shadow plan: which answers, hours and amounts would differ, client by client.",
    ),
    "abonement shadow report 1",
    "abonement shadow report 1 --json",
)
def report(shadow_plan_id: ShadowId, json: options.AsJson = False) -> None:
    """Reckon what would have differed up to today (H15); nothing is written."""
    from sqlmodel import col, select

    from api.database import reading
    from billing.shadow_reports import shadow_report
    from contracts.parties import Client
    from entitlements import shadowing

    with database() as engine, reading(engine) as session:
        record = shadowing.shadow_record(session, shadow_plan_id)
        clients = shadow_report(session, record, at=now())
        chosen = col(Client.id).in_([one.client_id for one in clients])
        names = dict(session.exec(select(Client.id, Client.name).where(chosen)).all())
    if json:
        from api.v1.replays import replay_told

        as_json([replay_told(one.replay).model_dump(mode="json") for one in clients if one.replay is not None])
    elif clients:
        table(REPORT_HEADS, [(names[one.client_id], *_client(one)) for one in clients])
    else:
        say(NOTHING)


def _row(one: "ShadowRecord") -> tuple[object, ...]:
    """A shadow plan as a row under `HEADS`."""
    client = Text(f"клиент {one.client_id}", f"client {one.client_id}")
    whose = one.of_plan or (client if one.subscription_id is None else f"{client}, {one.subscription_id}")
    return one.id, f"{one.plan} v{one.version}", whose, one.starts_on, one.last_day, one.set_by, one.reason


def _client(one: "Shadowed") -> tuple[object, ...]:
    """What is told of a client under `REPORT_HEADS`, or why there is nothing to tell."""
    from entitlements.durations import clock

    replay = one.replay
    if replay is None:
        return one.problem.code if one.problem is not None else "", *[""] * 6
    other = sum(one.held.reason is not one.tried.reason for one in replay.answers)
    held, tried = replay.held_sum, replay.tried_sum
    pairs = (
        (held.refused, tried.refused),
        (clock(held.parts.billed_minutes), clock(tried.parts.billed_minutes)),
        (clock(held.parts.overage_minutes), clock(tried.parts.overage_minutes)),
        tuple("—" if side.total is None else side.total for side in (held, tried)),
    )
    return replay.asked, other, len(replay.answers) - other, *(f"{was} → {would}" for was, would in pairs)
