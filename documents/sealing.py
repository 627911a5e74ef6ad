"""Sealing closed months and finding what was changed in them behind the product's back (P5).

A statement's record is a digest of its row, of its closing lots and of each line with the work entry. The paper's data
carry the record's SHA-256 and the seal of the statement before, and the SHA-256 of those data is the statement's seal:
who holds the papers can follow the chain without us.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, and_, select
from sqlmodel import Session, col

from contracts.parties import Seller
from documents.month_record import records_of, sha256_of
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from documents.seals import StatementSeal
from documents.statement import ChainSheet
from entitlements.breaches import Breach
from entitlements.statements import Statement

AT_ONCE = 200


def chain_of(session: Session, statement: Statement, record: str) -> ChainSheet:
    """How the statement hangs on the last one before it of the same client and seller."""
    before = (
        select(col(Statement.number), col(StatementSeal.sha256))
        .join(StatementSeal, col(StatementSeal.statement_id) == col(Statement.id))
        .where(
            col(Statement.client_id) == statement.client_id,
            col(Statement.seller_id) == statement.seller_id,
            col(Statement.month) < statement.month,
        )
        .order_by(col(Statement.month).desc())
        .limit(1)
    )
    found = session.connection().execute(before).first()
    number, sha256 = found or ("", "")
    return ChainSheet(sha256_of(record), number, sha256)


def sealed(session: Session, sha256: str) -> Row[StatementSeal, Statement, Seller, Paper] | None:
    """The statement that has this fingerprint, its seller and its paper."""
    query = (
        select(StatementSeal, Statement, Seller, Paper)
        .join(Statement, col(Statement.id) == col(StatementSeal.statement_id))
        .join(Seller, col(Seller.id) == col(Statement.seller_id))
        .join(Paper, col(Paper.id) == col(StatementSeal.paper_id))
        .where(col(StatementSeal.sha256) == sha256)
    )
    return session.execute(query).first()


def fingerprint(sheet_json: str, previous_sha256: str, record: str) -> str:
    """The seal: the SHA-256 of the paper's data. Data from before there were seals do not name what they hang on, so
    it is put before them."""
    carried = msgspec.json.decode(sheet_json, type=_Carried).chain is not None
    return sha256_of(sheet_json if carried else f"{previous_sha256} {sha256_of(record)} {sheet_json}")


def seals_to_come(session: Session) -> Iterator[dict[str, Any]]:
    """The seals of statements that were closed and printed before there were seals, each after its predecessor."""
    heads: dict[tuple[int, int], str] = {}
    its_paper = and_(
        col(Paper.kind) == PaperKind.STATEMENT, col(Paper.subject_id) == col(Statement.id), col(Paper.revision) == 1
    )
    for closed in _closed(session, its_paper):
        records = records_of(session, [one.id for one in closed])
        for one in closed:
            if one.sheet is not None:
                pool, record = (one.client_id, one.seller_id), records[one.id]
                previous, heads[pool] = heads.get(pool, ""), fingerprint(one.sheet, heads.get(pool, ""), record)
                yield {
                    "statement_id": one.id,
                    "paper_id": one.paper_id,
                    "previous_sha256": previous,
                    "record": record,
                    "sha256": heads[pool],
                }


def seal_breaches(session: Session, *, tell: Callable[[int], None]) -> Iterator[Breach]:
    """Closed months that are not as they were sealed, in the order in which they were closed (P5)."""
    heads: dict[tuple[int, int], str] = {}
    for closed in _closed(session, col(Paper.id) == col(StatementSeal.paper_id)):
        records = records_of(session, [one.id for one in closed])
        for one in closed:
            pool, subject = (one.client_id, one.seller_id), f"statement {one.number}, client {one.client_id}"
            changes = _changes(one, records[one.id], heads.get(pool, ""))
            yield from (Breach("P5", subject + where, found, sealed) for where, found, sealed in changes)
            heads[pool] = one.sha256 or heads.get(pool, "")
        tell(len(closed))


class _Carried(msgspec.Struct):
    """What a paper's data say of the chain; none when they are older than it."""

    chain: ChainSheet | None = None


def _changes(one: Row[Any], record: str, head: str) -> Iterator[tuple[str, str, str]]:
    """Where a statement is not as it was sealed: the place, what is there now, what was sealed."""
    if one.sha256 is None:
        yield "", "no seal", "sealed when its month was closed"
        return
    if one.previous_sha256 != head:
        yield ", the statement before it", head or "none", one.previous_sha256 or "none"
    if (carried := _carried(one.sheet)) is None:
        yield ", its paper's data", "unreadable", one.sha256
        return
    chain = carried.chain
    if fingerprint(one.sheet, one.previous_sha256, one.record) != one.sha256:
        yield ", its paper's data", fingerprint(one.sheet, one.previous_sha256, one.record), one.sha256
    if chain is not None and (chain.record_sha256, chain.previous_sha256) != (
        sha256_of(one.record),
        one.previous_sha256,
    ):
        yield ", its seal", "another record or predecessor", "those that its paper's data name"
    sealed, found = one.record.split("\n"), record.split("\n")
    for number, (was, now) in enumerate(zip_longest(sealed, found, fillvalue="none"), -1):
        if was != now:
            yield {-1: "", 0: ", what it left to the next month"}.get(number, f", line {number}"), now, was


def _carried(sheet: str | None) -> _Carried | None:
    try:
        return msgspec.json.decode(sheet or "", type=_Carried)
    except msgspec.MsgspecError:
        return None


def _closed(session: Session, paper_of: ColumnElement[bool]) -> Iterator[Sequence[Row[Any]]]:
    """The statements, some at a time in the order of closing, with their seals and the data of their papers."""
    query: Any = (
        select(
            *(getattr(Statement, name) for name in ("id", "client_id", "seller_id", "number")),
            *(getattr(StatementSeal, name) for name in ("previous_sha256", "record", "sha256")),
            col(Paper.id).label("paper_id"),
            col(Paper.sheet),
        )
        .outerjoin(StatementSeal, col(StatementSeal.statement_id) == col(Statement.id))
        .outerjoin(Paper, paper_of)
        .order_by(col(Statement.id))
    )
    last = 0
    while closed := session.connection().execute(query.where(col(Statement.id) > last).limit(AT_ONCE)).all():
        yield closed
        last = closed[-1].id
