"""The command that lists work of one engineer over the same minutes."""

from datetime import date
from typing import Annotated

from api.cli import options
from api.cli.counter import taught
from api.cli.editing_work import AnyEngineer
from api.cli.installation import database
from api.cli.language import Text
from api.cli.screen import say, table
from api.cli.values import day, option
from api.cli.working import work

FirstDay = Annotated[date, option("--from", "первый день работ", "first day of the work", day, options.DAY)]
LastDay = Annotated[date, option("--until", "последний день работ", "last day of the work", day, options.DAY)]

HEADS = (
    Text("Инженер", "Engineer"),
    Text("Работа", "Work"),
    Text("Клиент", "Client"),
    Text("Начало", "Start"),
    Text("Минут", "Minutes"),
    Text("и работа", "and work"),
    Text("Клиент", "Client"),
    Text("Начало", "Start"),
    Text("Минут", "Minutes"),
    Text("Общих минут", "Minutes in common"),
)


@taught(
    work,
    "overlaps",
    Text("Показать работы инженеров, которые пересекаются.", "Show works of engineers that overlap."),
    "abonement work overlaps --from 2026-10-01 --until 2026-10-31",
)
def overlaps(first_day: FirstDay, last_day: LastDay, engineer: AnyEngineer = None) -> None:
    """Each two works of one engineer that claim the same minutes (H10)."""
    from zoneinfo import ZoneInfo

    from api.cli.naming import local_zone
    from api.database import reading
    from entitlements.overlaps import list_overlaps

    with database() as engine, reading(engine) as session:
        zone = ZoneInfo(local_zone(session, None))
        rows = []
        for one in list_overlaps(session, first_day, last_day, engineer=engineer):
            row: list[object] = [one.first.engineer]
            for entry in (one.first, one.second):
                started = f"{entry.started_at.astimezone(zone):%Y-%m-%d %H:%M}"
                row += [f"{entry.source} {entry.external_id}", entry.client_id, started, entry.worked_minutes]
            rows.append([*row, one.minutes])
    if rows:
        table(HEADS, rows)
    else:
        say(Text("Пересечений нет.", "Nothing overlaps."))
