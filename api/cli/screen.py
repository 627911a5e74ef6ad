"""What a command shows: facts, tables, and how far long work has come."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from api.cli.language import Text

PIPE_WIDTH = 200  # columns of a table that is not shown on a terminal

Tell = Callable[[str, int, int], None]
"""Told what is being done, how many of its parts are done, and how many there are."""


def say(text: str = "") -> None:
    """One line on standard output."""
    typer.echo(text)


def facts(rows: Iterable[tuple[str, object]]) -> None:
    """Names and values, one pair a line; a pair without a value is left out."""
    shown = [(name, str(value)) for name, value in rows if value not in (None, "")]
    width = max(len(name) for name, _ in shown)
    for name, value in shown:
        say(f"  {name:{width}}  {value}")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as wide as the terminal; without rows a word that there is nothing."""
    told = list(rows)
    if not told:
        say(Text("Ничего нет.", "There is nothing."))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Cell

    console = Console() if sys.stdout.isatty() else Console(width=PIPE_WIDTH)
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        grid.add_column(head, overflow="fold")
    for row in told:
        grid.add_row(*(Cell(str(value)) for value in row))
    console.print(grid)


def as_json(value: Any) -> None:
    """A value as JSON, for programs."""
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


@contextmanager
def progress() -> Iterator[Tell]:
    """Shows how far long work has come: bars on a terminal, plain lines elsewhere; always on standard error."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield tell


def _lines() -> Tell:
    """A line for every quarter of the work, and for its end."""
    quarters: dict[str, int] = {}

    def tell(what: str, done: int, total: int) -> None:
        quarter = 4 * done // max(total, 1)
        if quarter != quarters.get(what, 0):
            quarters[what] = quarter
            typer.echo(f"{what}: {done}/{total}", err=True)

    return tell
