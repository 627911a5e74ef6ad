"""Commands for what a person approved although the rules say no."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.screen import as_json, say, table
from api.cli.values import argument, identifier, option

override = room("override", Text("Обслуживание по согласованию", "Service by approval"))
OverrideId = Annotated[
    int, argument("номер согласования", "number of the override", Text("СОГЛАСОВАНИЕ", "OVERRIDE"), identifier)
]
Until = Annotated[datetime, option("--until", "до какого времени", "until when", options.moment, options.MOMENT)]

HEADS = (
    Text("Номер", "Number"),
    Text("Согласовано кем", "Approved by"),
    Text("До", "Until"),
    Text("Услуга", "Service"),
    Text("Обращение", "Ticket"),
    Text("Причина", "Reason"),
)


@taught(
    override,
    "give",
    Text(
        "Разрешить обслуживать клиента до срока, хотя правила против.",
        "Let a client be served until a moment although the rules say no.",
    ),
    'abonement override give --inn 7707083893 --by "Орлова Н. В." --reason "Счёт оплатят в понедельник" '
    '--until "2026-11-30 18:00"',
)
def give_override(
    inn: options.Inn,
    approved_by: options.ClaimedBy,
    reason: options.Reason,
    until_at: Until,
    service: options.Service = None,
    ticket: options.Ticket = "",
    kpp: options.Kpp = None,
    seller: options.SellerCode = None,
) -> None:
    """Let a client be served for a time, by a person and for a reason (D7)."""
    from api.cli.naming import entity_named, local_zone
    from api.cli.values import in_zone
    from api.database import transaction
    from entitlements import overriding

    with database() as engine, transaction(engine) as session:
        given = overriding.give_override(
            session,
            entity_named(session, inn, kpp).client_id,
            approved_by,
            reason,
            until_at=in_zone(until_at, local_zone(session, seller)),
            at=now(),
            service=service,
            ticket=ticket,
            longest=timedelta(days=settings().override_days),
        )
    say(Text(f"Согласование {given.id}: {reason}.", f"Override {given.id}: {reason}."))


@taught(
    override,
    "end",
    Text("Прекратить согласование раньше срока.", "End an override before its time."),
    "abonement override end 1",
)
def end_override(override_id: OverrideId) -> None:
    """Let the rules decide again (D7)."""
    from api.database import transaction
    from entitlements import overriding

    with database() as engine, transaction(engine) as session:
        overriding.end_override(session, override_id, at=now())
    say(Text(f"Согласование {override_id} прекращено.", f"Override {override_id} is ended."))


@taught(
    override,
    "list",
    Text("Показать, что и кем было согласовано для клиента.", "Show what was approved for a client, and by whom."),
    "abonement override list --inn 7707083893",
)
def list_overrides(
    inn: options.Inn, kpp: options.Kpp = None, seller: options.SellerCode = None, json: options.AsJson = False
) -> None:
    """Every override of a client."""
    from zoneinfo import ZoneInfo

    from api.cli.naming import entity_named, local_zone
    from api.database import reading
    from entitlements.overriding import overrides_of

    with database() as engine, reading(engine) as session:
        listed = overrides_of(session, entity_named(session, inn, kpp).client_id)
        zone = ZoneInfo(local_zone(session, seller))
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "approved_by": one.approved_by,
            "ends_at": f"{one.ends_at.astimezone(zone):%Y-%m-%d %H:%M}",
            "service": one.service or "",
            "ticket": one.ticket,
            "reason": one.reason,
        }
        for one in listed
    ]
    if json:
        as_json(rows)
    elif rows:
        table(HEADS, [list(row.values()) for row in rows])
    else:
        say(Text("Согласований нет.", "Nothing was approved."))
