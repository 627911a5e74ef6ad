"""What a command says when it cannot do what was asked: one sentence and an exit status, never a traceback."""

import sys
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from api.cli.installation import typed
from api.cli.language import Text, in_words, language
from contracts.errors import Refusal

FOUND = 1
"""The command did its work, and what it found needs a person: an exception, a parked client, a fault."""
REFUSED = 2
"""What was asked is wrong or not allowed; nothing was written."""
AWAY = 3
"""The database does not answer, or has no schema of this version; or the store of papers does not answer."""

LONGEST_SHOWN = 200  # characters of a value that are repeated

FACTS = {
    "starts_on": Text("с", "from"),
    "last_day": Text("по", "until"),
    "lifted_at": Text("снята", "lifted"),
    "successor_id": Text("подписка", "subscription"),
    "client_id": Text("клиент", "client"),
    "state": Text("сейчас", "now"),
    "decided_by": Text("решил", "decided by"),
    "decided_at": Text("когда:", "when:"),
    "problem": Text("ответ:", "it said:"),
    "longest_minutes": Text("не больше минут:", "at most minutes:"),
}
"""The facts of a refusal that help a person to mend it."""

_AWAY_CODES = {"DATABASE_UNREACHABLE", "SCHEMA_MISSING", "SCHEMA_OLDER", "SCHEMA_NEWER"}


class _InOurWords:
    """What typer itself writes on a help page, in the language of the rest."""

    def get_usage(self, ctx: typer.Context) -> str:
        """The usage line."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        words = {
            "Usage:": Text("Вызов:", "Usage:"),
            "[OPTIONS]": Text("[ПАРАМЕТРЫ]", "[OPTIONS]"),
            "COMMAND [ARGS]...": Text("КОМАНДА …", "COMMAND …"),
        }
        for typers, ours in words.items():
            usage = usage.replace(typers, ours)
        return usage

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:
        """The page; its frame is in the language of its text."""
        from typer import rich_utils

        rich_utils.ARGUMENTS_PANEL_TITLE = Text("Что указать", "Arguments")
        rich_utils.OPTIONS_PANEL_TITLE = Text("Параметры", "Options")
        rich_utils.COMMANDS_PANEL_TITLE = Text("Команды", "Commands")
        rich_utils.REQUIRED_LONG_STRING = Text("[обязательно]", "[required]")
        rich_utils.DEFAULT_STRING = Text("[по умолчанию: {}]", "[default: {}]")
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self, ctx: typer.Context) -> Any:
        """The option that shows the page."""
        option: Any = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help, option.metavar = Text("показать эту страницу", "show this page"), ""
        return option


class Command(_InOurWords, TyperCommand):  # type: ignore[misc] # its contexts are of a class of its own
    """A command that answers a refusal with one sentence."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the command; what stops it becomes a sentence and an exit status."""
        typed.set(ctx.command_path)
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except Exception as problem:
            if ctx.find_root().params.get("debug"):
                raise
            options = {param.name: called(param) for param in self.params} | {"Idempotency-Key": "--key"}
            sentence, status = explained(_as_typed(problem, self.params, ctx.params), options)
            complain(sentence)
            raise typer.Exit(status) from None


class Commands(_InOurWords, TyperGroup):  # type: ignore[misc] # its contexts are of a class of its own
    """A group of commands; the outermost one says what was mistyped."""

    def main(self, *args: Any, **more: Any) -> Any:
        """Run what was typed; a wrong option or command is one sentence and status 2."""
        try:
            status = super().main(*args, **{**more, "standalone_mode": False})
        except typer.Abort:
            status = 130
        except typer.TyperException as wrong:
            if sentence := _mistyped(wrong):
                complain(sentence)
            status = REFUSED
        sys.exit(status if isinstance(status, int) else 0)

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        """The command that was named."""
        if args and args[0] not in self.commands:
            near = get_close_matches(args[0], self.commands) or self.commands
            raise typer.BadParameter(
                Text(
                    f"нет команды {args[0]!r}; можно: {', '.join(near)}",
                    f"no command {args[0]!r}; allowed: {', '.join(near)}",
                )
            )
        return super().resolve_command(ctx, args)


