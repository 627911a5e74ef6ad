"""Commands about statement files from banks: taking them in, and deciding what no rule decides."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.counter import room, taught
from api.cli.importing import show_faults
from api.cli.installation import database, now
from api.cli.language import Text, language
from api.cli.payments import Invoices, chosen_invoices
from api.cli.refusing import FOUND
from api.cli.repeating import once
from api.cli.screen import say, table
from api.cli.values import argument, existing_file, flag, identifier, one_of, option

if TYPE_CHECKING:
    from sqlmodel import Session

    from billing.bank_importing import ImportedBankFile
    from billing.bank_lines import BankLine
    from billing.bank_matching import Match

bank = room(
    "bank", Text("Выписки банков и очередь неразобранных поступлений", "Bank statements and what they leave open")
)

STATES = ("waiting", "paid", "set_aside")
StatementFile = Annotated[
    Path,
    argument("выписка: 1CClientBankExchange или camt.053", "statement: 1CClientBankExchange or camt.053",
             Text("ФАЙЛ", "FILE"), existing_file),
]  # fmt: skip
SkipFaulty = Annotated[
    bool, flag("--skip-faulty", "загрузить остальное, пропустив ошибки", "take in the rest and skip the faults")
]
LineId = Annotated[int, argument("номер строки банка", "id of the line", Text("СТРОКА", "LINE"), identifier)]
By = Annotated[str, option("--by", "кто решил", "who decided", metavar=options.NAME)]
State = Annotated[
    str,
    option("--state", "какие строки; без него ожидающие", "which lines; those that wait without it",
           one_of(*STATES), "|".join(STATES)),
]  # fmt: skip
Account = Annotated[str, argument("номер счёта или IBAN", "number or IBAN", Text("СЧЁТ", "ACCOUNT"))]
Currency = Annotated[str, option("--currency", "валюта счёта", "currency of the account", metavar="RUB")]

HEADS = (
    Text("Строка", "Line"),
    Text("День", "Day"),
    Text("Номер", "Number"),
    Text("Плательщик", "Payer"),
    Text("Сумма", "Amount"),
    Text("Назначение", "Purpose"),
    Text("Почему", "Why"),
    Text("Можно выбрать", "Candidates"),
)


@taught(
    bank,
    "import",
    Text(
        "Загрузить выписку: поступления разносятся по счетам, спорное ждёт человека; тот же файл ничего не меняет.",
        "Take in a statement: what came is put to invoices, what is doubtful waits; the same file changes nothing.",
    ),
    "abonement bank import kl_to_1c.txt --dry-run",
    "abonement bank import camt053.xml --skip-faulty",
)
def import_file(file: StatementFile, skip_faulty: SkipFaulty = False, dry_run: options.DryRun = False) -> None:
    """Import a statement, every line once for ever (M5); status 1 when something waits for a person."""
    from api.database import transaction
    from billing.bank_importing import import_bank_file

    with database() as engine, transaction(engine) as session:
        done = import_bank_file(session, file.read_bytes(), at=now(), skip_faulty=skip_faulty)
        rows = [_row(line, found) for line, found in done.new]
        if dry_run:
            session.rollback()
    _show(file.name, done, rows)
    if done.faults and not skip_faulty:
        show_faults(done.faults)
    if dry_run:
        say(Text("Проба: ничего не записано.", "A trial: nothing was written."))
    if len(done.new) > done.matched or done.faults:
        raise typer.Exit(FOUND)


@taught(
    bank,
    "queue",
    Text("Показать поступления, которые ждут решения, и почему.", "Show what waits for a person, and why."),
    "abonement bank queue",
    "abonement bank queue --state set_aside",
)
def queue(state: State = "waiting", seller: options.SellerCode = None) -> None:
    """Show lines of banks by how they stand, the first taken in first (M5)."""
    from api.cli.naming import seller_named
    from api.database import reading
    from billing.bank_queue import BankLineState, LinesWanted, lines_found, why_waiting

    with database() as engine, reading(engine) as session:
        seller_id = seller_named(session, seller).id if seller is not None else None
        found = lines_found(session, LinesWanted(BankLineState(state), seller_id))
        waiting = why_waiting(session, found)
        rows = [_row(one.line, waiting.get(one.line.id), _decided(one.steps)) for one in found]
    table(HEADS, rows)


@taught(
    bank,
    "assign",
    Text(
        "Отнести поступление к организации клиента и разнести по счетам; без счетов это аванс.",
        "Record a line as a payment of a client's entity and put it to invoices; without any it is an advance.",
    ),
    'abonement bank assign 12 --inn 7707083893 --invoice 2026-0012 --by "Котова И. Л."',
)
def assign(
    bank_line_id: LineId,
    inn: options.Inn,
    by: By,
    invoices: Invoices = [],  # noqa: B006 - typer copies it
    kpp: options.Kpp = None,
    key: options.Key = None,
) -> None:
    """Decide whose payment a waiting line is (M5)."""
    from api.cli.naming import entity_named
    from billing import deciding_bank_lines
    from billing.bank_queue import line_standing

    def act(session: "Session") -> dict[str, Any]:
        line, entity = line_standing(session, bank_line_id).line, entity_named(session, inn, kpp)
        puts = chosen_invoices(session, line.seller_id, invoices, line.currency)
        step = deciding_bank_lines.assign(session, bank_line_id, entity.id, puts, by, at=now())
        return {"payment_id": step.payment_id}

    with database() as engine:
        told = once(engine, key, ["bank assign", bank_line_id, inn, kpp, invoices, by], act)
    payment_id = told["payment_id"]
    say(Text(f"Строка {bank_line_id}: платёж {payment_id}.", f"Line {bank_line_id}: payment {payment_id}."))


@taught(
    bank,
    "set-aside",
    Text("Отложить поступление: оно не от клиента.", "Set a line aside: it is no payment of a client."),
    'abonement bank set-aside 12 --by "Котова И. Л." --reason "Возврат займа"',
)
def set_aside(bank_line_id: LineId, by: By, reason: options.Reason, key: options.Key = None) -> None:
    """Say that a line is none of ours, by whom and why (M5)."""
    from billing import deciding_bank_lines

    def act(session: "Session") -> dict[str, Any]:
        deciding_bank_lines.set_aside(session, bank_line_id, by, reason, at=now())
        return {}

    with database() as engine:
        once(engine, key, ["bank set-aside", bank_line_id, by, reason], act)
    say(Text(f"Строка {bank_line_id} отложена.", f"Line {bank_line_id} is set aside."))


@taught(
    bank,
    "take-back",
    Text(
        "Вернуть строку в очередь; платёж, который из неё записан, отменяется.",
        "Let a line wait again; the payment that was made of it is reversed.",
    ),
    'abonement bank take-back 12 --by "Котова И. Л." --reason "Не тот клиент"',
)
def take_back(bank_line_id: LineId, by: By, reason: options.Reason, key: options.Key = None) -> None:
    """Undo a decision about a line, by whom and why (M5)."""
    from billing import deciding_bank_lines

    def act(session: "Session") -> dict[str, Any]:
        deciding_bank_lines.take_back(session, bank_line_id, by, reason, at=now())
        return {}

    with database() as engine:
        once(engine, key, ["bank take-back", bank_line_id, by, reason], act)
    say(Text(f"Строка {bank_line_id} снова ждёт решения.", f"Line {bank_line_id} waits again."))


@taught(
    bank,
    "account",
    Text(
        "Читать выписки ещё одного счёта продавца; счёт из реквизитов читается и так.",
        "Read the statements of one more account of a seller; that of its requisites is read without it.",
    ),
    "abonement bank account DE89370400440532013000 --currency EUR",
)
def account(number: Account, currency: Currency = "RUB", seller: options.SellerCode = None) -> None:
    """Add an account of a seller (M5)."""
    from api.cli.naming import seller_named
    from api.database import transaction
    from billing.bank_facts import add_account

    with database() as engine, transaction(engine) as session:
        added = add_account(session, seller_named(session, seller).id, number, currency, at=now())
    say(Text(f"Счёт {added.number}, {added.currency}.", f"Account {added.number}, {added.currency}."))


def _show(name: str, done: "ImportedBankFile", rows: Sequence[Sequence[object]]) -> None:
    say(f"{name}: {done.form}")
    new, waiting = len(done.new), len(done.new) - done.matched
    say(
        Text(
            f"Новых {new}: разнесено {done.matched}, ждёт решения {waiting}. Уже были {done.known}, "
            f"не наши поступления {done.passed}, с ошибками {len(done.faults)}.",
            f"New {new}: matched {done.matched}, waiting {waiting}. Known {done.known}, "
            f"no money that came to us {done.passed}, with faults {len(done.faults)}.",
        )
    )
    if rows:
        table(HEADS, rows)


def _row(line: "BankLine", found: "Match | None", decided: str = "") -> tuple[object, ...]:
    """A line as it is shown, why it was matched or waits, or who decided."""
    from documents.bank_wording import match_text
    from documents.words import Language

    why = decided if found is None else match_text(found.reason, Language(language()))
    candidates = ", ".join(f"{one.number}: {one.left}" for one in found.candidates) if found is not None else ""
    payer = f"{line.payer_name} {line.payer_inn or line.payer_account}".strip()
    sum_ = f"{line.amount} {line.currency}"
    return (line.id, line.booked_on, line.number, payer, sum_, line.purpose, why, candidates)


def _decided(steps: Sequence[Any]) -> str:
    """Who decided last, or which rule did."""
    last = steps[-1] if steps else None
    return "" if last is None else last.rule or f"{last.decided_by}: {last.note}".strip(": ")
