"""Acts over service that was paid ahead as they are printed: what, for which copies, on which invoice (P1, M4)."""

from collections.abc import Callable
from datetime import date

from api.journeys import amend_subscription, sell_package
from billing.bills import ActKind
from billing.taking_payments import Put, Received, take_payment
from contracts.amending import Change
from contracts.money import Money
from contracts.terms import Term
from documents.act import ActSheet
from documents.lines import AdvanceSheet, LineKind
from documents.paper_kinds import PaperKind
from tests.builders import a_plan, moment
from tests.documents.market import NOVEMBER, OCTOBER, SOLD_AT, Market
from tests.documents.reading import whole_text

BOUGHT_ON = date(2026, 9, 20)


def paid(market: Market, invoice_id: int, minor: int, paid_on: date) -> None:
    received = Received(market.seller.id, market.customer.entity.id, f"{paid_on:%d%m}", paid_on, Money(minor), "За год")
    take_payment(market.session, received, [Put(invoice_id, Money(minor))], at=moment("2026-11-01 09:00"))


def the_act(market: Market, month: date = OCTOBER) -> ActSheet:
    """The one act of service of a month, as it was queued."""
    [act] = market.close(month).service_acts
    assert act.kind is ActKind.SERVICE
    sheet = market.sheet(PaperKind.ACT, act.id)
    assert isinstance(sheet, ActSheet)
    assert (sheet.total, sheet.vat, sheet.number) == (act.total, act.tax, act.number)
    return sheet


def test_each_line_names_what_for_which_copies_and_on_which_invoice_m4(
    market: Market, render: Callable[..., bytes]
) -> None:
    """A year that was paid in time, a dearer plan from the 16th, and hours that are not paid yet."""
    a_plan(market.session, "more", kind="support", name_en="More")
    sold = market.sell()
    dearer = Change(date(2026, 10, 16), "Котова И. Л.", "Ещё", "more", price=Money(2_400_000))
    amended = amend_subscription(market.session, sold.sale.subscription.id, dearer, at=moment("2026-10-10 12:00"))
    _, hours = sell_package(market.session, sold.sale.contract.id, "hours-20", OCTOBER, at=SOLD_AT)
    paid(market, sold.invoice.id, 1_200_000, date(2026, 9, 25))
    sheet = the_act(market)
    assert (sheet.is_of_service, sheet.statement_number, sheet.term) == (True, "", Term.calendar_month(OCTOBER))
    copies = market.customer.registrations
    assert [(line.kind, line.title, line.copies) for line in sheet.lines] == [
        (LineKind.SUBSCRIPTION, "support", copies),
        (LineKind.AMENDMENT, "more", copies),
        (LineKind.PACKAGE, "20\u00a0ч", ()),
    ]
    second = amended.invoice
    assert second is not None
    assert [line.advance for line in sheet.lines] == [
        AdvanceSheet(sold.invoice.number, BOUGHT_ON, True),
        AdvanceSheet(second.number, date(2026, 10, 10), False),
        AdvanceSheet(hours.number, BOUGHT_ON, False),
    ]
    russian, english = (whole_text(render("act", sheet, language)) for language in ("ru", "en"))
    assert f"с 01.10.2026 по 31.10.2026 включительно рег. № {copies[0]}" in russian
    assert f"зачтён аванс по счёту № {sold.invoice.number} от 20.09.2026" in russian
    assert f"Доплата за изменение: more с 16.10.2026 по 31.10.2026 включительно рег. № {copies[0]} по счёту" in russian
    assert "полученный по ним аванс засчитывается в оплату этих услуг" in russian
    assert f"the advance under invoice No. {sold.invoice.number} of 20.09.2026 is offset" in english
    assert f"under invoice No. {hours.number} of 20.09.2026" in english
    assert "the advance received under them is offset against it" in english


def test_an_advance_is_offset_only_if_all_of_it_had_come_when_the_month_ended_m4(market: Market) -> None:
    """Of 12 000.00 half came in October, the rest on 1 November: no advance for October, one for November."""
    sold = market.sell()
    paid(market, sold.invoice.id, 600_000, date(2026, 10, 5))
    paid(market, sold.invoice.id, 600_000, NOVEMBER)
    assert [the_act(market, month).lines[0].advance.is_paid for month in (OCTOBER, NOVEMBER)] == [False, True]


def test_the_act_of_a_months_work_says_nothing_of_advances(market: Market, render: Callable[..., bytes]) -> None:
    market.sell()
    market.work("2026-10-05 10:00", 120)
    done = market.close()
    assert done.act is not None
    sheet = market.sheet(PaperKind.ACT, done.act.id)
    assert (sheet.is_of_service, sheet.statement_number) == (False, done.statement.number)
    assert "аванс" not in whole_text(render("act", sheet, "ru"))
