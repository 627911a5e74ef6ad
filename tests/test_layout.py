"""The rules about the code itself. Each is a function over one file's syntax; each is shown a bad file, so that it is
known to be able to fail."""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("contracts", "entitlements", "billing", "documents", "api")

# Values and rules: no database, no clock, no environment. Each is named with the libraries it may use besides the
# standard one. In the packages of LEDGER every file is named here or touches the database: nothing is in between.
LEDGER = ("contracts", "entitlements", "billing")
PURE: dict[str, set[str]] = {
    "contracts/book.py": set(),
    "contracts/business_hours.py": set(),
    "contracts/clauses.py": set(),
    "contracts/client_keys.py": set(),
    "contracts/contract_calendar.py": set(),
    "contracts/countries.py": {"stdnum"},
    "contracts/errors.py": set(),
    "contracts/file_mapping.py": set(),
    "contracts/file_rows.py": set(),
    "contracts/mail_domains.py": set(),
    "contracts/money.py": set(),
    "contracts/paper_ways.py": set(),
    "contracts/phone_numbers.py": set(),
    "contracts/policies.py": set(),
    "contracts/refunds.py": set(),
    "contracts/register.py": set(),
    "contracts/register_differences.py": set(),
    "contracts/renewal_choices.py": set(),
    "contracts/reminders.py": set(),
    "contracts/renewal_report.py": set(),
    "contracts/requisites.py": {"stdnum"},
    "contracts/spreadsheet.py": {"charset_normalizer", "python_calamine"},
    "contracts/standing.py": set(),
    "contracts/succession.py": set(),
    "contracts/support_lines.py": set(),
    "contracts/tax_modes.py": set(),
    "contracts/terms.py": {"msgspec"},
    "contracts/warning_percents.py": set(),
    "entitlements/answers.py": {"msgspec"},
    "entitlements/billed.py": set(),
    "entitlements/bonus_hours.py": set(),
    "entitlements/book_file.py": set(),
    "entitlements/book_mapping.py": set(),
    "entitlements/breaches.py": set(),
    "entitlements/calendar.py": {"holidays"},
    "entitlements/case.py": {"msgspec"},
    "entitlements/case_states.py": set(),
    "entitlements/objection_days.py": set(),
    "entitlements/objection_states.py": set(),
    "entitlements/client_state.py": {"msgspec"},
    "entitlements/clocks.py": set(),
    "entitlements/counts.py": set(),
    "entitlements/covers.py": {"msgspec"},
    "entitlements/plan_terms.py": {"msgspec"},
    "entitlements/decision.py": {"msgspec"},
    "entitlements/due_times.py": set(),
    "entitlements/durations.py": set(),
    "entitlements/entry_states.py": set(),
    "entitlements/hold_ends.py": set(),
    "entitlements/forecast.py": {"msgspec"},
    "entitlements/hours.py": {"msgspec"},
    "entitlements/hours_facts.py": {"msgspec"},
    "entitlements/lost_hours.py": set(),
    "entitlements/months.py": set(),
    "entitlements/moved_hours.py": {"msgspec"},
    "entitlements/next_change.py": set(),
    "entitlements/offline_pass.py": {"msgspec"},
    "entitlements/options.py": set(),
    "entitlements/pass_claims.py": {"msgspec"},
    "entitlements/reasons.py": set(),
    "entitlements/receipts.py": {"joserfc", "msgspec"},
    "entitlements/redecided.py": {"msgspec"},
    "entitlements/replay.py": {"msgspec"},
    "entitlements/roll_forward.py": {"msgspec"},
    "entitlements/rounding.py": {"msgspec"},
    "entitlements/rules.py": set(),
    "entitlements/spans.py": set(),
    "entitlements/stretches.py": set(),
    "entitlements/usage.py": set(),
    "entitlements/stored_question.py": {"msgspec"},
    "entitlements/views.py": set(),
    "entitlements/warned_hours.py": {"msgspec"},
    "entitlements/work_file.py": set(),
    "entitlements/webhook_addresses.py": set(),
    "entitlements/work_mapping.py": set(),
    "billing/bank_file.py": set(),
    "billing/bank_matching.py": set(),
    "billing/camt.py": {"defusedxml"},
    "billing/client_bank_exchange.py": set(),
    "billing/double_entry.py": set(),
    "billing/dunning_steps.py": set(),
    "billing/invoice_lines.py": set(),
    "billing/journal.py": set(),
    "billing/month_draft.py": set(),
    "billing/pipeline.py": set(),
    "billing/replay.py": {"msgspec"},
    "billing/profit.py": set(),
    "billing/purpose.py": set(),
    "billing/served_months.py": set(),
    "billing/settlement.py": set(),
    "billing/spreading.py": set(),
    "billing/tax.py": set(),
    "documents/act.py": set(),
    "documents/agreement.py": set(),
    "documents/bank_wording.py": set(),
    "documents/burn_down.py": set(),
    "documents/calendar_feed.py": set(),
    "documents/certificate.py": set(),
    "documents/contract.py": set(),
    "documents/correction.py": set(),
    "documents/credit_note.py": {"msgspec"},
    "documents/digest_text.py": set(),
    "documents/english_names.py": {"iuliia"},
    "documents/invoice.py": set(),
    "documents/lines.py": set(),
    "documents/number_words.py": set(),
    "documents/objection_text.py": set(),
    "documents/offer.py": set(),
    "documents/parties.py": set(),
    "documents/promotion.py": set(),
    "documents/reconciliation.py": set(),
    "documents/qr.py": {"segno"},
    "documents/pipeline_table.py": set(),
    "documents/reminder_text.py": set(),
    "documents/renewal_table.py": set(),
    "documents/reason_sentences.py": set(),
    "documents/reason_table.py": set(),
    "documents/replay.py": set(),
    "documents/scope.py": set(),
    "documents/dunning_text.py": set(),
    "documents/entry_lines.py": set(),
    "documents/statement.py": set(),
    "documents/statement_data.py": {"msgspec"},
    "documents/tables.py": {"xlsxwriter"},
    "documents/typography.py": {"phonenumbers"},
    "documents/warning_text.py": set(),
    "documents/wording.py": {"babel"},
    "documents/words.py": {"babel", "num2words"},
}
DATABASE = {"sqlalchemy", "sqlmodel"}
OUTSIDE_WORLD = {"asyncio", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "socket"}
OUTSIDE_WORLD |= {"sqlite3", "subprocess", "tempfile", "threading", "time", "urllib", "uuid"}
CLOCK = {"now", "utcnow", "today", "current_timestamp", "current_date", "time", "time_ns"}
CLOCK |= {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "localtime", "gmtime"}
ROOMS_WITHOUT_A_NOUN = {"base", "common", "core", "helper", "helpers", "kit", "lib", "manager", "managers", "misc"}
ROOMS_WITHOUT_A_NOUN |= {"service", "services", "shared", "util", "utils"}

