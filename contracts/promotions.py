"""Promotions: dated prices of a term that sales choose by name, "pay 8 months, get 12" (S4, S5)."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from contracts.catalogue import PlanPromotion, PlanVersion
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import PromotionFor
from contracts.terms import ONE_DAY


def promotions_of(session: Session, version: PlanVersion, deal: PromotionFor) -> Sequence[PlanPromotion]:
    """The version's promotions for new sales or for renewals, whatever their days, in the order of their codes."""
    meant = col(PlanPromotion.applies_to).in_([deal, PromotionFor.BOTH])
    rows = select(PlanPromotion).where(PlanPromotion.plan_version_id == version.id, meant)
    return session.exec(rows.order_by(col(PlanPromotion.code))).all()


def is_open(promotion: PlanPromotion, on: date) -> bool:
    """Whether the promotion can be chosen on the day."""
    return promotion.valid_from <= on and (promotion.valid_until is None or on <= promotion.valid_until)


def stands_until(promotions: Sequence[PlanPromotion], on: date) -> date | None:
    """The last day from `on` on which the same ones are open; none when that never changes."""
    ends = [one.valid_until for one in promotions if one.valid_until is not None and is_open(one, on)]
    starts = [one.valid_from - ONE_DAY for one in promotions if one.valid_from > on]
    return min([*ends, *starts], default=None)


def promotion_on_sale(
    session: Session, version: PlanVersion, code: str | None, term_months: int, *, on: date, deal: PromotionFor
) -> PlanPromotion | None:
    """The promotion of that code, for a deal of so many months on the day; none when none is named.

    Raises `Refusal("PROMOTION_NOT_OPEN")`, naming those that are open for that deal and term, and the days and the term
    of the one that was meant.
    """
    if code is None:
        return None
    known = promotions_of(session, version, deal)
    allowed = [one for one in known if is_open(one, on) and one.term_months == term_months]
    for promotion in allowed:
        if promotion.code == code:
            return promotion
    facts = {"allowed": [one.code for one in allowed], "term_months": term_months, "on": on}
    for meant in known:
        if meant.code == code:
            facts |= {"valid_from": meant.valid_from, "valid_until": meant.valid_until, "on_terms": [meant.term_months]}
    raise Refusal("PROMOTION_NOT_OPEN", field="promotion", value=code, **facts)


def agreed_price(version: PlanVersion, promotion: PlanPromotion | None, agreed: Money | None) -> Money | None:
    """The price of the term that stands instead of the list: that of the promotion, or the one agreed in the sale.

    Raises `Refusal("PROMOTION_PRICED")` when both are given.
    """
    if promotion is None:
        return agreed
    if agreed is not None:
        raise Refusal("PROMOTION_PRICED", field="price", value=str(agreed), promotion=promotion.code)
    return Money(promotion.price_minor, version.currency)
