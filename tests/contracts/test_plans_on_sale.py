"""What a sale may choose from on a day: every plan in its version in force, with its terms and open promotions (T2)."""

from datetime import date

from sqlmodel import Session

from contracts.plans_on_sale import plans_on_sale, term_on_sale
from tests.builders import a_plan, its_catalogue, refused

SPRING = {"code": "8+4", "name": "8+4", "name_en": "8+4", "term_months": 12, "pay_months": 8, "price": "8000.00"}
SPRING |= {"valid_from": "2026-03-01", "valid_until": "2026-05-31"}


def offered(session: Session, on: date) -> list[tuple[int, str, str]]:
    """The terms of the plan "support": months, price, promotion."""
    (plan,) = (one for one in plans_on_sale(session, on) if one.plan.code == "support")
    return [(one.term_months, str(one.price), one.promotion.code if one.promotion else "") for one in plan.terms]


def test_a_promotion_stands_beside_the_list_on_its_days_t2(session: Session) -> None:
    its_catalogue(session)
    prices = [{"term_months": 12, "price": "12000.00"}, {"term_months": 1}]
    for_renewals = SPRING | {"code": "9+3", "applies_to": "renewal"}
    a_plan(session, prices=prices, promotions=[SPRING, for_renewals])
    listed, promoted = [(1, "None", ""), (12, "12000.00", "")], (12, "8000.00", "8+4")
    for on in (date(2026, 2, 28), date(2026, 6, 1)):
        assert offered(session, on) == listed
    for on in (date(2026, 3, 1), date(2026, 5, 31)):
        assert offered(session, on) == [*listed, promoted]


def test_the_version_in_force_is_on_sale_and_a_term_is_known_by_its_code_t2(session: Session) -> None:
    its_catalogue(session)
    a_plan(session, prices=[{"term_months": 12, "price": "12000.00"}])
    a_plan(session, valid_from="2026-06-01", prices=[{"term_months": 6, "price": "7000.00"}])
    assert offered(session, date(2026, 5, 31)) == [(12, "12000.00", "")]
    assert offered(session, date(2026, 6, 1)) == [(6, "7000.00", "")]
    plans = plans_on_sale(session, date(2026, 6, 1))
    (term,) = (term for plan in plans for term in plan.terms if term.plan.code == "support")
    assert term_on_sale(plans, term.code) is term
    with refused(session, "TERM_NOT_ON_SALE", field="offer"):
        term_on_sale(plans, "term-0")
