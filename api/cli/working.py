"""Commands about what engineers did."""

from typing import TYPE_CHECKING, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.screen import say
from entitlements.hours_facts import Charge

if TYPE_CHECKING:
    from entitlements.logging_work import Logged

work = room("work", Text("Работы инженеров", "Engineers' work"))


@taught(
    work,
    "log",
    Text(
        "Записать работу. Повтор с тем же --key и другими данными её исправляет.",
        "Log work. A repeat with the same --key and other data corrects it.",
    ),
    'abonement work log --inn 7707083893 --worked 1:30 --at "2026-10-05 10:00" --service remote_work --ticket SD-1042',
    'abonement work log --inn 7707083893 --worked "45 мин" --on 2026-10-06 --charge paid --key SD-1043/1',
)
def log_work(
    inn: options.Inn,
    worked_minutes: options.Worked,
    started_at: options.StartedAt = None,
    work_on: options.WorkOn = None,
    service: options.Service = None,
    ticket: options.Ticket = "",
    charge: options.Charged = Charge.DRAW,
    channel: options.Channel = "",
    asked_by: options.Asker = "",
    engineer: options.Engineer = "",
    summary: options.Summary = "",
    kpp: options.Kpp = None,
    seller: options.SellerCode = None,
    key: options.WorkId = None,
) -> None:
    """Log what an engineer did; more about it in `entitlements.logging_work.log`."""
    from uuid import uuid4

    from api.cli.naming import entity_named, local_zone, seller_named
    from api.cli.values import in_zone
    from api.database import transaction
    from entitlements.logging_work import Work, log

    texts: dict[str, Any] = {"ticket": ticket, "service": service or "", "channel": channel}
    texts |= {"asked_by": asked_by, "engineer": engineer, "summary": summary}
    with database() as engine, transaction(engine) as session:
        entity = entity_named(session, inn, kpp)
        by = seller_named(session, seller).id if seller else None
        at = in_zone(started_at, local_zone(session, seller)) if started_at else None
        event = (entity.client_id, "cli", key or str(uuid4()), worked_minutes, at, work_on, by, entity.id)
        logged = log(session, Work(*event, Charge(charge), **texts), at=now())
    say(_told(logged))


def _told(logged: "Logged") -> str:
    if logged.unchanged:
        return Text("Уже записано, ничего не изменилось.", "Logged before; nothing changed.")
    if logged.entry is None:
        return Text("Работа отменена.", "The work is taken back.")
    entry = logged.entry
    corrected = Text("исправлена", "corrected") if logged.reversal else Text("записана", "logged")
    return Text(
        f"Работа {entry.id} {corrected}: {entry.worked_minutes} мин, считается {entry.counts_on}.",
        f"Work {entry.id} {corrected}: {entry.worked_minutes} min, counts on {entry.counts_on}.",
    )
