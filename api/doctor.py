"""The doctor: looks at all that an installation stands on and says, of whatever is ill, how to mend it."""

import os
import smtplib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pysqlite3
from sqlalchemy import Engine, text
from sqlmodel import col, select

from api.daily_findings import calendars, worker
from api.database import open_engine, reading, wal_is_safe
from api.findings import Finding, State, ill, well
from api.mailer import mail_server
from api.migrations import require_current_schema
from api.press_health import FONTS, fast_typesetting, fonts, typesetting
from api.settings import Settings
from api.worker_faults import faults_that_last
from contracts.countries import HOME
from contracts.errors import Refusal
from contracts.parties import Seller
from documents.papers import Paper, PaperState
from documents.store import Store, content_key

SKEW_NOTED, SKEW_BROKEN = timedelta(seconds=2), timedelta(minutes=1)
DEFAULT_ZONES = {"Europe/Moscow"}
MAIL_SECONDS = 10
PROBE = b"abonement doctor was here\n"


def examine(settings: Settings) -> list[Finding]:
    """One finding on each thing that the installation needs; nothing is changed but for a probe in the store."""
    return [
        variables(os.environ),
        sqlite_library(pysqlite3.sqlite_version_info),
        *database(settings.database_url.get_secret_value()),
        fonts(FONTS),
        typesetting(),
        fast_typesetting(),
        store(settings.papers),
        mail(settings.smtp_url.get_secret_value() if settings.smtp_url else ""),
    ]


def database(address: str) -> list[Finding]:
    """Whether the database answers, has the schema of this code, and agrees with this machine about the time."""
    try:
        with closing_engine(address) as engine:
            require_current_schema(engine)
            said = engine.url.render_as_string(hide_password=True)
            with reading(engine) as session:
                zones = set(session.exec(select(Seller.time_zone)))
                countries = set(session.exec(select(Seller.calendar))) or {HOME}
                faults = faults_that_last(session)
            ready = well("database", f"База данных {said} готова.", f"The database {said} is ready.")
            today = datetime.now(UTC).date()
            return [
                ready,
                clock(engine),
                time_zones(zones | DEFAULT_ZONES),
                calendars(countries, today),
                worker(faults),
                unprinted(engine),
            ]
    except Refusal as refusal:
        return [unfit_database(refusal), time_zones(DEFAULT_ZONES)]


@contextmanager
def closing_engine(address: str) -> Iterator[Engine]:
    """An engine that leaves no connection behind."""
    engine = open_engine(address)
    try:
        yield engine
    finally:
        engine.dispose()


def variables(environment: Mapping[str, str]) -> Finding:
    """Whether a variable looks like a setting and is none: a misspelt one is never read and never refused."""
    known = {f"ABONEMENT_{name}".upper() for name in Settings.model_fields}
    unknown = sorted(name for name in environment if name.startswith("ABONEMENT_") and name not in known)
    if not unknown:
        return well("settings", "Все переменные окружения известны.", "All environment variables are known.")
    names, allowed = ", ".join(unknown), ", ".join(sorted(known))
    return ill(
        "settings",
        State.WARNING,
        (f"Переменные, которые ничего не значат: {names}.", f"Variables that mean nothing: {names}."),
        (f"Исправьте имя; есть {allowed}.", f"Correct the name; there are {allowed}."),
    )


def sqlite_library(version: tuple[int, ...]) -> Finding:
    """Whether the SQLite library may use WAL, with which a writer keeps no reader waiting."""
    said = ".".join(map(str, version))
    if wal_is_safe(version):
        return well("sqlite", f"Библиотека SQLite {said}.", f"SQLite library {said}.")
    return ill(
        "sqlite",
        State.WARNING,
        (
            f"SQLite {said} портит базы в режиме WAL, поэтому он выключен, и запись задерживает чтение.",
            f"SQLite {said} can corrupt a WAL database, so WAL is off, and a writer keeps readers waiting.",
        ),
        "pip install --upgrade pysqlite3",
    )


def unfit_database(refusal: Refusal) -> Finding:
    """Why the database cannot be used."""
    what: dict[str, tuple[str, str]] = {
        "DATABASE_URL_UNKNOWN": ("Адрес базы данных непонятен.", "The database URL is not understood."),
        "DATABASE_UNREACHABLE": ("База данных не отвечает: {problem}", "The database does not answer: {problem}"),
        "SCHEMA_MISSING": ("База данных пуста.", "The database is empty."),
        "SCHEMA_OLDER": ("База данных старше программы.", "The database is older than the code."),
        "SCHEMA_NEWER": ("База данных новее программы.", "The database is newer than the code."),
    }
    address = ("Проверьте ABONEMENT_DATABASE_URL и сервер.", "Check ABONEMENT_DATABASE_URL and the server.")
    ru, en = (sentence.format(problem=refusal.facts.get("problem")) for sentence in what[refusal.code])
    return ill("database", State.BROKEN, (ru, en), str(refusal.facts["mend"]) if "mend" in refusal.facts else address)


