"""The command that evaluates every equation over the whole database."""

import typer

from api.cli.counter import app, taught
from api.cli.installation import database, settings
from api.cli.language import Text
from api.cli.refusing import FOUND
from api.cli.screen import progress, say, table

MOST_SHOWN = 100
"""How many exceptions are shown one by one."""


@taught(
    app,
    "reconcile",
    Text(
        "Проверить все равенства учёта по всей базе: часы, суммы, номера, документы. Статус 0 — только без исключений.",
        "Evaluate every equation over the whole database: hours, sums, numbers, papers. Status 0 means no exceptions.",
    ),
    "abonement reconcile",
)
def reconcile() -> None:
    """Evaluate every equation and show the exceptions; more about it in `api.reconcile`."""
    from api.reconcile import exceptions
    from documents.store import Store

    with database() as engine, progress() as tell:
        found = exceptions(engine, Store(settings().papers), tell=tell)
    if found:
        heads = (
            Text("Правило", "Rule"),
            Text("Где", "Where"),
            Text("Записано", "Stored"),
            Text("Должно быть", "Right"),
        )
        table(heads, [(one.equation, one.subject, one.found, one.right) for one in found[:MOST_SHOWN]])
    if len(found) > MOST_SHOWN:
        say(Text(f"… и ещё {len(found) - MOST_SHOWN}", f"… and {len(found) - MOST_SHOWN} more"))
    say(Text(f"Исключений: {len(found)}", f"Exceptions: {len(found)}"))
    if found:
        raise typer.Exit(FOUND)
