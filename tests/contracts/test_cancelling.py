"""Cancelling: the last day is named, what comes after it is free again, a cancelled renewal loses nothing (S11)."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import transaction
from contracts.cancelling import cancel
from contracts.contract_calendar import EventKind
from contracts.errors import Refusal
from contracts.money import Money
from contracts.queries import calendar_of
from contracts.renewing import offer_renewal, renew, successor_of
from contracts.selling import Sale, sell
from contracts.subscriptions import Cancellation, Coverage, Specification
from contracts.terms import Term
from tests.builders import a_client, a_plan, a_seller, an_order, at_once, its_catalogue, moment, refused

WHO = ("Котова И. Л.", "Клиент закрывает компанию")
SEPTEMBER_END = date(2026, 9, 30)


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


@pytest.fixture
def year(session: Session) -> Sale:
    """A subscription from 01.04.2026 to 31.03.2027 for 33 816.00."""
    order = an_order(a_seller(session), a_client(session), "its-prof", starts_on=date(2026, 4, 1))
    return sell(session, order, at=moment("2026-03-20 10:00"))


def spans(session: Session) -> list[tuple[date, date]]:
    covered = session.exec(select(Coverage.starts_on, Coverage.ends_on).order_by(Coverage.id)).all()
    specified = select(Specification.starts_on, Specification.ends_on).order_by(Specification.id)
    assert session.exec(specified).all() == covered
    return list(covered)


def test_a_cancellation_names_the_last_day_and_keeps_who_said_so_and_why_s11(session: Session, year: Sale) -> None:
    at = moment("2026-09-10 12:00")
    kept = cancel(session, year.subscription.id, SEPTEMBER_END, *WHO, at=at)
    assert (kept.last_day, kept.refund_minor, kept.cancelled_at) == (SEPTEMBER_END, 1_690_800, at)
    assert (kept.cancelled_by, kept.reason) == WHO
    assert (year.subscription.last_day, year.subscription.never_serves) == (SEPTEMBER_END, False)
    assert year.subscription.term == Term(date(2026, 4, 1), date(2027, 4, 1))  # what was sold stays
    assert spans(session) == [(date(2026, 4, 1), date(2026, 10, 1))]


@pytest.mark.parametrize(
    ("policy", "refund"), [("unused_months", "16908.00"), ("unused_days", "16861.68"), ("by_term_price", "15947.00")]
)
def test_the_refund_is_that_of_the_version_sold_whatever_came_later_s11(
    session: Session, policy: str, refund: str
) -> None:
    prices = [{"term_months": 6, "price": "17869.00"}, {"term_months": 12, "price": "33816.00"}]
    a_plan(session, refund=policy, prices=prices)
    order = an_order(a_seller(session), a_client(session), starts_on=date(2026, 4, 1))
    sold = sell(session, order, at=moment("2026-03-20 10:00")).subscription
    a_plan(session, refund="unused_months" if policy == "unused_days" else "unused_days", valid_from="2026-05-01")
    kept = cancel(session, sold.id, SEPTEMBER_END, *WHO, at=moment("2026-09-10"))
    assert str(Money(kept.refund_minor)) == refund


def test_from_the_day_after_the_last_one_the_registration_can_be_sold_again_s6_s11(
    session: Session, year: Sale
) -> None:
    cancel(session, year.subscription.id, SEPTEMBER_END, *WHO, at=moment("2026-09-10"))
    held = session.exec(select(Coverage)).one()
    assert held.ends_on == date(2026, 10, 1)
    renewed = renew(session, year.subscription.id, at=moment("2026-09-20")).subscription
    assert renewed.starts_on == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("at", "last_day", "allowed"),
    [
        ("2026-09-10", "2026-09-09", ["2026-09-10", "2027-03-30"]),
        ("2026-09-10", "2027-03-31", ["2026-09-10", "2027-03-30"]),
        ("2026-03-25", "2026-03-30", ["2026-03-31", "2027-03-30"]),
    ],
)
def test_the_last_day_lies_between_today_and_the_end_and_is_named_s11(
    session: Session, year: Sale, at: str, last_day: str, allowed: list[str]
) -> None:
    days = tuple(date.fromisoformat(day) for day in allowed)
    with refused(session, "LAST_DAY_OUT_OF_RANGE", field="last_day", allowed=days):
        cancel(session, year.subscription.id, date.fromisoformat(last_day), *WHO, at=moment(at))


def test_what_is_over_cannot_be_cancelled_s11(session: Session, year: Sale) -> None:
    for at in ("2027-03-31 23:59", "2027-05-01"):
        with refused(session, "SUBSCRIPTION_OVER", field="subscription_id", last_day=date(2027, 3, 31)):
            cancel(session, year.subscription.id, date(2027, 3, 31), *WHO, at=moment(at))


def test_a_subscription_is_cancelled_once_by_somebody_for_a_reason_s11(session: Session, year: Sale) -> None:
    sold_id, at = year.subscription.id, moment("2026-09-10")
    with refused(session, "SUBSCRIPTION_UNKNOWN", field="subscription_id"):
        cancel(session, sold_id + 1, SEPTEMBER_END, *WHO, at=at)
    for person, why, field in (("", WHO[1], "cancelled_by"), (WHO[0], "\n", "reason")):
        with refused(session, "TEXT_WRONG", field=field):
            cancel(session, sold_id, SEPTEMBER_END, person, why, at=at)
    cancel(session, sold_id, SEPTEMBER_END, *WHO, at=at)
    with refused(session, "ALREADY_CANCELLED", field="subscription_id", last_day=SEPTEMBER_END):
        cancel(session, sold_id, date(2026, 10, 30), *WHO, at=at)


def test_four_who_cancel_at_once_cancel_once_s11(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        order = an_order(a_seller(session), a_client(session), "its-prof", starts_on=date(2026, 4, 1))
        sold = sell(session, order, at=moment("2026-03-20 10:00")).subscription

    def end(session: Session) -> Cancellation:
        return cancel(session, sold.id, SEPTEMBER_END, *WHO, at=moment("2026-09-10"))

    results = at_once(engine, *[end] * 4)
    assert [one.code for one in results if isinstance(one, Refusal)] == ["ALREADY_CANCELLED"] * 3


def test_what_was_renewed_is_cancelled_only_after_its_renewal_s11(session: Session, year: Sale) -> None:
    renewed = renew(session, year.subscription.id, at=moment("2026-09-01")).subscription
    with refused(session, "ALREADY_RENEWED", field="subscription_id", successor_id=renewed.id):
        cancel(session, year.subscription.id, SEPTEMBER_END, *WHO, at=moment("2026-09-10"))
    cancel(session, renewed.id, date(2027, 3, 31), *WHO, at=moment("2026-09-10"))
    cancel(session, year.subscription.id, SEPTEMBER_END, *WHO, at=moment("2026-09-10"))


def test_a_cancelled_renewal_gives_all_back_and_leaves_the_old_one_to_be_renewed_s11(
    session: Session, year: Sale
) -> None:
    first = renew(session, year.subscription.id, at=moment("2026-09-01")).subscription
    kept = cancel(session, first.id, date(2027, 3, 31), *WHO, at=moment("2026-09-10"))
    assert (kept.refund_minor, first.never_serves) == (3_381_600, True)
    assert successor_of(session, year.subscription) is None
    assert offer_renewal(session, year.subscription.id, at=moment("2026-09-11")).choices != ()
    again = renew(session, year.subscription.id, at=moment("2026-09-11")).subscription
    assert (again.term, again.predecessor_id) == (first.term, first.id)  # the chain has no second branch
    assert successor_of(session, year.subscription) == again
    with refused(session, "ALREADY_RENEWED", field="subscription_id", successor_id=again.id):
        renew(session, first.id, at=moment("2026-09-12"))


def test_a_renewal_after_the_cancelled_one_is_of_the_same_kind_as_if_it_had_never_been_s5_s11(
    session: Session,
) -> None:
    a_plan(session, grace_days=30)
    order = an_order(a_seller(session), a_client(session), starts_on=date(2026, 4, 1))
    year = sell(session, order, at=moment("2026-04-01")).subscription
    first = renew(session, year.id, at=moment("2026-09-01")).subscription
    cancel(session, first.id, date(2027, 3, 31), *WHO, at=moment("2027-03-20"))
    offer = offer_renewal(session, first.id, at=moment("2027-04-30"))
    choice = next(one for one in offer.choices if one.term_months == 12)
    assert (choice.kind, choice.term.starts_on, choice.is_open) == ("continuous", date(2027, 4, 1), True)
    assert renew(session, first.id, at=moment("2027-04-30")).subscription.starts_on == date(2027, 4, 1)


def test_the_calendar_ends_with_the_last_day_that_was_named_s11(session: Session, year: Sale) -> None:
    cancel(session, year.subscription.id, date(2026, 5, 20), *WHO, at=moment("2026-05-10"))
    calendar = calendar_of(session, year.contract)
    assert [(event.on.isoformat(), event.kind, event.last_day) for event in calendar.events] == [
        ("2026-04-01", EventKind.TERM_START, date(2026, 5, 20)),
        ("2026-04-01", EventKind.MONTH_START, date(2026, 4, 30)),
        ("2026-05-01", EventKind.MONTH_START, date(2026, 5, 20)),
        ("2026-05-20", EventKind.CANCELLED, None),
    ]
    assert all(tiling.tiles for tiling in calendar.tilings)


def test_the_calendar_notices_the_end_of_a_term_whose_renewal_was_cancelled_s11(session: Session, year: Sale) -> None:
    def noticed() -> list[date]:
        return [event.on for event in calendar_of(session, year.contract).events if event.kind is EventKind.EXPIRING]

    before = noticed()
    renewed = renew(session, year.subscription.id, at=moment("2026-09-01")).subscription
    assert before[0] not in noticed()
    cancel(session, renewed.id, date(2027, 3, 31), *WHO, at=moment("2026-09-10"))
    assert noticed() == before
