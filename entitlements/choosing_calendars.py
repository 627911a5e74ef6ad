"""By whose working days a seller counts: another country's calendar from now on (D10, H3)."""

from sqlmodel import Session

from contracts.errors import Refusal
from contracts.locking import touch_every_client
from contracts.parties import Seller
from entitlements.calendar import YEARS, load_calendar


def choose_calendar(session: Session, seller_id: int, country: str) -> Seller:
    """What is computed from now on goes by the calendar of this country; what is closed and printed stays.

    Raises `Refusal` with SELLER_UNKNOWN, or COUNTRY_UNKNOWN for a country of which no holidays are known.
    """
    seller = session.get(Seller, seller_id, with_for_update={"key_share": True})
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    load_calendar(country, seller.time_zone).year_of(YEARS[-1])  # of any year, guessed or not
    seller.calendar = country
    touch_every_client(session)
    session.flush()
    return seller
