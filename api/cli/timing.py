"""Commands for the clock that an engineer starts at the work."""

from datetime import datetime
from typing import Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import as_json, say, table
from api.cli.values import argument, identifier, moment, one_of, option
from entitlements.hours_facts import Charge

timer = room("timer", Text("Таймеры инженеров: время идёт на сервере", "Engineers' timers: time runs on the server"))
TimerId = Annotated[int, argument("номер таймера", "number of the timer", Text("ТАЙМЕР", "TIMER"), identifier)]
By = Annotated[str, option("--engineer", "кто работает", "who works", metavar=options.NAME)]
AnyEngineer = Annotated[
    str | None, option("--engineer", "только его таймеры", "the timers of this one alone", metavar=options.NAME)
]
EndedAt = Annotated[
    datetime | None,
    option(
        "--at",
        "когда работа кончилась, если не сейчас",
        "when the work ended, if not now",
        moment,
        options.MOMENT,
    ),
]
AnyCharge = Annotated[
    str | None,
    option("--charge", "кто платит, если иначе", "who pays, if otherwise", one_of(*Charge), "|".join(Charge)),
]
HEADS = (
    Text("Таймер", "Timer"),
    Text("Инженер", "Engineer"),
    Text("Клиент", "Client"),
    Text("Обращение", "Ticket"),
    Text("Состояние", "State"),
    Text("Начат", "Started"),
    Text("Минут", "Minutes"),
    Text("Забыт", "Forgotten"),
)
COLUMNS = ("id", "engineer", "client_id", "ticket", "state", "started_at", "measured_minutes", "is_forgotten")


@taught(
    timer,
    "start",
    Text("Начать отсчёт работы; у инженера идёт один таймер.", "Start a timer; an engineer has one that runs."),
    'abonement timer start --inn 7707083893 --engineer "Ильин А. С." --ticket SD-1042 --service remote_work',
)
def start_timer(
    inn: options.Inn,
    engineer: By,
    ticket: options.Ticket = "",
    service: options.Service = None,
    charge: options.Charged = Charge.DRAW,
    channel: options.Channel = "",
    asked_by: options.Asker = "",
    summary: options.Summary = "",
    kpp: options.Kpp = None,
    seller: options.SellerCode = None,
    key: options.Key = None,
) -> None:
    """Start a timer at the work for a client's entity."""
    from api.cli.naming import entity_named, seller_named
    from entitlements.timing import Task, start

    def begin(session: Any) -> dict[str, Any]:
        entity = entity_named(session, inn, kpp)
        of: dict[str, Any] = {"entity_id": entity.id, "charge": Charge(charge), "ticket": ticket, "channel": channel}
        of |= {"service": service or "", "asked_by": asked_by, "summary": summary}
        of |= {"seller_id": seller_named(session, seller).id if seller else None}
        return {"id": start(session, Task(entity.client_id, engineer, **of), at=now()).id}

    asked = ["timer start", inn, kpp, seller, engineer, ticket, service, charge, channel, asked_by, summary]
    with database() as engine:
        timer_id = once(engine, key, asked, begin)["id"]
    say(Text(f"Таймер {timer_id} идёт.", f"Timer {timer_id} runs."))


@taught(
    timer,
    "pause",
    Text("Остановить отсчёт на время.", "Let a timer stand still for a while."),
    "abonement timer pause 7",
    'abonement timer pause 7 --at "2026-10-05 13:00"',
)
def pause_timer(timer_id: TimerId, ended_at: EndedAt = None) -> None:
    """Pause a timer."""
    from api.database import transaction
    from entitlements.timing import pause, timer_records

    with database() as engine, transaction(engine) as session:
        paused = pause(session, timer_id, at=now(), ended_at=_typed(session, ended_at))
        minutes = timer_records(session, [paused], at=now())[0].measured_minutes
    say(Text(f"Таймер {timer_id} на паузе: {minutes} мин.", f"Timer {timer_id} is paused: {minutes} min."))


@taught(timer, "resume", Text("Продолжить отсчёт.", "Let a paused timer go on."), "abonement timer resume 7")
def resume_timer(timer_id: TimerId) -> None:
    """Let a paused timer go on."""
    from api.database import transaction
    from entitlements.timing import resume

    with database() as engine, transaction(engine) as session:
        resume(session, timer_id, at=now())
    say(Text(f"Таймер {timer_id} снова идёт.", f"Timer {timer_id} runs again."))


@taught(
    timer,
    "stop",
    Text("Закончить отсчёт и записать работу, один раз.", "End a timer and log its work, once."),
    'abonement timer stop 7 --summary "Перенос остатков"',
    'abonement timer stop 7 --at "2026-10-05 18:00"',
)
def stop_timer(
    timer_id: TimerId, ended_at: EndedAt = None, summary: options.Summary = "", charge: AnyCharge = None
) -> None:
    """Stop a timer; what it measured is one entry."""
    from api.database import transaction
    from entitlements.timing import stop

    paid = Charge(charge) if charge else None
    with database() as engine, transaction(engine) as session:
        _, logged = stop(session, timer_id, at=now(), ended_at=_typed(session, ended_at), summary=summary, charge=paid)
        minutes = logged.entry.worked_minutes if logged.entry is not None else 0
        work_id = logged.entry.id if logged.entry is not None else "—"
    say(
        Text(
            f"Таймер {timer_id} остановлен: работа {work_id}, {minutes} мин.",
            f"Timer {timer_id} is stopped: work {work_id}, {minutes} min.",
        )
    )


@taught(
    timer,
    "list",
    Text("Показать таймеры, которые не остановлены.", "Show the timers that are not stopped."),
    "abonement timer list",
    'abonement timer list --engineer "Ильин А. С." --json',
)
def list_timers(engineer: AnyEngineer = None, json: options.AsJson = False) -> None:
    """The timers that run or are paused; forgotten ones are named."""
    from dataclasses import asdict
    from zoneinfo import ZoneInfo

    from api.cli.naming import local_zone
    from api.database import reading
    from entitlements.timing import open_timers

    with database() as engine, reading(engine) as session:
        zone = ZoneInfo(local_zone(session, None))
        found = [asdict(one) for one in open_timers(session, at=now(), engineer=engineer)]
    if json:
        as_json(found)
    elif found:
        table(HEADS, [[_shown(one[name], zone) for name in COLUMNS] for one in found])
    else:
        say(Text("Таймеров нет.", "No timers."))


def _shown(value: Any, zone: Any) -> Any:
    if isinstance(value, bool):
        return Text("да", "yes") if value else ""
    return value.astimezone(zone).isoformat(timespec="minutes") if isinstance(value, datetime) else value


def _typed(session: Any, ended_at: datetime | None) -> Any:
    from api.cli.naming import local_zone
    from api.cli.values import in_zone

    return in_zone(ended_at, local_zone(session, None)) if ended_at is not None else None
