"""Who speaks for a client: a contact or a mail domain, from when it is recorded until it is withdrawn (D1, D4).

Both are recorded as they happen, so what was known at one moment of another one is what was so at the earlier of them.
"""

from datetime import UTC, datetime

from sqlalchemy import BindParameter, ColumnElement, and_, or_
from sqlmodel import col

from contracts.parties import ClientContact, ClientDomain

TODAY = datetime.max.replace(tzinfo=UTC)
"""The moment of questions that name none: after all that is recorded."""


def speaks(named: type[ClientContact | ClientDomain], at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """That the contact or the domain spoke for its client at a moment."""
    withdrawn_at = col(named.withdrawn_at)
    return and_(col(named.recorded_at) <= at, or_(withdrawn_at.is_(None), withdrawn_at > at))


def speaks_today(named: type[ClientContact | ClientDomain]) -> ColumnElement[bool]:
    """That nobody has withdrawn it."""
    return col(named.withdrawn_at).is_(None)
