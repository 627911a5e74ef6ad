"""What ends when and at what price: read from what was sold, renewed, blocked and cancelled (S4, S5, S11, T5)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, insert
from sqlmodel import Session

from billing.ending import ending
from billing.pipeline import Chosen, Line
from billing.risks import pipeline
from contracts.blocking import lift_block, raise_block
from contracts.cancelling import cancel
from contracts.enrolling import assign_manager
from contracts.money import Money
from contracts.parties import Client, Seller
from contracts.renewing import renew
from contracts.standing import Standing
from contracts.subscriptions import Contract, Specification, Subscription
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, its_catalogue, moment, noon

AT = moment("2026-10-05 10:00")
EVER = Chosen(date(2020, 1, 1), date(2040, 1, 1))


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session, grace_days=10)
    return a_seller(session)


def sold(session: Session, seller: Seller, customer: Customer, starts_on: str, months: int = 12) -> Subscription:
    first = date.fromisoformat(starts_on)
    return a_sale(session, seller, customer, at=noon(first), starts_on=first, term_months=months).subscription


def lines(session: Session, at: object = AT, **facts: object) -> list[Line]:
    return ending(session, Chosen(EVER.ends_from, EVER.ends_until, **facts), at=at)  # type: ignore[arg-type]


def test_a_line_says_what_ends_when_and_at_what_price(session: Session, seller: Seller) -> None:
    customer = a_client(session, registrations=2)
    assign_manager(session, customer.id, "Котова И. Л.")
    one = sold(session, seller, customer, "2026-01-15")
    (line,) = lines(session)
    assert (line.subscription_id, line.client, line.manager) == (one.id, "Ромашка", "Котова И. Л.")
    assert (line.plan, line.contract_number, line.registrations) == ("support", "2026-0001", customer.registrations)
    assert (line.last_day, line.days_left) == (date(2027, 1, 14), 101)
    assert (line.last_price, line.price) == (Money(1_200_000), Money(1_200_000))
    assert (line.standing, line.renewed) == (Standing.ACTIVE, False)


@pytest.mark.parametrize(
    ("policy", "price"),
    [("new_start", Money(1_500_000)), ("continuous", Money(1_200_000)), ("pay_gap", Money(1_298_630))],
)
def test_the_price_is_that_of_the_one_way_to_renew_that_is_open_s5(
    session: Session, seller: Seller, policy: str, price: Money
) -> None:
    priced = [{"term_months": 12, "price": "12000.00", "after_break": "15000.00"}]
    a_plan(session, "lapsing", lapse_renewal=policy, prices=priced)
    one = a_sale(session, seller, a_client(session), "lapsing", at=noon(date(2025, 9, 5)), starts_on=date(2025, 9, 5))
    assert one.subscription.last_day == date(2026, 9, 4)
    assert [line.price for line in lines(session, noon(date(2026, 9, 4)))] == [Money(1_200_000)]
    assert [line.price for line in lines(session)] == [price]


def test_there_is_no_price_where_each_sale_agrees_one(session: Session, seller: Seller) -> None:
    a_plan(session, "agreed", prices=[{"term_months": 12}])
    a_sale(session, seller, a_client(session), "agreed", at=AT, price=Money(700_000))
    (line,) = lines(session)
    assert (line.last_price, line.price) == (Money(700_000), None)


def test_the_first_to_end_comes_first_and_what_was_cancelled_is_gone_s11(session: Session, seller: Seller) -> None:
    late, early, gone = (
        sold(session, seller, a_client(session, name), starts_on)
        for name, starts_on in (("А", "2026-09-20"), ("Б", "2026-02-01"), ("В", "2026-03-01"))
    )
    cancel(session, gone.id, date(2026, 12, 31), "Котова", "Закрытие", at=AT)
    assert [line.subscription_id for line in lines(session)] == [early.id, late.id]


def test_what_is_renewed_is_told_so_and_can_be_left_out_s4(session: Session, seller: Seller) -> None:
    one = sold(session, seller, a_client(session), "2025-11-01")
    assert [line.standing for line in lines(session)] == [Standing.EXPIRING]
    following = renew(session, one.id, at=AT).subscription
    told = {line.subscription_id: (line.renewed, line.standing) for line in lines(session)}
    assert told == {one.id: (True, Standing.ACTIVE), following.id: (False, Standing.UPCOMING)}
    assert [line.subscription_id for line in lines(session, renewed=True)] == [one.id]
    assert [line.subscription_id for line in lines(session, renewed=False)] == [following.id]


def test_a_renewal_that_was_cancelled_before_its_first_day_renews_nothing_s11(session: Session, seller: Seller) -> None:
    one = sold(session, seller, a_client(session), "2025-11-01")
    following = renew(session, one.id, at=AT).subscription
    cancel(session, following.id, one.last_day, "Котова", "Передумал", at=AT)
    assert [(line.subscription_id, line.renewed) for line in lines(session)] == [(one.id, False)]
    again = renew(session, one.id, at=AT).subscription
    assert [(line.subscription_id, line.renewed) for line in lines(session)] == [(one.id, True), (again.id, False)]


def test_a_block_shows_until_it_is_lifted_s10(session: Session, seller: Seller) -> None:
    customer = a_client(session)
    one = sold(session, seller, customer, "2026-01-15")
    whole = raise_block(session, customer.id, "Спор", at=AT)
    own = raise_block(session, customer.id, "Спор", at=AT, subscription_id=one.id)
    other = raise_block(session, customer.id, "Спор", at=AT + timedelta(days=1), contract_id=one.contract_id)
    standings = []
    for lifted in (whole, own):
        standings += [line.standing for line in lines(session)]
        lift_block(session, lifted.id, at=AT)
    assert [*standings, *(line.standing for line in lines(session))] == [Standing.SUSPENDED] * 2 + [Standing.ACTIVE]
    assert [line.standing for line in lines(session, AT + timedelta(days=1))] == [Standing.SUSPENDED]
    assert other.lifted_at is None


@pytest.mark.parametrize(
    ("day", "standing", "left"),
    [
        (date(2027, 1, 13), Standing.EXPIRING, 1),
        (date(2027, 1, 14), Standing.EXPIRING, 0),
        (date(2027, 1, 24), Standing.GRACE, 0),
        (date(2027, 1, 25), Standing.LAPSED, 0),
    ],
)
def test_the_standing_is_that_of_the_sellers_day_t5(
    session: Session, seller: Seller, day: date, standing: Standing, left: int
) -> None:
    sold(session, seller, a_client(session), "2026-01-15")
    assert [(line.standing, line.days_left) for line in lines(session, noon(day))] == [(standing, left)]


def test_lines_are_chosen_by_seller_manager_plan_and_last_day(session: Session, seller: Seller) -> None:
    south = a_seller(session, "south")
    first, second = a_client(session, "А"), a_client(session, "Б")
    assign_manager(session, second.id, "Котова И. Л.")
    one = sold(session, seller, first, "2026-01-15")
    other = sold(session, south, second, "2026-02-15")
    third = a_sale(session, south, first, "its-prof", at=AT, starts_on=date(2026, 10, 5)).subscription
    found = {
        "all": lines(session),
        "seller": lines(session, seller_id=south.id),
        "manager": lines(session, manager="Котова И. Л."),
        "plan": lines(session, plan="its-prof"),
        "nobody": lines(session, manager="Ильин А. С."),
        "days": ending(session, Chosen(one.last_day, other.last_day), at=AT),
        "inside": ending(session, Chosen(one.last_day + timedelta(1), other.last_day - timedelta(1)), at=AT),
    }
    assert {name: [line.subscription_id for line in own] for name, own in found.items()} == {
        "all": [one.id, other.id, third.id],
        "seller": [other.id, third.id],
        "manager": [other.id],
        "plan": [third.id],
        "nobody": [],
        "days": [one.id, other.id],
        "inside": [],
    }


def test_ten_thousand_subscriptions_take_as_many_selects_as_one(session: Session, seller: Seller) -> None:
    one = sold(session, seller, a_client(session), "2026-01-15")
    alone = selects(session)
    copied = {Client: "id", Contract: "id", Subscription: "id", Specification: "id"}
    for table in copied:
        row = dict(session.connection().execute(table.__table__.select()).mappings().first())  # type: ignore[attr-defined]
        session.connection().execute(insert(table), [_copy(table, row, n) for n in range(1, 10_000)])
    assert len(lines(session)) == 10_000
    assert selects(session) == alone
    assert one.last_day == date(2027, 1, 14)


def _copy(table: type, row: dict[str, object], n: int) -> dict[str, object]:
    names = {Client: (), Contract: ("client_id", "sequence"), Subscription: ("client_id", "contract_id")}
    moved = ("id", *names.get(table, ("client_id", "subscription_id")))
    changes: dict[str, object] = {name: row[name] + n for name in moved}  # type: ignore[operator]
    return row | changes | ({"number": f"copy {n}"} if table is Contract else {})


def selects(session: Session) -> int:
    """How many statements showing the pipeline with its risks takes."""
    counted = []

    def count(*asked: object) -> None:
        counted.append(asked[2])

    session.flush()
    session.expunge_all()
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert pipeline(session, EVER, at=AT)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def test_pages_read_no_more_than_they_show(session: Session, seller: Seller) -> None:
    sold_on = ("2026-02-01", "2026-02-01", "2026-03-01", "2026-04-01")
    own = [sold(session, seller, a_client(session, f"{n}"), day) for n, day in enumerate(sold_on)]
    found: list[int] = []
    for _ in range(3):
        last = session.get_one(Subscription, found[-1]) if found else None
        page = ending(session, EVER, at=AT, after=last, limit=2)
        assert len(page) == min(2, len(own) - len(found))
        found += [line.subscription_id for line in page]
    assert found == [one.id for one in own]
