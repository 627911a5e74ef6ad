"""The plans on sale on a day with their terms and promotions, read with a fixed number of selects (T2, T3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanPrice, PlanPromotion, PlanVersion
from contracts.errors import Refusal
from contracts.money import Money
from contracts.on_sale import listed_price
from contracts.policies import PromotionFor
from contracts.promotions import is_open


@dataclass(frozen=True, slots=True)
class TermOnSale:
    """A term that can be sold, at the list price or under a promotion; no price means that it is agreed in the sale.

    `code` names it among all that is on sale on the day; `currency` is that of the plan.
    """

    code: str
    plan: Plan
    term_months: int
    currency: str
    price: Money | None
    promotion: PlanPromotion | None = None


@dataclass(frozen=True, slots=True)
class PlanOnSale:
    """A plan in its version in force with every way to sell it, the shortest term first."""

    plan: Plan
    version: PlanVersion
    terms: tuple[TermOnSale, ...]


def plans_on_sale(session: Session, on: date) -> list[PlanOnSale]:
    """The plans that can be sold on the day, in the order of the catalogue."""
    versions = select(Plan, PlanVersion).join(PlanVersion).where(PlanVersion.valid_from <= on)
    rows = session.exec(versions.order_by(col(Plan.id), col(PlanVersion.valid_from), col(PlanVersion.version)))
    in_force = {plan.id: (plan, version) for plan, version in rows}  # the last of each plan
    ids = [version.id for _, version in in_force.values()]
    listed, promoted = _listed(session, ids), _promoted(session, ids, on)
    return [PlanOnSale(plan, version, _terms(plan, version, listed, promoted)) for plan, version in in_force.values()]


def term_on_sale(plans: Sequence[PlanOnSale], code: str) -> TermOnSale:
    """The term of that code. Raises `Refusal("TERM_NOT_ON_SALE")`, its field "offer"."""
    for term in (term for plan in plans for term in plan.terms):
        if term.code == code:
            return term
    raise Refusal("TERM_NOT_ON_SALE", field="offer", value=code)


def _listed(session: Session, version_ids: Sequence[int]) -> Mapping[int, list[PlanPrice]]:
    rows = select(PlanPrice).where(col(PlanPrice.plan_version_id).in_(version_ids))
    found: dict[int, list[PlanPrice]] = defaultdict(list)
    for row in session.exec(rows.order_by(col(PlanPrice.term_months))):
        found[row.plan_version_id].append(row)
    return found


def _promoted(session: Session, version_ids: Sequence[int], on: date) -> Mapping[int, list[PlanPromotion]]:
    rows = select(PlanPromotion).where(
        col(PlanPromotion.plan_version_id).in_(version_ids),
        col(PlanPromotion.applies_to).in_([PromotionFor.NEW_SALE, PromotionFor.BOTH]),
    )
    found: dict[int, list[PlanPromotion]] = defaultdict(list)
    for row in session.exec(rows.order_by(col(PlanPromotion.code))):
        if is_open(row, on):
            found[row.plan_version_id].append(row)
    return found


def _terms(
    plan: Plan,
    version: PlanVersion,
    listed: Mapping[int, list[PlanPrice]],
    promoted: Mapping[int, list[PlanPromotion]],
) -> tuple[TermOnSale, ...]:
    currency = version.currency
    terms = [
        TermOnSale(f"term-{row.id}", plan, row.term_months, currency, listed_price(row.price_minor, currency))
        for row in listed.get(version.id, ())
    ]
    terms += [
        TermOnSale(f"promotion-{row.id}", plan, row.term_months, currency, listed_price(row.price_minor, currency), row)
        for row in promoted.get(version.id, ())
    ]
    return tuple(sorted(terms, key=lambda term: term.term_months))
