"""The commands that evaluate every equation over the whole database, and that look for changed closed months."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from api.cli.counter import app, taught
from api.cli.installation import database, settings
from api.cli.language import Text
from api.cli.refusing import FOUND
from api.cli.screen import progress, say, table

if TYPE_CHECKING:
    from entitlements.breaches import Breach

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
    _show(found)


@taught(
    app,
    "verify-statements",
    Text(
        "Проверить, что закрытые месяцы не менялись мимо программы: назвать каждый изменённый отчёт и строку. Статус 0"
        " — всё как при закрытии.",
        "Check that no closed month was changed behind the product's back: name each changed statement and line. Status"
        " 0 means all is as it was closed.",
    ),
    "abonement verify-statements",
)
def verify_statements() -> None:
    """Follow the chain of each client's statements; more about it in `documents.sealing`."""
    from api.reconcile import changed_months

    with database() as engine, progress() as tell:
        found = changed_months(engine, tell=tell)
    _show(found)


def _show(found: "Sequence[Breach]") -> None:
    """The exceptions in a table; any makes the status 1."""
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
