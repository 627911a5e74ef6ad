"""Commands for what clients say to single works before the month is closed."""

from typing import Annotated, Any

from api.cli import options
from api.cli.counter import taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import say, table
from api.cli.values import argument, identifier, one_of, option
from api.cli.working import work

STATES = ("awaiting", "objected", "approved")
WorkNumber = Annotated[int, argument("номер работы", "number of the work", Text("РАБОТА", "WORK"), identifier)]
State = Annotated[
    str | None, option("--state", "только в этом состоянии", "only in this state", one_of(*STATES), "|".join(STATES))
]
By = Annotated[str, option("--by", "кто сказал от клиента", "who said so for the client", metavar=options.NAME)]
Objection = Annotated[
    str | None, option("--object", "в чём клиент не согласен; без него работа согласована", "why not; approved without")
]

HEADS = (
    Text("Работа", "Work"),
    Text("Клиент", "Client"),
    Text("День", "Day"),
    Text("Обращение", "Ticket"),
    Text("Инженер", "Engineer"),
    Text("Минут", "Minutes"),
    Text("Состояние", "State"),
    Text("Кто и что", "Who and what"),
)


@taught(
    work,
    "approvals",
    Text(
        "Показать работы открытых месяцев, о которых план спрашивает клиента.",
        "Show the works of open months about which the plan asks the client.",
    ),
    "abonement work approvals --state awaiting",
    "abonement work approvals --inn 7707083893",
)
def approvals(state: State = None, inn: options.AnyInn = None, kpp: options.Kpp = None) -> None:
    """The entries that clients are asked about (P6)."""
    from api.cli.naming import entity_named
    from api.database import reading
    from entitlements.approving import list_entries
    from entitlements.entry_states import EntryState

    with database() as engine, reading(engine) as session:
        client_id = entity_named(session, inn, kpp).client_id if inn is not None else None
        found = list_entries(session, state=EntryState(state) if state else None, client_id=client_id)
    if not found:
        say(Text("Таких работ нет.", "No such works."))
        return
    names = ("id", "client_id", "work_on", "ticket", "engineer", "worked_minutes", "state")
    said = [": ".join(filter(None, (one.said_by, one.text))) for one in found]
    table(HEADS, [[*(getattr(one, name) for name in names), told] for one, told in zip(found, said, strict=True)])


@taught(
    work,
    "approve",
    Text("Записать, что клиент согласен с работой или нет.", "Record that the client approves a work or objects."),
    'abonement work approve 17 --by "Седова А. П."',
    'abonement work approve 18 --by "Седова А. П." --object "В тот день никто не приезжал"',
)
def approve(entry_id: WorkNumber, said_by: By, objection: Objection = None, key: options.Key = None) -> None:
    """Say once, before its month is closed, what the client says to a work (P6)."""
    from entitlements.approving import approve_entry, object_to_entry

    def act(session: Any) -> dict[str, Any]:
        if objection is None:
            return {"stance": approve_entry(session, entry_id, said_by=said_by, at=now()).stance.value}
        return {"stance": object_to_entry(session, entry_id, text=objection, said_by=said_by, at=now()).stance.value}

    with database() as engine:
        stance = once(engine, key, ["work approve", entry_id, said_by, objection], act)["stance"]
    say(Text(f"Работа {entry_id}: {stance}.", f"Work {entry_id}: {stance}."))
