"""The command that writes down everything that a firm has, so that it can leave."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from api.cli.counter import app, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.screen import progress, say
from api.cli.values import argument, flag
from contracts.errors import Refusal

Target = Annotated[
    Path,
    argument("новый файл .zip или пустая папка", "a new .zip file or an empty folder", Text("КУДА", "WHERE"), Path),
]
WithPapers = Annotated[bool, flag("--papers", "и напечатанные документы", "the printed papers too")]


@taught(
    app,
    "export",
    Text(
        "Выгрузить всё: каждую таблицу в CSV, книгу для загрузки в другую установку, опись с числом строк и SHA-256.",
        "Export everything: each table as CSV, the book to be imported elsewhere, a manifest with counts and SHA-256.",
    ),
    "abonement export firm.zip",
    "abonement export firm --papers",
)
def export(target: Target, with_papers: WithPapers = False) -> None:
    """Write the export; a file that is cut off is never left under its name."""
    from api.export import export_folder, export_zip
    from documents.store import Store

    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise Refusal("TARGET_TAKEN", field="target", value=str(target))
    store = Store(settings().papers) if with_papers else None
    with database() as engine, progress() as tell:
        if target.suffix.lower() == ".zip":
            pack(target, export_zip(engine, at=now(), store=store, tell=tell))
        else:
            export_folder(engine, target, at=now(), store=store, tell=tell)
    say(Text(f"Выгружено: {target}", f"Exported: {target}"))


def pack(target: Path, pieces: Iterable[bytes]) -> None:
    """Write the pieces of a file; one that is cut off is never left under its name."""
    unfinished = target.with_name(f"{target.name}.part")
    with unfinished.open("wb") as file:
        for piece in pieces:
            file.write(piece)
    unfinished.replace(target)


def require_new(target: Path) -> None:
    """Raise `Refusal("TARGET_TAKEN")` for a file that is there already."""
    if target.exists():
        raise Refusal("TARGET_TAKEN", field="target", value=str(target))
