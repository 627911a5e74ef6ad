"""Promotions: chosen by name, dated, for one term, beside the list price and never instead of it unasked (S4, S5)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select, update

from contracts.catalogue import PlanPromotion
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import LapseRenewal
from contracts.publishing import load_catalogue, publish_plan
from contracts.renewal_choices import RenewalChoice
from contracts.renewing import offer_renewal, renew
from contracts.selling import Sale, sell
from contracts.subscriptions import Subscription
from tests.builders import PUBLISHED_AT, a_client, a_plan, a_seller, an_order, its_catalogue, moment, noon, refused

SOLD_AT = moment("2026-03-20 10:00")
SPRING = {
    "code": "spring",
    "name": "Весна",
    "name_en": "Spring",
    "term_months": 12,
    "pay_months": 9,
    "price": "9000.00",
    "valid_from": "2026-03-01",
    "valid_until": "2026-05-31",
}
"""A year of the plan "support", which costs 12 000.00, for 9 000.00."""


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


def promoted(session: Session, *promotions: dict[str, Any], **settings: Any) -> None:
    """The plan "support" with these promotions, the one of spring unless told otherwise."""
    a_plan(session, promotions=list(promotions or [SPRING]), **settings)


def bought(session: Session, at: Any = SOLD_AT, plan: str = "support", **changes: Any) -> Sale:
    """A sale from the 1st of April 2026 to a client of its own."""
    known = session.exec(select(Subscription)).first()
    seller = a_seller(session, f"seller-{known.id if known else 0}-{len(session.exec(select(Subscription)).all())}")
    order = an_order(seller, a_client(session), plan, **({"starts_on": date(2026, 4, 1)} | changes))
    return sell(session, order, at=at)


def by_promotion(choices: tuple[RenewalChoice, ...], months: int = 12) -> dict[str, RenewalChoice]:
    """The open ways to renew for so many months, by their promotions; "" is the list price."""
    return {one.promotion: one for one in choices if one.term_months == months and one.is_open}


def test_pay_8_get_12_is_in_the_catalogue_at_eight_twelfths_of_the_list_price(session: Session) -> None:
    [promotion] = session.exec(select(PlanPromotion)).all()
    assert (promotion.code, promotion.term_months, promotion.pay_months) == ("8+4", 12, 8)
    assert Money(promotion.price_minor) == Money(3_381_600).share(8, 12) == Money(2_254_400)
    assert load_catalogue(session, "its", at=PUBLISHED_AT)["plans"] == 0
    assert len(session.exec(select(PlanPromotion)).all()) == 1


def test_a_promotion_is_sold_only_when_it_is_named_and_is_recorded(session: Session) -> None:
    plain, cheap = bought(session, plan="its-prof"), bought(session, plan="its-prof", promotion="8+4")
    assert (plain.subscription.price, plain.subscription.promotion_id) == (Money(3_381_600), None)
    [promotion] = session.exec(select(PlanPromotion)).all()
    assert (cheap.subscription.price, cheap.subscription.promotion_id) == (Money(2_254_400), promotion.id)
    assert cheap.subscription.term == plain.subscription.term


def test_what_was_sold_under_a_promotion_can_never_be_changed_by_changing_the_promotion(session: Session) -> None:
    with pytest.raises(IntegrityError, match="append_only"):
        session.exec(update(PlanPromotion).values(price_minor=1))


@pytest.mark.parametrize(
    ("on", "changes", "allowed"),
    [
        ("2026-02-28", {}, []),
        ("2026-06-01", {}, []),
        ("2026-03-20", {"promotion": "summer"}, ["spring"]),
        ("2026-03-20", {"term_months": 6}, []),
    ],
    ids=["before", "after", "of no name", "another term"],
)
def test_outside_its_days_and_its_term_a_promotion_is_refused_and_the_allowed_ones_are_named(
    session: Session, on: str, changes: dict[str, Any], allowed: list[str]
) -> None:
    promoted(session)
    order = an_order(a_seller(session), a_client(session), **({"promotion": "spring"} | changes))
    named = {} if "promotion" in changes else {"valid_from": date(2026, 3, 1), "valid_until": date(2026, 5, 31)}
    with refused(session, "PROMOTION_NOT_OPEN", field="promotion", allowed=allowed, on=date.fromisoformat(on), **named):
        sell(session, order, at=moment(f"{on} 12:00"))


@pytest.mark.parametrize("on", ["2026-03-01 00:00", "2026-05-31 23:59"])
def test_the_first_and_the_last_day_are_inside(session: Session, on: str) -> None:
    promoted(session)
    assert bought(session, at=moment(on), promotion="spring").subscription.price == Money(900_000)


def test_a_promotion_and_an_agreed_price_exclude_each_other(session: Session) -> None:
    promoted(session)
    seller, client = a_seller(session), a_client(session)
    order = an_order(seller, client, promotion="spring", price=Money(1))
    with refused(session, "PROMOTION_PRICED", field="price", promotion="spring"):
        sell(session, order, at=SOLD_AT)
    old = sell(session, an_order(seller, client, starts_on=date(2026, 4, 1)), at=SOLD_AT).subscription
    with refused(session, "PROMOTION_PRICED", field="price", promotion="spring"):
        renew(session, old.id, price=Money(1), promotion="spring", at=SOLD_AT)


def test_a_promotion_for_new_sales_is_not_for_renewals_and_the_reverse(session: Session) -> None:
    new, again = {"code": "new", "applies_to": "new_sale"}, {"code": "again", "applies_to": "renewal"}
    promoted(session, SPRING | new, SPRING | again)
    old = bought(session, promotion="new").subscription
    assert by_promotion(offer_renewal(session, old.id, at=SOLD_AT).choices).keys() == {"", "again"}
    with refused(session, "PROMOTION_NOT_OPEN", allowed=["again"]):
        renew(session, old.id, promotion="new", at=SOLD_AT)
    renewed = renew(session, old.id, promotion="again", at=SOLD_AT).subscription
    assert renewed.price == Money(900_000)
    order = an_order(a_seller(session, "third"), a_client(session), promotion="again")
    with refused(session, "PROMOTION_NOT_OPEN", allowed=["new"]):
        sell(session, order, at=SOLD_AT)


def test_the_offer_shows_a_promotion_beside_the_list_price_with_what_is_saved_s5(session: Session) -> None:
    promoted(session)
    old = bought(session).subscription
    offered = by_promotion(offer_renewal(session, old.id, at=SOLD_AT).choices)
    assert (offered[""].total, offered[""].saved) == (Money(1_200_000), None)
    assert (offered["spring"].total, offered["spring"].saved) == (Money(900_000), Money(300_000))
    assert offered["spring"].term == offered[""].term
    renewed = renew(session, old.id, promotion="spring", at=SOLD_AT).subscription
    assert (renewed.term, renewed.price) == (offered["spring"].term, offered["spring"].price)


@pytest.mark.parametrize("policy", list(LapseRenewal))
def test_after_a_lapse_the_term_has_the_promotions_price_and_the_gap_the_list_price_s5(
    session: Session, policy: LapseRenewal
) -> None:
    prices = [{"term_months": 12, "price": "12000.00", "after_break": "15000.00"}]
    promoted(session, SPRING | {"valid_until": None}, lapse_renewal=policy, prices=prices)
    old, at = bought(session).subscription, moment("2027-05-01 10:00")
    offered = by_promotion(offer_renewal(session, old.id, at=at).choices)
    at_list, cheap = offered[""], offered["spring"]
    assert (cheap.kind, cheap.term, cheap.gap) == (policy, at_list.term, at_list.gap)
    assert cheap.price == Money(900_000)
    assert cheap.saved == at_list.total - cheap.total
    renewed = renew(session, old.id, promotion="spring", at=at).subscription
    assert (renewed.price, renewed.gap_price, renewed.term) == (cheap.price, cheap.gap, cheap.term)


def test_an_offer_stands_no_longer_than_the_promotions_in_it_s5(session: Session) -> None:
    autumn = {"code": "autumn", "valid_from": "2026-09-01", "valid_until": None}
    promoted(session, SPRING, SPRING | autumn)
    old = bought(session).subscription

    def offered(on: date) -> Any:
        return offer_renewal(session, old.id, at=noon(on))

    for today, last in (
        (date(2026, 4, 1), date(2026, 5, 31)),
        (date(2026, 6, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2027, 3, 31)),
    ):
        assert offered(today).valid_until == last
        assert offered(today).choices == offered(last).choices != offered(last + timedelta(days=1)).choices


def test_a_promotion_of_another_version_is_not_on_sale(session: Session) -> None:
    """What is open is a matter of the version in force: the next one may have none (S4)."""
    promoted(session)
    a_plan(session, valid_from="2026-04-01")
    order = an_order(a_seller(session), a_client(session), promotion="spring")
    with refused(session, "PROMOTION_NOT_OPEN", allowed=[]):
        sell(session, order, at=moment("2026-04-01 10:00"))


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"term_months": 5}, "TERM_NOT_ON_SALE", "term_months"),
        ({"price": "cheap"}, "AMOUNT_UNREADABLE", "price"),
        ({"applies_to": "everybody"}, "FIELD_WRONG", "applies_to"),
        ({"pay_months": 0}, "FIELD_WRONG", "pay_months"),
        ({"code": ""}, "FIELD_WRONG", "code"),
        ({"gift": "mug"}, "FIELD_UNKNOWN", "gift"),
    ],
)
def test_a_wrong_promotion_is_not_published(session: Session, wrong: dict[str, Any], code: str, field: str) -> None:
    definition = {"code": "x", "name": "x", "name_en": "x", "kind": "x", "valid_from": "2020-01-01", "services": []}
    definition |= {"prices": [{"term_months": 12, "price": "1.00"}], "promotions": [SPRING | wrong]}
    with pytest.raises(Refusal) as caught:
        publish_plan(session, definition, at=PUBLISHED_AT)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"pay_months": 13}, "months"),
        ({"valid_until": date(2026, 2, 28)}, "days"),
    ],
)
def test_the_database_holds_that_a_promotion_makes_sense(session: Session, wrong: dict[str, Any], rule: str) -> None:
    promoted(session)
    with pytest.raises(IntegrityError, match=f"ck_plan_promotion_{rule}"):
        promoted(session, SPRING | {"code": "other"} | wrong)
