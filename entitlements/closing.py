"""Freezing the pools of a month: what the hours accounts came to becomes statements (rules H1, E1, E3)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from contracts.money import Money
from contracts.numbering import Series, take_numbers
from contracts.parties import Seller
from entitlements.hours_facts import Parts
from entitlements.months import Month
from entitlements.roll_forward import RollForward, closing_lots, roll_forward
from entitlements.statements import ClosingLot, Statement, StatementLine


@dataclass(frozen=True, slots=True)
class Charged:
    """What the charged minutes of one entry cost: the price of an hour and the amount, incl. tax."""

    hour_price: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class Frozen:
    """A month as it is to be stored: the money of the charged entries by their id, and until when to object."""

    month: Month
    charged: Mapping[int, Charged]
    currency: str
    object_until: date


def freeze(session: Session, seller: Seller, frozen: Sequence[Frozen], *, at: datetime) -> list[Statement]:
    """Store the statements, in the given order, with their lines and the lots from which the next month starts.

    All are of one month; the caller holds the clients' rows.
    """
    if not frozen:
        return []
    year = frozen[0].month.term.last_day.year
    numbers = take_numbers(session, seller.id, Series.STATEMENT, year, len(frozen))
    rows = [_statement(seller, one, at) | number for one, number in zip(frozen, numbers, strict=True)]
    storing = insert(Statement).returning(Statement, sort_by_parameter_order=True)
    statements = list(session.scalars(storing, rows))
    lines, lots = [], []
    for statement, one in zip(statements, frozen, strict=True):
        lines += [{"statement_id": statement.id, **line} for line in _lines(one)]
        lots += [{"statement_id": statement.id, **lot} for lot in _lots(one)]
    for table, stored in ((StatementLine, lines), (ClosingLot, lots)):
        if stored:
            session.connection().execute(insert(table), stored)
    return statements


def _statement(seller: Seller, one: Frozen, at: datetime) -> dict[str, Any]:
    lines, moved = one.month.after.lines, roll_forward(one.month.before, one.month.after)
    return {
        **{name: getattr(moved, name) for name in MOVEMENT},
        "seller_id": seller.id,
        "client_id": one.month.client_id,
        "month": one.month.term.starts_on,
        "issued_on": one.month.term.last_day,
        "overage_minutes": sum(line.parts.overage_minutes for line in lines),
        "paid_minutes": sum(line.parts.paid_minutes for line in lines),
        "total_minor": sum(charged.amount.minor for charged in one.charged.values()),
        "currency": one.currency,
        "object_until": one.object_until,
        "closed_at": at,
    }


def _lines(one: Frozen) -> Iterator[dict[str, Any]]:
    for position, line in enumerate(one.month.after.lines, 1):
        charged = one.charged.get(line.entry_id)
        yield {
            "work_entry_id": line.entry_id,
            "position": position,
            "billed_minutes": line.billed_minutes,
            **{name: getattr(line.parts, name) for name in PARTS},
            "rate_minor": charged.hour_price.minor if charged is not None else None,
            "amount_minor": charged.amount.minor if charged is not None else 0,
        }


MOVEMENT = RollForward.__struct_fields__
PARTS = Parts.__struct_fields__
LOT_COLUMNS = (
    "origin",
    "source_id",
    "kind",
    "minutes",
    "used_minutes",
    "starts_on",
    "ends_on",
    "rollover_cap_minutes",
    "rollover_ends_on",
)


def _lots(one: Frozen) -> Iterator[dict[str, Any]]:
    for lot in closing_lots(one.month.after):
        yield {name: getattr(lot, name) for name in LOT_COLUMNS}
