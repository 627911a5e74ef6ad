"""Commands about reminders: on which days a seller reminds, and reminding now."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.parties import seller
from api.cli.refusing import FOUND
from api.cli.screen import say, table
from api.cli.values import option, whole

if TYPE_CHECKING:
    from sqlalchemy import Engine

Days = Annotated[
    list[int],
    option(
        "--day",
        "за сколько дней до последнего; можно несколько, без них никогда",
        "how many days before the last; may be repeated, never without",
        whole(0, 366),
        options.DAYS,
    ),
]
StaffEmail = Annotated[
    str | None,
    option("--email", "куда писать сотрудникам; без неё на почту продавца", "where the staff reads; else the seller's"),
]


@taught(
    seller,
    "reminders",
    Text(
        "Выбрать, за сколько дней до конца напоминать клиентам и сотрудникам.",
        "Choose how many days before the end clients and staff are reminded.",
    ),
    "abonement seller reminders north --day 60 --day 30 --day 7 --day 0 --email sales@example.org",
)
def choose_reminders(code: options.Code, days: Days = [], email: StaffEmail = None) -> None:  # noqa: B006
    """Choose the days of a seller's reminders (S12)."""
    from api.cli.naming import seller_named
    from api.database import transaction
    from contracts import enrolling

    with database() as engine, transaction(engine) as session:
        chosen = enrolling.choose_reminders(session, seller_named(session, code).id, days, email)
    shown = ", ".join(chosen.reminder_days.split()) or Text("никогда", "never")
    say(Text(f"{code} напоминает за дней: {shown}.", f"{code} reminds so many days before: {shown}."))


@taught(
    app,
    "remind",
    Text(
        "Разослать напоминания, которым пришёл срок, каждое один раз. Работник делает это сам.",
        "Send the reminders that are due, each once. A worker does so by itself.",
    ),
    "abonement remind --dry-run",
    "abonement remind",
)
def remind(dry_run: options.DryRun = False) -> None:
    """Send what is due, or show it; status 1 when a letter waits for a person (S12)."""
    from api import reminding

    with database() as engine:
        if dry_run:
            _show_due(engine)
            return
        done = reminding.remind(engine, settings(), now)
        say(
            Text(
                f"В очереди новых: {done.queued}, отправлено: {done.sent}.",
                f"Queued: {done.queued}, sent: {done.sent}.",
            )
        )
        if done.put_off:
            say(Text(f"Отложено почтовым сервером: {done.put_off}.", f"Put off by the mail server: {done.put_off}."))
        _name_failed(engine)


def _show_due(engine: "Engine") -> None:
    from sqlmodel import col, select

    from api.database import reading
    from contracts.parties import Seller
    from documents.reminding import due_now

    with reading(engine) as session:
        sellers = session.exec(select(Seller).order_by(col(Seller.code))).all()
        due = [one for each in sellers for one in due_now(session, each, at=now())]
    heads = (
        Text("Подписка", "Subscription"),
        Text("Клиент", "Client"),
        Text("Последний день", "Last day"),
        Text("Напомнить за", "Remind before"),
        Text("Пропустить", "Skip"),
    )
    table(heads, [
        (
            one.line.subscription_id,
            one.line.client,
            one.line.last_day,
            ", ".join(str(each.days_before) for each in one.due if each.is_sent),
            ", ".join(str(each.days_before) for each in one.due if not each.is_sent),
        )
        for one in due
    ])  # fmt: skip


def _name_failed(engine: "Engine") -> None:
    """Name the letters that the mail server refused, and those to bounced addresses; they make the status 1."""
    from sqlmodel import col, select

    from api.database import reading
    from documents.letters import Letter, LetterState

    with reading(engine) as session:
        unsent = col(Letter.state).in_([LetterState.FAILED, LetterState.STOPPED])
        failed = session.exec(select(Letter).where(unsent).order_by(col(Letter.id))).all()
    if failed:
        say(Text("Не отправлены:", "Not sent:"))
        heads = (Text("Кому", "To"), Text("Тема", "Subject"), Text("Ответ сервера", "The server said"))
        table(heads, [(letter.recipient, letter.subject, letter.problem) for letter in failed])
        raise typer.Exit(FOUND)
