"""Faults at named points of a run, without a line of them in the product.

Whatever a run writes, commits, prints and keeps is watched from outside: each INSERT and UPDATE by its table, each
savepoint and COMMIT, `Press.render` and `Store.put`. The points are counted by name; at a chosen one harm is done.
Between two statements of one transaction the database holds the same, so a statement is a point before it only.
"""

import multiprocessing
import os
import re
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from unittest.mock import patch
from uuid import uuid4

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.orm import configure_mappers

import api.schema  # noqa: F401 - all tables
from api.database import open_engine
from documents.render import Press
from documents.store import Store
from tests.databases import driver_url

PROCESSES = multiprocessing.get_context("forkserver")
LOADED = ("api.calls", "api.month_journeys", "api.printing", "tests.journeys.books", "tests.journeys.faults")
"""What nearly every process needs, loaded once in the server that forks them all, with every table made ready."""
PROCESSES.set_forkserver_preload(["__main__", *LOADED])
configure_mappers()
PROCESS_SECONDS = 120

STATEMENT = re.compile(r'(INSERT INTO|UPDATE|(?:RELEASE |ROLLBACK TO )?SAVEPOINT)(?: "?([a-z_]+))?')


class Point(NamedTuple):
    """The nth time that a run passes a point of a name, counted from 1."""

    name: str
    nth: int = 1


def kill() -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


class Faults:
    """Counts the points that are passed and does harm at one of them, if any is named."""

    def __init__(self, strike: Point | None = None, harm: Callable[[], None] = kill) -> None:
        self.passed: Counter[str] = Counter()
        self._strike, self._harm, self._counting = strike, harm, Lock()

    def points(self) -> list[Point]:
        """Every point that was passed, name by name."""
        return [Point(name, nth) for name, times in self.passed.items() for nth in range(1, times + 1)]

    def middle_points(self) -> list[Point]:
        """One point of each name: the one in the middle, where something is done and something left to do."""
        return [Point(name, (times + 1) // 2) for name, times in self.passed.items()]

    @contextmanager
    def watching(self, engine: Engine) -> Iterator["Faults"]:
        """Watch what is written through the engine, and what is printed and kept by anybody in this process."""
        event.listen(engine, "before_cursor_execute", self._before_statement)
        try:
            with ExitStack() as watched:
                watched.enter_context(self._around(engine.dialect, "do_commit", self._commit_name))
                watched.enter_context(self._around(Press, "render", lambda *_: "render"))
                watched.enter_context(self._around(Store, "put", lambda *_: "put"))
                yield self
        finally:
            event.remove(engine, "before_cursor_execute", self._before_statement)

    def _pass(self, name: str) -> None:
        with self._counting:
            self.passed[name] += 1
            struck = self._strike == (name, self.passed[name])
        if struck:
            self._harm()

    def _before_statement(self, connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        found = STATEMENT.match(statement)
        if found is None:
            return
        verb, table = found.groups()
        if "SAVEPOINT" in verb:
            self._pass(f"before {verb}")
        else:
            connection.info.setdefault("written", []).append(table)
            self._pass(f"before {verb.split()[0]} {table}")

    @staticmethod
    def _commit_name(connection: Any) -> str:
        """A COMMIT is told from others by the first table that it writes."""
        written = connection.info.pop("written", ["nothing"])
        return f"COMMIT of {written[0]}"

    @contextmanager
    def _around(self, owner: Any, name: str, named: Callable[..., str]) -> Iterator[None]:
        """Pass a point before and after each call of a function."""
        really = getattr(owner, name)

        def watched(*arguments: Any) -> Any:
            point = named(*arguments)
            self._pass(f"before {point}")
            done = really(*arguments)
            self._pass(f"after {point}")
            return done

        with patch.object(owner, name, watched):
            yield


def url_of(engine: Engine) -> str:
    """The address of a database, to be opened by another process."""
    return engine.url.render_as_string(hide_password=False)


@contextmanager
def copy_of(engine: Engine, folder: Path) -> Iterator[Engine]:
    """A database of its own with the same contents, dropped at the end; nobody else may be connected to the first."""
    engine.dispose()
    name = f"abonement_copy_{uuid4().hex}"
    if engine.dialect.name == "sqlite":
        file = shutil.copyfile(str(engine.url.database), folder / f"{name}.db")
        copy = open_engine(f"sqlite:///{file}")
        try:
            yield copy
        finally:
            copy.dispose()
            file.unlink()
        return
    administer(engine, f"CREATE DATABASE {name} TEMPLATE {engine.url.database} STRATEGY FILE_COPY")
    copy = open_engine(engine.url.set(database=name))
    try:
        yield copy
    finally:
        copy.dispose()
        administer(engine, f"DROP DATABASE {name} WITH (FORCE)")


def administer(engine: Engine, command: str) -> None:
    """Do what only a connection to the server's own database can; a new one each time, for servers crash here."""
    with psycopg.connect(driver_url(str(engine.url.set(database="postgres"))), autocommit=True) as admin:
        admin.execute(command)


def run_processes(target: Callable[..., None], arguments: Sequence[tuple[Any, ...]]) -> list[int | None]:
    """Run the function in one process for each tuple of arguments, all at once; how each process ended."""
    started = [PROCESSES.Process(target=target, args=given) for given in arguments]
    for process in started:
        process.start()
    for process in started:
        process.join(PROCESS_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
    return [process.exitcode for process in started]
