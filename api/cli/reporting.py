"""Commands that report over months: how hours went down, what demand was denied, what contracts bring."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text, language
from api.cli.pipeline import FILE, write
from api.cli.refusing import FOUND
from api.cli.repeating import once
from api.cli.screen import say, table
from api.cli.values import amount, argument, day, month, option
from contracts.money import Money

if TYPE_CHECKING:
    from sqlmodel import Session

    from contracts.parties import Seller
    from contracts.terms import Term
    from documents.tables import Table
    from documents.words import Language

report = room("report", Text("Отчёты за месяцы", "Reports over months"))
engineer = room("engineer", Text("Инженеры и сколько стоит их час", "Engineers and what an hour of them costs"))
MONTH = Text("месяц", "month")
First = Annotated[date, option("--from", "первый месяц", "the first month", month, MONTH)]
Last = Annotated[
    date | None, option("--until", "последний месяц; без него он один", "the last one; else one", month, MONTH)
]
CsvFile = Annotated[Path | None, option("--csv", "записать в CSV", "write a CSV", Path, FILE)]
XlsxFile = Annotated[Path | None, option("--xlsx", "записать в книгу XLSX", "write a workbook", Path, FILE)]
EngineerName = Annotated[str, argument("имя, как в записях работ", "the name that work entries have", options.NAME)]
HourCost = Annotated[Money, argument("сколько стоит час", "what an hour costs", Text("СУММА", "AMOUNT"), amount)]
ValidFrom = Annotated[date, option("--from", "с какого дня", "from which day on", day, options.DAY)]


@taught(
    report,
    "hours",
    Text(
        "Показать по клиентам и месяцам, сколько часов дано, использовано, сгорело и осталось.",
        "Show by client and month how many hours were given, used, burnt and left.",
    ),
    "abonement report hours --from 2026-10",
    "abonement report hours --from 2026-01 --until 2026-12 --xlsx hours.xlsx",
)
def hours(
    first: First, last: Last = None, seller: options.SellerCode = None, csv: CsvFile = None, xlsx: XlsxFile = None
) -> None:
    """How the hours of a seller's clients went down (E3)."""

    def made(session: "Session", own: "Seller", months: "Term", spoken: "Language") -> "Table":
        from documents.report_tables import burn_down_table
        from entitlements.pool_months import pool_clients, pool_months

        clients, starts = pool_clients(session, own.id), [part.starts_on for part in months.calendar_months()]
        return burn_down_table(pool_months(session, own, list(clients), starts, at=now()), clients, spoken)

    _tell(_made(made, seller, first, last), csv, xlsx)


@taught(
    report,
    "denied",
    Text(
        "Показать, в каких обращениях отказано, почему и сколько они стоили бы.",
        "Show which requests were denied, why, and what they were worth.",
    ),
    "abonement report denied --from 2026-10 --csv denied.csv",
)
def denied(
    first: First, last: Last = None, seller: options.SellerCode = None, csv: CsvFile = None, xlsx: XlsxFile = None
) -> None:
    """The denied demand of a seller (D2, D6)."""

    def made(session: "Session", own: "Seller", months: "Term", spoken: "Language") -> "Table":
        from billing.denied_demand import denied_requests
        from documents.report_tables import denied_table
        from entitlements.hours import day_starts_at

        from_at, before = (day_starts_at(one, own.time_zone) for one in (months.starts_on, months.ends_on))
        return denied_table(denied_requests(session, from_at=from_at, before=before, seller_id=own.id), own, spoken)

    _tell(_made(made, seller, first, last), csv, xlsx)


