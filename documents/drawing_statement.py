"""Drawing up the month's statement of hours from its rows and from the accounts at both bounds of the month (P5)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from billing.bills import Act, ActKind, ActLine, CreditNote, CreditNoteLine
from contracts.catalogue import Plan, PlanVersion, Registration
from contracts.parties import Client, Entity, Seller
from contracts.queries import contract_on, contracts_between
from contracts.subscriptions import Contract, Coverage, FreePeriod, Specification
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.drawing_bills import rate_totals
from documents.drawing_entries import entry_sheets
from documents.drawing_parties import called, client_sheet, contract_reference, party_sheet, registration_sheets
from documents.entry_lines import EntrySheet, PaidFrom
from documents.lines import RateTotal, totals_by_rate
from documents.parties import RegistrationSheet
from documents.statement import (
    AllowedSheet,
    BurnDownSheet,
    ForecastSheet,
    GoodwillSheet,
    HoldSheet,
    OverrideSheet,
    PoolSheet,
    StatementSheet,
)
from documents.words import Language
from entitlements.calendar import YEARS, load_calendar
from entitlements.desk import live_holds
from entitlements.desk_card import closed_minutes
from entitlements.forecast import PACE_DAYS, forecast, pace_starts_on
from entitlements.goodwill import goodwill_of
from entitlements.hours import day_starts_at, local_day
from entitlements.months import Month
from entitlements.overriding import overrides_of
from entitlements.roll_forward import burn_down, by_kind
from entitlements.statements import Statement


def draw_statement(session: Session, statement: Statement, month: Month) -> StatementSheet:
    """The statement's sheet; a client without a contract gets one too.

    Raises ValueError when its entries do not come to the month's bills, or its pools to the statement (E3, E4).
    """
    seller = session.get_one(Seller, statement.seller_id)
    contracts = contracts_between(session, statement.seller_id, [statement.client_id])
    contract = contract_on(contracts[statement.client_id], statement.issued_on)
    client, entity = _client(session, statement, contract)
    language, term = Language(client.locale), Term.calendar_month(statement.month)
    tax_mode, by_rate = _charged(session, statement)
    entries = entry_sheets(session, statement, seller, entity, language)
    return StatementSheet(
        number=statement.number,
        issued_on=statement.issued_on,
        term=term,
        seller=party_sheet(seller),
        client=client_sheet(client, entity),
        contract=contract_reference(contract) if contract is not None else None,
        plans=_plans(session, statement, term, language),
        registrations=_registrations(session, statement, term),
        pools=_pools(statement, month),
        entries=entries,
        by_rate=by_rate,
        tax_mode=tax_mode,
        object_until_on=statement.object_until,
        overrides=_overrides(session, statement, term, seller.time_zone),
        currency=statement.currency,
        burn_down=_burn_down(session, statement, month, seller),
        goodwill=_goodwill(session, statement, entries),
        holds=_holds(session, statement, term, seller.time_zone),
    )


def _burn_down(session: Session, statement: Statement, month: Month, seller: Seller) -> BurnDownSheet | None:
    """The days of the month, and the forecast from its end on; no calendar knows the working days of some years."""
    left = burn_down(month.before, month.after)
    if not any(left):
        return None
    if not YEARS[1] <= month.after.on.year < YEARS[-1]:
        return BurnDownSheet(left)
    calendar = load_calendar(seller.calendar, seller.time_zone)
    since, earlier = pace_starts_on(calendar, month.after.on), {}
    if since < statement.month:
        drawn = closed_minutes(session, statement.client_id, since)[statement.seller_id]
        earlier = {day: minutes for day, minutes in drawn.items() if day < statement.month}
    found = forecast(month.after, earlier, calendar)
    if found is None:
        return BurnDownSheet(left)
    return BurnDownSheet(left, ForecastSheet(PACE_DAYS, found.drawn_minutes, found.runs_out_on))


def _holds(session: Session, statement: Statement, term: Term, time_zone: str) -> tuple[HoldSheet, ...]:
    """What was reserved when the month ended (D5)."""
    live = live_holds(session, at=day_starts_at(term.ends_on, time_zone), client_id=statement.client_id)
    return tuple(
        HoldSheet(one.ticket, one.minutes, local_day(one.expires_at, time_zone))
        for one in live
        if one.seller_id == statement.seller_id
    )


def _overrides(session: Session, statement: Statement, term: Term, time_zone: str) -> tuple[OverrideSheet, ...]:
    """What a person approved for the client in the month (D7)."""
    from_at, before = (day_starts_at(day, time_zone) for day in (term.starts_on, term.ends_on))
    held = overrides_of(session, statement.client_id, from_at=from_at, before=before)
    return tuple(
        OverrideSheet(one.approved_by, one.reason, local_day(one.ends_at - timedelta.resolution, time_zone), one.ticket)
        for one in held
    )


def _goodwill(session: Session, statement: Statement, entries: Sequence[EntrySheet]) -> GoodwillSheet | None:
    """The goodwill of a month in which some was given, where a plan sets a limit to it (H9)."""
    if not any(entry.minutes_from(PaidFrom.FREE) for entry in entries):
        return None
    month = goodwill_of(session, statement.client_id, statement.month).get(statement.seller_id)
    if month is None:
        return None
    allowed = (AllowedSheet(one.allowed_by, one.minutes, one.reason) for one in month.allowances)
    return GoodwillSheet(month.given_minutes, month.budget_minutes, tuple(allowed))


def _client(session: Session, statement: Statement, contract: Contract | None) -> tuple[Client, Entity | None]:
    """The client, and its entity that signed, or its first one when nobody did."""
    rows = select(Client, Entity).outerjoin(Entity).where(Client.id == statement.client_id)
    if contract is not None:
        rows = rows.where(Entity.id == contract.entity_id)
    client, entity = session.exec(rows.order_by(col(Entity.id)).limit(1)).one()
    return client, entity


def _in_month(
    table: type[Specification | FreePeriod], statement: Statement, term: Term
) -> tuple[ColumnElement[bool], ...]:
    """That a row of the client and the seller has a day in the month."""
    return (
        col(table.client_id) == statement.client_id,
        col(table.seller_id) == statement.seller_id,
        col(table.starts_on) < term.ends_on,
        col(table.ends_on) > term.starts_on,
        col(table.ends_on) > col(table.starts_on),
    )


def _registrations(session: Session, statement: Statement, term: Term) -> tuple[RegistrationSheet, ...]:
    """The registrations that a subscription or a free period covered on a day of the month."""
    sold = select(Coverage.registration_id).join(Specification).where(*_in_month(Specification, statement, term))
    free = select(FreePeriod.registration_id).where(*_in_month(FreePeriod, statement, term))
    return registration_sheets(session, or_(col(Registration.id).in_(sold), col(Registration.id).in_(free)))


def _plans(session: Session, statement: Statement, term: Term, language: Language) -> tuple[str, ...]:
    """The plans under which the client was served in the month, free periods included."""
    sold = select(Specification.plan_version_id).where(*_in_month(Specification, statement, term))
    free = select(FreePeriod.plan_version_id).where(*_in_month(FreePeriod, statement, term))
    rows = select(Plan).join(PlanVersion).where(or_(col(PlanVersion.id).in_(sold), col(PlanVersion.id).in_(free)))
    return tuple(called(plan, language) for plan in session.exec(rows.distinct().order_by(col(Plan.id))))


def _charged(session: Session, statement: Statement) -> tuple[TaxMode | None, tuple[RateTotal, ...]]:
    """The act of what the month added, less its credit notes, by VAT rate, and how the seller was taxed."""
    added_by = (Act.statement_id == statement.id, Act.kind == ActKind.MONTH)
    acted = session.exec(select(Act, ActLine).join(ActLine).where(*added_by)).all()
    credited = select(CreditNote, CreditNoteLine).join(CreditNoteLine)
    taken_back = session.exec(credited.where(CreditNote.statement_id == statement.id)).all()
    added = rate_totals((line for _, line in acted), statement.currency)
    off = rate_totals((line for _, line in taken_back), statement.currency)
    modes = [act.tax_mode for act, _ in acted] + [note.tax_mode for note, _ in taken_back]
    less = (RateTotal(one.vat_rate, -one.vat, -one.amount) for one in off)
    return next(iter(modes), None), totals_by_rate([*added, *less])


def _pools(statement: Statement, month: Month) -> tuple[PoolSheet, ...]:
    """The movement of each kind of grants; together they are the statement's own."""
    kinds = by_kind(month.before, month.after)
    for name in ("opening_minutes", "given_minutes", "used_minutes", "burnt_minutes", "closing_minutes"):
        if sum(getattr(moved, name) for moved in kinds.values()) != getattr(statement, name):
            raise ValueError(f"the {name} of the pools are not those of statement {statement.number} (E3)")
    return tuple(
        PoolSheet(
            kind=PaidFrom(kind),
            opening_minutes=moved.opening_minutes,
            given_minutes=moved.given_minutes,
            rolled_minutes=moved.rolled_minutes,
            used_minutes=moved.used_minutes,
            burnt_minutes=moved.burnt_minutes,
            closing_minutes=moved.closing_minutes,
        )
        for kind, moved in kinds.items()
    )
