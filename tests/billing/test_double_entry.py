"""Double entry: revenue by days, advances with their tax, money on the days on which it moved (M2, M4, M5, E4)."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.double_entry import journal
from billing.journal import BEGINNING, RUSSIAN, Entry, Journal, Moved, Operation, Side, Source, Supply, Voucher
from contracts.money import Money
from contracts.terms import ONE_DAY, Term, next_month

OCTOBER, NOVEMBER, DECEMBER = (Term.calendar_month(date(2026, month, 1)) for month in (10, 11, 12))
AUTUMN = Term(date(2026, 10, 1), date(2027, 1, 1))
YEARS = Term(date(2026, 1, 1), date(2030, 1, 1))


def voucher(source: Source, number: int = 1, contract_id: int = 1) -> Voucher:
    return Voucher(source, number, f"2026-{number:04}", 7, 2, contract_id)


def a_quarter(minor: int = 920_000, tax: int = 165_902, percent: int | None = 22, **changes: object) -> Supply:
    """October to December 2026, 92 days, invoiced on 5 October."""
    given_ = {"ended_on": None, "issued_on": date(2026, 10, 5), "supplied": AUTUMN, "invoice_id": 1} | changes
    return Supply(voucher(Source.INVOICE), 1, amount=Money(minor), tax=Money(tax), tax_percent=percent, **given_)


PAYER, FIRST, SECOND = Side(2, None), Side(2, 1), Side(2, 2)


def a_move(
    day: date, minor: int, tax: int, ways: tuple[Side | None, Side | None], source: Source = Source.PAYMENT, **more: Any
) -> Moved:
    """Money of payment 9 that moves on a day, all of it taxed; none stands for the bank.

    Each contract has one invoice, of its own number.
    """
    invoice_id = next((side.contract_id for side in ways if side is not None and side.contract_id is not None), None)
    told = {"position": 1, "payment_id": 9, "on": day, "known_on": day, "known_at": BEGINNING} | more
    told = {"invoice_id": invoice_id} | told
    paper = Voucher(source, 9, "118", 7, PAYER.entity_id, None)
    return Moved(paper, **told, amount=Money(minor), tax=Money(tax), origin=ways[0], target=ways[1])


def a_payment(day: date, minor: int, tax: int, **more: Any) -> Moved:
    """Money that comes for the first contract."""
    return a_move(day, minor, tax, (None, FIRST), **more)


def told(made: Journal) -> list[tuple[int, str, str, str, str]]:
    return [(one.on.day, one.operation.value, one.debit, one.credit, str(one.amount)) for one in made.entries]


def balances(entries: tuple[Entry, ...]) -> dict[str, int]:
    """What is left on each account, debit above zero."""
    left: dict[str, int] = defaultdict(int)
    for one in entries:
        left[one.debit] += one.amount.minor
        left[one.credit] -= one.amount.minor
    return dict(left)


def test_what_is_paid_ahead_becomes_revenue_by_its_days_m2() -> None:
    assert told(journal(OCTOBER, [a_quarter()])) == [
        (31, "revenue", "62.01", "90.01", "3100.00"),
        (31, "revenue_tax", "90.03", "68.02", "559.02"),
    ]
    assert told(journal(DECEMBER, [a_quarter()]))[0] == (31, "revenue", "62.01", "90.01", "3100.00")
    assert journal(Term.calendar_month(date(2027, 1, 1)), [a_quarter()]).entries == ()


def test_nothing_counts_before_its_paper_and_what_was_served_before_counts_with_it_m4() -> None:
    late = a_quarter(issued_on=date(2026, 11, 10))
    assert journal(OCTOBER, [late]).entries == ()
    assert told(journal(NOVEMBER, [late]))[0] == (30, "revenue", "62.01", "90.01", "6100.00")
    over = a_quarter(issued_on=date(2027, 2, 3))
    assert told(journal(Term.calendar_month(date(2027, 2, 1)), [over]))[0] == (
        3,
        "revenue",
        "62.01",
        "90.01",
        "9200.00",
    )


def test_a_cancelled_service_leaves_no_revenue_after_its_end_s11() -> None:
    """Cancelled with 31 October: 6 000.00 of the 6 100.00 of the days left are given back."""
    ended = date(2026, 10, 31)
    credit = Supply(
        voucher(Source.CREDIT_NOTE, 3),
        1,
        Term(date(2026, 11, 1), AUTUMN.ends_on),
        date(2026, 10, 20),
        Money(-600_000),
        Money(-108_197),
        22,
        ended,
    )
    made = journal(AUTUMN, [a_quarter(ended_on=ended), credit])
    assert [one for one in told(made) if one[1] == "revenue"] == [
        (31, "revenue", "62.01", "90.01", "3100.00"),
        (31, "revenue", "62.01", "90.01", "6100.00"),
        (31, "revenue", "62.01", "90.01", "-6000.00"),
    ]
    assert {one.on for one in made.entries} == {ended}


def test_an_end_changes_nothing_that_was_told_before_it_on_the_day_of_a_month_share_s11_m5() -> None:
    """On 31 October money of the 20th is recorded at 10 and pays the month's share; at 11 the service ends."""
    day, (ten, eleven) = date(2026, 10, 31), (BEGINNING + timedelta(hours=hour) for hour in (10, 11))
    paid = [a_payment(date(2026, 10, 20), 920_000, 165_902, known_on=day, known_at=ten)]
    before = journal(AUTUMN, [a_quarter()], paid).entries
    assert next(one.on for one in before if one.operation is Operation.OFFSET) == day
    made = journal(AUTUMN, [a_quarter(ended_on=day, ended_at=eleven)], paid).entries
    assert [one for one in before if one.on <= day] == [one for one in made if not one.by_end]
    by_end = [(one.on, one.operation.value, str(one.amount)) for one in made if one.by_end]
    assert by_end == [
        (day, "revenue", "6100.00"),
        (day, "revenue_tax", "1100.00"),
        (day, "offset", "6100.00"),
        (day, "offset_tax", "1100.00"),
    ]
    assert len({one.key for one in made}) == len(made)


