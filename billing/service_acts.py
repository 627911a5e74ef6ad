"""Acts over what a month served of service that was paid ahead, issued when the month is closed (M2, M4, M6, S13)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from billing.bills import Act, ActKind, ActLine
from billing.invoice_lines import term_line_columns, totals
from billing.served_months import Agreed, ServedLine, served
from billing.supplies import prepaid
from billing.tax import Taxation
from contracts.numbering import Series, take_numbers
from contracts.parties import Seller
from contracts.terms import Term
from entitlements.statements import Statement


def act_service(
    session: Session, seller: Seller, statements: Sequence[Statement], taxation: Taxation, *, at: datetime
) -> Mapping[int, Sequence[Act]]:
    """The acts of a month that is closed, by the id of the statement: one a contract and currency, dated its last day.

    There is none of months that were closed before acts carried the service. Raises `Refusal("TAX_MODE_UNKNOWN")`.
    """
    since = seller.service_acts_from
    if not statements or (since is not None and statements[0].month < since):
        return {}
    month = Term.calendar_month(statements[0].month)
    of = {one.client_id: one for one in statements}
    lines = served(prepaid(session, seller, month, of), month)
    if not lines:
        return {}
    common = {
        "seller_id": seller.id,
        "kind": ActKind.SERVICE,
        "issued_on": month.last_day,
        "tax_mode": taxation.mode_on(month.last_day),
        "issued_at": at,
    }
    agreed = sorted(lines, key=lambda one: (one.client_id, one.contract_id, one.currency))
    numbers = take_numbers(session, seller.id, Series.ACT, month.last_day.year, len(agreed))
    rows = [
        {**common, **number, **_own(one, lines[one], of[one.client_id])}
        for one, number in zip(agreed, numbers, strict=True)
    ]
    acts = list(session.scalars(insert(Act).returning(Act, sort_by_parameter_order=True), rows))
    stored = [
        {"act_id": act.id, "position": position, "invoice_line_id": one.invoice_line_id, **term_line_columns(one.line)}
        for act, of_act in zip(acts, agreed, strict=True)
        for position, one in enumerate(lines[of_act], 1)
    ]
    session.connection().execute(insert(ActLine), stored)
    found: dict[int, list[Act]] = defaultdict(list)
    for act in acts:
        found[act.statement_id].append(act)
    return found


def _own(one: Agreed, lines: Sequence[ServedLine], statement: Statement) -> dict[str, Any]:
    """What an act says of its parties and its totals."""
    sums = totals([line.line for line in lines], one.currency)
    return {
        "client_id": one.client_id,
        "entity_id": one.entity_id,
        "contract_id": one.contract_id,
        "statement_id": statement.id,
        "total_minor": sums.total.minor,
        "tax_minor": sums.tax.minor,
        "currency": one.currency,
    }
