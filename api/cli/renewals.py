"""The command that reports what was renewed in a month and what was lost."""

from pathlib import Path
from typing import Annotated

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now
from api.cli.language import Text, language
from api.cli.pipeline import FILE, write
from api.cli.screen import say, table
from api.cli.values import option

CsvFile = Annotated[Path | None, option("--csv", "записать список в CSV", "write the list into a CSV", Path, FILE)]
HEADS = (
    Text("Продавец", "Seller"),
    Text("Что стало", "Outcome"),
    Text("Подписок", "Subscriptions"),
    Text("Сумма", "Sum"),
    Text("Клиенты", "Clients"),
)


@taught(
    app,
    "renewals",
    Text(
        "Отчёт за месяц: что закончилось, продлено, потеряно, расторгнуто и возвращено.",
        "The report of a month: what ended, was renewed, lapsed, was cancelled, and was won back.",
    ),
    "abonement renewals 2026-10",
    "abonement renewals 2026-10 --csv renewals.csv",
)
def renewals(month: options.Month, seller: options.SellerCode = None, csv: CsvFile = None) -> None:
    """Report what became of what ended in a month."""
    from api.cli.naming import sellers_named
    from api.database import reading
    from contracts.renewals import renewals_of
    from documents.renewal_table import OUTCOMES, WON_BACK, renewal_table
    from documents.tables import as_csv
    from documents.words import Language

    spoken = Language(language())
    with database() as engine, reading(engine) as session:
        sellers = sellers_named(session, seller)
        reports = [(one.code, renewals_of(session, one, month, at=now())) for one in sellers]
    if csv is not None:
        write(csv, as_csv(renewal_table(reports, spoken)))
        return
    rows = []
    for code, report in reports:
        named = [(OUTCOMES[spoken][outcome], group) for outcome, group in report.outcomes.items()]
        for name, group in ((Text("закончилась", "ended"), report.ended), *named, (WON_BACK[spoken], report.won_back)):
            sums = ", ".join(f"{one} {one.currency}" for one in group.sums)
            rows.append((code, name, len(group.lines), sums, ", ".join(line.client for line in group.lines)))
    say(f"{month:%Y-%m}")
    table(HEADS, rows)