def test_parts_of_a_line_that_are_taxed_otherwise_come_to_the_line_and_are_told_apart_m1_m2() -> None:
    """The quarter is taxed at 5 % from 16 November; its invoice came in December, so both parts count on one day."""
    late = a_quarter(issued_on=date(2026, 12, 31))
    cut = date(2026, 11, 16)
    first = replace(late, counted=Term(AUTUMN.starts_on, cut))
    parts = [first, replace(late, counted=Term(cut, AUTUMN.ends_on), part=1, tax=Money(43_810), tax_percent=5)]
    made = journal(YEARS, parts).entries
    assert [(one.on, one.tax_percent) for one in made if one.operation is Operation.REVENUE] == [
        (date(2026, 12, 31), 22),
        (date(2026, 12, 31), 5),
    ]
    assert sum(one.amount.minor for one in made if one.operation is Operation.REVENUE) == late.amount.minor
    assert len({one.key for one in made}) == len(made)
    assert made[0].key == journal(YEARS, [late]).entries[0].key


def test_without_vat_there_is_no_entry_of_tax_m2() -> None:
    made = journal(AUTUMN, [a_quarter(tax=0, percent=None)], [a_payment(date(2026, 10, 6), 920_000, 0)])
    assert {one.operation for one in made.entries} == {Operation.REVENUE, Operation.ADVANCE, Operation.OFFSET}


@pytest.mark.parametrize(("percent", "tax", "shares"), [(22, 165_902, 3), (5, 43_810, 3), (7, 60_187, 3)])
def test_tax_on_an_advance_is_owed_when_it_comes_and_deducted_as_it_is_served_m2(
    percent: int, tax: int, shares: int
) -> None:
    """The general mode and the simplified ones of 5 and 7 %, at the computed rate."""
    made = journal(AUTUMN, [a_quarter(tax=tax, percent=percent)], [a_payment(date(2026, 10, 6), 920_000, tax)])
    first, *rest = [one for one in made.entries if one.operation in (Operation.ADVANCE_TAX, Operation.OFFSET_TAX)]
    assert (first.on, first.debit, first.credit, first.amount) == (date(2026, 10, 6), "76.АВ", "68.02", Money(tax))
    assert [(one.debit, one.credit) for one in rest] == [("68.02", "76.АВ")] * shares
    assert Money.total(one.amount for one in rest) == Money(tax)
    assert balances(made.entries) == {
        "51": 920_000,
        "62.01": 0,
        "62.02": 0,
        "68.02": -tax,
        "76.АВ": 0,
        "90.01": -920_000,
        "90.03": tax,
    }


