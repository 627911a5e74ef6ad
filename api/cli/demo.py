"""The command that tells the demonstration and says where to look."""

from typing import TYPE_CHECKING

import typer

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import settings
from api.cli.language import Text
from api.cli.refusing import FOUND
from api.cli.screen import facts, progress, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.demonstration.questions import Answered
    from api.demonstration.story import Outcome

STEPS = {
    "sales": Text("Продажи", "Sales"),
    "work": Text("Работы", "Work"),
    "close": Text("Закрытие", "Close"),
    "papers": Text("Документы", "Papers"),
    "equations": Text("Сверка", "Equations"),
}
COUNTS = {
    "clients": Text("Клиенты", "Clients"),
    "subscriptions": Text("Подписки", "Subscriptions"),
    "free periods": Text("Бесплатные периоды", "Free periods"),
    "work entries": Text("Записи работ", "Work entries"),
    "statements": Text("Отчёты о часах", "Statements of hours"),
    "acts": Text("Акты", "Acts"),
    "invoices": Text("Счета", "Invoices"),
    "payments": Text("Платежи", "Payments"),
    "papers": Text("Документы", "Papers"),
    "letters": Text("Письма", "Letters"),
}


@taught(
    app,
    "demo",
    Text(
        "Показать всё на примере: продавец, клиенты, три закрытых месяца и документы в папке demo.",
        "Show it all by example: a seller, clients, three closed months and their papers in the folder demo.",
    ),
    "abonement demo",
    "abonement demo --folder /tmp/abonement-demo",
)
def demo(folder: options.Folder = "demo") -> None:
    """Tell the demonstration; status 1 when an equation does not hold or a client was not closed."""
    from pathlib import Path

    from api.demonstration.story import perform

    with progress() as tell:
        outcome = perform(
            Path(folder),
            lambda step, done, total: tell(_called(step), done, total),
            processes=settings().render_processes,
        )
    _show_answers(outcome.answers)
    _show_outcome(outcome)
    if outcome.broken or any(report.parked for report in outcome.reports):
        raise typer.Exit(FOUND)


def _called(step: str) -> str:
    name, _, of = step.partition(" ")
    return f"{STEPS[name]} {of}".strip()


def _show_answers(answers: "Sequence[Answered]") -> None:
    from api.cli.desk import VERDICTS

    say()
    say(Text("Поддержка спросила 5 ноября 2026 года, и вот ответы:", "On 5 November 2026 the desk asked and was told:"))
    heads = (
        Text("Вопрос", "Question"),
        Text("Ответ", "Answer"),
        Text("Причина", "Reason"),
        Text("Что сказать", "What to say"),
    )
    rows = [(one.asking.words, VERDICTS[one.decision.verdict], one.decision.reason, one.sentence) for one in answers]
    table(heads, rows)


def _show_outcome(outcome: "Outcome") -> None:
    from api.demonstration.people import PASSWORD, PEOPLE

    parked = sum(len(report.parked) for report in outcome.reports)
    counts = [(label, outcome.counts[name]) for name, label in COUNTS.items()]
    facts(
        [
            *counts,
            (Text("Не закрыто", "Not closed"), parked),
            (Text("Исключений сверки", "Exceptions"), len(outcome.broken)),
        ]
    )
    with_demo = f"ABONEMENT_DATABASE_URL=sqlite:///{outcome.database} abonement"
    say()
    say(Text("Где посмотреть:", "Where to look:"))
    for month in sorted({file.parent for file in outcome.shelf}):
        say(f"  {month}")
    for what, place in (
        (Text("письма", "letters"), outcome.database.parent / "letters"),
        (Text("выписка банка", "the bank's file"), outcome.bank_file),
    ):
        say(f"  {place}  ({what})")
    say(f"  {with_demo} letter list")
    say(f"  {with_demo} bank queue")
    say(f"  {with_demo} payment list")
    say(f"  {with_demo} journal 2026-10 --seller meridian")
    say(f"  {with_demo} papers list --inn DE999000025")
    say(f"  {with_demo} check --inn 7799116056 --minutes 60")
    say(f"  {with_demo} replay --inn 7799253158 --from 2026-08 --to 2026-10 --plan care-flex")
    say(f"  {with_demo} shadow report 1")
    say(f"  {with_demo} warnings")
    say(f"  {with_demo} report profit --seller meridian --from 2026-08 --until 2026-10")
    say()
    say(Text("Страницы в браузере:", "The pages in a browser:"))
    say(f"  {with_demo} serve")
    say(Text(f"  http://127.0.0.1:8000, пароль: {PASSWORD}", f"  http://127.0.0.1:8000, password: {PASSWORD}"))
    for email, name, _ in PEOPLE[:3]:
        say(f"  {email}  ({name})")
