"""Drawing up a line of a bill from its row (P1, M1)."""

from dataclasses import replace

from billing.bills import BillLine, TermLine
from contracts.money import Money
from contracts.terms import ONE_DAY, Term
from documents.lines import LineKind, LineSheet, Unit


def line_sheet(line: BillLine, currency: str, kind: LineKind, title: str, details: str = "") -> LineSheet:
    """The line, of minutes at the price of an hour or of one service."""
    return LineSheet(
        kind=kind,
        title=title,
        quantity=1 if line.quantity_minutes is None else line.quantity_minutes,
        unit=Unit.SERVICE if line.quantity_minutes is None else Unit.MINUTES,
        price=Money(line.price_minor, currency),
        vat_rate=line.tax_percent,
        vat=Money(line.tax_minor, currency),
        amount=Money(line.amount_minor, currency),
        term=Term(line.supplied_from, line.supplied_until + ONE_DAY),
        details=details,
    )


def term_line(line: TermLine, currency: str, kind: LineKind, title: str) -> LineSheet:
    """The line of service over a term, with the law by which a licence in it is exempt."""
    return replace(line_sheet(line, currency, kind, title), exempt_ground=line.exempt_ground or "")
