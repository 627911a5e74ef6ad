"""The command that edits many work entries at once."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.screen import say, table
from api.cli.values import day, duration, line, one_of, option
from api.cli.working import show_moved, work
from entitlements.hours_facts import Charge

if TYPE_CHECKING:
    from entitlements.editing_work import Edited

AnyCharge = Annotated[
    str | None, option("--charge", "кто платит сейчас", "who pays now", one_of(*Charge), "|".join(Charge))
]
AnyTicket = Annotated[str | None, option("--ticket", "номер обращения", "number of the ticket", metavar=options.NUMBER)]
AnyEngineer = Annotated[str | None, option("--engineer", "кто работал", "who worked", metavar=options.NAME)]
AnySource = Annotated[
    str | None, option("--source", "откуда работы", "where the work comes from", metavar=options.NAME)
]
FirstDay = Annotated[date | None, option("--from", "первый день работ", "first day of the work", day, options.DAY)]
LastDay = Annotated[date | None, option("--until", "последний день работ", "last day of the work", day, options.DAY)]
NewInn = Annotated[str | None, option("--set-inn", "ИНН другого клиента", "INN of another client", metavar=options.INN)]
NewKpp = Annotated[str | None, option("--set-kpp", "его КПП", "its KPP", metavar=Text("КПП", "KPP"))]
NewService = Annotated[str | None, option("--set-service", "код услуги", "code of the service", line, options.CODE)]
NewTicket = Annotated[
    str | None, option("--set-ticket", "номер обращения", "number of the ticket", line, options.NUMBER)
]
NewCharge = Annotated[str | None, option("--set-charge", "кто платит", "who pays", one_of(*Charge), "|".join(Charge))]
NewMinutes = Annotated[
    int | None, option("--set-worked", "сколько работали", "time worked", duration, options.DURATION)
]


@taught(
    work,
    "edit",
    Text(
        "Изменить сразу много работ, пока их месяц не закрыт: все или ни одной.",
        "Edit many works at once while their month is open: all or none.",
    ),
    "abonement work edit --ticket SD-1042 --set-charge goodwill --dry-run",
    'abonement work edit --engineer "Ильин А. С." --from 2026-10-05 --until 2026-10-05 --set-service visit',
    "abonement work edit --inn 7707083893 --ticket SD-1042 --set-inn 7736050003",
)
def edit_works(
    inn: options.AnyInn = None,
    kpp: options.Kpp = None,
    ticket: AnyTicket = None,
    engineer: AnyEngineer = None,
    service: options.Service = None,
    charge: AnyCharge = None,
    source: AnySource = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    new_inn: NewInn = None,
    new_kpp: NewKpp = None,
    new_service: NewService = None,
    new_ticket: NewTicket = None,
    new_charge: NewCharge = None,
    new_minutes: NewMinutes = None,
    dry_run: options.DryRun = False,
) -> None:
    """Edit the works that fit all that is named, or show what that would move (H10, H14)."""
    from api.cli.naming import entity_named
    from api.database import transaction
    from billing.previewing import moved_in_pools
    from entitlements.editing_work import Change, ChosenWork, edit_work

    texts: dict[str, Any] = {"ticket": ticket, "engineer": engineer, "service": service, "source": source}
    with database() as engine, transaction(engine) as session:
        client_id = entity_named(session, inn, kpp).client_id if inn is not None else None
        texts |= {"charge": Charge(charge) if charge else None, "first_day": first_day, "last_day": last_day}
        entity = entity_named(session, new_inn, new_kpp) if new_inn is not None else None
        to: dict[str, Any] = {"client_id": entity.client_id, "entity_id": entity.id} if entity is not None else {}
        to |= {"service": new_service, "ticket": new_ticket, "worked_minutes": new_minutes}
        to |= {"charge": Charge(new_charge) if new_charge else None}
        edited = edit_work(session, ChosenWork(client_id, **texts), Change(**to), at=now())
        moved = moved_in_pools(session, [one.logged for one in edited], at=now()) if dry_run else {}
        if dry_run:
            session.rollback()
    _tell(edited, dry_run)
    for (client_id, seller_id), one in moved.items():
        say(Text(f"Клиент {client_id}, продавец {seller_id}:", f"Client {client_id}, seller {seller_id}:"))
        show_moved(one)


def _tell(edited: "list[Edited]", dry_run: bool) -> None:
    if not edited:
        say(Text("Таких работ нет, или всё уже так.", "There are no such works, or all is so already."))
        return
    heads = (Text("Работа", "Work"), "№", Text("День", "Day"), Text("Клиент", "Client"), Text("Минут", "Minutes"))
    entries = [one.logged.entry for one in edited if one.logged.entry is not None]
    rows = [(one.source, one.external_id, one.counts_on, one.client_id, one.worked_minutes) for one in entries]
    table(heads, rows)
    done = Text("будет изменено", "to be changed") if dry_run else Text("изменено", "changed")
    say(Text(f"Работ {done}: {len(rows)}.", f"Works {done}: {len(rows)}."))
