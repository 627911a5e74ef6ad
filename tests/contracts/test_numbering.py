"""Numbers are gapless per seller, series and year, and given back when a transaction rolls back (S13, E6)."""

from sqlalchemy import Engine
from sqlmodel import Session

from api.database import transaction
from contracts.numbering import Series, take_number
from tests.builders import a_seller, at_once


def sequence(session: Session, seller_id: int, series: Series = Series.INVOICE, year: int = 2026) -> int:
    taken: int = take_number(session, seller_id, series, year)["sequence"]
    return taken


def test_numbers_follow_one_another_and_carry_the_year_s13(session: Session) -> None:
    seller = a_seller(session)
    numbers = [take_number(session, seller.id, Series.INVOICE, 2026)["number"] for _ in range(3)]
    assert numbers == ["2026-0001", "2026-0002", "2026-0003"]


def test_each_seller_series_and_year_counts_for_itself_s13(session: Session) -> None:
    north, south = a_seller(session), a_seller(session, "south")
    assert [sequence(session, north.id), sequence(session, north.id)] == [1, 2]
    assert sequence(session, south.id) == 1
    assert sequence(session, north.id, Series.ACT) == 1
    assert sequence(session, north.id, year=2027) == 1
    assert sequence(session, north.id) == 3


def test_a_number_whose_transaction_rolled_back_is_given_again_s13(engine: Engine) -> None:
    with transaction(engine) as session:
        seller = a_seller(session)

    def take(fails: bool) -> int | None:
        try:
            with transaction(engine) as session:
                taken = sequence(session, seller.id)
                if fails:
                    raise ValueError
                return taken
        except ValueError:
            return None

    assert [take(fails) for fails in (False, True, True, False, True, False)] == [1, None, None, 2, None, 3]


def test_numbers_taken_at_once_have_no_gap_and_no_double_also_when_some_roll_back_s13(engine: Engine) -> None:
    with transaction(engine) as session:
        seller = a_seller(session)

    def take(session: Session) -> int:
        return sequence(session, seller.id)

    def give_back(session: Session) -> None:
        sequence(session, seller.id)
        session.rollback()

    results = at_once(engine, *[take, give_back] * 6)
    assert sorted(taken for taken in results if taken is not None) == [1, 2, 3, 4, 5, 6]
