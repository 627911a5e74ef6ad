"""Renewing a subscription: from the day after its last day at the continuous price, or as a lapse allows (S4, S5)."""

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from contracts.base_plans import require_base
from contracts.catalogue import Plan, PlanPromotion, PlanVersion, Registration
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_subscription
from contracts.money import Money
from contracts.on_sale import next_version_from, plan_in_force, price_of_term, term_prices
from contracts.parties import Seller
from contracts.policies import LapseRenewal, PromotionFor
from contracts.promotions import agreed_price, is_open, promotion_on_sale, promotions_of, stands_until
from contracts.renewal_choices import Renewable, RenewalChoice, RenewalOffer, TermPrice, renewal_choices
from contracts.selling import Sale, require_uncovered
from contracts.specifying import last_specification, specify
from contracts.subscriptions import Contract, Coverage, Subscription
from contracts.terms import ONE_DAY, Term


def offer_renewal(session: Session, subscription_id: int, *, at: datetime) -> RenewalOffer:
    """Every way to renew at that moment, for every term on sale: short terms first, what is open before what is not.

    Raises `Refusal` with SUBSCRIPTION_UNKNOWN or PLAN_NOT_ON_SALE.
    """
    old = to_renew(session, known_row(session, Subscription, subscription_id))
    renewing = _Renewing(session, old, at)
    prices = {} if successor_of(session, old) is not None else term_prices(session, renewing.version)
    choices = tuple(choice for months in prices for choice in renewing.offered(months, prices[months]))
    return RenewalOffer(renewing.on, renewing.valid_until(), renewing.served_until, renewing.version.id, choices)


def renew(
    session: Session,
    subscription_id: int,
    *,
    at: datetime,
    term_months: int | None = None,
    price: Money | None = None,
    kind: LapseRenewal | None = None,
    promotion: str | None = None,
) -> Sale:
    """The successor of a subscription, on the plan version now in force, in the one way that is open (S4, S5).

    It covers the same registrations, but for those that an upgrade replaced, and never overlaps; while the old one runs
    or is in grace it never starts today. `kind` only makes sure of the way; `price` is what was agreed instead of the
    list, `promotion` the code of a promotion whose price stands instead of it. Raises `Refusal` with
    SUBSCRIPTION_UNKNOWN, ALREADY_RENEWED, PROMOTION_NOT_OPEN, PROMOTION_PRICED, RENEWAL_NOT_OPEN, PRICE_REQUIRED,
    SUBSCRIPTION_LAPSED when all of the new term would be over, or those of a sale.
    """
    old = to_renew(session, lock_subscription(session, subscription_id))
    require_not_renewed(session, old)
    renewing, months = _Renewing(session, old, at), old.term_months if term_months is None else term_months
    chosen = renewing.promotion(promotion, months)
    choice = renewing.chosen(months, chosen, price, kind)
    covered = _still_covered(session, old, choice.term)
    require_uncovered(session, renewing.plan, choice.term, covered)
    require_base(session, renewing.plan, old.client_id, covered, choice.term.starts_on)
    successor = Subscription(
        contract_id=old.contract_id,
        client_id=old.client_id,
        seller_id=old.seller_id,
        plan_version_id=renewing.version.id,
        starts_on=choice.term.starts_on,
        ends_on=choice.term.ends_on,
        serves_from=choice.serves_from,
        term_months=months,
        price_minor=choice.price.minor,
        gap_minor=choice.gap.minor,
        currency=choice.price.currency,
        predecessor_id=_end_of_chain(session, old).id,
        sold_at=at,
        promotion_id=None if chosen is None else chosen.id,
    )
    session.add(successor)
    session.flush()
    specify(session, successor, renewing.version, covered, starts_on=successor.starts_on, at=at)
    return Sale(session.get_one(Contract, old.contract_id), successor)


def way_at_price(
    session: Session, subscription_id: int, term_months: int, price: Money, *, at: datetime
) -> RenewalChoice:
    """What `renew` would come to at an agreed price at that moment: its term, its first day of service, and the gap.

    Raises as `renew` does for the months, the price and the registrations; nothing is written.
    """
    old = to_renew(session, known_row(session, Subscription, subscription_id))
    choice = _Renewing(session, old, at).chosen(term_months, None, price, None)
    _still_covered(session, old, choice.term)
    return choice


