"""The command that takes over a book of business from another system, and shows first what that would do."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.book_example import book_example
from api.cli.counter import taught
from api.cli.importing import imports, pair, show_faults
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.screen import progress, say, table
from api.cli.values import argument, day, existing_file, option
from contracts.errors import Refusal

if TYPE_CHECKING:
    from api.book import ImportedBook
    from entitlements.book_file import BookFile

File = Annotated[
    Path | None,
    argument("файл CSV или XLSX с книгой", "CSV or XLSX file of the book", Text("ФАЙЛ", "FILE"), existing_file),
]
Mapping = Annotated[
    str | None,
    option(
        "--mapping",
        "читать столбцы, как сохранено под этим именем",
        "read columns as saved under this name",
        metavar=options.NAME,
    ),
]
SaveMapping = Annotated[
    str | None,
    option(
        "--save-mapping",
        "сохранить чтение столбцов под именем",
        "keep how columns are read under a name",
        metavar=options.NAME,
    ),
]
Columns = Annotated[
    list[str],
    option(
        "--column",
        "столбец, если он назван не как обычно: client=Фирма",
        "a column with an unusual head: client=Firm",
        metavar=Text("поле=заголовок", "field=head"),
    ),
]
Values = Annotated[
    list[str],
    option(
        "--value",
        "что значит значение в столбце: plan:Профи=its-prof",
        "what a value in a column means: plan:Pro=its-prof",
        metavar=Text("поле:значение=наше", "field:value=ours"),
    ),
]
Digits = Annotated[
    list[str],
    option(
        "--digits",
        "сколько цифр в номере, у которого пропали нули впереди: registration=9",
        "how many digits a number has that lost zeros before it: registration=9",
        metavar=Text("поле=цифр", "field=digits"),
    ),
]
On = Annotated[
    date | None,
    option(
        "--on",
        "на какой день остатки; без него сегодня",
        "of which day the balances are; today without it",
        day,
        options.DAY,
    ),
]
Sheet = Annotated[
    str | None, option("--sheet", "лист, если в книге заполнено несколько", "the sheet, where several hold something")
]
Example = Annotated[
    Path | None,
    option(
        "--example",
        "записать в этот файл CSV пример книги и закончить",
        "write an example book into this CSV file, and end",
        Path,
        Text("файл", "file"),
    ),
]

KINDS = {
    "clients": Text("Клиенты", "Clients"),
    "entities": Text("Юрлица", "Entities"),
    "domains": Text("Почтовые домены", "Mail domains"),
    "contacts": Text("Контакты", "Contacts"),
    "registrations": Text("Программы", "Programs"),
    "free_periods": Text("Бесплатные периоды", "Free periods"),
    "contracts": Text("Договоры", "Contracts"),
    "subscriptions": Text("Подписки", "Subscriptions"),
    "balances": Text("Остатки без подписки", "Balances without a subscription"),
}


@taught(
    imports,
    "book",
    Text(
        "Принять книгу из другой системы: клиентов, программы, договоры, подписки, остатки часов. Всё или ничего; "
        "тот же файл ещё раз ничего не меняет. Счета и документы не выставляются.",
        "Take over a book from another system: clients, programs, contracts, subscriptions, hours left. All or "
        "nothing; the same file again changes nothing. No invoice and no paper is issued.",
    ),
    "abonement import book --example book.csv",
    "abonement import book book.csv --dry-run",
    'abonement import book crm.xlsx --column client=Фирма --value "plan:Профи=its-prof" --save-mapping crm',
    "abonement import book crm-2.xlsx --mapping crm --on 2026-11-01",
)
def import_a_book(
    file: File = None,
    mapping: Mapping = None,
    save_mapping: SaveMapping = None,
    columns: Columns = [],  # noqa: B006 - typer copies it
    values: Values = [],  # noqa: B006 - typer copies it
    digits: Digits = [],  # noqa: B006 - typer copies it
    seller: options.SellerCode = None,
    on: On = None,
    encoding: options.Encoding = None,
    delimiter: options.Delimiter = None,
    sheet: Sheet = None,
    example: Example = None,
    dry_run: options.DryRun = False,
) -> None:
    """Import a book; more about it in `api.book`."""
    if example is not None:
        example.write_bytes(book_example())
        say(f"{example}")
        return
    if file is None:
        raise Refusal("FIELD_REQUIRED", field="file", value=None)
    told = {"encoding": encoding, "delimiter": delimiter, "sheet": sheet}
    changes = _changes(columns, values, digits) | {name: one for name, one in told.items() if one is not None}
    _take_over(file, (mapping, changes), save_mapping, seller, on, dry_run)


def _take_over(
    file: Path,
    reading: tuple[str | None, dict[str, Any]],
    save_as: str | None,
    seller: str | None,
    on: date | None,
    dry_run: bool,
) -> None:
    """Import the file, read by the mapping of a name and what the options change in it, and tell what came of it."""
    from api.book import import_book, mapping_for, read_book_file
    from api.cli.naming import seller_named
    from api.database import transaction
    from contracts.saved_mappings import save_mapping

    with database() as engine, progress() as tell, transaction(engine) as session:
        mapping = mapping_for(session, *reading)
        read = read_book_file(file.read_bytes(), mapping)
        told = partial(tell, file.name)
        imported = import_book(session, read, seller_named(session, seller), at=now(), on=on, tell=told)
        if save_as is not None and not imported.faults:
            save_mapping(session, save_as, mapping, at=now())
        if dry_run:
            session.rollback()
    _show(file.name, read, imported)
    if imported.faults:
        show_faults(imported.faults)
    if dry_run:
        say(Text("Проба: ничего не записано.", "A trial: nothing was written."))


def _changes(columns: Sequence[str], values: Sequence[str], digits: Sequence[str]) -> dict[str, Any]:
    """What the options say of the mapping."""
    told: dict[str, Any] = {}
    if columns:
        told["columns"] = {field: head.split("+") for field, head in map(pair, columns)}
    for theirs, ours in map(pair, values):
        field, colon, value = theirs.partition(":")
        if not colon:
            raise Refusal("MAPPING_WRONG", field="values", value=theirs, allowed="plan:Профи=its-prof")
        told.setdefault("values", {}).setdefault(field.strip(), {})[value.strip()] = ours
    for field, count in map(pair, digits):
        if not count.isdecimal():
            raise Refusal("MAPPING_WRONG", field="digits", value=count, allowed=f"{field}=9")
        told.setdefault("digits", {})[field] = int(count)
    return told


def _show(name: str, read: "BookFile", imported: "ImportedBook") -> None:
    """What was read, and what is known and what is new of each kind."""
    from entitlements.durations import clock

    say(f"{name}: {read.form}")
    say(", ".join(f"{field} = {read.columns.over(field)}" for field in read.columns.places))
    if read.unread:
        unread = ", ".join(read.unread)
        say(Text(f"Столбцы, из которых ничего не взято: {unread}", f"Columns from which nothing was taken: {unread}"))
    heads = [Text("Что", "What"), Text("Уже есть", "Known"), Text("Новых", "New")]
    told = [(KINDS[kind], counted.known, counted.new) for kind, counted in imported.kinds.items()]
    table(heads, [row for row in told if row[1] or row[2]])
    left = clock(imported.opening_minutes)
    say(Text(f"Остаток часов по подпискам: {left}.", f"Hours left of subscriptions: {left}."))
