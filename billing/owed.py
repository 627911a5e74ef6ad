"""What is owed on the invoices that the service waits for: what the desk's answer tells of paying (rules S8, M5)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlmodel import Session, col, select

from billing.bills import Invoice
from billing.settling import standings_of
from contracts.money import Money
from entitlements.answers import Decision, Option
from entitlements.options import PAY

Owed = dict[int, tuple[str, Money]]
"""By the subscription's id the number of its invoice and what is left of it."""


def with_what_is_owed(session: Session, decisions: Sequence[Decision], *, known_at: datetime) -> list[Decision]:
    """The answers, where paying would change them with the invoice and what was left of it, as known at a moment.

    Nothing is read where paying would change none. An invoice that is settled, or is in no book, is not told.
    """
    waiting = {one.cover.id for one in decisions if one.cover is not None and would_change(one)}
    owed = _owed(session, waiting, known_at) if waiting else {}
    return [replace(one, options=tuple(_priced(one, owed))) if would_change(one) else one for one in decisions]


def would_change(decision: Decision) -> bool:
    """Whether paying would change the answer."""
    return any(option.action == PAY for option in decision.options)


def _priced(decision: Decision, owed: Owed) -> Iterable[Option]:
    number, left = (None, None) if decision.cover is None else owed.get(decision.cover.id, (None, None))
    for option in decision.options:
        yield replace(option, price=left, invoice_number=number) if option.action == PAY else option


def _owed(session: Session, subscription_ids: Collection[int], known_at: datetime) -> Owed:
    own = select(Invoice).where(col(Invoice.subscription_id).in_(subscription_ids), Invoice.issued_at <= known_at)
    invoices = session.exec(own).all()
    standings = zip(invoices, standings_of(session, invoices, known_at), strict=True)
    return {one.subscription_id or 0: (one.number, standing.left) for one, standing in standings if standing.left.minor}