def test_money_pays_what_is_owed_before_it_is_ahead_m5() -> None:
    paid = a_payment(date(2026, 11, 2), 400_000, 72_131)
    assert told(journal(NOVEMBER, [a_quarter()], [paid])) == [
        (2, "payment", "51", "62.01", "3100.00"),
        (2, "advance", "51", "62.02", "900.00"),
        (2, "advance_tax", "76.АВ", "68.02", "162.29"),
        (30, "revenue", "62.01", "90.01", "3000.00"),
        (30, "revenue_tax", "90.03", "68.02", "540.98"),
        (30, "offset", "62.02", "62.01", "900.00"),
        (30, "offset_tax", "68.02", "76.АВ", "162.29"),
    ]


def test_money_pays_its_invoice_and_no_other_of_the_contract_m5() -> None:
    """The quarter is paid ahead; the overage of October, which its own invoice asks for, is not until 9 November."""
    ahead = a_payment(date(2026, 10, 6), 920_000, 165_902)
    over = Supply(voucher(Source.ACT, 5), 1, OCTOBER, date(2026, 10, 31), Money(540_000), Money(97_377), 22)
    over = replace(over, invoice_id=6, known_on=date(2026, 11, 2))
    made = journal(OCTOBER, [a_quarter(), over], [ahead])
    assert [one for one in told(made) if one[1] == "offset"] == [(31, "offset", "62.02", "62.01", "3100.00")]
    assert (balances(made.entries)["62.01"], balances(made.entries)["62.02"]) == (540_000, -610_000)
    paid = a_payment(date(2026, 11, 9), 540_000, 97_377, position=2, invoice_id=6)
    assert told(journal(NOVEMBER, [a_quarter(), over], [ahead, paid]))[0] == (9, "payment", "51", "62.01", "5400.00")


def a_credit(minor: int, tax: int, day: date = date(2026, 11, 5)) -> Supply:
    """What is given back of October on a day."""
    return Supply(voucher(Source.CREDIT_NOTE, 3), 1, OCTOBER, day, Money(-minor), Money(-tax), 22, invoice_id=1)


def test_what_a_credit_note_frees_is_an_advance_of_the_payer_from_its_day_on_m4_m5() -> None:
    paid = a_payment(date(2026, 11, 1), 920_000, 165_902)
    freed = a_move(date(2026, 11, 5), 122_000, 22_000, (FIRST, PAYER), position=2)
    made = journal(NOVEMBER, [a_quarter(supplied=OCTOBER), a_credit(122_000, 22_000)], [paid, freed])
    assert told(made)[1:] == [
        (5, "revenue", "62.01", "90.01", "-1220.00"),
        (5, "revenue_tax", "90.03", "68.02", "-220.00"),
        (5, "advance_tax", "76.АВ", "68.02", "220.00"),
        (5, "credit_kept", "62.01", "62.02", "1220.00"),
    ]
    assert [(one.voucher.side, one.to) for one in made.entries[-2:]] == [(PAYER, None), (FIRST, PAYER)]


def test_what_is_freed_before_it_is_served_moves_with_its_tax_m4_m5() -> None:
    moves = [
        a_payment(date(2026, 10, 6), 920_000, 165_902),
        a_move(date(2026, 10, 20), 610_000, 110_000, (FIRST, PAYER), position=2),
    ]
    made = journal(OCTOBER, [a_quarter()], moves)
    assert told(made)[2:4] == [
        (20, "advance_moved", "62.02", "62.02", "6100.00"),
        (20, "advance_tax_moved", "76.АВ", "76.АВ", "1100.00"),
    ]
    assert [(one.voucher.side, one.to) for one in made.entries[2:4]] == [(FIRST, PAYER), (PAYER, FIRST)]


