"""The statement's sheet refuses figures that do not add up (E1, E3)."""

from dataclasses import replace

import pytest

from contracts.money import Money
from documents.entry_lines import PaidFrom, ShareSheet
from documents.statement import PoolSheet
from tests.documents.samples import contract, entry, statement


def test_the_worked_month_comes_out_to_the_kopeck() -> None:
    sheet = statement(4)
    assert (sheet.worked_minutes, sheet.billed_minutes, sheet.total, sheet.vat) == (
        102,
        150,
        Money(135_000),
        Money(24_344),
    )
    assert [sheet.minutes_from(kind) for kind in PaidFrom] == [60, 0, 0, 60, 0, 15, 15, 0, 0]
    assert sheet.uncovered == (PaidFrom.PAID,)
    assert [(share.paid_from, share.minutes) for share in sheet.shares] == [
        (PaidFrom.BONUS, 60),
        (PaidFrom.INCLUDED, 60),
        (PaidFrom.OVERAGE, 15),
        (PaidFrom.PAID, 15),
    ]


def test_shares_that_are_not_the_billed_minutes_are_refused_e1() -> None:
    with pytest.raises(ValueError, match="E1"):
        entry(5, "SD-1", "Вопрос", 10, 15, ShareSheet(PaidFrom.BONUS, 10))


def test_a_roll_forward_that_does_not_add_up_is_refused_e3() -> None:
    with pytest.raises(ValueError, match="E3"):
        PoolSheet(PaidFrom.INCLUDED, 0, 60, 0, 45, 0, 0)


def test_entries_that_do_not_come_to_the_act_are_refused_e4() -> None:
    with pytest.raises(ValueError, match="E4"):
        statement(4, by_rate=())


def test_a_price_that_is_not_the_sum_of_its_rates_is_refused_e4() -> None:
    with pytest.raises(ValueError, match="E4"):
        contract(price=Money(1))


def test_rolled_minutes_leave_one_kind_and_enter_the_other_h6() -> None:
    included = PoolSheet(PaidFrom.INCLUDED, 0, 480, -180, 300, 0, 0)
    rolled = PoolSheet(PaidFrom.ROLLOVER, 0, 0, 180, 0, 0, 180)
    total = replace(statement(4), pools=(included, rolled)).pool_total
    assert total is not None
    assert (total.given_minutes, total.rolled_minutes, total.used_minutes, total.closing_minutes) == (480, 0, 300, 180)


def test_the_parts_of_the_entities_come_to_the_whole_h8() -> None:
    """The hours are shared: each entity's part is shown, and together they are what the client used and owes."""
    whole = statement(12)
    assert whole.by_entity == ()
    companies = ("", "ООО «Хлебозавод № 5»", "АО «Мельница»")
    entries = tuple(replace(one, entity=companies[place % 3]) for place, one in enumerate(whole.entries))
    parts = replace(whole, entries=entries).by_entity
    assert [part.entity for part in parts] == sorted(companies)
    assert sum(part.worked_minutes for part in parts) == whole.worked_minutes
    assert sum(part.billed_minutes for part in parts) == whole.billed_minutes
    assert Money.total(part.amount for part in parts) == whole.total
    drawn = [share.minutes for part in parts for share in part.shares if share.paid_from is PaidFrom.OVERAGE]
    assert sum(drawn) == whole.minutes_from(PaidFrom.OVERAGE)
