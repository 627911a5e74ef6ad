"""How the hours of clients went down: a month is told alike before and after its close, and its equation holds (E3)."""

from datetime import date
from itertools import pairwise

from sqlmodel import Session

from contracts.enrolling import assign_manager
from contracts.parties import Seller
from entitlements.pool_months import PoolMonth, pool_clients, pool_months
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, closed, held, its_catalogue, moment, worked

MONTHS = [date(2026, month, 1) for month in (8, 9, 10, 11, 12)]


def a_customer(session: Session, **settings: object) -> tuple[Seller, Customer]:
    """A client with eight hours a month from 15 September 2026 on, half of which may roll over."""
    its_catalogue(session)
    a_plan(session, included_minutes=480, rollover_cap_minutes=240, rollover_periods=1, **settings)
    seller, own = a_seller(session), a_client(session)
    a_sale(session, seller, own, at=moment("2026-09-15 09:00"), starts_on=date(2026, 9, 15))
    for day, minutes in (("2026-09-21", 120), ("2026-10-05", 300), ("2026-10-20", 600), ("2026-11-10", 60)):
        worked(session, own, f"{day} 10:00", minutes // 2)
        worked(session, own, f"{day} 13:00", minutes // 2)
    return seller, own


def told(session: Session, seller: Seller, own: Customer, at: str) -> list[PoolMonth]:
    return pool_months(session, seller, [own.id], MONTHS, at=moment(at))


def balanced(months: list[PoolMonth]) -> bool:
    """Whether each month's equation holds, and each closing is the next opening (E3)."""
    moves = [one.moved for one in months]
    own = all(
        move.opening_minutes + move.given_minutes - move.used_minutes - move.burnt_minutes == move.closing_minutes
        for move in moves
    )
    return own and all(one.closing_minutes == after.opening_minutes for one, after in pairwise(moves))


def test_months_are_told_alike_before_and_after_their_close_e3(session: Session) -> None:
    seller, own = a_customer(session)
    before = told(session, seller, own, "2026-12-05 10:00")
    assert balanced(before)
    for month in (date(2026, 9, 1), date(2026, 10, 1)):
        closed(session, seller, own, month)
    after = told(session, seller, own, "2026-12-05 10:00")
    assert [one.moved for one in after] == [one.moved for one in before]
    assert [one.overage_minutes for one in after] == [one.overage_minutes for one in before]
    assert [(f"{one.month:%m}", one.is_closed) for one in after] == [
        ("09", True),
        ("10", True),
        ("11", False),
        ("12", False),
    ]


def test_the_month_that_runs_is_told_up_to_the_end_of_the_day_e3(session: Session) -> None:
    seller, own = a_customer(session)
    held(session, own, "2026-10-12 17:00", 60)
    used = {}
    for day in range(4, 21):
        months = told(session, seller, own, f"2026-10-{day:02} 18:00")
        assert balanced(months)
        assert [f"{one.month:%m}" for one in months] == ["09", "10"]
        used[day] = months[-1].moved.used_minutes
    assert (used[4], used[5], used[19]) == (0, 300, 300)
    assert (used[20], months[-1].overage_minutes) == (840, 60)


def test_the_month_of_the_sale_is_told_from_its_first_day_e3(session: Session) -> None:
    seller, own = a_customer(session)
    (one,) = told(session, seller, own, "2026-09-15 10:00")
    assert (one.moved.opening_minutes, one.moved.given_minutes, one.moved.closing_minutes) == (0, 480, 480)


def test_a_client_without_hours_has_no_months(session: Session) -> None:
    seller, _ = a_customer(session)
    other = a_client(session, "Василёк")
    assert told(session, seller, other, "2026-12-05 10:00") == []


def test_clients_are_chosen_by_manager_and_only_those_that_were_dealt_with(session: Session) -> None:
    seller, own = a_customer(session)
    a_client(session, "Василёк")
    assign_manager(session, own.id, "Котова")
    session.flush()
    assert pool_clients(session, seller.id) == {own.id: "Ромашка"}
    assert pool_clients(session, seller.id, manager="Орлова") == {}
    assert pool_clients(session, seller.id, manager="Котова", client_id=own.id) == {own.id: "Ромашка"}
    assert pool_clients(session, seller.id + 1) == {}
