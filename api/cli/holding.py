"""Commands about the minutes that are held for accepted tickets."""

from typing import Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import as_json, say, table
from api.cli.values import argument, identifier, option, whole

hold = room("hold", Text("Резервы часов под обращения", "Hours held for tickets"))
HoldId = Annotated[int, argument("номер резерва", "number of the hold", Text("РЕЗЕРВ", "HOLD"), identifier)]
Settled = Annotated[
    int | None,
    option(
        "--minutes",
        "сколько минут ушло; без него все",
        "how many minutes it took; all without it",
        whole(0, 44640),
        options.MINUTES,
    ),
]
Longer = Annotated[
    int, option("--hours", "на сколько часов", "for how many hours", whole(1, 8760), Text("часов", "hours"))
]

HEADS = (
    Text("Резерв", "Hold"),
    Text("Клиент", "Client"),
    Text("Обращение", "Ticket"),
    Text("Минут", "Minutes"),
    Text("До", "Until"),
)


@taught(
    hold,
    "list",
    Text("Показать действующие резервы и до какого времени они.", "Show the live holds and until when they last."),
    "abonement hold list",
    "abonement hold list --inn 7707083893 --json",
)
def list_holds(inn: options.AnyInn = None, kpp: options.Kpp = None, json: options.AsJson = False) -> None:
    """The live holds of a client, or all."""
    from zoneinfo import ZoneInfo

    from api.cli.naming import entity_named, local_zone
    from api.database import reading
    from entitlements.desk import live_holds

    with database() as engine, reading(engine) as session:
        client_id = entity_named(session, inn, kpp).client_id if inn is not None else None
        zone = ZoneInfo(local_zone(session, None))
        rows = [_told(held, zone) for held in live_holds(session, at=now(), client_id=client_id)]
    if json:
        as_json(rows)
    elif rows:
        table(HEADS, [list(row.values()) for row in rows])
    else:
        say(Text("Резервов нет.", "No holds."))


def _told(held: Any, zone: Any) -> dict[str, Any]:
    until = held.expires_at.astimezone(zone).isoformat(timespec="minutes")
    told = {name: getattr(held, name) for name in ("id", "client_id", "ticket", "minutes")}
    return {**told, "expires_at": until}


@taught(
    hold,
    "settle",
    Text(
        "Закрыть резерв, когда работа записана; что не ушло, освобождается.",
        "Settle a hold whose work is logged; what it did not take is released.",
    ),
    "abonement hold settle 17 --minutes 45",
)
def settle_hold(hold_id: HoldId, minutes: Settled = None, key: options.Key = None) -> None:
    """End a hold wholly or by a part of its minutes (H12)."""
    from entitlements import desk

    def settle(session: Any) -> dict[str, Any]:
        return {"minutes": desk.settle_hold(session, hold_id, at=now(), minutes=minutes).settled_minutes}

    with database() as engine:
        settled = once(engine, key, ["hold settle", hold_id, minutes], settle)["minutes"]
    say(Text(f"Резерв {hold_id} закрыт: {settled} мин.", f"Hold {hold_id} is settled: {settled} min."))


@taught(
    hold,
    "release",
    Text("Освободить часы резерва.", "Give the hours of a hold back."),
    "abonement hold release 17",
)
def release_hold(hold_id: HoldId) -> None:
    """Give a hold's minutes back."""
    from api.database import transaction
    from entitlements import desk

    with database() as engine, transaction(engine) as session:
        desk.release_hold(session, hold_id, at=now())
    say(Text(f"Резерв {hold_id} снят.", f"Hold {hold_id} is released."))


@taught(
    hold,
    "extend",
    Text("Продлить резерв: его сменяет новый с теми же минутами.", "Extend a hold: a new one with the same minutes."),
    "abonement hold extend 17 --hours 48",
)
def extend_hold(hold_id: HoldId, hours: Longer, key: options.Key = None) -> None:
    """End a live hold and place its successor."""
    from entitlements import desk

    def extend(session: Any) -> dict[str, Any]:
        return {"id": desk.extend_hold(session, hold_id, hours, at=now()).id}

    with database() as engine:
        successor = once(engine, key, ["hold extend", hold_id, hours], extend)["id"]
    say(Text(f"Резерв {hold_id} продлён: теперь {successor}.", f"Hold {hold_id} is extended: now {successor}."))