def test_what_is_put_later_pays_what_is_owed_on_that_day_and_the_rest_is_ahead_m5() -> None:
    """Half of the invoice is a licence, so of what is ahead only half is taxed, and the rest of the tax is not owed."""
    moves = [
        a_move(date(2026, 10, 6), 400_000, 72_131, (None, PAYER), position=0),
        a_move(date(2026, 11, 2), 400_000, 36_066, (PAYER, FIRST)),
    ]
    assert told(journal(OCTOBER, [a_quarter()], moves))[:2] == [
        (6, "advance", "51", "62.02", "4000.00"),
        (6, "advance_tax", "76.АВ", "68.02", "721.31"),
    ]
    november = journal(NOVEMBER, [a_quarter()], moves)
    assert told(november)[:4] == [
        (2, "offset", "62.02", "62.01", "3100.00"),
        (2, "offset_tax", "68.02", "76.АВ", "640.16"),
        (2, "advance_moved", "62.02", "62.02", "900.00"),
        (2, "advance_tax_moved", "76.АВ", "76.АВ", "81.15"),
    ]
    assert [one.to for one in november.entries[:4]] == [FIRST, None, FIRST, PAYER]


@pytest.mark.parametrize(("source", "side"), [(Source.PAYMENT_BACK, PAYER), (Source.PAYMENT_REVERSAL, FIRST)])
def test_money_that_goes_back_goes_on_its_own_day_with_its_tax_m5(source: Source, side: Side) -> None:
    came = a_move(date(2026, 10, 6), 122_000, 22_000, (None, side))
    back = a_move(date(2026, 11, 3), 122_000, 22_000, (side, None), source)
    assert told(journal(NOVEMBER, [], [came, back])) == [
        (3, "offset_tax", "68.02", "76.АВ", "220.00"),
        (3, "advance_back", "62.02", "51", "1220.00"),
    ]
    assert told(journal(OCTOBER, [], [came, back])) == told(journal(OCTOBER, [], [came]))


def test_what_had_paid_a_debt_and_goes_back_is_owed_again_m5() -> None:
    came = a_payment(date(2026, 11, 2), 310_000, 55_902)
    back = a_move(date(2026, 11, 20), 310_000, 55_902, (FIRST, None), Source.PAYMENT_REVERSAL)
    made = journal(NOVEMBER, [a_quarter()], [came, back])
    assert told(made)[:2] == [(2, "payment", "51", "62.01", "3100.00"), (20, "payment_back", "62.01", "51", "3100.00")]
    assert balances(made.entries)["62.01"] == 300_000


@pytest.mark.parametrize(
    ("came_on", "expected"),
    [
        (3, [(3, "payment", "62.01", "3100.00"), (3, "advance", "62.02", "900.00"), (30, "offset", "62.01", "900.00")]),
        (-1, [(30, "offset", "62.01", "3000.00")]),
    ],
)
def test_what_is_recorded_later_than_it_came_pays_what_has_been_owed_since_m5(came_on: int, expected: Any) -> None:
    """Recorded on 9 November; on 3 November October was owed, on 30 October nothing yet."""
    came = date(2026, 11, 1) + timedelta(days=came_on - 1)
    late = replace(a_payment(came, 400_000, 72_131), known_on=date(2026, 11, 9))
    made = journal(NOVEMBER, [a_quarter()], [late])
    money = [one for one in told(made) if one[1] in ("payment", "advance", "offset")]
    if came_on < 0:
        assert money[0] == (9, "offset", "62.02", "62.01", "3100.00")
        money, early = money[1:], told(journal(OCTOBER, [a_quarter()], [late]))
        assert (30, "advance", "51", "62.02", "4000.00") in early
        expected = [(30, "offset", "62.01", "900.00")]
    assert [(day, operation, credit, amount) for day, operation, _, credit, amount in money] == expected