class _Renewing:
    """What a renewal of one subscription rests on: the plan version in force, the day, and what was sold."""

    def __init__(self, session: Session, old: Subscription, at: datetime) -> None:
        self._session = session
        sold = session.get_one(PlanVersion, last_specification(session, old).plan_version_id)
        grace_days = sold.grace_days if old.cancelled_on is None else 0
        self._old = Renewable(old.last_day + ONE_DAY, grace_days, sold.lapse_renewal)
        self.on = session.get_one(Seller, old.seller_id).day_of(at)
        self.served_until = self._old.served_until
        self.plan, self.version = plan_in_force(session, session.get_one(Plan, sold.plan_id).code, self.on)
        self._promotions = promotions_of(session, self.version, PromotionFor.RENEWAL)

    def choices(self, months: int, price: TermPrice) -> tuple[RenewalChoice, ...]:
        """Every way to renew for so many months."""
        return renewal_choices(self._old, price, months, self.version.alignment, self.on)

    def offered(self, months: int, listed: TermPrice) -> tuple[RenewalChoice, ...]:
        """Every way to renew for so many months at the list prices, after the open one the same under promotions."""
        choices = self.choices(months, listed)
        at_list = next((choice for choice in choices if choice.is_open), None)
        promoted = []
        for promotion in self._promotions:
            if promotion.term_months == months and is_open(promotion, self.on):
                price = Money(promotion.price_minor, self.version.currency)
                promoted += [
                    replace(
                        choice,
                        promotion=promotion.code,
                        saved=None if at_list is None else at_list.total - choice.total,
                    )
                    for choice in self.choices(months, TermPrice(price, price, listed.continuous))
                    if choice.is_open
                ]
        first = choices[:1] if at_list is not None else ()
        return (*first, *promoted, *choices[len(first) :])

    def promotion(self, code: str | None, months: int) -> PlanPromotion | None:
        """The promotion of that code; raises as `promotion_on_sale`."""
        return promotion_on_sale(self._session, self.version, code, months, on=self.on, deal=PromotionFor.RENEWAL)

    def valid_until(self) -> date:
        """The last day on which the ways to renew stand as they are.

        While the old term is served they change on the day after it, or when another version of the plan is in force,
        or a promotion begins or ends; after a lapse they move on every day.
        """
        if self.on > self.served_until:
            return self.on
        following = next_version_from(self._session, self.plan, self.on)
        days = [self.served_until, stands_until(self._promotions, self.on), following and following - ONE_DAY]
        return min(day for day in days if day is not None)

    def chosen(
        self, months: int, promotion: PlanPromotion | None, agreed: Money | None, kind: LapseRenewal | None
    ) -> RenewalChoice:
        """The way that is open; raises as `renew`."""
        agreed = agreed_price(self.version, promotion, agreed)
        continuous = price_of_term(self._session, self.version, months, agreed)
        listed = term_prices(self._session, self.version)[months]
        after_break, of_gap = agreed or listed.after_break, listed.continuous if promotion is not None else None
        open_kind = self._old.open_kind(self.on)
        if kind is not None and kind is not open_kind:
            raise Refusal("RENEWAL_NOT_OPEN", field="kind", value=kind, allowed=[open_kind])
        for choice in self.choices(months, TermPrice(continuous, after_break, of_gap)):
            if choice.is_open:
                return choice
        if open_kind is LapseRenewal.NEW_START:
            raise Refusal("PRICE_REQUIRED", field="price", value=None)
        raise Refusal("SUBSCRIPTION_LAPSED", field="term_months", value=months, last_day=self._old.last_day)


def successor_of(session: Session, old: Subscription) -> Subscription | None:
    """The subscription that renewed it; a renewal that was cancelled before its first day renewed nothing (S11)."""
    return _following(session, _end_of_chain(session, old))


def _following(session: Session, one: Subscription) -> Subscription | None:
    return session.exec(select(Subscription).where(Subscription.predecessor_id == one.id)).first()


def _end_of_chain(session: Session, old: Subscription) -> Subscription:
    """The last of the renewals after a subscription that never serve; itself when there is none."""
    while (following := _following(session, old)) is not None and following.never_serves:
        old = following
    return old


def to_renew(session: Session, old: Subscription) -> Subscription:
    """What there is to renew: of a renewal that never serves, the subscription that it was to renew."""
    while old.never_serves and old.predecessor_id is not None:
        old = session.get_one(Subscription, old.predecessor_id)
    return old


def require_not_renewed(session: Session, old: Subscription) -> None:
    """Raises `Refusal("ALREADY_RENEWED")`, with the dates of the renewal."""
    successor = successor_of(session, old)
    if successor is not None:
        dates = {"starts_on": successor.starts_on, "last_day": successor.term.last_day}
        raise Refusal("ALREADY_RENEWED", field="subscription_id", value=old.id, successor_id=successor.id, **dates)


def _still_covered(session: Session, old: Subscription, term: Term) -> list[int]:
    """The ids of the old subscription's registrations that are not surrendered before the new term."""
    last = last_specification(session, old)
    own = select(Registration).join(Coverage).where(Coverage.specification_id == last.id)
    registrations = session.exec(own.order_by(col(Coverage.is_main).desc(), col(Registration.id))).all()
    still = [one for one in registrations if one.surrendered_on is None or one.surrendered_on > term.starts_on]
    if registrations and not still:
        number = registrations[-1].number
        raise Refusal("REGISTRATION_SURRENDERED", field="subscription_id", value=old.id, registration=number)
    return [one.id for one in still]
