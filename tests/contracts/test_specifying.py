"""A subscription covers registrations of several entities: a main one, others, and surrendered ones (S1, S7)."""

from datetime import date

import pytest
from sqlmodel import Session, select

from contracts.amending import Change, amend
from contracts.enrolling import add_entity
from contracts.parties import Entity
from contracts.policies import Purchase, RegistrationRole
from contracts.queries import covered_registrations
from contracts.renewing import renew
from contracts.selling import Sale, sell
from contracts.specifying import cut, last_specification
from contracts.subscriptions import Coverage, Subscription
from tests.builders import a_client, a_registration, a_seller, an_inn, an_order, its_catalogue, moment

MAIN, OTHER, SURRENDERED = RegistrationRole.MAIN, RegistrationRole.OTHER, RegistrationRole.SURRENDERED
APRIL, JULY = date(2026, 4, 1), date(2026, 7, 1)


@pytest.fixture
def shared(session: Session) -> Sale:
    """A year for two copies of one entity and one of its sister, which was named first."""
    its_catalogue(session)
    client = a_client(session, registrations=2)
    sister = add_entity(session, client.id, {"name": "ООО «Сестра»", "inn": an_inn()})
    first = a_registration(session, sister)
    numbers = (first.number, *reversed(client.registrations))
    order = an_order(a_seller(session), client, "its-prof", registrations=numbers, starts_on=APRIL)
    return sell(session, order, at=moment("2026-03-20 10:00"))


def told(session: Session, sold: Subscription, on: date = APRIL) -> dict[str, RegistrationRole]:
    return {one.number: one.role for one in covered_registrations(session, sold, on)}


def test_the_first_registration_named_is_the_main_one_whichever_entity_owns_it(session: Session, shared: Sale) -> None:
    covered = covered_registrations(session, shared.subscription, APRIL)
    assert [one.role for one in covered] == [MAIN, OTHER, OTHER]
    assert len({one.entity_id for one in covered}) == 2
    assert covered[0].entity_id != shared.contract.entity_id  # the contract is the other entity's


def test_the_main_one_stays_the_main_one_in_renewals_and_amendments_s4_s9(session: Session, shared: Sale) -> None:
    first, second, third = told(session, shared.subscription)
    renewed = renew(session, shared.subscription.id, at=moment("2026-05-01")).subscription
    assert told(session, renewed) == {first: MAIN, second: OTHER, third: OTHER}
    change = Change(JULY, "Котова", "Закрыли", remove=(first,))
    amend(session, shared.subscription.id, change, at=moment("2026-05-01"))
    roles = told(session, shared.subscription)
    assert sorted(roles.values()) == [MAIN, OTHER]
    assert first not in roles


def test_a_copy_that_an_upgrade_replaced_is_told_as_surrendered_from_that_day_on_s1(
    session: Session, shared: Sale
) -> None:
    main, owner = next(
        (one.number, one.entity_id) for one in covered_registrations(session, shared.subscription, APRIL)
    )
    upgrade = {"purchase": Purchase.UPGRADE, "bought_on": JULY, "replaces": main}
    a_registration(session, session.get_one(Entity, owner), **upgrade)
    assert told(session, shared.subscription, date(2026, 6, 30))[main] is MAIN
    assert told(session, shared.subscription, JULY)[main] is SURRENDERED


def test_a_cut_leaves_later_specifications_without_a_day_s9_s11(session: Session, shared: Sale) -> None:
    change = Change(JULY, "Котова", "Рост", remove=(list(told(session, shared.subscription))[1],))
    amend(session, shared.subscription.id, change, at=moment("2026-05-01"))
    cut(session, shared.subscription, date(2026, 6, 1))
    last = last_specification(session, shared.subscription)
    assert (last.starts_on, last.ends_on) == (JULY, JULY)
    spans = {(row.starts_on, row.ends_on) for row in session.exec(select(Coverage))}
    assert spans == {(APRIL, date(2026, 6, 1)), (JULY, JULY)}
