"""The findings of a reconciliation as CSV for spreadsheet programs: UTF-8 with its mark, cells apart by semicolons."""

import csv
import io
from collections.abc import Iterable

from contracts.register_differences import Difference
from contracts.terms import ONE_DAY

HEADS = (
    *("registration_number", "client_id", "client", "subscription_id", "plan", "starts_on", "last_day", "finding"),
    *("register_code", "register_starts_on", "register_last_day", "register_partner", "reason"),
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet program would run; such a cell gets an apostrophe before it."""


def as_csv(found: Iterable[Difference]) -> bytes:
    """One row for each line of ours, with the period of the register that it rests on."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS)
    for one in found:
        writer.writerow(map(_cell, _row(one)))
    return text.getvalue().encode("utf-8-sig")


def _row(one: Difference) -> tuple[object, ...]:
    line, period = one.line, one.period
    ours = (line.registration_number, line.client_id, line.client_name, line.subscription_id, line.plan_code)
    theirs: tuple[object, ...] = (None, None, None, None)
    if period is not None:
        last_day = period.ends_on and period.ends_on - ONE_DAY
        theirs = (period.code, period.starts_on, last_day, period.partner.value)
    reason = one.reason.value if one.reason is not None else None
    return (*ours, line.term.starts_on, line.term.last_day, one.finding.value, *theirs, reason)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text
