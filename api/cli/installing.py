"""Commands that set an installation up and look at its health."""

import typer

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import any_database, noted, now, settings
from api.cli.language import Text, language
from api.cli.refusing import FOUND
from api.cli.screen import say, table

COUNTED = {
    "services": Text("услуг", "services"),
    "products": Text("программ", "products"),
    "plans": Text("тарифов", "plans"),
    "packages": Text("пакетов", "packages"),
}
"""What a catalogue holds."""


@taught(
    app,
    "init",
    Text("Создать базу данных и загрузить каталог тарифов.", "Create the database and load the catalogue of plans."),
    "abonement init --catalogue its",
)
def init(catalogue: options.Catalogue = None) -> None:
    """Bring the database up and publish a built-in catalogue, as far as it is new."""
    from api.database import transaction
    from api.migrations import migrate as bring_up
    from contracts.publishing import load_catalogue

    with any_database() as engine:
        bring_up(engine)
        say(Text(f"База данных готова: {engine.url!r}", f"The database is ready: {engine.url!r}"))
        if catalogue is not None:
            with transaction(noted(engine)) as session:
                new = load_catalogue(session, catalogue, at=now())
            counts = ", ".join(f"{COUNTED.get(name, name)} {count}" for name, count in new.items())
            say(Text(f"Каталог {catalogue}, новое: {counts}", f"Catalogue {catalogue}, new: {counts}"))
    say(Text("Дальше: abonement seller add --help", "Next: abonement seller add --help"))


@taught(
    app,
    "migrate",
    Text("Привести базу данных к этой версии программы.", "Bring the database to this version of the program."),
    "abonement migrate",
)
def migrate() -> None:
    """Bring the database up."""
    from api.migrations import migrate as bring_up

    with any_database() as engine:
        bring_up(engine)
        say(Text(f"База данных готова: {engine.url!r}", f"The database is ready: {engine.url!r}"))


@taught(
    app,
    "doctor",
    Text(
        "Проверить всё, на чём стоит установка, и сказать, как починить.",
        "Look at all that the installation stands on, and say how to mend it.",
    ),
    "abonement doctor",
)
def doctor() -> None:
    """Show every finding; status 1 when something is broken."""
    from api.doctor import examine
    from api.findings import State

    findings = examine(settings())
    signs = {State.OK: "✓", State.WARNING: "!", State.BROKEN: "✗"}
    heads = ("", Text("Что", "What"), Text("Как починить", "How to mend it"))
    said = [(getattr(one.what, language()), getattr(one.mend, language()) if one.mend else "") for one in findings]
    table(heads, [(signs[one.state], *words) for one, words in zip(findings, said, strict=True)])
    if any(one.state is State.BROKEN for one in findings):
        raise typer.Exit(FOUND)
