"""The sheets of invoices and acts are their rows, line by line and in total (E4)."""

from collections.abc import Callable
from datetime import date

import pytest

from api.journeys import sell_package, sell_subscription
from billing.bills import Act, Invoice
from contracts.money import Money
from contracts.terms import Term
from documents.drawing_bills import draw_act, draw_invoice
from documents.issuing import issue_credit_note
from documents.lines import LineKind, LineSheet, Unit
from documents.paper_kinds import PaperKind
from documents.parties import ContractReference
from entitlements.hours_facts import Charge
from tests.builders import a_plan, an_order, moment
from tests.documents.market import NOVEMBER, OCTOBER, Market, sheet_of
from tests.documents.reading import whole_text

HOUR = Money(270_000)


def test_an_invoice_for_a_subscription_asks_for_the_term_at_its_price(market: Market) -> None:
    sold = market.sell("its-prof")
    sheet, price = sheet_of(sold.papers[1]), Money(3_381_600)
    term, vat = Term(OCTOBER, date(2027, 10, 1)), Money(609_797)
    assert sheet.lines == (
        LineSheet(LineKind.SUBSCRIPTION, "1С:ИТС ПРОФ", 1, Unit.SERVICE, price, 22, vat, price, term),
    )
    assert (sheet.total, sheet.vat) == (sold.invoice.total, sold.invoice.tax)
    assert (sheet.number, sheet.issued_on, sheet.pay_by_on) == (
        sold.invoice.number,
        date(2026, 9, 20),
        date(2026, 9, 25),
    )
    assert sheet.contract == ContractReference(sold.sale.contract.number, date(2026, 9, 20))


def test_an_invoice_names_the_promotion_in_the_lines_of_the_term_p1(market: Market) -> None:
    sold = market.sell("its-prof", promotion="8+4")
    [line] = sheet_of(sold.papers[1]).lines
    assert (line.promotion, line.amount) == ("8+4", Money(2_254_400))


def test_a_term_over_new_year_has_two_rates_on_contract_and_invoice_m2(market: Market) -> None:
    order = an_order(market.seller, market.customer, term_months=3, starts_on=date(2025, 12, 1))
    contract, invoice = map(sheet_of, sell_subscription(market.session, order, at=moment("2025-11-25 12:00")).papers)
    new_year = date(2026, 1, 1)
    assert [(line.vat_rate, line.term) for line in invoice.lines] == [
        (20, Term(date(2025, 12, 1), new_year)),
        (22, Term(new_year, date(2026, 3, 1))),
    ]
    assert contract.by_rate == invoice.by_rate
    assert (contract.price, contract.vat) == (invoice.total, invoice.vat)


def test_a_licence_is_printed_without_vat_and_with_its_ground_beside_the_service_m2(
    market: Market, render: Callable[..., bytes]
) -> None:
    a_plan(market.session, "both", exempt_percent=40, exempt_ground="пп. 26 п. 2 ст. 149 НК РФ")
    contract, invoice = map(sheet_of, market.sell("both").papers)
    assert [(line.vat_rate, line.amount, line.exempt_ground) for line in invoice.lines] == [
        (22, Money(720_000), ""),
        (None, Money(480_000), "пп. 26 п. 2 ст. 149 НК РФ"),
    ]
    assert contract.by_rate == invoice.by_rate
    russian, english = (whole_text(render("invoice", invoice, language)) for language in ("ru", "en"))
    assert "Лицензия: both" in russian
    assert "без НДС: пп. 26 п. 2 ст. 149 НК РФ" in russian
    assert "4 800,00 без НДС — 4 800,00" in russian
    assert "Licence: both" in english
    assert "4,800.00 no VAT — 4,800.00" in english


def test_an_hour_package_is_invoiced_by_its_hours_h8(market: Market) -> None:
    contract_id = market.sell().sale.contract.id
    _, invoice = sell_package(market.session, contract_id, "hours-20", at=moment("2026-01-01 12:00"))
    sheet = market.sheet(PaperKind.INVOICE, invoice.id)
    [line] = sheet.lines
    assert (line.kind, line.title, line.amount) == (LineKind.PACKAGE, "20\u00a0ч", Money(6_175_000))
    assert (line.term, sheet.total) == (Term(date(2026, 1, 1), date(2027, 1, 1)), invoice.total)


