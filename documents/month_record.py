"""The record of a closed month: digests of its rows, from which any later change of one can be told (P5)."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlmodel import Session, col

from entitlements.statements import ClosingLot, Statement, StatementLine
from entitlements.work import WorkEntry

STATEMENT = (
    "id", "seller_id", "client_id", "year", "sequence", "number", "month", "issued_on", "opening_minutes",
    "given_minutes", "used_minutes", "burnt_minutes", "rolled_minutes", "closing_minutes", "overage_minutes",
    "paid_minutes", "total_minor", "currency", "object_until", "closed_at",
)  # fmt: skip
LOT = (
    "origin", "source_id", "kind", "minutes", "used_minutes", "starts_on", "ends_on", "rollover_cap_minutes",
    "rollover_ends_on",
)  # fmt: skip
LINE = (
    "id", "work_entry_id", "position", "billed_minutes", "bonus_minutes", "goodwill_minutes", "rollover_minutes",
    "included_minutes", "package_minutes", "overage_minutes", "paid_minutes", "free_minutes", "rate_minor",
    "amount_minor",
)  # fmt: skip
WORK = (
    "client_id", "seller_id", "entity_id", "plan_version_id", "source", "external_id", "revision", "reverses_id",
    "started_at", "timed", "work_on", "counts_on", "worked_minutes", "weighted_hundredths", "minimum_minutes",
    "charge", "ticket", "service", "channel", "asked_by", "engineer", "summary", "recorded_at",
)  # fmt: skip
"""What of each row is sealed, in this order. A column that is added later stays out: older records would not match."""


def records_of(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The records of some statements as the database holds them now, one digest a line.

    First comes the statement's own row, then what it left to the next month, then each line with its work entry.
    """
    digests = {one: ["", ""] for one in ids}
    of_statements = select(*(getattr(Statement, name) for name in STATEMENT)).where(col(Statement.id).in_(ids))
    for row in session.connection().execute(of_statements):
        digests[row.id][0] = _digest(row)
    left: dict[int, list[Row[Any]]] = defaultdict(list)
    lots = select(col(ClosingLot.statement_id), *(getattr(ClosingLot, name) for name in LOT))
    lots = lots.where(col(ClosingLot.statement_id).in_(ids))
    for row in session.connection().execute(lots.order_by(col(ClosingLot.origin), col(ClosingLot.source_id))):
        left[row.statement_id].append(row)
    for one in ids:
        digests[one][1] = sha256_of("\n".join(_digest(row) for row in left[one]))
    columns = (*(getattr(StatementLine, name) for name in LINE), *(getattr(WorkEntry, name) for name in WORK))
    lines = select(col(StatementLine.statement_id), *columns).join(
        WorkEntry, col(WorkEntry.id) == col(StatementLine.work_entry_id)
    )
    lines = lines.where(col(StatementLine.statement_id).in_(ids)).order_by(col(StatementLine.position))
    for row in session.connection().execute(lines):
        digests[row.statement_id].append(_digest(row))
    return {one: "\n".join(found) for one, found in digests.items()}


def _digest(row: Row[Any]) -> str:
    """The SHA-256 of a row's values; an instant is one whatever the database's time zone."""
    values = [one.astimezone(UTC) if isinstance(one, datetime) else one for one in row]
    return sha256_of(msgspec.json.encode(values).decode())


def sha256_of(text: str) -> str:
    """The SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
