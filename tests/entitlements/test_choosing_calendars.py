"""A seller goes by the calendar of the country that was chosen for it (D10)."""

from datetime import date

from sqlmodel import Session

from billing.invoicing import invoice_subscription
from entitlements.choosing_calendars import choose_calendar
from tests.builders import a_client, a_plan, a_sale, a_seller, its_catalogue, moment, refused

SOLD_AT = moment("2026-05-06 12:00")


def test_days_to_pay_are_the_working_days_of_the_chosen_country_d10(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    seller = a_seller(session)
    due = []
    for country in ("RU", "DE"):
        choose_calendar(session, seller.id, country)
        sale = a_sale(session, seller, a_client(session), at=SOLD_AT)
        due.append(invoice_subscription(session, sale.subscription, at=SOLD_AT).due_on)
    assert due == [date(2026, 5, 14), date(2026, 5, 13)]  # 11 May is a day off in Russia alone
    with refused(session, "COUNTRY_UNKNOWN", field="country"):
        choose_calendar(session, seller.id, "XX")
    with refused(session, "SELLER_UNKNOWN"):
        choose_calendar(session, 99, "RU")