def clock(engine: Engine) -> Finding:
    """Whether this machine and the database agree about the time."""
    with reading(engine) as session:
        newest = session.exec(select(Paper.issued_at).order_by(col(Paper.id).desc()).limit(1)).first()
        ours = datetime.now(UTC)
        on_server = engine.dialect.name == "postgresql"
        theirs = session.connection().execute(text("SELECT clock_timestamp()")).scalar_one() if on_server else ours
    return agreement(ours, theirs, newest)


def unprinted(engine: Engine) -> Finding:
    """Whether a paper waits for a person because it could not be printed."""
    failed = select(Paper.number, Paper.problem).where(Paper.state == PaperState.FAILED).order_by(col(Paper.id))
    with reading(engine) as session:
        papers = session.exec(failed).all()
    if not papers:
        return well("papers", "Все документы напечатаны или печатаются.", "All papers are printed or being printed.")
    first, problem = papers[0]
    return ill(
        "papers",
        State.WARNING,
        (
            f"Не напечатано документов: {len(papers)}; первый — {first}: {problem}",
            f"Papers that could not be printed: {len(papers)}; the first is {first}: {problem}",
        ),
        "abonement papers print --failed",
    )


def agreement(ours: datetime, theirs: datetime, newest: datetime | None) -> Finding:
    """Whether two clocks agree, and neither is behind the newest paper: the seconds round midnight decide (T4)."""
    skew = max(abs(ours - theirs), (newest or ours) - ours)
    if skew <= SKEW_NOTED:
        return well("clock", "Часы идут верно.", "The clock is right.")
    seconds = round(skew.total_seconds())
    return ill(
        "clock",
        State.WARNING if skew <= SKEW_BROKEN else State.BROKEN,
        (f"Часы расходятся с базой данных на {seconds} с.", f"The clock and the database are {seconds} s apart."),
        ("Включите синхронизацию времени: timedatectl set-ntp true", "Synchronise it: timedatectl set-ntp true"),
    )


def time_zones(zones: Iterable[str]) -> Finding:
    """Whether the days of every seller's time zone can be told."""
    unknown = ", ".join(sorted(zone for zone in zones if not _is_zone(zone)))
    if not unknown:
        return well("time zones", "Данные часовых поясов на месте.", "The time zone data is there.")
    return ill(
        "time zones",
        State.BROKEN,
        (f"Неизвестные часовые пояса: {unknown}.", f"Unknown time zones: {unknown}."),
        "pip install --upgrade tzdata",
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def store(address: str) -> Finding:
    """Whether papers can be put into the store and read again."""
    try:
        place, key = Store(address), content_key("doctor", PROBE, "txt")
        place.put(key, PROBE)
        place.get(key)
    except Exception as problem:  # the store's library has an error of its own for every place
        return ill(
            "store",
            State.BROKEN,
            (f"Хранилище {address} не принимает документы: {problem}", f"{address} takes no papers: {problem}"),
            ("Проверьте ABONEMENT_STORE_URL и права на запись.", "Check ABONEMENT_STORE_URL and the right to write."),
        )
    return well("store", f"Хранилище {address} принимает документы.", f"The store {address} takes papers.")


def mail(address: str) -> Finding:
    """Whether there is a mail server, and it answers and knows us."""
    if not address:
        return ill(
            "mail",
            State.WARNING,
            ("Почта не настроена и не уходит.", "Mail is not set up, and none leaves."),
            ("Задайте ABONEMENT_SMTP_URL.", "Set ABONEMENT_SMTP_URL."),
        )
    try:
        with mail_server(address, MAIL_SECONDS):
            pass
    except (OSError, ValueError, smtplib.SMTPException) as problem:
        return ill(
            "mail",
            State.BROKEN,
            (f"Почтовый сервер не отвечает: {problem}", f"The mail server does not answer: {problem}"),
            ("Проверьте ABONEMENT_SMTP_URL.", "Check ABONEMENT_SMTP_URL."),
        )
    return well("mail", "Почтовый сервер отвечает.", "The mail server answers.")
