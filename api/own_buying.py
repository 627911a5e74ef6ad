"""What a client buys by itself in its own pages: as it was shown, and its manager is told of it once (H8, S4)."""

from datetime import datetime

from sqlmodel import Session

from api.taking_offers import renew_as_shown, sell_as_shown
from billing.bills import Invoice
from documents.purchase_mail import tell_manager
from documents.words import Language


def buy_package(
    session: Session, contract_id: int, as_shown: str, bought_by: str, staff_language: str, *, at: datetime
) -> Invoice:
    """Sell the package that the client's administrator agreed to; raises as `sell_as_shown`."""
    invoice = sell_as_shown(session, contract_id, as_shown, at=at)
    tell_manager(session, invoice, bought_by, Language(staff_language), at=at)
    return invoice


def renew_by_client(
    session: Session, subscription_id: int, as_shown: str, bought_by: str, staff_language: str, *, at: datetime
) -> Invoice:
    """Renew as the client's administrator agreed to; raises as `renew_as_shown`."""
    invoice = renew_as_shown(session, subscription_id, as_shown, at=at).invoice
    tell_manager(session, invoice, bought_by, Language(staff_language), at=at)
    return invoice
