"""The counter at which commands are asked for: the root of the command line, and how a command is added to it."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from api.cli.language import Text
from api.cli.refusing import Command, Commands
from api.cli.values import flag

Body = TypeVar("Body", bound=Callable[..., None])

_STATUSES = Text(
    """Статусы завершения:
0  сделано
1  сделано, но найдено то, что требует человека
2  отказ или опечатка в команде, ничего не записано
3  база данных или хранилище документов недоступны, или база не обновлена
Язык: ABONEMENT_LANGUAGE=ru или en. Примеры: abonement КОМАНДА --help""",
    """Exit statuses:
0  done
1  done, but what was found needs a person
2  refused or mistyped, nothing was written
3  the database or the store of papers cannot be reached, or the database is not migrated
Language: ABONEMENT_LANGUAGE=ru or en. Examples: abonement COMMAND --help""",
)

SHELVES = {
    Text("Начало", "To begin"): ("demo", "init", "seller", "client", "registration"),
    Text("Продажа", "Selling"): (
        "plan",
        "preamble",
        "form",
        "sell",
        "sign",
        "offer",
        "free-period",
        "free-periods",
        "package",
    ),
    Text("Подписки", "Subscriptions"): ("renew", "claim", "amend", "cancel", "paid", "block", "register"),
    Text("Что кончается", "What ends"): (
        "pipeline",
        "remind",
        "renewals",
        "replay",
        "shadow",
        "warnings",
        "manager",
    ),
    Text("Поддержка", "The desk"): (
        "check",
        "receipt",
        "verify",
        "offline",
        "override",
        "case",
        "hold",
        "use",
        "timer",
        "work",
        "goodwill",
        "import",
    ),
    Text("Месяц и документы", "Month and papers"): (
        "close-month",
        "objection",
        "reconcile",
        "verify-statements",
        "papers",
        "letter",
        "scan",
        "report",
        "engineer",
        "payment",
        "bank",
        "dun",
        "journal",
        "export-books",
        "reconciliation-act",
    ),
    Text("Установка", "Installation"): (
        "serve",
        "worker",
        "mcp",
        "migrate",
        "doctor",
        "person",
        "key",
        "receipt-key",
        "webhook",
        "export",
    ),
}
"""Which commands lie together, in the order of help."""


class Root(Commands):
    """All commands, on their shelves."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """The names, shelf by shelf."""
        return [name for names in SHELVES.values() for name in names if name in self.commands]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """The command, labelled with its shelf."""
        command: Any = super().get_command(ctx, cmd_name)
        if command is not None:
            command.rich_help_panel = next(shelf for shelf, names in SHELVES.items() if cmd_name in names)
        return command


app = typer.Typer(
    cls=Root,
    name="abonement",
    help=Text(
        """Абонементы на сопровождение: продажа, ответ службе поддержки, часы, закрытие месяца, документы.

Начать:  abonement demo  или  abonement init --catalogue its""",
        """Support subscriptions: selling, the desk's answer, hours, month close, papers.

To begin:  abonement demo  or  abonement init --catalogue its""",
    ),
    epilog=_STATUSES,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
)


@app.callback()
def begin(
    debug: Annotated[
        bool, flag("--debug", "показывать след внутренних ошибок", "show traces of internal errors")
    ] = False,
) -> None:
    """Take what holds for every command; `Command.invoke` reads it."""


def room(name: str, does: Text) -> typer.Typer:
    """A group of commands about one noun."""
    group = typer.Typer(cls=Commands, help=does, no_args_is_help=True, rich_markup_mode="rich")
    app.add_typer(group, name=name)
    return group


def taught(where: typer.Typer, name: str, does: Text, *examples: str) -> Callable[[Body], Body]:
    """Adds a command whose help says what it does and shows how it is typed."""
    shown = "\n".join(f"$ {example}" for example in examples)
    more: dict[str, Any] = {"help": f"{does}\n\n{Text('Пример:', 'Example:')}\n{shown}"}
    return where.command(name, cls=Command, **more)
