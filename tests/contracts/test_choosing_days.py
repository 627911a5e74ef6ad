"""The days that a seller gives for late entries and for paying."""

from sqlmodel import Session

from contracts.choosing_days import choose_days
from tests.builders import a_seller, refused


def test_the_days_that_a_seller_gives_are_from_none_to_sixty(session: Session) -> None:
    seller = a_seller(session)
    choose_days(session, seller.id, late_entry_days=3, payment_days=60)
    assert (seller.late_entry_days, seller.payment_days) == (3, 60)
    for days in ({"late_entry_days": -1, "payment_days": 5}, {"late_entry_days": 0, "payment_days": 61}):
        with refused(session, "FIELD_WRONG"):
            choose_days(session, seller.id, **days)
    with refused(session, "SELLER_UNKNOWN"):
        choose_days(session, 99, late_entry_days=0, payment_days=0)
