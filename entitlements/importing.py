"""Importing a file of work: all of it or nothing, and the same file again changes nothing (H10)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlmodel import Session

from contracts.errors import Refusal
from contracts.file_rows import RowFault, by_row
from contracts.locking import lock_clients
from contracts.parties import Client
from entitlements.hours_facts import Charge
from entitlements.logging_work import Logbook, Logged, Work, sound
from entitlements.named_clients import NamedClients
from entitlements.work_file import WorkFile, WorkRow

COLUMN_OF = {"work_on": "worked_on", "worked_minutes": "duration", "travel_minutes": "travel", "client_id": "client"}
"""The column behind a refusal's field, where their names differ."""


@dataclass(frozen=True, slots=True)
class ClientWork:
    """What a file says of one client: how many rows, and the worked minutes by what pays for them."""

    client_id: int
    name: str
    is_new: bool
    rows: int
    minutes: Mapping[Charge, int]


@dataclass(frozen=True, slots=True)
class Imported:
    """What importing a file did, or would have done without its faults: with any of them nothing is written."""

    new: int
    corrected: int
    taken_back: int
    unchanged: int
    clients: tuple[ClientWork, ...]
    faults: tuple[RowFault, ...]


def import_work(
    session: Session,
    file: WorkFile,
    *,
    time_zone: str,
    at: datetime,
    seller_id: int | None = None,
    create_clients: bool = False,
) -> Imported:
    """Log every row, each an event of the mapping's source; `time_zone` is that of moments without an offset.

    A client that is not known is a fault of its rows, or made by its name (or external id) with `create_clients`. What
    is wrong in rows is in the answer. Raises `Refusal("MAPPING_WRONG")` when clients are to be made by another key.
    """
    zone, source = ZoneInfo(time_zone), file.mapping.source
    done: list[tuple[Client, WorkRow, Logged]] = []
    faults = list(file.faults)
    with session.begin_nested() as savepoint:
        names = [row.client for row in file.rows]
        clients = NamedClients(session, file.mapping.client_by, names, create=create_clients, at=at)
        lock_clients(session, clients.ids)
        book = Logbook(session, source, [row.external_id for row in file.rows])
        for row in file.rows:
            try:
                client = clients.named(row.client)
                work = _work(row, client.id, source, seller_id, zone)
                done.append((client, row, book.log(sound(work), at=at)))
            except Refusal as wrong:
                faults.append(_fault(file, row, wrong))
        imported = _imported(done, clients.made, faults)
        if faults or imported.unchanged == len(done):  # not even a state version is raised for nothing
            savepoint.rollback()
    return imported


def _work(row: WorkRow, client_id: int, source: str, seller_id: int | None, zone: ZoneInfo) -> Work:
    started_at, words = row.started_at, cast("dict[str, Any]", row.words)
    if started_at is not None and started_at.tzinfo is None:
        started_at = started_at.replace(tzinfo=zone)
    return Work(
        client_id=client_id,
        source=source,
        external_id=row.external_id,
        worked_minutes=row.worked_minutes,
        travel_minutes=row.travel_minutes,
        started_at=started_at,
        work_on=row.worked_on,
        seller_id=seller_id,
        charge=row.charge,
        **words,
    )


def _fault(file: WorkFile, row: WorkRow, wrong: Refusal) -> RowFault:
    name = COLUMN_OF.get(wrong.field or "", wrong.field or "")
    said = {"client": row.client, "external_id": row.external_id, **row.words}
    value = said.get(name) or str(wrong.facts.get("value") or "")
    return RowFault(row.row, file.columns.over(name), value, wrong)


def _imported(done: Sequence[tuple[Client, WorkRow, Logged]], made: set[int], faults: Sequence[RowFault]) -> Imported:
    outcomes = Counter(_outcome(logged) for _, _, logged in done)
    in_order = sorted(done, key=lambda one: (one[0].search_key, one[0].id))
    clients = [
        _client_work(client, [row for _, row, _ in rows], client.id in made)
        for client, rows in groupby(in_order, key=lambda one: one[0])
    ]
    return Imported(
        new=outcomes["new"],
        corrected=outcomes["corrected"],
        taken_back=outcomes["taken back"],
        unchanged=outcomes["unchanged"],
        clients=tuple(clients),
        faults=by_row(faults),
    )


def _outcome(logged: Logged) -> str:
    if logged.unchanged:
        return "unchanged"
    if logged.entry is None:
        return "taken back"
    return "corrected" if logged.reversal is not None else "new"


def _client_work(client: Client, rows: Sequence[WorkRow], is_new: bool) -> ClientWork:
    minutes: Counter[Charge] = Counter()
    for row in rows:
        minutes[row.charge] += row.worked_minutes
    return ClientWork(client.id, client.name, is_new, len(rows), minutes)
