"""The outside of the house: what documents, Makefile and image say is true of the code and of each other."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from api.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("contracts", "entitlements", "billing", "documents", "api", "tests")
RULE = re.compile(r"\b[TSDHMPE][1-9]\d?\b")
SETTINGS = {f"{Settings.model_config['env_prefix']}{name}".upper() for name in Settings.model_fields}
SECTIONS = ["Context", "Decision", "Alternatives", "Consequences"]


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def tracked_files() -> list[str]:
    return subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def documents() -> list[str]:
    return [path for path in tracked_files() if path.endswith(".md")]


def anchors(markdown: str) -> set[str]:
    """The addresses of a page's headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def shell_lines(markdown: str) -> list[str]:
    """The commands that a page shows, without their comments."""
    blocks = re.findall(r"```sh\n(.*?)```", markdown, re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]


def compose() -> dict[str, dict]:
    return yaml.safe_load(text("compose.yaml"))["services"]


def test_every_link_of_a_document_leads_somewhere() -> None:
    broken = []
    for document in documents():
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", text(document)):
            page = (ROOT / document).parent / target if target else ROOT / document
            if not page.exists() or (anchor and anchor not in anchors(page.read_text(encoding="utf-8"))):
                broken.append(f"{document} -> {target}#{anchor}")
    assert broken == []


def test_every_rule_that_code_names_is_in_the_rule_book() -> None:
    known = set(re.findall(r"^\*\*([A-Z]\d+)", text("docs/domain.md"), re.MULTILINE))
    paths = [path for path in tracked_files() if path.endswith(".py") and path.split("/")[0] in SOURCES]
    unknown = {f"{path}: {rule}" for path in paths for rule in RULE.findall(text(path)) if rule not in known}
    assert unknown == set()


def test_every_rule_of_the_book_has_one_number() -> None:
    rules = re.findall(r"^\*\*([A-Z])(\d+)", text("docs/domain.md"), re.MULTILINE)
    for letter in "TSDHMPE":
        numbers = [int(number) for of, number in rules if of == letter]
        assert numbers == list(range(1, len(numbers) + 1))


def test_decisions_are_numbered_without_gaps_and_fit_on_a_screen() -> None:
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        words = record.read_text(encoding="utf-8")
        assert words.startswith(f"# {record.name[:4]}. ")
        assert re.findall(r"^## (.+)$", words, re.MULTILINE) == SECTIONS
        assert re.search(r"^Status: (accepted|superseded by \d{4}), \d{4}-\d\d-\d\d\.$", words, re.MULTILINE)
        assert len(words.splitlines()) <= 45


def test_both_readmes_show_the_same_commands() -> None:
    assert shell_lines(text("README.md")) == shell_lines(text("README.ru.md"))


def test_help_lists_every_command_of_the_makefile() -> None:
    declared = re.findall(r"^\.PHONY: (.+)$", text("Makefile"), re.MULTILINE)
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line.split()[1] for line in listed.splitlines()] == declared


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = re.findall(r"^\| `(ABONEMENT_[A-Z_]+)` \|", text("docs/operating.md"), re.MULTILINE)
    assert sorted(documented) == sorted(SETTINGS)


def test_image_and_services_use_settings_that_exist() -> None:
    for path in ("Dockerfile", "compose.yaml", ".env.example"):
        assert set(re.findall(r"ABONEMENT_[A-Z_]+", text(path))) <= SETTINGS


def test_services_are_started_with_a_password_of_ones_own() -> None:
    services = compose()
    assert set(services) == {"database", "mailbox", "migrate", "server", "worker"}
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "DATABASE_URL" in name:
                assert "${POSTGRES_PASSWORD:?" in value
    assert "POSTGRES_PASSWORD=\n" in text(".env.example")


def test_no_service_is_published_beyond_this_machine() -> None:
    ports = [port for service in compose().values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_runs_without_root_and_reports_its_health() -> None:
    runtime = text("Dockerfile").rpartition("\nFROM ")[2]
    user = re.findall(r"^USER (\d+)$", runtime, re.MULTILINE)
    assert user
    assert int(user[-1]) > 0
    assert "\nHEALTHCHECK " in runtime


def test_image_and_setup_install_the_same_system_libraries() -> None:
    needed = set(re.findall(r'^    "lib.+": "(.+)",$', text("scripts/setup"), re.MULTILINE))
    assert needed
    assert needed <= set(text("Dockerfile").split())


def test_the_change_log_names_the_version() -> None:
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    newest = re.findall(r"^## (.+)$", text("CHANGELOG.md"), re.MULTILINE)
    assert newest[0] == "Unreleased" or newest[0].startswith(version)


@pytest.mark.parametrize(
    "foreign",
    [
        pytest.param(r"p[y]pi\.org|python[h]osted|np[m]js\.|deb[i]an\.org", id="the host of a package registry"),
        pytest.param(r"/w[o]rk/|/r[o]ot/|/h[o]me/\w", id="a path of somebody's machine"),
    ],
)
def test_nothing_in_the_repository_depends_on_one_machine(foreign: str) -> None:
    found = []
    for path in tracked_files():
        content = (ROOT / path).read_bytes().decode("utf-8", errors="ignore") if (ROOT / path).is_file() else ""
        found += [f"{path}: {match}" for match in re.findall(foreign, content)]
    assert found == []


def test_nothing_of_others_is_committed() -> None:
    foreign = re.compile(r"\.(ttf|otf|woff2?|lock|whl|db)$|node_modules/|package-lock\.json|static/vendor/")
    assert [path for path in tracked_files() if foreign.search(path)] == []
