"""The days that a seller gives for late entries and for paying; what is issued stays as it was (P2)."""

from sqlmodel import Session

from contracts.errors import Refusal
from contracts.parties import Seller


def choose_days(session: Session, seller_id: int, *, late_entry_days: int, payment_days: int) -> Seller:
    """How many days after a month its work may still be entered, and how many working days an invoice gives.

    Raises `Refusal` with SELLER_UNKNOWN, or FIELD_WRONG for fewer than none or more than 60.
    """
    seller = session.get(Seller, seller_id, with_for_update={"key_share": True})
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    for name, days in (("late_entry_days", late_entry_days), ("payment_days", payment_days)):
        if not 0 <= days <= 60:
            raise Refusal("FIELD_WRONG", field=name, value=days, allowed="0 to 60")
        setattr(seller, name, days)
    session.flush()
    return seller
