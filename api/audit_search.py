"""Looking through the audit: by who, by table, by days; each way walks an index, however long the audit is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import tuple_
from sqlmodel import Session, col, select

from api.audit import AuditedTable, AuditEntry


@dataclass(frozen=True, slots=True)
class EntriesWanted:
    """Which entries are looked for: of whom, of which table, from a moment on and before another."""

    caller: str = ""
    table: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


def entries_found(session: Session, wanted: EntriesWanted, *, before: int | None, limit: int) -> Sequence[AuditEntry]:
    """The latest entries first, of those that are earlier than the one with the id `before`."""
    table: type[AuditedTable] | type[AuditEntry] = AuditedTable if wanted.table else AuditEntry
    done_at, entry_id = col(table.done_at), col(AuditedTable.entry_id if wanted.table else AuditEntry.id)
    found = select(entry_id).order_by(done_at.desc(), entry_id.desc()).limit(limit)
    if wanted.table:
        found = found.where(AuditedTable.table_name == wanted.table)
    if wanted.caller:
        found = found.where(table.caller == wanted.caller)
    if wanted.from_at is not None:
        found = found.where(done_at >= wanted.from_at)
    if wanted.until_at is not None:
        found = found.where(done_at < wanted.until_at)
    last = session.get(AuditEntry, before) if before is not None else None
    if last is not None:
        found = found.where(tuple_(done_at, entry_id) < tuple_(last.done_at, last.id))
    ids = session.exec(found).all()
    entries = {one.id: one for one in session.exec(select(AuditEntry).where(col(AuditEntry.id).in_(ids)))}
    return [entries[one] for one in ids]


def rows_changed(session: Session, entries: Sequence[AuditEntry]) -> Mapping[int, Mapping[str, int]]:
    """How many rows of which table each entry changed."""
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    own = select(AuditedTable).where(col(AuditedTable.entry_id).in_([one.id for one in entries]))
    for one in session.exec(own.order_by(col(AuditedTable.id))):
        counts[one.entry_id][one.table_name] = one.row_count
    return counts
