"""M1, M3: charges and credits may cancel to 0.00 and leave a kopeck of tax, since every line is rounded on its own."""

from datetime import date

from sqlmodel import Session

from entitlements.hours_facts import Charge
from tests.builders import a_client, a_plan, a_sale, a_seller, closed, its_catalogue, moment, worked


def test_a_month_that_comes_to_nothing_keeps_the_tax_of_its_lines_m3(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    seller, customer = a_seller(session), a_client(session)
    a_sale(session, seller, customer, at=moment("2026-10-01"))
    calls = [f"2026-10-0{day} 10:00" for day in (5, 6, 7, 8)]
    for number, call in enumerate(calls):
        worked(session, customer, call, 15, charge=Charge.PAID, external_id=f"call-{number}")
    october = closed(session, seller, customer, date(2026, 10, 1))
    for number, call in enumerate(calls):
        worked(session, customer, call, 0, external_id=f"call-{number}", at=moment("2026-11-03"))
    worked(session, customer, "2026-11-05 10:00", 60, charge=Charge.PAID)
    november = closed(session, seller, customer, date(2026, 11, 1))
    assert october is not None
    assert october.invoice is not None
    assert (october.invoice.total_minor, october.invoice.tax_minor) == (270_000, 4 * 12_172)
    assert november is not None
    assert november.invoice is not None
    assert (november.invoice.total_minor, november.invoice.tax_minor) == (0, 48_689 - 4 * 12_172)
