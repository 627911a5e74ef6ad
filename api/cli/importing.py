"""The command that takes in a file of work, and shows first what that would do."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text, in_words, language
from api.cli.refusing import REFUSED, complain, shown
from api.cli.screen import say, table
from contracts.errors import Refusal

if TYPE_CHECKING:
    from contracts.file_rows import RowFault
    from entitlements.importing import Imported
    from entitlements.work_file import WorkFile
    from entitlements.work_mapping import WorkMapping

imports = room("import", Text("Загрузка из файлов", "Taking in files"))

MOST_FAULTS = 50
"""How many different faults are shown."""
MOST_ROWS = 5
"""How many rows with the same fault are named."""


@taught(
    imports,
    "work",
    Text(
        "Загрузить работы из CSV или XLSX: все строки или ни одной; тот же файл ещё раз ничего не меняет.",
        "Take in work from CSV or XLSX: every row or none; the same file again changes nothing.",
    ),
    "abonement import work works.xlsx --dry-run",
    "abonement import work worklog.csv --column charge=category --charge Operational=draw --charge Development=paid",
)
def import_work(
    file: options.WorkFile,
    mapping: options.MappingFile = None,
    columns: options.Columns = [],  # noqa: B006 - typer copies it
    charges: options.Charges = [],  # noqa: B006 - typer copies it
    client_by: options.ClientBy = None,
    source: options.Source = None,
    encoding: options.Encoding = None,
    delimiter: options.Delimiter = None,
    sheet: options.Sheet = None,
    number_repeats: options.Occurrences = False,
    seller: options.SellerCode = None,
    create_clients: options.CreateClients = False,
    dry_run: options.DryRun = False,
) -> None:
    """Import a file of work; more about it in `entitlements.importing`."""
    from api.cli.naming import local_zone, seller_named
    from api.database import transaction
    from entitlements import importing

    given = {"client_by": client_by, "source": source, "encoding": encoding, "delimiter": delimiter, "sheet": sheet}
    chosen = _mapping(mapping, columns, charges, {**given, "occurrences": number_repeats or None})
    read = _read(file, chosen)
    with database() as engine, transaction(engine) as session:
        imported = importing.import_work(
            session,
            read,
            time_zone=local_zone(session, seller),
            at=now(),
            seller_id=seller_named(session, seller).id if seller else None,
            create_clients=create_clients,
        )
        if dry_run:
            session.rollback()
    _show(file.name, read, imported)
    if imported.faults:
        show_faults(imported.faults)
    if dry_run:
        say(Text("Проба: ничего не записано.", "A trial: nothing was written."))


def _read(file: Path, mapping: "WorkMapping") -> "WorkFile":
    from contracts.spreadsheet import read_spreadsheet
    from entitlements.work_file import read_work

    form = {"encoding": mapping.encoding, "delimiter": mapping.delimiter, "sheet": mapping.sheet}
    return read_work(read_spreadsheet(file.read_bytes(), **form), mapping)


def _mapping(file: Path | None, columns: Sequence[str], charges: Sequence[str], given: dict[str, Any]) -> "WorkMapping":
    """The mapping of the file, with what the options say in its place."""
    from entitlements.work_mapping import mapping_of

    document: dict[str, Any] = {**_document(file), **{name: one for name, one in given.items() if one is not None}}
    heads = {field: head.split("+") for field, head in map(pair, columns)}
    if heads:
        document["columns"] = {**document.get("columns", {}), **heads}
    if charges:
        document["values"] = {**document.get("values", {}), "charge": dict(map(pair, charges))}
    return mapping_of(document)


def _document(file: Path | None) -> dict[str, Any]:
    import json
    import tomllib

    if file is None:
        return {}
    try:
        text = file.read_text("utf-8-sig")
        document = json.loads(text) if file.suffix.lower() == ".json" else tomllib.loads(text)
    except ValueError as wrong:  # all three errors of reading are such
        raise Refusal("MAPPING_WRONG", field="mapping", value=str(wrong), allowed="TOML, JSON") from None
    if not isinstance(document, dict):
        raise Refusal("MAPPING_WRONG", field="mapping", value=document, allowed="TOML, JSON")
    return document


def pair(text: str) -> tuple[str, str]:
    """What stands before and after the last equals sign. Raises `Refusal("MAPPING_WRONG")` without one."""
    name, equals, value = text.rpartition("=")
    if not equals:
        raise Refusal("MAPPING_WRONG", field="mapping", value=text, allowed=f"{text}=…")
    return name.strip(), value.strip()


def _show(name: str, read: "WorkFile", imported: "Imported") -> None:
    """What was read, what it comes to for each client, and what is new in it."""
    from entitlements.durations import clock
    from entitlements.hours_facts import Charge

    say(f"{name}: {read.form}")
    say(", ".join(f"{field} = {read.columns.over(field)}" for field in read.columns.places))
    heads = [
        Text("Клиент", "Client"),
        Text("Строк", "Rows"),
        Text("Часы", "Hours"),
        Text("Списать", "Drawn"),
        Text("Платно", "Paid"),
        Text("Прочее", "Other"),
    ]
    rows = []
    for one in imported.clients:
        client = f"{one.name} ({Text('новый', 'new')})" if one.is_new else one.name
        drawn, paid, whole = one.minutes.get(Charge.DRAW, 0), one.minutes.get(Charge.PAID, 0), sum(one.minutes.values())
        rows.append([client, one.rows, *map(clock, (whole, drawn, paid, whole - drawn - paid))])
    if rows:
        table(heads, rows)
    say(
        Text(
            f"Новых {imported.new}, исправлено {imported.corrected}, отменено {imported.taken_back}, "
            f"без изменений {imported.unchanged}.",
            f"New {imported.new}, corrected {imported.corrected}, taken back {imported.taken_back}, "
            f"unchanged {imported.unchanged}.",
        )
    )
    if read.cleaned:
        cleaned = f"{read.cleaned}"
        say(
            Text(
                f"Очищено от переводов строк и управляющих символов: {cleaned}.",
                f"Cleaned of line breaks and control characters: {cleaned}.",
            )
        )


def show_faults(faults: Sequence["RowFault"]) -> None:
    """Show what is wrong, and in which rows; with any fault nothing is written and the status is 2."""
    from documents.refusal_wording import refusal_text
    from documents.words import Language

    spoken = Language(language())
    rows: dict[tuple[str, ...], list[int]] = {}
    for fault in faults:
        alike = (fault.column, shown(fault.value), refusal_text(fault.refusal.code, spoken), _hint(fault))
        rows.setdefault(alike, []).append(fault.row)
    heads = [
        Text("Строки", "Rows"),
        Text("Столбец", "Column"),
        Text("Значение", "Value"),
        Text("Что не так", "What is wrong"),
        Text("Можно", "Allowed"),
    ]
    table(heads, [(_listed(numbers), *alike) for alike, numbers in list(rows.items())[:MOST_FAULTS]])
    if len(rows) > MOST_FAULTS:
        more = len(rows) - MOST_FAULTS
        say(Text(f"… и ещё видов ошибок: {more}", f"… and {more} more kinds of faults"))
    wrong = len({fault.row for fault in faults})
    complain(
        Text(
            f"Ошибок {len(faults)} в строках: {wrong}. Ничего не записано.",
            f"Faults: {len(faults)}, rows with faults: {wrong}. Nothing was written.",
        )
    )
    raise typer.Exit(REFUSED)


def _listed(numbers: Sequence[int]) -> str:
    """The first numbers, and how many there are in all when there are more."""
    few = ", ".join(map(str, numbers[:MOST_ROWS]))
    return few if len(numbers) <= MOST_ROWS else f"{few} … ({len(numbers)})"


def _hint(fault: "RowFault") -> str:
    """What would do instead: what is allowed, the row that came first, or who is meant."""
    facts = fault.refusal.facts
    if "first_row" in facts:
        return str(Text(f"строка {facts['first_row']}", f"row {facts['first_row']}"))
    return shown(in_words(facts.get("allowed") or facts.get("candidates") or ""))