def test_an_act_that_is_issued_after_its_month_is_paid_from_what_has_been_ahead_since_m4_m5() -> None:
    """The act of October is issued on 9 November; of 5 000.00 ahead on 31 October 1 000.00 went back on 3 November."""
    act = a_quarter(610_000, 110_000, supplied=OCTOBER, issued_on=date(2026, 10, 31), known_on=date(2026, 11, 9))
    moves = [
        a_payment(date(2026, 10, 6), 500_000, 90_164),
        a_move(date(2026, 11, 3), 100_000, 18_033, (FIRST, PAYER), position=2),
        a_payment(date(2026, 11, 5), 50_000, 9_016, position=3),
    ]
    before = journal(NOVEMBER, [], moves).entries
    assert [one for one in told(journal(OCTOBER, [act], moves)) if one[1] == "offset"] == [
        (31, "offset", "62.02", "62.01", "4000.00")
    ]
    november = journal(NOVEMBER, [act], moves)
    assert november.entries[: len(before)] == before
    assert told(november)[len(before) :] == [
        (9, "offset", "62.02", "62.01", "500.00"),
        (9, "offset_tax", "68.02", "76.АВ", "90.16"),
    ]


DAYS = st.dates(date(2026, 1, 5), date(2027, 12, 28))
MOMENTS = st.integers(0, 3).map(lambda hours: BEGINNING + timedelta(hours=hours))
"""Of any day: which day it is of is said beside it."""
SUMS = st.integers(1, 10**9)


@st.composite
def supplies(draw: st.DrawFn) -> Supply:
    """A line of a bill of one of two contracts with one invoice each, now and then credited or cancelled."""
    starts_on, days, percent = draw(DAYS), draw(st.integers(1, 400)), draw(st.sampled_from([None, 5, 22]))
    sign = draw(st.sampled_from([1, 1, 1, -1]))
    amount, number, contract_id = Money(sign * draw(SUMS)), draw(st.integers(1, 10**6)), draw(st.integers(1, 2))
    return Supply(
        voucher(Source.INVOICE if sign > 0 else Source.CREDIT_NOTE, number, contract_id),
        1,
        Term(starts_on, starts_on + timedelta(days=days)),
        draw(DAYS),
        amount,
        amount.share(percent or 0, 100 + (percent or 0)),
        percent,
        draw(st.none() | DAYS),
        draw(st.sampled_from([date.min, date.min, date(2026, 6, 1)])),
        draw(MOMENTS),
        draw(MOMENTS),
        invoice_id=contract_id,
    )


@st.composite
def payments(draw: st.DrawFn) -> list[Moved]:
    """How a payment comes, at times recorded later, and what becomes of it: put, freed, paid back, reversed."""
    number, amount, came = draw(st.integers(1, 10**6)), draw(SUMS), draw(DAYS)
    kept: dict[Side | None, int] = {draw(st.sampled_from([PAYER, FIRST, SECOND])): amount}
    day = recorded_on = came + timedelta(days=draw(st.sampled_from([0, 0, 3, 40])))
    moves = [(came, amount, None, next(iter(kept)), Source.PAYMENT)]
    for _ in range(draw(st.integers(0, 4))):
        day += timedelta(days=draw(st.sampled_from([0, 1, 50])))
        origin = draw(st.sampled_from(sorted(kept, key=str)))
        back = draw(st.booleans()) and origin == PAYER
        target = None if back else draw(st.sampled_from([FIRST, SECOND])) if origin == PAYER else PAYER
        minor = draw(st.integers(1, kept[origin]))
        moves.append((day, minor, origin, target, Source.PAYMENT_BACK if back else Source.PAYMENT))
        kept[origin] -= minor
        kept[target] = kept.get(target, 0) + minor
        kept = {side: left for side, left in kept.items() if left and side is not None}
        if not kept:
            break
    if draw(st.booleans()):
        moves += [(day, left, side, None, Source.PAYMENT_REVERSAL) for side, left in kept.items()]
    told = [
        a_move(
            *(on, minor, draw(st.integers(0, minor)), (origin, target), source),
            position=place,
            payment_id=number,
            known_at=BEGINNING + timedelta(hours=place),
        )
        for place, (on, minor, origin, target, source) in enumerate(moves)
    ]
    told[0] = replace(told[0], known_on=recorded_on)
    return [replace(one, voucher=replace(one.voucher, id=number)) for one in told]