@taught(
    report,
    "profit",
    Text(
        "Показать по договорам выручку без НДС, стоимость работы инженеров и прибыль.",
        "Show by contract the revenue without tax, the cost of the engineers, and the margin.",
    ),
    "abonement report profit --from 2026-10 --until 2026-12",
)
def profit(
    first: First, last: Last = None, seller: options.SellerCode = None, csv: CsvFile = None, xlsx: XlsxFile = None
) -> None:
    """The profitability of a seller's contracts; status 1 when work has no rate or a price cannot be told."""
    found: list[Any] = []

    def made(session: "Session", own: "Seller", months: "Term", spoken: "Language") -> "Table":
        from billing.profitability import profitability
        from documents.report_tables import profit_table

        found.append(profitability(session, own, months))
        return profit_table(found[0], spoken)

    _tell(_made(made, seller, first, last), csv, xlsx)
    if found[0].unrated:
        heads = (Text("День", "Day"), Text("Клиент", "Client"), Text("Инженер", "Engineer"), Text("Минут", "Minutes"))
        say(Text("Не сказано, сколько стоит час:", "Nobody said what an hour costs:"))
        table(heads, [(one.work_on, one.client, one.engineer, one.worked_minutes) for one in found[0].unrated])
    for subscription_id, code in found[0].unpriced.items():
        say(
            Text(f"Подписка {subscription_id} не посчитана: {code}", f"Subscription {subscription_id} left out: {code}")
        )
    if found[0].unrated or found[0].unpriced:
        raise typer.Exit(FOUND)


def _made(made: Any, seller: str | None, first: date, last: date | None) -> "Table":
    from api.cli.naming import seller_named
    from api.database import reading
    from contracts.errors import Refusal
    from contracts.terms import Term, next_month
    from documents.words import Language

    last = last or first
    if last < first:
        raise Refusal("FIELD_WRONG", field="until", value=f"{last:%Y-%m}", allowed=f"{first:%Y-%m} or later")
    with database() as engine, reading(engine) as session:
        ready: Table = made(session, seller_named(session, seller), Term(first, next_month(last)), Language(language()))
    return ready


def _tell(ready: "Table", csv: Path | None, xlsx: Path | None) -> None:
    """Write the table into files, or show it."""
    from documents.tables import as_csv, as_xlsx

    if csv is not None:
        write(csv, as_csv(ready))
    if xlsx is not None:
        write(xlsx, as_xlsx(ready))
    if csv is None and xlsx is None:
        table(
            [Text(head, head) for head in ready.heads],
            [["" if one is None else one for one in row] for row in ready.rows],
        )


@taught(
    engineer,
    "rate",
    Text(
        "Сказать, сколько стоит час инженера с какого-то дня.", "Say what an hour of an engineer costs from a day on."
    ),
    'abonement engineer rate "Ильин А. С." 1200.00 --from 2026-01-01',
)
def rate(name: EngineerName, hour_cost: HourCost, valid_from: ValidFrom, key: options.Key = None) -> None:
    """Record what an hour of an engineer costs."""
    from billing.costing import set_rate

    def act(session: "Session") -> dict[str, Any]:
        return {"id": set_rate(session, name, hour_cost, valid_from, at=now()).id}

    with database() as engine:
        once(engine, key, ["engineer rate", name, str(hour_cost), valid_from], act)
    told = f"{hour_cost} {hour_cost.currency}"
    say(Text(f"{name}: {told} за час с {valid_from}.", f"{name}: {told} an hour from {valid_from} on."))


@taught(
    engineer,
    "rates",
    Text("Показать, сколько стоит час инженеров.", "Show what an hour of the engineers costs."),
    "abonement engineer rates",
)
def rates() -> None:
    """Every rate that was recorded."""
    from api.database import reading
    from billing.costing import list_rates

    with database() as engine, reading(engine) as session:
        found = [(row.engineer, row.valid_from, Money(row.hour_minor, row.currency)) for row in list_rates(session)]
    heads = (Text("Инженер", "Engineer"), Text("С дня", "From"), Text("Час", "Hour"), Text("Валюта", "Currency"))
    table(heads, [(name, valid_from, cost, cost.currency) for name, valid_from, cost in found])