FUNCTION_LINES = 40
FILE_LINES = 300

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class File:
    """One source file: its path from the root of the checkout, and its text."""

    path: str
    text: str

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text)))

    @property
    def package(self) -> str:
        return self.path.partition("/")[0]

    @property
    def is_migration(self) -> bool:
        return "/migrations/versions/" in self.path

    def functions(self) -> Iterator[Function]:
        return (node for node in self.nodes if isinstance(node, Function))

    def imports(self) -> Iterator[str]:
        """Every imported name in full: `contracts.money.Money`, `os`, `time.time`."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_point_down(file: File) -> Iterator[str]:
    below = PACKAGES[: PACKAGES.index(file.package) + 1]
    for name in file.imports():
        root = name.partition(".")[0]
        if root in PACKAGES and root not in below:
            yield f"imports {name}: {file.package} may import only {', '.join(below)}"


def pure_files_touch_nothing_outside(file: File) -> Iterator[str]:
    if file.path not in PURE:
        return
    pure_modules = {path.removesuffix(".py").replace("/", ".") for path in PURE}
    for name in file.imports():
        root, parent = name.partition(".")[0], name.rpartition(".")[0]
        standard = root in sys.stdlib_module_names and root not in OUTSIDE_WORLD
        if not (standard or root in PURE[file.path] or pure_modules & {name, parent}):
            yield f"imports {name}: a pure file sees only the standard library and values below it"
    for node in file.nodes:
        if isinstance(node, ast.Name) and node.id in {"open", "input"}:
            yield f"line {node.lineno} uses {node.id}()"
        if isinstance(node, ast.arg) and node.arg == "session":
            yield f"line {node.lineno} takes a session"


def ledger_files_are_pure_or_touch_the_database(file: File) -> Iterator[str]:
    if file.package not in LEDGER or file.path in PURE or file.path.endswith("__init__.py"):
        return
    if not DATABASE & {name.partition(".")[0] for name in file.imports()}:
        yield "touches no database: name it in PURE of tests/test_layout.py"


def the_clock_is_read_only_in_api(file: File) -> Iterator[str]:
    if file.package == "api":
        return
    for node in file.nodes:
        if isinstance(node, ast.Attribute) and node.attr in CLOCK and not isinstance(node.value, ast.Call):
            yield f"line {node.lineno} reads the clock with .{node.attr}: take the moment as an argument"
    yield from (f"imports {name}: the clock belongs to api" for name in file.imports() if name.startswith("time."))


def commits_are_made_in_one_place(file: File) -> Iterator[str]:
    for node in file.nodes:
        if isinstance(node, ast.Attribute) and node.attr == "commit" and file.path != "api/database.py":
            yield f"line {node.lineno} commits: only api/database.py does"


def money_and_minutes_are_never_floats(file: File) -> Iterator[str]:
    if file.package not in LEDGER:
        return
    for node in file.nodes:
        named = isinstance(node, ast.Name) and node.id == "float"
        if named or (isinstance(node, ast.Constant) and isinstance(node.value, float)):
            yield f"line {node.lineno} has a float: minutes, money and shares are integers"


def names_come_from_the_trade(file: File) -> Iterator[str]:
    for room in Path(file.path).with_suffix("").parts:
        if room in ROOMS_WITHOUT_A_NOUN or room.endswith(("_utils", "_helpers", "_manager", "_service")):
            yield f"is called {room!r}: find the noun of the trade"


def functions_fit_on_a_screen(file: File) -> Iterator[str]:
    for function in () if file.is_migration else file.functions():
        lines = function.end_lineno - function.lineno + 1
        first = function.body[0]
        if ast.get_docstring(function) is not None:
            lines -= first.end_lineno - first.lineno + 1
        if lines > FUNCTION_LINES:
            yield f"line {function.lineno}: {function.name} has {lines} lines, {FUNCTION_LINES} are allowed"


def files_fit_on_few_screens(file: File) -> Iterator[str]:
    lines = len(file.text.splitlines())
    if lines > FILE_LINES and not file.is_migration:
        yield f"has {lines} lines, {FILE_LINES} are allowed"


def only_the_command_line_prints(file: File) -> Iterator[str]:
    for node in file.nodes:
        if isinstance(node, ast.Name) and node.id == "print" and not file.path.startswith("api/cli"):
            yield f"line {node.lineno} prints: only api/cli does"


def public_names_are_explained(file: File) -> Iterator[str]:
    if file.is_migration:
        return
    for scope in file.nodes:
        if not isinstance(scope, ast.Module | ast.ClassDef) or getattr(scope, "name", "").startswith("_"):
            continue
        for node in scope.body:
            public = isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")
            if public and ast.get_docstring(node) is None:
                yield f"line {node.lineno}: {node.name} has no docstring"


def names_of_tests_are_sentences(file: File) -> Iterator[str]:
    for function in file.functions():
        if function.name.startswith("test_") and function.name.count("_") < 3:
            yield f"line {function.lineno}: {function.name} is no sentence of three words or more"


Rule = Callable[[File], Iterator[str]]

# Every rule with files that it must find fault with: (path, text).
CODE_RULES: dict[Rule, list[tuple[str, str]]] = {
    imports_point_down: [
        ("contracts/terms.py", "from billing.tax import rate"),
        ("entitlements/desk.py", "def check():\n    import api.settings"),
        ("billing/month.py", "from documents import archive"),
    ],
    pure_files_touch_nothing_outside: [
        ("contracts/money.py", "import os"),
        ("contracts/money.py", "from sqlmodel import Session"),
        ("contracts/terms.py", "from contracts.parties import Client"),
        ("entitlements/hours.py", "import random"),
        ("entitlements/hours.py", "def account(session): ..."),
        ("billing/tax.py", "RATES = open('rates.json')"),
    ],
    ledger_files_are_pure_or_touch_the_database: [("entitlements/guessing.py", "from contracts.terms import Term")],
    the_clock_is_read_only_in_api: [
        ("contracts/selling.py", "today = datetime.now(UTC)"),
        ("entitlements/desk.py", "def check(at=datetime.utcnow): ..."),
        ("billing/month.py", "on = date.today()"),
        ("billing/month.py", "query = select(func.now())"),
        ("documents/render.py", "from time import monotonic"),
        ("documents/render.py", "started = time.time()"),
    ],
    commits_are_made_in_one_place: [
        ("contracts/selling.py", "session.commit()"),
        ("api/journeys.py", "with_retries(session.commit)"),
    ],
    money_and_minutes_are_never_floats: [
        ("billing/tax.py", "share = float(amount)"),
        ("contracts/money.py", "def of(amount: float): ..."),
        ("entitlements/rounding.py", "EVENING = 1.5"),
    ],
    names_come_from_the_trade: [
        ("api/utils.py", ""),
        ("documents/common/dates.py", ""),
        ("billing/invoice_service.py", ""),
    ],
    functions_fit_on_a_screen: [("billing/month.py", "def close():\n" + "    a = 1\n" * FUNCTION_LINES)],
    files_fit_on_few_screens: [("billing/month.py", "a = 1\n" * (FILE_LINES + 1))],
    only_the_command_line_prints: [("billing/month.py", "print('closed')"), ("api/worker.py", "show = print")],
    public_names_are_explained: [
        ("contracts/money.py", "def divide(): ..."),
        ("contracts/money.py", "class Money: ..."),
        ("contracts/money.py", "class Money:\n    'An amount.'\n    def share(self): ..."),
    ],
}
TEST_RULES: dict[Rule, list[tuple[str, str]]] = {
    commits_are_made_in_one_place: [],
    names_come_from_the_trade: [],
    names_of_tests_are_sentences: [("tests/billing/test_tax.py", "def test_rate(): ...")],
}
SPARED = [  # what looks like a fault and is none
    (imports_point_down, "api/app.py", "import contracts.terms, documents.words"),
    (pure_files_touch_nothing_outside, "contracts/terms.py", "from contracts import errors\nimport calendar"),
    (ledger_files_are_pure_or_touch_the_database, "contracts/parties.py", "from sqlmodel import SQLModel"),
    (the_clock_is_read_only_in_api, "api/request.py", "at = datetime.now(UTC)"),
    (commits_are_made_in_one_place, "api/database.py", "session.commit()"),
    (
        functions_fit_on_a_screen,
        "contracts/terms.py",
        'def f():\n    """One.\n' + "\n" * 50 + '    """\n    return 1\n',
    ),
    (only_the_command_line_prints, "api/cli/demo.py", "print('done')"),
    (names_of_tests_are_sentences, "tests/test_a.py", "def test_hours_never_drift(): ..."),
]


@cache
def read(*folders: str) -> list[File]:
    """The files of the folders, read and parsed once for all rules."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [File(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def faults(rule: Rule, files: list[File]) -> str:
    return "\n".join(f"{file.path} {fault}" for file in files for fault in rule(file))


@pytest.mark.parametrize("rule", CODE_RULES, ids=lambda rule: rule.__name__)
def test_the_code_obeys_the_rule(rule: Rule) -> None:
    assert faults(rule, read(*PACKAGES)) == ""


@pytest.mark.parametrize("rule", TEST_RULES, ids=lambda rule: rule.__name__)
def test_the_tests_obey_the_rule(rule: Rule) -> None:
    assert faults(rule, read("tests")) == ""


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [(rule, *bad) for rules in (CODE_RULES, TEST_RULES) for rule, examples in rules.items() for bad in examples],
)
def test_the_rule_finds_the_fault(rule: Rule, path: str, text: str) -> None:
    assert list(rule(File(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), SPARED)
def test_the_rule_spares_what_is_right(rule: Rule, path: str, text: str) -> None:
    assert list(rule(File(path, text))) == []


def test_every_pure_file_that_is_named_exists() -> None:
    assert [path for path in PURE if not (ROOT / path).exists()] == []


def test_the_five_packages_have_code_to_judge() -> None:
    assert all(len(read(package)) > 1 for package in PACKAGES)
