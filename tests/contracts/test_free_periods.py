"""Free service after a purchase: once per registration number, for ever (S1, S2)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from api.database import transaction
from contracts.catalogue import PlanVersion, Registration
from contracts.errors import Refusal
from contracts.free_periods import due_term, free_period_of, grant_free_period, registry
from contracts.locking import lock_client
from contracts.on_sale import plan_in_force
from contracts.parties import Entity, Seller
from contracts.policies import Purchase
from contracts.subscriptions import FreePeriod
from contracts.terms import Term
from tests.builders import a_client, a_registration, a_seller, at_once, its_catalogue, moment, refused

AT = moment("2026-03-20 10:00")
BOUGHT = date(2026, 3, 15)


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    a_seller(session)
    a_client(session, registrations=0)
    return session


def bought(session: Session, product_code: str, purchase: Purchase = Purchase.BOX, **changes: Any) -> Registration:
    """A copy of the one client, bought on 15.03.2026; an upgrade replaces a Basic copy."""
    entity = session.exec(select(Entity)).one()
    if purchase is Purchase.UPGRADE:
        changes |= {"replaces": a_registration(session, entity, "accounting-basic").number}
    return a_registration(session, entity, product_code, **({"purchase": purchase, "bought_on": BOUGHT} | changes))


def its_prof(session: Session) -> PlanVersion:
    return plan_in_force(session, "its-prof", BOUGHT)[1]


def granted(session: Session, registration: Registration) -> FreePeriod:
    seller = session.exec(select(Seller)).one()
    return grant_free_period(session, registration, its_prof(session), seller.id, at=AT)


@pytest.mark.parametrize(
    ("product", "purchase", "last_day"),
    [
        ("accounting-prof", Purchase.BOX, date(2026, 6, 14)),
        ("accounting-korp", Purchase.BOX, date(2026, 6, 14)),
        ("accounting-prof", Purchase.UPGRADE, date(2026, 6, 14)),
        ("accounting-prof", Purchase.PLUS_ITS, date(2026, 9, 14)),
        ("accounting-korp", Purchase.PLUS_ITS, date(2026, 9, 14)),
    ],
)
def test_a_purchase_brings_3_months_and_an_its_box_6_instead_s1(
    session: Session, product: str, purchase: Purchase, last_day: date
) -> None:
    free = granted(session, bought(session, product, purchase))
    assert (free.starts_on, free.term.last_day) == (BOUGHT, last_day)


@pytest.mark.parametrize("purchase", [Purchase.BOX, Purchase.PLUS_ITS])
def test_basic_products_have_no_free_period_s2(session: Session, purchase: Purchase) -> None:
    registration = bought(session, "accounting-basic", purchase)
    assert due_term(session, registration, its_prof(session), BOUGHT) is None
    with refused(session, "NO_FREE_PERIOD", field="registration_number", value=registration.number):
        granted(session, registration)


def test_a_second_attempt_is_refused_with_the_first_ones_dates_s1(session: Session) -> None:
    registration = bought(session, "accounting-prof")
    granted(session, registration)
    dates = {"starts_on": BOUGHT, "last_day": date(2026, 6, 14)}
    with refused(session, "FREE_PERIOD_USED", field="registration_number", value=registration.number, **dates):
        granted(session, registration)


def test_a_free_period_that_is_long_over_is_still_the_only_one_s1(session: Session) -> None:
    registration = bought(session, "accounting-prof")
    granted(session, registration)
    registration.bought_on = date(2030, 1, 1)
    assert due_term(session, registration, its_prof(session), date(2030, 1, 1)) is None
    with refused(session, "FREE_PERIOD_USED"):
        granted(session, registration)


def test_a_copy_without_a_day_of_purchase_gets_none_s1(session: Session) -> None:
    registration = bought(session, "accounting-prof", bought_on=None)
    assert due_term(session, registration, its_prof(session), BOUGHT) is None
    with refused(session, "BOUGHT_ON_REQUIRED", field="bought_on", registration=registration.number):
        granted(session, registration)


def test_a_plan_without_free_months_brings_none(session: Session) -> None:
    _, techno = plan_in_force(session, "its-techno", BOUGHT)
    registration = bought(session, "accounting-prof")
    assert due_term(session, registration, techno, BOUGHT) is None


@pytest.mark.parametrize(("on", "is_due"), [(BOUGHT, True), (date(2026, 6, 14), True), (date(2026, 6, 15), False)])
def test_a_sale_grants_what_is_left_of_a_free_period_and_nothing_when_it_is_over_s1(
    session: Session, on: date, is_due: bool
) -> None:
    term = due_term(session, bought(session, "accounting-prof"), its_prof(session), on)
    assert term == (Term(BOUGHT, date(2026, 6, 15)) if is_due else None)


def test_an_upgrade_gives_the_new_copy_its_months_and_ends_the_old_one_on_that_day_s1(session: Session) -> None:
    upgraded = bought(session, "accounting-prof", Purchase.UPGRADE)
    granted(session, upgraded)
    [old] = [one for one in session.exec(select(Registration)) if one.id != upgraded.id]
    assert old.surrendered_on == BOUGHT
    assert free_period_of(session, old.id) is None


def test_a_free_period_is_granted_once_also_by_two_at_once_s1(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        seller, client = a_seller(session), a_client(session, registrations=0)
        registration = a_registration(session, client.entity, bought_on=BOUGHT)

    def grant(session: Session) -> FreePeriod:
        lock_client(session, client.id)
        own = session.get_one(Registration, registration.id)
        return grant_free_period(session, own, its_prof(session), seller.id, at=AT)

    results = at_once(engine, *[grant] * 4)
    assert len([one for one in results if isinstance(one, FreePeriod)]) == 1
    assert {one.code for one in results if isinstance(one, Refusal)} == {"FREE_PERIOD_USED"}


def test_the_database_holds_one_free_period_per_number_s1(session: Session) -> None:
    first = granted(session, bought(session, "accounting-prof"))
    values = {name: getattr(first, name) for name in FreePeriod.model_fields if name != "id"}
    session.add(FreePeriod(**values))
    with pytest.raises(IntegrityError, match="registration_id"):
        session.flush()


def test_the_registry_lists_free_periods_page_by_page_and_by_copy_or_client_s1(session: Session) -> None:
    first, second = (granted(session, bought(session, "accounting-prof")) for _ in range(2))
    stranger = a_client(session, "Василёк", registrations=0)
    copy = a_registration(session, stranger.entity, bought_on=BOUGHT)
    third = granted(session, copy)

    def listed(**asked: Any) -> list[int]:
        return [one.free.id for one in registry(session, **({"after": 0, "limit": 10} | asked))]

    assert listed() == [first.id, second.id, third.id]
    assert (listed(limit=2), listed(after=second.id)) == ([first.id, second.id], [third.id])
    assert listed(client_id=stranger.id) == listed(registration_number=copy.number) == [third.id]
    assert listed(registration_number="0") == listed(client_id=stranger.id, after=third.id) == []
    [line] = registry(session, client_id=stranger.id, after=0, limit=10)
    assert (line.registration, line.owner, line.plan_code) == (copy, stranger.entity, "its-prof")
    assert (line.product_code, line.free.granted_at) == ("accounting-prof", AT)
