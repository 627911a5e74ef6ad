"""Taking what was offered as it was shown: another way or another price meanwhile is refused, and nothing is sold."""

from datetime import date, datetime

from sqlmodel import Session

from api.journeys import Sold, renew_subscription, sell_package
from billing.bills import Invoice
from documents.drawing_offer import taken_choice, taken_package


def renew_as_shown(session: Session, subscription_id: int, as_shown: str, *, at: datetime) -> Sold:
    """Renew in the way and at the price that were shown (S4). Raises as `taken_choice` and `renew_subscription`."""
    chosen = taken_choice(session, subscription_id, as_shown, at=at)
    promotion = chosen.promotion.code if chosen.promotion is not None else None
    return renew_subscription(session, subscription_id, chosen.term_months, chosen.kind, promotion=promotion, at=at)


def sell_as_shown(
    session: Session, contract_id: int, as_shown: str, starts_on: date | None = None, *, at: datetime
) -> Invoice:
    """Sell the package at the price that was shown (H8). Raises as `taken_package` and `sell_package`."""
    _, invoice = sell_package(session, contract_id, taken_package(session, as_shown, at.date()).code, starts_on, at=at)
    return invoice
