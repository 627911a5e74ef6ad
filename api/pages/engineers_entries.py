"""The work that an engineer logged on a day, with what it draws and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from contracts.catalogue import PlanVersion
from contracts.parties import Client, Seller
from documents.drawing_entries import differences_of, zones_of
from documents.entry_lines import DifferenceSheet
from entitlements.calendar import load_calendar
from entitlements.facts import facts_of_pools
from entitlements.hours import account
from entitlements.hours_facts import Parts
from entitlements.standing_work import stands
from entitlements.timing import stretches_of
from entitlements.work import WorkEntry

AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class LoggedWork:
    """An entry that stands: the minutes that it is billed for, out of what, and why they are not those worked (H3)."""

    entry: WorkEntry
    client: str
    parts: Parts
    differences: tuple[DifferenceSheet, ...]


def logged_on(session: Session, engineer: str, day: date, *, at: datetime) -> list[LoggedWork]:
    """The entries of the day in the order of the work; as many selects for each seller, however many they are."""
    own = select(WorkEntry, Client.name, PlanVersion).join(Client, col(Client.id) == WorkEntry.client_id)
    own = own.outerjoin(PlanVersion, col(PlanVersion.id) == WorkEntry.plan_version_id)
    own = own.where(WorkEntry.engineer == engineer, WorkEntry.work_on == day, stands())
    rows = session.exec(own.order_by(col(WorkEntry.started_at), col(WorkEntry.id))).all()
    return list(_with_parts(session, rows, at))


def _with_parts(
    session: Session, rows: Sequence[tuple[WorkEntry, str, PlanVersion | None]], at: datetime
) -> Iterator[LoggedWork]:
    entries = [entry for entry, _, _ in rows]
    paid, measured = _paid(session, entries, at), stretches_of(session, entries)
    chosen = select(Seller).where(col(Seller.id).in_({entry.seller_id for entry in entries}))
    sellers = {seller.id: seller for seller in session.exec(chosen)} if entries else {}
    for entry, client, version in rows:
        seller, parts = sellers[entry.seller_id], paid.get(entry.id, Parts())
        zones = zones_of(entry, measured, load_calendar(seller.calendar, seller.time_zone))
        yield LoggedWork(entry, client, parts, tuple(differences_of(entry, parts.billed_minutes, version, zones)))


def _paid(session: Session, entries: Sequence[WorkEntry], at: datetime) -> dict[int, Parts]:
    """What pays for each of the entries once all of them count."""
    pools: dict[int, set[int]] = {}
    for entry in entries:
        pools.setdefault(entry.seller_id, set()).add(entry.client_id)
    counted_at = max([at, *(entry.started_at for entry in entries)]) + AN_INSTANT
    return {
        line.entry_id: line.parts
        for seller_id, client_ids in pools.items()
        for facts in facts_of_pools(session, seller_id, sorted(client_ids)).values()
        for line in account(facts, counted_at).lines
    }
