"""What desks did on offline passes and a person has to look at."""

from typing import Annotated

from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.screen import say, table
from api.cli.values import argument, identifier, option

offline = room("offline", Text("Работа без связи", "Work without the server"))

UseId = Annotated[int, argument("номер записи", "id of the use", Text("НОМЕР", "ID"), identifier)]
LookedBy = Annotated[str, option("--by", "кто посмотрел", "who looked", metavar=Text("имя", "name"))]


@taught(
    offline,
    "list",
    Text(
        "Показать работу без связи, на которую должен посмотреть человек. Статус 1, если такая есть.",
        "List the offline work that a person has to look at. Status 1 when there is any.",
    ),
    "abonement offline list",
)
def list_uses() -> None:
    """Show what nobody has looked at yet, oldest first."""
    import typer

    from api.cli.refusing import FOUND
    from api.database import reading
    from entitlements.offline_work import waiting_uses

    with database() as engine, reading(engine) as session:
        uses = waiting_uses(session)
    heads = [
        Text("Номер", "Id"),
        Text("Клиент", "Client"),
        Text("Источник", "Source"),
        Text("Когда", "When"),
        Text("Работа", "Entry"),
        Text("Ответ был бы", "It would have been"),
        Text("Не записано", "Not booked"),
        Text("По пропуску", "On the pass"),
    ]
    table(heads, [
        (
            use.id,
            use.client_id,
            f"{use.source}/{use.external_id}",
            f"{use.used_at:%Y-%m-%d %H:%M}",
            use.work_entry_id or "",
            use.reason,
            use.problem,
            Text("да", "yes") if use.in_time else Text("нет", "no"),
        )
        for use in uses
    ])  # fmt: skip
    if uses:
        raise typer.Exit(FOUND)


@taught(
    offline,
    "review",
    Text("Отметить, что человек посмотрел.", "Say that a person looked at it."),
    'abonement offline review 3 --by "Ирина Соколова"',
)
def review_use(offline_use_id: UseId, by: LookedBy) -> None:
    """Take a use off the list."""
    from api.database import transaction
    from entitlements.offline_work import review

    with database() as engine, transaction(engine) as session:
        review(session, offline_use_id, by, at=now())
    say(Text(f"Запись {offline_use_id} просмотрена.", f"Use {offline_use_id} is looked at."))
