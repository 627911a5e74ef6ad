"""Commands about the vendor's register: what it says is taken in, asked for, and compared with what was sold."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import options
from api.cli.counter import room, taught
from api.cli.importing import show_faults
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.refusing import FOUND
from api.cli.screen import progress, say, table
from api.cli.values import argument, existing_file, flag, moment, option

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from api.register_file import RegisterFile
    from contracts.register import Register, Unanswered
    from contracts.register_differences import Difference

MOST_SHOWN = 100
"""How many lines are shown one by one."""

register = room("register", Text("Реестр поставщика", "The vendor's register"))

FILE = Text("файл", "file")
AnswersFile = Annotated[
    Path,
    argument("ответы: CSV, XLSX или JSON", "answers: CSV, XLSX or JSON", FILE.upper(), existing_file),
]
FromFile = Annotated[
    Path | None,
    option("--file", "ответы из файла, не спрашивая", "answers from a file, without asking", existing_file, FILE),
]
ObservedAt = Annotated[
    datetime | None,
    option("--observed-at", "когда так ответил реестр", "when the register said so", moment, options.MOMENT),
]
OursOnly = Annotated[
    bool, flag("--ours-only", "пропустить номера, которых у нас нет", "leave out numbers that are not ours")
]


def _writable_file(text: str) -> Path:
    """A file that can be written, found out before anybody is asked."""
    file = Path(text)
    if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
        raise ValueError(Text("сюда нельзя записать файл", "no file can be written here"))
    return file


CsvFile = Annotated[
    Path | None,
    option("--csv", "записать все строки в файл CSV", "write all lines to a CSV file", _writable_file, FILE),
]
VendorCode = Annotated[str, argument("код из реестра", "code of the register", Text("КОД", "CODE"))]


@taught(
    register,
    "code",
    Text("Сказать, какой тариф значит код реестра.", "Say which plan a code of the register means."),
    "abonement register code prof-12 --plan its-prof",
)
def code(vendor_code: VendorCode, plan: options.Plan) -> None:
    """Map a code of the register to a plan; several codes may mean one plan (S8)."""
    from api.database import transaction
    from contracts.taking_answers import mean_plan

    with database() as engine, transaction(engine) as session:
        mean_plan(session, vendor_code, plan, at=now())
    say(Text(f"Код {vendor_code} значит {plan}.", f"Code {vendor_code} means {plan}."))


@taught(
    register,
    "import",
    Text(
        "Загрузить ответы реестра из файла: все или ни одного; тот же файл ещё раз ничего не меняет.",
        "Take in the register's answers from a file: all or none; the same file again changes nothing.",
    ),
    "abonement register import answers.csv --dry-run",
    'abonement register import answers.json --observed-at "2026-10-05 10:00" --ours-only',
)
def import_answers(
    file: AnswersFile,
    observed_at: ObservedAt = None,
    ours_only: OursOnly = False,
    encoding: options.Encoding = None,
    delimiter: options.Delimiter = None,
    dry_run: options.DryRun = False,
) -> None:
    """Store what a file says; a moment without an offset is Moscow's. More about it in `api.registers.take_file`."""
    from api.cli.values import in_zone
    from api.database import transaction
    from api.registers import take_file
    from contracts.register import REGISTER_ZONE

    read = _read(file, encoding, delimiter)
    seen_at = in_zone(observed_at, REGISTER_ZONE.key) if observed_at is not None else None
    with database() as engine, transaction(engine) as session:
        taken = take_file(session, read, at=now(), observed_at=seen_at, ours_only=ours_only)
        if dry_run or taken.faults:
            session.rollback()
    say(f"{file.name}: {read.form}")
    if taken.faults:
        show_faults(taken.faults)
    say(
        Text(
            f"Новых ответов {taken.new}, без изменений {taken.unchanged}, пропущено {taken.left_out}.",
            f"New answers {taken.new}, unchanged {taken.unchanged}, left out {taken.left_out}.",
        )
    )
    if dry_run:
        say(Text("Проба: ничего не записано.", "A trial: nothing was written."))


@taught(
    register,
    "ask",
    Text(
        "Спросить реестр о номерах клиента или всех и запомнить ответы. Неудачный ответ ничего не меняет.",
        "Ask the register about a client's numbers or all, and keep the answers. A failed answer changes nothing.",
    ),
    "abonement register ask",
    "abonement register ask --inn 7707083893",
)
def ask(inn: options.AnyInn = None, kpp: options.Kpp = None) -> None:
    """Ask and keep, a hundred numbers at a time; status 1 when an answer failed (D11)."""
    from api.registers import ask_register, register_server

    with register_server(settings()) as server, database() as engine, progress() as tell:
        label = Text("Номера", "Numbers")
        asked = ask_register(
            engine,
            server,
            clock=now,
            client_id=_client(engine, inn, kpp),
            tell=lambda done, total: tell(label, done, total),
        )
    failed = len(asked.failed)
    say(
        Text(
            f"Номеров {asked.numbers}, новых ответов {asked.new}, без ответа {failed}.",
            f"Numbers {asked.numbers}, new answers {asked.new}, without an answer {failed}.",
        )
    )
    if failed:
        _show_failed(asked.failed)
        raise typer.Exit(FOUND)


