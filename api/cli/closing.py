"""The command that closes months."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import typer

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.refusing import FOUND
from api.cli.screen import Tell, progress, say, table

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from api.month_journeys import MonthReport, OnProgress
    from contracts.parties import Seller


@taught(
    app,
    "close-month",
    Text(
        "Закрыть месяц и все открытые до него: отчёт, акт и счёт каждому клиенту, ровно по одному.",
        "Close a month and every open one before it: statement, act and invoice for each client, exactly once.",
    ),
    "abonement close-month 2026-10 --dry-run",
    "abonement close-month 2026-10",
)
def close_month(month: options.Month, seller: options.SellerCode = None, dry_run: options.DryRun = False) -> None:
    """Close, or try to close, the months of one seller or of all; status 1 when a client is parked (M6)."""
    from api.cli.naming import sellers_named
    from api.database import reading
    from api.month_journeys import close_months
    from api.rehearsing import rehearse_months
    from billing.month import require_over

    close = rehearse_months if dry_run else partial(close_months, verify_at=settings().verify_at)
    with database() as engine:
        with reading(engine) as session:
            sellers = sellers_named(session, seller)
            for one in sellers:
                require_over(one, month, now())
        with progress() as tell:
            reports = [close(engine, one.id, month, clock=now, tell=_under(one.code, tell)) for one in sellers]
        _summarise(engine, sellers, reports, month, dry_run)


def _under(code: str, tell: Tell) -> "OnProgress":
    """Tells of months under the seller's code."""
    return lambda month, done, total: tell(f"{code} {month:%Y-%m}", done, total)


def _name_overlaps(engine: "Engine", seller: "Seller", month: date) -> None:
    """How much of the month's work claims the minutes of other work of its engineer (H10)."""
    from api.database import reading
    from contracts.terms import Term
    from entitlements.overlaps import list_overlaps

    last_day = Term.calendar_month(month).last_day
    with reading(engine) as session:
        found = list_overlaps(session, month, last_day, seller_id=seller.id)
    if found:
        shown = f"abonement work overlaps --from {month} --until {last_day}"
        say(Text(f"Пересекаются работы инженеров: {len(found)}. {shown}", f"Works overlap: {len(found)}. {shown}"))


def _summarise(
    engine: "Engine", sellers: Sequence["Seller"], reports: Sequence["MonthReport"], month: date, dry_run: bool
) -> None:
    """How many were closed, and who was not and why; a parked client makes the status 1."""
    from sqlmodel import col, select

    from api.database import reading
    from contracts.parties import Client

    for seller, report in zip(sellers, reports, strict=True):
        closed = Text(f"закрыто {report.closed}", f"{report.closed} closed")
        changed = Text(" (проба: ничего не изменено)", " (a trial: nothing is changed)") if dry_run else ""
        say(f"{seller.code}: {closed}{changed}")
        if dry_run:
            _name_overlaps(engine, seller, month)
    parked = [problem for report in reports for problem in report.parked]
    if not parked:
        return
    with reading(engine) as session:
        chosen = select(Client.id, Client.name).where(col(Client.id).in_({problem.client_id for problem in parked}))
        names = dict(session.exec(chosen).all())
    say(Text("Не закрыты, остальных это не задержало:", "Not closed; nobody else had to wait:"))
    heads = (Text("Месяц", "Month"), Text("Клиент", "Client"), Text("Имя", "Name"), Text("Причина", "Reason"))
    table(heads, [(f"{one.month:%Y-%m}", one.client_id, names[one.client_id], one.text) for one in parked])
    raise typer.Exit(FOUND)
