"""Commands for the accountant: the general journal of a month, and the month for an accounting program."""

from pathlib import Path
from typing import Annotated

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database
from api.cli.language import Text, language
from api.cli.pipeline import FILE, write
from api.cli.screen import progress, say, table
from api.cli.values import argument, option
from contracts.errors import Refusal

CsvFile = Annotated[Path | None, option("--csv", "записать проводки в CSV", "write the entries to CSV", Path, FILE)]
XlsxFile = Annotated[Path | None, option("--xlsx", "и в книгу XLSX", "and into a workbook", Path, FILE)]
ZipTarget = Annotated[Path, argument("новый файл .zip", "a new .zip file", Text("КУДА", "WHERE"), Path)]
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

    if target.exists():
        raise Refusal("TARGET_TAKEN", field="target", value=str(target))
    unfinished = target.with_name(f"{target.name}.part")
    with database() as engine, progress() as tell:
        with reading(engine) as session:
            own = seller_named(session, seller)
        with unfinished.open("wb") as file:
            for piece in books_zip(engine, own.id, month, tell=tell):
                file.write(piece)
    unfinished.replace(target)
    say(Text(f"Выгружено: {target}", f"Exported: {target}"))