def test_act_and_invoice_of_a_month_have_the_same_lines_e4(market: Market) -> None:
    market.sell()
    market.work("2026-10-05 10:00", 75, ticket="SD-1", summary="Сверка")
    market.work("2026-10-20 10:00", 7, charge=Charge.PAID)
    done = market.close()
    assert done.act is not None
    assert done.invoice is not None
    act, invoice = market.sheet(PaperKind.ACT, done.act.id), market.sheet(PaperKind.INVOICE, done.invoice.id)
    vat, amount = Money(12_172), Money(67_500)
    days = [Term(date(2026, 10, day), date(2026, 10, day + 1)) for day in (5, 20)]
    remote = "Удалённая работа специалиста"
    assert act.lines == invoice.lines
    assert act.lines == (
        LineSheet(LineKind.OVERAGE, "Сверка", 15, Unit.MINUTES, HOUR, 22, vat, amount, days[0], "05.10.2026, SD-1"),
        LineSheet(LineKind.PAID_WORK, remote, 15, Unit.MINUTES, HOUR, 22, vat, amount, days[1], "20.10.2026"),
    )
    assert (act.total, act.vat) == (done.act.total, done.act.tax) == (Money(135_000), Money(24_344))
    assert (act.term, act.statement_number) == (Term.calendar_month(OCTOBER), done.statement.number)
    assert (act.issued_on, act.object_until_on) == (date(2026, 10, 31), done.statement.object_until)


def test_work_taken_back_in_a_later_month_is_a_credit_line_h10(market: Market) -> None:
    market.sell()
    market.work("2026-10-20 10:00", 60, charge=Charge.PAID, external_id="SD-1")
    market.close()
    market.work("2026-10-20 10:00", 0, charge=Charge.PAID, external_id="SD-1", at=moment("2026-11-05 10:00"))
    market.work("2026-11-05 10:00", 90, charge=Charge.PAID)
    done = market.close(NOVEMBER)
    assert done.act is not None
    [line, _] = market.sheet(PaperKind.ACT, done.act.id).lines
    assert (line.kind, line.quantity, line.amount, line.vat) == (LineKind.CREDIT, -60, -HOUR, -Money(48_689))


@pytest.mark.parametrize(
    ("locale", "why", "total"),
    [
        ("ru", "отчёт № 2026-0002 за ноябрь 2026 г.: работы", "Итого по акту и кредит-нотам за месяц"),
        (
            "en",
            "statement No. 2026-0002 for November 2026: work",
            "Total of the month’s act and credit notes",
        ),
    ],
)
def test_a_month_that_only_takes_back_has_a_credit_note_in_place_of_act_and_invoice_m4_p1(
    market: Market, render: Callable[..., bytes], locale: str, why: str, total: str
) -> None:
    market.customer.client.locale = locale
    market.sell()
    market.work("2026-10-20 10:00", 60, charge=Charge.PAID, external_id="SD-1")
    invoice = market.close().invoice
    market.work("2026-10-20 10:00", 0, charge=Charge.PAID, external_id="SD-1", at=moment("2026-11-05 10:00"))
    done = market.close(NOVEMBER)
    [note] = done.credit_notes
    paper = issue_credit_note(market.session, note, at=note.issued_at)
    sheet, stated = sheet_of(paper), market.sheet(PaperKind.STATEMENT, done.statement.id)
    assert invoice is not None
    assert (done.act, done.invoice, sheet.invoice_number) == (None, None, invoice.number)
    [line] = sheet.lines
    assert (line.kind, line.quantity, line.amount, line.vat) == (LineKind.CREDIT, 60, HOUR, Money(48_689))
    assert (stated.total, stated.vat, stated.tax_mode) == (-HOUR, -Money(48_689), note.tax_mode)
    for kind, printed, words in (("credit_note", sheet, why), ("statement", stated, total)):
        assert words in whole_text(render(kind, printed, locale)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("wrong", [{"total_minor": 1}, {"tax_minor": 1}])
def test_a_bill_whose_lines_do_not_come_to_its_totals_is_never_drawn_e4(market: Market, wrong: dict[str, int]) -> None:
    sold = market.sell()
    market.work("2026-10-05 10:00", 90)
    act = market.close().act
    assert act is not None
    with pytest.raises(ValueError, match="E4"):
        draw_invoice(market.session, Invoice(**(sold.invoice.model_dump() | wrong)))
    with pytest.raises(ValueError, match="E4"):
        draw_act(market.session, Act(**(act.model_dump() | wrong)))
