"""Commands about warnings that hours run short: what was warned of, and where managers read it."""

from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import app, room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import as_json, say, table
from api.cli.values import argument, option

if TYPE_CHECKING:
    from sqlmodel import Session

manager = room("manager", Text("Менеджеры, которые ведут клиентов", "Managers who look after clients"))
ManagerName = Annotated[str, argument("имя, как у клиентов", "the name that clients have", options.NAME)]
MailTo = Annotated[
    str | None,
    option("--email", "куда писать; без неё на почту сотрудников продавца", "where to write; else the seller's staff"),
]
HEADS = (
    Text("Номер", "Number"),
    Text("Клиент", "Client"),
    Text("Порог, %", "Share, %"),
    Text("Период с", "Period from"),
    Text("Дано", "Given"),
    Text("Использовано", "Used"),
    Text("Осталось", "Left"),
    Text("Когда", "When"),
)
COLUMNS = ("id", "client", "percent", "period_starts_on", "given_minutes", "used_minutes", "available_minutes")


@taught(
    app,
    "warnings",
    Text(
        "Показать, когда и о каких часах предупредили клиентов и сотрудников.",
        "Show when clients and staff were warned, and of which hours.",
    ),
    "abonement warnings",
    "abonement warnings --client 12 --json",
)
def warnings(client: options.Client = None, seller: options.SellerCode = None, json: options.AsJson = False) -> None:
    """The warnings of a client, of a seller, or all (H13)."""
    from zoneinfo import ZoneInfo

    from sqlmodel import col, select

    from api.cli.naming import local_zone, seller_named
    from api.database import reading
    from contracts.parties import Client
    from entitlements.hour_warnings import HoursWarning
    from entitlements.listed_warnings import list_warnings

    with database() as engine, reading(engine) as session:
        seller_id = seller_named(session, seller).id if seller else None
        clients = None if client is None else [client]
        found = list_warnings(session, client_ids=clients, seller_id=seller_id)
        warned = select(Client.id, Client.name).where(col(Client.id).in_(select(HoursWarning.client_id)))
        names = dict(session.exec(warned).all())
        zone = ZoneInfo(local_zone(session, seller))
        rows = [{**one.model_dump(mode="json"), "client": names[one.client_id]} for one in found]
        shown = [
            [*(row[name] for name in COLUMNS), one.warned_at.astimezone(zone).isoformat(timespec="minutes")]
            for row, one in zip(rows, found, strict=True)
        ]
    if json:
        as_json(rows)
    elif rows:
        table(HEADS, shown)
    else:
        say(Text("Предупреждений не было.", "Nobody was warned yet."))


@taught(
    manager,
    "address",
    Text(
        "Выбрать, куда менеджеру приходят предупреждения о часах и сводки.",
        "Choose where a manager reads warnings about hours and digests.",
    ),
    'abonement manager address "Котова И. Л." --email kotova@example.org',
)
def choose_address(name: ManagerName, email: MailTo = None, key: options.Key = None) -> None:
    """Choose a manager's address (H13)."""
    from contracts import enrolling

    def choose(session: "Session") -> dict[str, Any]:
        return {"email": enrolling.choose_manager_address(session, name, email, at=now()).email}

    with database() as engine:
        once(engine, key, ["manager address", name, email], choose)
    where = email or Text("почта сотрудников продавца", "the seller's staff address")
    say(Text(f"{name}: {where}.", f"{name}: {where}."))