SUPPLIES = st.lists(supplies(), max_size=6, unique_by=lambda one: one.voucher.id)
MOVES = st.lists(payments(), max_size=4, unique_by=lambda moves: moves[0].payment_id).map(
    lambda of: [move for one in of for move in one]
)


@given(SUPPLIES, MOVES)
def test_the_months_balance_and_come_to_what_was_billed_and_paid_e4_m5(sold: list[Supply], moves: list[Moved]) -> None:
    made = journal(YEARS, sold, moves)
    turnovers = made.turnovers()
    assert sum(one.debit.minor for one in turnovers) == sum(one.credit.minor for one in turnovers)
    left = defaultdict(int, balances(made.entries))
    assert -left[RUSSIAN.revenue] == sum(one.amount.minor for one in sold)
    assert left[RUSSIAN.revenue_tax] == sum(one.tax.minor for one in sold)
    assert left[RUSSIAN.advance] <= 0 <= left[RUSSIAN.advance_tax]
    owed: dict[Side | None, int] = defaultdict(int)
    for one in sold:
        owed[one.voucher.side] += one.amount.minor
    for one in moves:
        owed[one.origin] += one.amount.minor
        owed[one.target] -= one.amount.minor
    assert left[RUSSIAN.bank] == owed.pop(None, 0)
    told: dict[Side, int] = defaultdict(int)
    for one in made.entries:
        for account, side, sign in ((one.debit, one.voucher.side, 1), (one.credit, one.credited, -1)):
            told[side] += sign * one.amount.minor if account in (RUSSIAN.receivable, RUSSIAN.advance) else 0
    assert {side: minor for side, minor in told.items() if minor} == {
        side: minor for side, minor in owed.items() if minor
    }
    assert len({one.key for one in made.entries}) == len(made.entries)


@given(SUPPLIES, MOVES)
def test_each_month_alone_is_as_it_is_among_the_others_e4(sold: list[Supply], moves: list[Moved]) -> None:
    whole = journal(YEARS, sold, moves).entries
    for month in Term(date(2026, 1, 1), date(2027, 1, 1)).calendar_months():
        assert journal(month, sold, moves).entries == tuple(one for one in whole if one.on in month)


@given(SUPPLIES, MOVES, DAYS, MOMENTS, st.data())
def test_the_journal_of_passed_days_is_unchanged_e4_m5(
    sold: list[Supply], moves: list[Moved], today: date, moment: datetime, data: st.DataObject
) -> None:
    """What is known at a moment says all of the days before it, but for what of theirs becomes known later.

    What it says of its own day is added to, and stays too.
    """
    days = {one.known_on for one in moves} | {one.issued_on for one in sold}
    today = data.draw(st.sampled_from(sorted(days | {today, next_month(today) - ONE_DAY})))
    if data.draw(st.booleans()):
        known_on = {date.min: date.min, date(2026, 6, 1): today}
        sold = [replace(one, ended_on=one.ended_on and today, known_on=known_on[one.known_on]) for one in sold]
    now = (today, moment)
    were_known = [one for one in sold if max((one.issued_on, BEGINNING), (one.known_on, one.known_at)) < now]
    known = [
        replace(one, ended_on=one.ended_on if one.ended_on and (one.ended_on, one.ended_at) < now else None)
        for one in were_known
    ]
    knew = [one for one in moves if (one.known_on, one.known_at) < now]
    told = journal(YEARS, known, knew).entries
    unknown: list[Supply | Moved] = [one for one in moves if one.on < today and one not in knew]
    unknown += [one for one in sold if one.issued_on < today and one not in were_known]
    late = {(one.voucher.source, one.voucher.id, one.position) for one in unknown}
    now = journal(YEARS, sold, moves).entries
    assert {one for one in told if one.on == today} <= {*now}
    assert [one for one in told if one.on < today] == [
        one for one in now if one.on < today and (one.voucher.source, one.voucher.id, one.position) not in late
    ]
