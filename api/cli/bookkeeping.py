"""Commands for the accountant: the general journal, a month for an accounting program, reconciliation acts."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import app, taught
from api.cli.exporting import pack, require_new
from api.cli.installation import database, now
from api.cli.language import Text, language
from api.cli.offering import new_file, printed
from api.cli.pipeline import FILE, write
from api.cli.repeating import once
from api.cli.screen import facts, progress, say, table
from api.cli.values import argument, day, option
from contracts.money import Money

if TYPE_CHECKING:
    from sqlmodel import Session

CsvFile = Annotated[Path | None, option("--csv", "записать проводки в CSV", "write the entries to CSV", Path, FILE)]
XlsxFile = Annotated[Path | None, option("--xlsx", "и в книгу XLSX", "and into a workbook", Path, FILE)]
ZipTarget = Annotated[Path, argument("новый файл .zip", "a new .zip file", Text("КУДА", "WHERE"), Path)]
FirstDay = Annotated[date, option("--from", "первый день", "the first day", day, options.DAY)]
LastDay = Annotated[date, option("--until", "последний день", "the last day", day, options.DAY)]
Currency = Annotated[str, option("--currency", "валюта", "currency", metavar="RUB")]
Pdf = Annotated[Path | None, option("--pdf", "напечатать сразу в файл", "print it now to a file", new_file, FILE)]
HEADS = (
    Text("Счёт", "Account"),
    Text("Валюта", "Currency"),
    Text("Дебет", "Debit"),
    Text("Кредит", "Credit"),
)


@taught(
    app,
    "journal",
    Text(
        "Журнал проводок продавца за месяц: выручка, НДС, авансы, уменьшения; обороты по счетам.",
        "The general journal of a seller's month: revenue, VAT, advances, credits; turnovers of the accounts.",
    ),
    "abonement journal 2026-10",
    "abonement journal 2026-10 --csv journal.csv --xlsx journal.xlsx",
)
def journal(
    month: options.Month, seller: options.SellerCode = None, csv: CsvFile = None, xlsx: XlsxFile = None
) -> None:
    """Show the turnovers of a month, or write its entries into files (M4, E4)."""
    from api.cli.naming import seller_named
    from api.database import reading
    from billing.bookkeeping import journal_of, sides
    from contracts.terms import Term
    from documents.journal_table import journal_table
    from documents.tables import as_csv, as_xlsx
    from documents.words import Language

    with database() as engine, reading(engine) as session:
        own = seller_named(session, seller)
        made = journal_of(session, own, Term.calendar_month(month))
        ready = journal_table(made, sides(session, own.id), Language(language()))
    if csv is not None:
        write(csv, as_csv(ready))
    if xlsx is not None:
        write(xlsx, as_xlsx(ready))
    say(Text(f"{month:%Y-%m}: проводок {len(made.entries)}", f"{month:%Y-%m}: {len(made.entries)} entries"))
    table(HEADS, [(one.account, one.debit.currency, one.debit, one.credit) for one in made.turnovers()])


@taught(
    app,
    "export-books",
    Text(
        "Выгрузить месяц для 1С и других учётных программ: контрагенты, договоры, счета, акты, проводки; CSV и XML.",
        "Export a month for 1C and other accounting programs: parties, contracts, bills, entries; CSV and XML.",
    ),
    "abonement export-books 2026-10 books.zip",
)
def export_books(month: options.Month, target: ZipTarget, seller: options.SellerCode = None) -> None:
    """Write the month; a file that is cut off is never left under its name."""
    from api.books_export import books_zip
    from api.cli.naming import seller_named
    from api.database import reading

    require_new(target)
    with database() as engine, progress() as tell:
        with reading(engine) as session:
            own = seller_named(session, seller)
        pack(target, books_zip(engine, own.id, month, tell=tell))
    say(Text(f"Выгружено: {target}", f"Exported: {target}"))


@taught(
    app,
    "reconciliation-act",
    Text(
        "Выдать акт сверки с организацией клиента за прошедшие дни: сальдо, документы, обороты.",
        "Issue a reconciliation act with a client's entity over days that have passed: balances, papers, turnovers.",
    ),
    "abonement reconciliation-act --inn 7707083893 --from 2026-07-01 --until 2026-09-30",
    "abonement reconciliation-act --inn 7707083893 --from 2026-07-01 --until 2026-09-30 --pdf act.pdf",
)
def reconciliation_act(
    inn: options.Inn,
    first: FirstDay,
    last: LastDay,
    kpp: options.Kpp = None,
    seller: options.SellerCode = None,
    currency: Currency = "RUB",
    pdf: Pdf = None,
    key: options.Key = None,
) -> None:
    """Issue the act once (P1), and print it at once where a file is named."""
    from api.cli.naming import entity_named, seller_named
    from api.journeys import settle_accounts
    from contracts.terms import ONE_DAY, Term

    def act(session: "Session") -> dict[str, Any]:
        own, entity = seller_named(session, seller), entity_named(session, inn, kpp)
        issued, paper = settle_accounts(session, own, entity.id, Term(first, last + ONE_DAY), currency, at=now())
        sums = (issued.opening_minor, issued.debit_minor, issued.credit_minor, issued.closing_minor)
        return {"number": issued.number, "paper_id": paper.id, "sums": sums}

    with database() as engine:
        done = once(engine, key, ["reconciliation-act", inn, kpp, seller, first, last, currency], act)
        if pdf is not None:
            pdf.write_bytes(printed(engine, done["paper_id"]))
    names = (
        Text("Сальдо на начало", "Opening balance"),
        Text("Дебет", "Debit"),
        Text("Кредит", "Credit"),
        Text("Сальдо на конец", "Closing balance"),
    )
    told = [f"{Money(minor, currency)} {currency}" for minor in done["sums"]]
    facts([(Text("Акт сверки", "Reconciliation act"), done["number"]), *zip(names, told, strict=True)])
    if pdf is not None:
        say(Text(f"Записано: {pdf}", f"Written: {pdf}"))