@taught(
    register,
    "reconcile",
    Text(
        "Сверить проданное с реестром. Статус 0 — только если всё найдено.",
        "Compare what was sold with the register. Status 0 only when all is found.",
    ),
    "abonement register reconcile --csv differences.csv",
    "abonement register reconcile --inn 7707083893 --file answers.csv",
)
def reconcile(
    file: FromFile = None,
    csv_file: CsvFile = None,
    inn: options.AnyInn = None,
    kpp: options.Kpp = None,
    encoding: options.Encoding = None,
    delimiter: options.Delimiter = None,
) -> None:
    """Compare every line of ours, or of one client, with the register or with a file; nothing is stored (S8)."""
    from api.register_report import as_csv
    from api.registers import compare

    with _answering(file, encoding, delimiter) as source, database() as engine, progress() as tell:
        label = Text("Номера", "Numbers")
        found = compare(
            engine,
            source,
            at=now(),
            client_id=_client(engine, inn, kpp),
            tell=lambda done, total: tell(label, done, total),
        )
    if csv_file is not None:
        csv_file.write_bytes(as_csv(found))
    _show(found)


@contextmanager
def _answering(file: Path | None, encoding: str | None, delimiter: str | None) -> Iterator["Register"]:
    """The file, which must be without faults; without one the register itself."""
    from api.registers import register_server

    if file is None:
        with register_server(settings()) as server:
            yield server
        return
    read = _read(file, encoding, delimiter)
    if read.faults:
        show_faults(read.faults)
    yield read


def _read(file: Path, encoding: str | None, delimiter: str | None) -> "RegisterFile":
    from api.register_file import read_register_file

    return read_register_file(file.read_bytes(), encoding=encoding, delimiter=delimiter)


def _client(engine: "Engine", inn: str | None, kpp: str | None) -> int | None:
    from api.cli.naming import entity_named
    from api.database import reading

    if inn is None:
        return None
    with reading(engine) as session:
        return entity_named(session, inn, kpp).client_id


def _show_failed(failed: Mapping[str, "Unanswered"]) -> None:
    """Why there was no answer, and for how many numbers; nothing was concluded from it."""
    heads = (Text("Почему нет ответа", "Why there is no answer"), Text("Номеров", "Numbers"), Text("Первый", "First"))
    counts = Counter(failed.values())
    table(heads, [(why, count, next(one for one in failed if failed[one] is why)) for why, count in counts.items()])


def _show(found: Sequence["Difference"]) -> None:
    """How many lines there are of each finding, and those that are not found; any of them makes the status 1."""
    from contracts.register_differences import Finding

    names = {
        Finding.FOUND: Text("найдено", "found"),
        Finding.OTHER_KIND: Text("другой вид", "other kind"),
        Finding.OTHER_PARTNER: Text("другой партнёр", "other partner"),
        Finding.MISSING: Text("нет в реестре", "missing"),
        Finding.OTHER_END_DATE: Text("другое окончание", "other end date"),
        Finding.ANSWER_FAILED: Text("нет ответа", "answer failed"),
    }
    counts = Counter(one.finding for one in found)
    wrong = [one for one in found if one.finding is not Finding.FOUND]
    heads = [Text("Номер", "Number"), Text("Клиент", "Client"), Text("Тариф", "Plan"), Text("По", "Until")]
    heads += [Text("Итог", "Finding"), Text("В реестре", "In the register")]
    rows = [
        (
            line.registration_number,
            line.client_name,
            line.plan_code,
            line.term.last_day,
            names[one.finding],
            _rests(one),
        )
        for one in wrong[:MOST_SHOWN]
        for line, finding in [(one.line, one.finding)]
    ]
    if rows:
        table(heads, rows)
    if len(wrong) > len(rows):
        say(Text(f"… и ещё {len(wrong) - len(rows)}", f"… and {len(wrong) - len(rows)} more"))
    say(", ".join(f"{name} {counts[finding]}" for finding, name in names.items()))
    if wrong:
        raise typer.Exit(FOUND)


def _rests(one: "Difference") -> str:
    """The period that a finding rests on, with a question mark for what the register does not say; or why not."""
    from contracts.terms import ONE_DAY

    period = one.period
    if period is None:
        return one.reason.value if one.reason is not None else ""
    last_day = period.ends_on and period.ends_on - ONE_DAY
    return f"{period.code or '?'}, {period.starts_on or '?'} … {last_day or '?'}, {period.partner}"
