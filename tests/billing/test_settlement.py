"""How two sides stand: what was before makes the opening, opening + debit - credit = closing (P1, E4)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.journal import Source
from billing.settlement import Settled, settlement
from contracts.money import Money
from contracts.terms import Term

QUARTER = Term(date(2026, 7, 1), date(2026, 10, 1))
NOTHING = Money(0)


def paper(on: date, minor: int, source: Source = Source.INVOICE, number: str = "2026-0001") -> Settled:
    """A bill, or what takes off when it is below zero."""
    debit, credit = (Money(minor), NOTHING) if minor >= 0 else (NOTHING, Money(-minor))
    return Settled(on, source, number, debit, credit)


def test_papers_before_the_span_open_it_and_those_after_it_are_not_there_p1() -> None:
    papers = [
        paper(date(2026, 9, 30), -500),
        paper(date(2026, 6, 30), 1_000),
        paper(date(2026, 7, 1), 300),
        paper(date(2026, 10, 1), 70_000),
    ]
    found = settlement(QUARTER, papers, "RUB")
    assert found.opening == Money(1_000)
    assert [one.on for one in found.lines] == [date(2026, 7, 1), date(2026, 9, 30)]
    assert (found.debit, found.credit, found.closing) == (Money(300), Money(500), Money(800))


def test_papers_of_one_day_stand_by_kind_and_number() -> None:
    day = date(2026, 8, 1)
    told = [
        paper(day, 1, Source.INVOICE, "2026-0001"),
        paper(day, 1, Source.INVOICE, "2026-0002"),
        paper(day, 1, Source.ACT),
        paper(day, 1, Source.CREDIT_NOTE),
        paper(day, 1, Source.PAYMENT),
    ]
    assert settlement(QUARTER, reversed(told), "RUB").lines == tuple(told)


def test_without_papers_nothing_is_owed_in_that_currency() -> None:
    found = settlement(QUARTER, [], "EUR")
    assert {found.opening, found.debit, found.credit, found.closing} == {Money(0, "EUR")}


@given(st.lists(st.tuples(st.integers(-40, 130), st.integers(-(10**9), 10**9))))
def test_the_closing_of_a_span_is_the_opening_of_the_next_e4(given_: list[tuple[int, int]]) -> None:
    papers = [paper(QUARTER.starts_on + timedelta(days=day), minor) for day, minor in given_]
    this, after = settlement(QUARTER, papers, "RUB"), settlement(Term(QUARTER.ends_on, date(2027, 1, 1)), papers, "RUB")
    assert this.closing == after.opening
