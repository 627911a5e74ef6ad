"""Taking what was offered as it was shown: another way or another price meanwhile is refused, and nothing is sold."""

from datetime import date, datetime

from sqlmodel import Session

from api.journeys import Sold, renew_subscription, sell_package
from billing.bills import Invoice
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.subscriptions import Contract
from documents.drawing_offer import draw_offer, packages_on_sale
from documents.offer import ChoiceSheet, PackageSheet


def renew_as_shown(session: Session, subscription_id: int, as_shown: str, *, at: datetime) -> Sold:
    """Renew in the way and at the price that were shown (S4).

    Raises as `renew_subscription`, or `Refusal("RENEWAL_NOT_OPEN")` for another way or price.
    """
    chosen = _taken_choice(session, subscription_id, as_shown, at=at)
    promotion = chosen.promotion.code if chosen.promotion is not None else None
    return renew_subscription(session, subscription_id, chosen.term_months, chosen.kind, promotion=promotion, at=at)


def sell_as_shown(
    session: Session, contract_id: int, as_shown: str, starts_on: date | None = None, *, at: datetime
) -> Invoice:
    """Sell the package at the price that was shown (H8).

    Raises as `sell_package`, or `Refusal("PACKAGE_UNKNOWN")` for another package or price.
    """
    seller = session.get_one(Seller, known_row(session, Contract, contract_id).seller_id)
    taken = _taken_package(session, as_shown, seller.day_of(at))
    _, invoice = sell_package(session, contract_id, taken.code, starts_on, at=at)
    return invoice


def _taken_choice(session: Session, subscription_id: int, as_shown: str, *, at: datetime) -> ChoiceSheet:
    """The open way to renew that was shown so; raises as `draw_offer` too."""
    for choice in draw_offer(session, subscription_id, at=at).open_choices:
        if choice.as_shown == as_shown:
            return choice
    raise Refusal("RENEWAL_NOT_OPEN", field="choice", value=as_shown)


def _taken_package(session: Session, as_shown: str, on: date) -> PackageSheet:
    """The package that was shown so."""
    for package in packages_on_sale(session, on):
        if package.as_shown == as_shown:
            return package
    raise Refusal("PACKAGE_UNKNOWN", field="package", value=as_shown)
