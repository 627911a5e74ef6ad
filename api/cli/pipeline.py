"""The command that shows what ends: on the screen, as a table for programs or people, and as a calendar."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now
from api.cli.language import Text, language
from api.cli.screen import say, table
from api.cli.values import day, one_of, option
from billing.pipeline import Risk
from contracts.errors import Refusal

if TYPE_CHECKING:
    from billing.pipeline import Line

FILE = Text("файл", "file")

Manager = Annotated[str | None, option("--manager", "кто ведёт клиента", "who looks after the client")]
AnyPlan = Annotated[str | None, option("--plan", "код тарифа", "code of the plan", metavar=options.CODE)]
From = Annotated[
    date | None,
    option(
        "--from", "первый из последних дней; без него месяц назад", "first last day; else a month ago", day, options.DAY
    ),
]
Until = Annotated[
    date | None,
    option("--until", "последний из них; без него через год", "the last one; else a year from now", day, options.DAY),
]
Renewed = Annotated[
    str | None,
    option(
        "--renewed",
        "только продлённые или непродлённые",
        "only what is renewed or is not",
        one_of("yes", "no"),
        "yes|no",
    ),
]
AtRisk = Annotated[
    str | None, option("--risk", "только с этим риском", "only what is at this risk", one_of(*Risk), "|".join(Risk))
]
CsvFile = Annotated[Path | None, option("--csv", "записать в CSV", "write a CSV", Path, FILE)]
XlsxFile = Annotated[Path | None, option("--xlsx", "записать в книгу XLSX", "write a workbook", Path, FILE)]
IcsFile = Annotated[Path | None, option("--ics", "записать в календарь", "write a calendar", Path, FILE)]

HEADS = (
    Text("Подписка", "Subscription"),
    Text("Последний день", "Last day"),
    Text("Дней", "Days"),
    Text("Клиент", "Client"),
    Text("Ведёт", "Manager"),
    Text("Договор", "Contract"),
    Text("Тариф", "Plan"),
    Text("Продление", "Renewal"),
    Text("Состояние", "Standing"),
    Text("Риски", "Risks"),
)


@taught(
    app,
    "pipeline",
    Text(
        "Показать, что и когда кончается, сколько стоит продлить и чем рискуем.",
        "Show what ends when, what renewing it costs, and what is at risk.",
    ),
    "abonement pipeline --renewed no --until 2026-12-31",
    'abonement pipeline --manager "Котова И. Л." --xlsx pipeline.xlsx',
)
def pipeline(
    seller: options.SellerCode = None,
    manager: Manager = None,
    plan: AnyPlan = None,
    ends_from: From = None,
    ends_until: Until = None,
    renewed: Renewed = None,
    risk: AtRisk = None,
    csv: CsvFile = None,
    xlsx: XlsxFile = None,
    ics: IcsFile = None,
) -> None:
    """Show the pipeline, or write it into files."""
    from api.cli.naming import local_zone, seller_named
    from api.database import reading
    from billing import risks
    from billing.pipeline import Chosen

    at = now()
    with database() as engine, reading(engine) as session:
        chosen = Chosen.around(
            at.astimezone(ZoneInfo(local_zone(session, seller))).date(),
            ends_from,
            ends_until,
            seller_id=seller_named(session, seller).id if seller else None,
            manager=manager,
            plan=plan,
            renewed=None if renewed is None else renewed == "yes",
            risk=None if risk is None else Risk(risk),
        )
        lines = risks.pipeline(session, chosen, at=at)
    wanted = {file: form for file, form in ((csv, "csv"), (xlsx, "xlsx"), (ics, "ics")) if file is not None}
    for file, form in wanted.items():
        write(file, _content(lines, form))
    if not wanted:
        _show(lines)


def write(file: Path, content: bytes) -> None:
    """Write a file and say where. Raises `Refusal("FILE_NOT_WRITTEN")`."""
    try:
        file.write_bytes(content)
    except OSError as problem:
        raise Refusal("FILE_NOT_WRITTEN", value=str(file), problem=str(problem.strerror)) from None
    say(Text(f"Записано: {file}", f"Written: {file}"))


def _content(lines: "list[Line]", form: str) -> bytes:
    from documents.calendar_feed import calendar_feed
    from documents.pipeline_table import pipeline_table
    from documents.tables import as_csv, as_xlsx
    from documents.words import Language

    spoken = Language(language())
    if form == "ics":
        return calendar_feed(lines, spoken, at=now())
    return {"csv": as_csv, "xlsx": as_xlsx}[form](pipeline_table(lines, spoken))


def _show(lines: "list[Line]") -> None:
    from documents.pipeline_table import STANDINGS, risks_in_words
    from documents.words import Language

    spoken = Language(language())
    renewed = Text("продлена", "renewed")
    table(HEADS, [
        (
            line.subscription_id,
            line.last_day,
            line.days_left,
            line.client,
            line.manager,
            line.contract_number,
            line.plan,
            renewed if line.renewed else f"{line.price} {line.price.currency}" if line.price else "",
            STANDINGS[spoken][line.standing],
            risks_in_words(line.risks, spoken),
        )
        for line in lines
    ])  # fmt: skip
