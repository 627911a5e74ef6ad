"""Commands that print the papers that wait: now, or for as long as a worker runs."""

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import options
from api.cli.counter import app, room, taught
from api.cli.exporting import pack, require_new
from api.cli.installation import current_database, database, now, settings
from api.cli.language import Text, language
from api.cli.refusing import FOUND
from api.cli.screen import Tell, progress, say, table
from api.cli.values import argument, flag, identifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from documents.papers import Paper

papers = room("papers", Text("Документы", "Papers"))
ZipTarget = Annotated[Path, argument("новый файл .zip", "a new .zip file", Text("КУДА", "WHERE"), Path)]

Failed = Annotated[bool, flag("--failed", "и те, что напечатать не удалось", "those that could not be printed too")]
PaperId = Annotated[int, argument("номер документа", "id of the paper", Text("ДОКУМЕНТ", "PAPER"), identifier)]
XmlTarget = Annotated[Path, argument("новый файл .xml", "a new .xml file", Text("КУДА", "WHERE"), Path)]


@taught(
    papers,
    "print",
    Text("Напечатать всё, что стоит в очереди.", "Print all that is queued."),
    "abonement papers print",
    "abonement papers print --failed",
)
def print_queue(failed: Failed = False) -> None:
    """Print what is queued, and what failed if that is asked for; status 1 when a paper waits for a person."""
    from api.database import transaction
    from api.printing import print_papers
    from documents.archive import print_failed_again
    from documents.render import Press
    from documents.store import Store

    chosen = settings()
    with database() as engine:
        if failed:
            with transaction(engine) as session:
                print_failed_again(session)
        with progress() as tell, Press(chosen.render_processes) as press:
            store, tell_each = Store(chosen.papers), counted(engine, tell)
            printed = print_papers(engine, store, press, clock=now, tell=tell_each)
        say(Text(f"Напечатано: {printed}.", f"Printed: {printed}.") + f" {chosen.papers}")
        name_failed(engine)


@taught(
    papers,
    "zip",
    Text(
        "Сложить документы месяца в один ZIP с описью: всех клиентов продавца или одного.",
        "Put the papers of a month into one ZIP with a list: of all clients of a seller, or of one.",
    ),
    "abonement papers zip 2026-10 papers.zip",
    "abonement papers zip 2026-10 papers.zip --inn 7707083893",
)
def zip_month(
    month: options.Month, target: ZipTarget, inn: options.AnyInn = None, seller: options.SellerCode = None
) -> None:
    """Write the ZIP; one that is cut off is never left under its name."""
    from api.cli.naming import entity_named, seller_named
    from api.database import reading
    from api.papers_export import papers_zip
    from documents.store import Store

    require_new(target)
    with database() as engine, progress() as tell:
        with reading(engine) as session:
            own = seller_named(session, seller)
            client_id = None if inn is None else entity_named(session, inn, None).client_id
        pack(target, papers_zip(engine, Store(settings().papers), own.id, month, client_id, tell=tell))
    say(Text(f"Записано: {target}", f"Written: {target}"))


@taught(
    papers,
    "list",
    Text("Показать документы клиента и их номера для других команд.", "Show a client's papers with their ids."),
    "abonement papers list --inn 7707083893",
)
def list_papers(inn: options.Inn) -> None:
    """The papers of a client in the order in which they were issued."""
    from sqlmodel import col, select

    from api.cli.naming import entity_named
    from api.database import reading
    from contracts.parties import Seller
    from documents.paper_names import KINDS
    from documents.papers import Paper, PaperState
    from documents.words import Language

    kinds = KINDS[Language(language())]
    with database() as engine, reading(engine) as session:
        own = select(Paper).where(Paper.client_id == entity_named(session, inn, None).client_id).order_by(col(Paper.id))
        rows = [(one, session.get_one(Seller, one.seller_id).day_of(one.issued_at)) for one in session.exec(own)]
    heads = (
        Text("Документ", "Paper"),
        Text("Вид", "Kind"),
        Text("Номер", "Number"),
        Text("Выпущен", "Issued"),
        Text("Состояние", "State"),
    )
    states = {
        PaperState.QUEUED: Text("печатается", "being printed"),
        PaperState.RENDERED: Text("напечатан", "printed"),
        PaperState.FAILED: Text("не напечатан", "not printed"),
    }
    table(heads, [(one.id, kinds[one.called], one.number, day, states[one.state]) for one, day in rows])


@taught(
    papers,
    "xml",
    Text(
        "Записать электронный счёт (Factur-X, EN 16931) счёта или корректировки, как он вложен в PDF.",
        "Write the e-invoice (Factur-X, EN 16931) of an invoice or a credit note, as it is inside the PDF.",
    ),
    "abonement papers xml 41 factur-x.xml",
)
def write_xml(paper_id: PaperId, target: XmlTarget) -> None:
    """Write the data of an e-invoice; sellers outside Russia issue them."""
    from api.database import reading
    from api.papers_export import e_invoice_of

    require_new(target)
    with database() as engine, reading(engine) as session:
        pack(target, [e_invoice_of(session, paper_id).content])
    say(Text(f"Записано: {target}", f"Written: {target}"))


@taught(
    app,
    "worker",
    Text(
        "Закрывать запрошенные месяцы и печатать документы, пока не остановят. Работников может быть много.",
        "Close the months asked for and print papers until it is stopped. There may be many workers.",
    ),
    "abonement worker",
    "abonement worker --once",
)
def worker(once: options.Once = False) -> None:
    """Do what waits, until it is told to stop or once."""
    from signal import SIGINT, SIGTERM, signal
    from threading import Event

    from api.worker import work

    stop = Event()
    for ending in (SIGINT, SIGTERM):
        signal(ending, lambda *_: stop.set())
    with current_database() as engine:
        if not once:
            say(Text("Жду работы; остановить: Ctrl+C.", "Waiting for work; Ctrl+C stops it."))
        work(engine, settings(), stop, once)
        if once:
            name_failed(engine)


def counted(engine: "Engine", tell: Tell) -> "Callable[[Paper], None]":
    """Tells, for each paper that is printed, how many of those that waited are done."""
    from sqlmodel import func, select

    from api.database import reading
    from documents.papers import Paper, PaperState

    with reading(engine) as session:
        waiting = session.exec(select(func.count()).select_from(Paper).where(Paper.state == PaperState.QUEUED)).one()
    done = count(1)
    return lambda _: tell(Text("Документы", "Papers"), next(done), waiting)


def name_failed(engine: "Engine") -> None:
    """Name the papers that could not be printed and wait for a person; they make the status 1."""
    from sqlmodel import col, select

    from api.database import reading
    from contracts.parties import Client
    from documents.paper_names import KINDS
    from documents.papers import Paper, PaperState
    from documents.words import Language

    told = select(Paper, Client.name).join(Client)
    with reading(engine) as session:
        failed = session.exec(told.where(Paper.state == PaperState.FAILED).order_by(col(Paper.id))).all()
    if failed:
        say(
            Text(
                "Не напечатаны; снова: abonement papers print --failed",
                "Not printed; to try them again: abonement papers print --failed",
            )
        )
        heads = (
            Text("Документ", "Paper"),
            Text("Вид", "Kind"),
            Text("Номер", "Number"),
            Text("Клиент", "Client"),
            Text("Причина", "Reason"),
        )
        kinds = KINDS[Language(language())]
        table(heads, [(one.id, kinds[one.called], one.number, client, one.problem) for one, client in failed])
        raise typer.Exit(FOUND)
