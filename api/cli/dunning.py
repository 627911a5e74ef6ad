"""Commands about dunning: the steps of a seller, and taking what is due now."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.parties import seller
from api.cli.screen import say, table
from api.cli.values import day, option

if TYPE_CHECKING:
    from billing.dunning_steps import Step

DueFrom = Annotated[
    date, option("--from", "для счетов со сроком с этого дня", "for invoices due from this day on", day, options.DAY)
]
Steps = Annotated[
    list[str],
    option(
        "--step",
        "рабочих дней после срока: письмо и действие; reminder, demand, last_notice, block, lift; без них никогда",
        "working days after the due day: notice and effect; reminder, demand, last_notice, block, lift; never without",
        metavar=Text("дней:что", "days:what"),
    ),
]


@taught(
    seller,
    "dunning",
    Text(
        "Выбрать, как напоминать о неоплаченных счетах и когда останавливать обслуживание.",
        "Choose how unpaid invoices are dunned, and when service is stopped.",
    ),
    "abonement seller dunning north --from 2026-12-01 --step 3:reminder --step 10:demand --step 15:last_notice:block",
)
def choose(code: options.Code, valid_from: DueFrom, steps: Steps = []) -> None:  # noqa: B006 - typer copies it
    """Choose the steps of a seller's dunning; what was done stays done (S8, S10)."""
    from api.cli.naming import seller_named
    from api.database import transaction
    from billing.taking_dunning_steps import choose_dunning

    ladder = [_step(text) for text in steps]
    with database() as engine, transaction(engine) as session:
        choose_dunning(session, seller_named(session, code).id, valid_from, ladder, at=now())
    shown = ", ".join(steps) or Text("никогда", "never")
    say(Text(f"{code}, счета со сроком с {valid_from}: {shown}.", f"{code}, due from {valid_from}: {shown}."))


def _step(text: str) -> "Step":
    """A step as it is typed, 15:last_notice:block. Raises `Refusal("FIELD_WRONG")`."""
    from billing.dunning_steps import DunningEffect, DunningNotice, Step
    from contracts.errors import Refusal

    days, *words = text.split(":")
    notices = [DunningNotice(word) for word in words if word in tuple(DunningNotice)]
    effects = [DunningEffect(word) for word in words if word in ("block", "lift")]
    fits = len(notices) < 2 and len(effects) < 2 and len(notices) + len(effects) == len(words)
    if not (days.isascii() and days.isdecimal() and len(days) < 4 and fits):
        raise Refusal("FIELD_WRONG", field="steps", value=text, allowed="5:reminder, 15:last_notice:block, 60:lift")
    return Step(int(days), notices[0] if notices else None, effects[0] if effects else DunningEffect.NONE)


@taught(
    app,
    "dun",
    Text(
        "Сделать, чему пришёл срок по неоплаченным счетам, каждый шаг один раз. Работник делает это сам.",
        "Take the steps that are due about unpaid invoices, each once. A worker does so by itself.",
    ),
    "abonement dun --dry-run",
    "abonement dun",
)
def dun(dry_run: options.DryRun = False) -> None:
    """Take what is due, or show it (S8, S10)."""
    from api.dunning import due_dunning, dun_what_is_due
    from documents.words import Language

    with database() as engine:
        due = due_dunning(engine, at=now())
        taken = [] if dry_run else dun_what_is_due(engine, Language(settings().language), now)
    heads = (
        Text("Счёт", "Invoice"),
        Text("Срок", "Due"),
        Text("Осталось", "Left"),
        Text("Шаг, рабочих дней", "Step, working days"),
        Text("Письмо", "Notice"),
        Text("Действие", "Effect"),
    )
    table(heads, [
        (one.invoice.number, one.invoice.due_on, f"{one.standing.left} {one.invoice.currency}",
         step.step.working_days, step.step.notice if step.is_told else "", step.step.effect)
        for one in due for step in one.due
    ])  # fmt: skip
    if not dry_run:
        sent = sum(one.is_sent for one in taken)
        say(Text(f"Шагов: {len(taken)}, из них с письмом: {sent}.", f"Steps: {len(taken)}, with a notice: {sent}."))
