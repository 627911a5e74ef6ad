"""No two subscriptions of one plan kind on one registration on one day: the database refuses it (S6)."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from contracts.catalogue import PlanKind, Registration
from contracts.subscriptions import Coverage
from tests.rows import put_row

APRIL, MAY, JUNE, JULY = (date(2026, month, 1) for month in (4, 5, 6, 7))


@pytest.fixture
def covered(session: Session) -> Coverage:
    """A registration covered in May and June."""
    return put_row(session, Coverage, starts_on=MAY, ends_on=JULY)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (MAY, JULY),
        (APRIL, date(2026, 8, 1)),
        (date(2026, 5, 20), date(2026, 6, 10)),
        (APRIL, date(2026, 5, 2)),
        (date(2026, 6, 30), date(2027, 6, 30)),
    ],
    ids=["the same days", "around", "inside", "its first day", "its last day"],
)
def test_a_day_is_never_covered_twice(session: Session, covered: Coverage, starts_on: date, ends_on: date) -> None:
    with pytest.raises(IntegrityError, match="coverage_no_overlap"):
        cover(session, covered, starts_on=starts_on, ends_on=ends_on)


def test_a_covered_term_cannot_grow_over_the_next_one(session: Session, covered: Coverage) -> None:
    cover(session, covered, starts_on=JULY, ends_on=date(2026, 9, 1))
    covered.ends_on = date(2026, 7, 2)
    with pytest.raises(IntegrityError, match="coverage_no_overlap"):
        session.flush()


def test_adjacent_terms_may_follow_and_precede(session: Session, covered: Coverage) -> None:
    cover(session, covered, starts_on=JULY, ends_on=date(2027, 7, 1))
    cover(session, covered, starts_on=APRIL, ends_on=MAY)


def test_a_term_that_was_cut_leaves_room_for_another(session: Session, covered: Coverage) -> None:
    covered.ends_on = JUNE
    session.flush()
    cover(session, covered, starts_on=JUNE, ends_on=JULY)


def test_another_plan_kind_may_cover_the_same_days(session: Session, covered: Coverage) -> None:
    cover(session, covered, starts_on=MAY, ends_on=JULY, plan_kind_id=put_row(session, PlanKind).id)


def test_another_registration_may_be_covered_on_the_same_days(session: Session, covered: Coverage) -> None:
    cover(session, covered, starts_on=MAY, ends_on=JULY, registration_id=put_row(session, Registration).id)


def cover(session: Session, like: Coverage, **other: object) -> None:
    """Cover the same registration by another subscription of the same kind, unless told `other`."""
    put_row(session, Coverage, **{"registration_id": like.registration_id, "plan_kind_id": like.plan_kind_id} | other)


def test_what_was_cut_to_no_day_at_all_covers_none_s11(session: Session, covered: Coverage) -> None:
    cover(session, covered, starts_on=JUNE, ends_on=JUNE)
    covered.ends_on = MAY
    session.flush()
    cover(session, covered, starts_on=APRIL, ends_on=JULY)
