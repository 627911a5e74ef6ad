"""Commands about what engineers did."""

from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.screen import facts, say, table
from api.cli.values import duration, option, whole
from entitlements.hours_facts import Charge

if TYPE_CHECKING:
    from sqlmodel import Session

    from billing.previewing import MovedLineAmounts, MovedWork
    from contracts.money import Money
    from entitlements.hours import LotState
    from entitlements.hours_facts import Parts
    from entitlements.logging_work import Logged
    from entitlements.moved_hours import MovedLine
    from entitlements.overlaps import Overlap

Connected = Annotated[
    int | None,
    option(
        "--connected",
        "сколько секунд длился звонок, вместо --worked",
        "how many seconds a call was connected, instead of --worked",
        whole(0, 60 * 44640),
        Text("секунд", "seconds"),
    ),
]
Travel = Annotated[
    int, option("--travel", "дорога на выезд и обратно", "the way to a visit and back", duration, options.DURATION)
]

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
    'abonement work log --inn 7707083893 --connected 431 --at "2026-10-05 10:00" --service call',
    "abonement work log --inn 7707083893 --worked 1:30 --travel 0:40 --on 2026-10-06 --service visit",
    'abonement work log --inn 7707083893 --worked 1:30 --at "2026-10-05 10:00" --service remote_work --dry-run',
)
def log_work(
    inn: options.Inn,
    worked_minutes: options.Worked = None,
    connected: Connected = None,
    travel_minutes: Travel = 0,
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
    dry_run: options.DryRun = False,
) -> None:
    """Log what an engineer did, or show what that would move (H14); see `entitlements.logging_work.log`."""
    from uuid import uuid4

    from api.cli.naming import entity_named, local_zone, seller_named
    from api.cli.values import in_zone
    from api.database import transaction
    from entitlements.logging_work import Work, log

    minutes = _minutes(worked_minutes, connected)
    texts: dict[str, Any] = {"ticket": ticket, "service": service or "", "channel": channel}
    texts |= {"asked_by": asked_by, "engineer": engineer, "summary": summary, "travel_minutes": travel_minutes}
    with database() as engine, transaction(engine) as session:
        entity = entity_named(session, inn, kpp)
        by = seller_named(session, seller).id if seller else None
        at = in_zone(started_at, local_zone(session, seller)) if started_at else None
        event = (entity.client_id, "cli", key or str(uuid4()), minutes, at, work_on, by, entity.id)
        logged = log(session, Work(*event, Charge(charge), **texts), at=now())
        moved, overlaps = _found(session, logged, dry_run)
        if dry_run:
            session.rollback()
    _tell(logged, moved, overlaps)


def _found(session: "Session", logged: "Logged", dry_run: bool) -> "tuple[MovedWork | None, list[Overlap]]":
    """What the entry moves, where that is asked for, and what it overlaps with."""
    from billing.previewing import moved_by
    from entitlements.overlaps import overlaps_of

    overlaps = overlaps_of(session, logged.entry) if logged.entry is not None else []
    return (moved_by(session, logged, at=now()) if dry_run else None), overlaps


def _tell(logged: "Logged", moved: "MovedWork | None", overlaps: "list[Overlap]") -> None:
    if moved is None:
        say(_told(logged))
    else:
        show_moved(moved)
    for one in overlaps:
        pair = f"{one.first.source} {one.first.external_id}, {one.second.source} {one.second.external_id}"
        say(Text(f"Пересекаются на {one.minutes} мин: {pair}.", f"Overlap by {one.minutes} min: {pair}."))


def _minutes(worked_minutes: int | None, connected: int | None) -> int:
    """The minutes worked; those of a call from its seconds, rounded up once (H3)."""
    from datetime import timedelta

    from contracts.errors import Refusal
    from entitlements.stretches import whole_minutes

    if connected is not None and worked_minutes is None:
        return whole_minutes(timedelta(seconds=connected))
    if worked_minutes is None or connected is not None:
        raise Refusal("WORKED_ONCE", field="worked", value=worked_minutes, allowed=["--worked", "--connected"])
    return worked_minutes


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


def show_moved(moved: "MovedWork") -> None:
    """The lines and grants that change, as they were and as they would be, and what that comes to."""
    hours = moved.hours
    if not hours.lines and not hours.lots:
        say(Text("Ничего не меняется.", "Nothing changes."))
        return
    money = ", ".join(f"{_signed(amount)} {currency}" for currency, amount in moved.difference.items())
    overage = Text(f"{hours.overage_minutes:+} мин", f"{hours.overage_minutes:+} min")
    facts([(Text("Сверх лимита", "Overage"), overage), (Text("К оплате", "To pay"), money or "0.00")])
    was, is_now = Text("было", "before"), Text("станет", "after")
    heads = (Text("Работа", "Work"), "№", Text("День", "Day"), was, is_now, Text("сумма была", "amount before"))
    table(
        (*heads, Text("сумма станет", "amount after")),
        (_line(line, moved.amounts[line.entry.id]) for line in hours.lines),
    )
    table(
        (Text("Часы", "Hours"), Text("с", "from"), Text("до", "until"), was, is_now),
        ((one.lot.kind, one.lot.starts_on, one.lot.ends_on, _left(one.before), _left(one.after)) for one in hours.lots),
    )


def _line(line: "MovedLine", amounts: "MovedLineAmounts") -> tuple[object, ...]:
    event = (line.entry.source, line.entry.external_id, line.entry.counts_on)
    was, is_now = _amount(line.before, amounts.before), _amount(line.after, amounts.after)
    return (*event, _paid(line.before), _paid(line.after), was, is_now)


def _signed(amount: "Money") -> str:
    return f"+{amount}" if amount.minor > 0 else str(amount)


def _paid(parts: "Parts | None") -> str:
    """Billed minutes, those to be paid by the client behind the plus."""
    if parts is None:
        return "—"
    charged = parts.overage_minutes + parts.paid_minutes
    return f"{parts.billed_minutes - charged} + {charged}" if charged else str(parts.billed_minutes)


def _amount(parts: "Parts | None", amount: "Money | None") -> str:
    if parts is None:
        return "—"
    return str(amount) if amount is not None else Text("цена не согласована", "no price agreed")


def _left(state: "LotState | None") -> str:
    if state is None:
        return "—"
    used, minutes, burnt = state.used_minutes, state.lot.minutes, state.burnt_minutes
    return Text(f"взято {used} из {minutes}, сгорит {burnt}", f"used {used} of {minutes}, burns {burnt}")