def explained(problem: Exception, options: dict[str, str]) -> tuple[str, int]:
    """The sentence about a problem, which names the option where a refusal names its field, and the exit status."""
    from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

    from api.refusals import refusal_of
    from documents.store import StoreUnavailable

    if isinstance(problem, Refusal):
        return _refused(problem, options), AWAY if problem.code in _AWAY_CODES else REFUSED
    if isinstance(problem, IntegrityError) and (broken := refusal_of(problem)) is not None:
        return _refused(broken, options), REFUSED
    if isinstance(problem, OperationalError | InterfaceError):
        return Text(
            f"База данных не отвечает: {problem.orig}. Проверьте ABONEMENT_DATABASE_URL и повторите команду.",
            f"The database does not answer: {problem.orig}. Check ABONEMENT_DATABASE_URL and run the command again.",
        ), AWAY
    if isinstance(problem, StoreUnavailable):
        return Text(
            f"Хранилище документов не отвечает: {problem}. Проверьте ABONEMENT_STORE_URL и повторите команду.",
            f"The store of papers does not answer: {problem}. Check ABONEMENT_STORE_URL and run the command again.",
        ), AWAY
    if isinstance(problem, DBAPIError):
        return Text(
            f"База данных не приняла запись: {problem.orig}", f"The database refused the row: {problem.orig}"
        ), REFUSED
    return Text(
        f"Внутренняя ошибка: {type(problem).__name__}: {problem}. Подробности: abonement --debug …",
        f"Internal error: {type(problem).__name__}: {problem}. For details: abonement --debug …",
    ), FOUND


def _as_typed(problem: Exception, params: list[Any], typed: Mapping[str, Any]) -> Exception:
    """A refusal of the id of what a person named otherwise, as one of what was typed: `invoice_id` is `--invoice`."""
    if not isinstance(problem, Refusal) or problem.field is None or problem.field in typed:
        return problem
    named = problem.field.removesuffix("_id")
    option = next((one for one in params if named in (one.name, called(one).strip("-").replace("-", "_"))), None)
    if option is None:
        return problem
    value = {} if named == problem.field else {"value": typed[option.name]}
    return Refusal(problem.code, field=option.name, **{**problem.facts, **value})


def called(param: Any) -> str:
    """What a person calls an option or an argument."""
    return str(param.opts[0] if param.param_type_name == "option" else param.metavar)


def complain(sentence: str) -> None:
    """Say on standard error what is wrong."""
    typer.secho(sentence, fg="red", err=True)


def _refused(refusal: Refusal, options: dict[str, str]) -> str:
    """The option, the wrong value, what is wrong, and what is allowed."""
    from documents.refusal_wording import refusal_text
    from documents.words import Language

    facts = dict(refusal.facts)
    field, value, allowed = refusal.field, facts.pop("value", None), facts.pop("allowed", None)
    about = f"{options.get(field, field)}" if field else ""
    if value not in (None, "", []):
        about += f" {shown(value)}"
    sentence = refusal_text(refusal.code, Language(language()))
    more = [f"{FACTS[name]} {shown(fact)}" for name, fact in facts.items() if name in FACTS]
    if isinstance(allowed, list) and all(str(one) in sentence for one in allowed):
        allowed = None  # the sentence names them
    if allowed not in (None, [], ()):
        told = shown(in_words(allowed))
        more.insert(0, Text(f"можно: {told}", f"allowed: {told}"))
    return ": ".join(filter(None, (about, sentence))) + (f" ({'; '.join(more)})" if more else "")


def shown(value: object) -> str:
    """A value as a sentence repeats it: short, on one line, without control characters."""
    parts = value if isinstance(value, list | tuple) else [value]
    text = ", ".join(map(str, parts))[:LONGEST_SHOWN]
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _mistyped(wrong: Any) -> str:
    """What is wrong with the options; nothing where help was shown instead."""
    param = getattr(wrong, "param", None)
    name = called(param) if param is not None else ""
    message = str(wrong.message).removeprefix("Value error, ")
    match type(wrong).__name__:
        case "NoArgsIsHelpError":
            return ""
        case "MissingParameter":
            return Text(f"{name}: не указано, а без этого нельзя", f"{name}: required, but not given")
        case "NoSuchOption":
            near = ", ".join(wrong.possibilities or ()) or "--help"
            option = wrong.option_name
            return Text(f"{option}: нет такого параметра; есть {near}", f"{option}: no such option; there is {near}")
        case "BadOptionUsage":
            return Text(f"{wrong.option_name}: нужно значение", f"{wrong.option_name}: a value is needed")
        case "BadParameter" if name:
            return f"{name}: {message}"
    return message
