"""Freezing a pool's month: what the hours account came to becomes the statement (rules H1, E1, E3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlmodel import Session

from contracts.errors import Refusal
from contracts.money import Money
from contracts.numbering import Series, take_number
from contracts.parties import Seller
from contracts.terms import Term
from entitlements.facts import hours_facts, midnight
from entitlements.granting import open_from
from entitlements.hours import HoursAccount, account
from entitlements.roll_forward import closing_lots, roll_forward
from entitlements.statements import ClosingLot, Statement, StatementLine


@dataclass(frozen=True, slots=True)
class Month:
    """One pool at both bounds of a calendar month, over the same facts."""

    client_id: int
    term: Term
    before: HoursAccount
    after: HoursAccount


@dataclass(frozen=True, slots=True)
class Charged:
    """What the charged minutes of one entry cost: the price of an hour and the amount, incl. tax."""

    hour_price: Money
    amount: Money


def open_month(session: Session, seller: Seller, client_id: int, month: date) -> Month | None:
    """The pool over a month that is still to be closed; none when it is closed already (E7).

    The caller holds the client's row. Raises `Refusal("PREVIOUS_MONTH_OPEN")` while work counts in an earlier one.
    """
    opened = open_from(session, client_id, seller.id)
    if opened is not None and month < opened:
        return None
    facts, term = hours_facts(session, client_id, seller.id), Term.calendar_month(month)
    early = min((entry.counts_on for entry in facts.entries), default=month)
    if early < term.starts_on:
        raise Refusal("PREVIOUS_MONTH_OPEN", field="month", value=f"{month:%Y-%m}", allowed=f"{early:%Y-%m}")
    before, after = (account(facts, midnight(day, seller.time_zone)) for day in (term.starts_on, term.ends_on))
    return Month(client_id, term, before, after)


def freeze(
    session: Session,
    seller: Seller,
    month: Month,
    charged: Mapping[int, Charged],
    currency: str,
    *,
    object_until: date,
    at: datetime,
) -> Statement:
    """Store the statement, its lines and the closing lots from which the next month starts.

    `charged` gives the money of the entries that are charged, by their id.
    """
    moved, lines = roll_forward(month.before, month.after), month.after.lines
    statement = Statement(
        seller_id=seller.id,
        client_id=month.client_id,
        month=month.term.starts_on,
        issued_on=month.term.last_day,
        opening_minutes=moved.opening_minutes,
        given_minutes=moved.given_minutes,
        used_minutes=moved.used_minutes,
        burnt_minutes=moved.burnt_minutes,
        rolled_minutes=moved.rolled_minutes,
        closing_minutes=moved.closing_minutes,
        overage_minutes=sum(line.parts.overage_minutes for line in lines),
        paid_minutes=sum(line.parts.paid_minutes for line in lines),
        total_minor=sum(one.amount.minor for one in charged.values()),
        currency=currency,
        object_until=object_until,
        closed_at=at,
        **take_number(session, seller.id, Series.STATEMENT, month.term.last_day.year),
    )
    session.add(statement)
    session.flush()
    _store_lines(session, statement, month, charged)
    _store_lots(session, statement, month)
    return statement


def _store_lines(session: Session, statement: Statement, month: Month, charged: Mapping[int, Charged]) -> None:
    rows = []
    for position, line in enumerate(month.after.lines, 1):
        parts, money = line.parts, charged.get(line.entry_id)
        rows.append(
            {
                "statement_id": statement.id,
                "work_entry_id": line.entry_id,
                "position": position,
                "billed_minutes": parts.billed_minutes,
                "bonus_minutes": parts.bonus_minutes,
                "goodwill_minutes": parts.goodwill_minutes,
                "rollover_minutes": parts.rollover_minutes,
                "included_minutes": parts.included_minutes,
                "package_minutes": parts.package_minutes,
                "overage_minutes": parts.overage_minutes,
                "paid_minutes": parts.paid_minutes,
                "free_minutes": parts.free_minutes,
                "rate_minor": money.hour_price.minor if money is not None else None,
                "amount_minor": money.amount.minor if money is not None else 0,
            }
        )
    if rows:
        session.connection().execute(insert(StatementLine), rows)


def _store_lots(session: Session, statement: Statement, month: Month) -> None:
    rows = [
        {
            "statement_id": statement.id,
            "origin": lot.origin,
            "source_id": lot.source_id,
            "kind": lot.kind,
            "minutes": lot.minutes,
            "used_minutes": lot.used_minutes,
            "starts_on": lot.starts_on,
            "ends_on": lot.ends_on,
            "rollover_cap_minutes": lot.rollover_cap_minutes,
            "rollover_ends_on": lot.rollover_ends_on,
        }
        for lot in closing_lots(month.after)
    ]
    if rows:
        session.connection().execute(insert(ClosingLot), rows)
