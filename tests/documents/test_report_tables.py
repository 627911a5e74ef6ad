"""Reports as tables: the columns of both languages, and the figures of the rows."""

from datetime import date

from sqlmodel import Session

from billing.denied_demand import DeniedRequest
from billing.profit import ContractProfit, ProfitReport, UnratedEntry
from contracts.money import Money
from contracts.terms import Term
from documents.report_tables import burn_down_table, denied_table, profit_table
from documents.tables import as_csv, as_xlsx
from documents.words import Language
from entitlements.pool_months import PoolMonth
from entitlements.reasons import Reason
from entitlements.roll_forward import RollForward
from tests.builders import a_seller, moment

MONTH = PoolMonth(7, date(2026, 10, 1), True, RollForward(0, 480, 300, 60, 120, 120), 15, 30)


def test_hours_are_told_in_whole_minutes_month_by_month_e3() -> None:
    for language, closed in ((Language.RU, "да"), (Language.EN, "yes")):
        table = burn_down_table([MONTH], {7: "=Ромашка"}, language)
        assert table.rows == [("=Ромашка", "2026-10", closed, 0, 480, 300, 60, 120, 120, 15, 30)]
        assert len(table.heads) == len(table.rows[0])
        assert b"'=" in as_csv(table)
        assert as_xlsx(table).startswith(b"PK")


def test_denied_requests_are_told_on_the_sellers_day_with_what_they_were_worth(session: Session) -> None:
    at = moment("2026-10-05 23:59")
    rest = (at, "SD-1", Reason.HOURS_EXHAUSTED, 60)
    requests = [DeniedRequest("a", 7, "Ромашка", *rest, Money(270_000)), DeniedRequest("b", 7, "Ромашка", *rest, None)]
    table = denied_table(requests, a_seller(session), Language.RU)
    said = (date(2026, 10, 5), "Ромашка", "SD-1", "HOURS_EXHAUSTED", "часов не осталось", 60)
    assert table.rows == [(*said, Money(270_000), "RUB"), (*said, None, None)]
    assert len(table.heads) == len(table.rows[0])


def test_a_contract_without_a_margin_says_so() -> None:
    row = ContractProfit(7, "Ромашка", 1, "2026-0001", "RUB", worked_minutes=90, unrated_minutes=30)
    row.prepaid, row.charged, row.cost = Money(100_000), Money(20_000), Money(60_000)
    entry = UnratedEntry(5, "Ромашка", "2026-0001", date(2026, 10, 5), "Ильин", 30)
    report = ProfitReport(Term.calendar_month(date(2026, 10, 1)), (row,), (entry,), {})
    (told,) = profit_table(report, Language.EN).rows
    assert told[3:] == (Money(100_000), Money(0), Money(20_000), Money(120_000), Money(60_000), None, 90, 30)
    row.unrated_minutes = 0
    assert profit_table(report, Language.EN).rows[0][8] == Money(60_000)
