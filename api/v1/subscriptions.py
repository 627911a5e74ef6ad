"""Selling subscriptions, renewing them, and selling hours beside them."""

from dataclasses import replace
from datetime import date, datetime

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import Session, select

from api.calls import CREATED, Once
from api.inputs import Amount, Day, Id, Input, Number, PathId, line
from api.journeys import Sold, claim_service, renew_subscription, sell_package, sell_subscription
from api.outputs import Amount as Told
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from api.v1.bills import InvoiceAnswer
from api.v1.grants import GrantAnswer, grant_answer
from api.v1.preambles import PartyPreamble, preambles_of
from api.v1.registrations import FreePeriodAnswer, free_period
from billing.bills import Invoice
from contracts.amending import price_now
from contracts.catalogue import Plan, PlanPromotion, PlanVersion, Registration
from contracts.known_rows import known_row
from contracts.money import Money
from contracts.parties import Seller
from contracts.policies import LapseRenewal, RegistrationRole
from contracts.queries import covered_registrations
from contracts.renewing import successor_of
from contracts.selling import Order
from contracts.specifying import last_specification
from contracts.standing import Standing
from contracts.subscriptions import Contract, Coverage, Subscription
from documents.drawing_parties import parties_of
from entitlements.client_state import each_cover
from entitlements.covers import CoverKind
from entitlements.desk_card import facts_at
from entitlements.grants import Grant

router = APIRouter(route_class=GuardedRoute, tags=["selling"])


class OrderInput(Input):
    """What is sold; no `starts_on` means the first day possible, no `price` and no `promotion` the list price."""

    seller_id: Id
    entity_id: Id
    plan: str = line(60, examples=["its-prof"])
    term_months: Number = Field(examples=[12])
    registrations: list[str] = Field(default=[], max_length=200, examples=[["800123456"]])
    starts_on: Day | None = None
    price: Amount | None = None
    currency: str = Field(default="RUB", pattern="^[A-Z]{3}$")
    contract_id: Id | None = None
    promotion: str | None = Field(default=None, min_length=1, max_length=60, examples=["8+4"])

    def order(self) -> Order:
        """The order as selling takes it."""
        return Order(
            seller_id=self.seller_id,
            entity_id=self.entity_id,
            plan_code=self.plan,
            term_months=self.term_months,
            registrations=tuple(self.registrations),
            starts_on=self.starts_on,
            price=None if self.price is None else replace(self.price, currency=self.currency),
            contract_id=self.contract_id,
            promotion=self.promotion,
        )


class RenewalInput(Input):
    """For how many months; for as many as before when it is left out.

    There is one way to renew on a day: `kind` makes sure of it. `price` is what was agreed instead of the list price,
    `promotion` the code of a promotion whose price stands instead of it.
    """

    term_months: Number | None = None
    kind: LapseRenewal | None = Field(default=None, strict=False)
    price: Amount | None = None
    currency: str = Field(default="RUB", pattern="^[A-Z]{3}$")
    promotion: str | None = Field(default=None, min_length=1, max_length=60, examples=["8+4"])

    def agreed(self) -> Money | None:
        """The price that was agreed."""
        return None if self.price is None else replace(self.price, currency=self.currency)


class ClaimInput(Input):
    """Who lets requests served in the gap count as covered, and why."""

    claimed_by: str = line(200, examples=["Котова И. Л."])
    reason: str = line(300, examples=["Договорились при продлении"])


class ClaimAnswer(Answer):
    """The claim as it is kept."""

    id: int
    subscription_id: int
    claimed_by: str
    reason: str
    claimed_at: datetime


class PackageInput(Input):
    """Which hour package, and the first day of its hours: today, or a later day within a year."""

    package: str = line(60, examples=["hours-20"])
    starts_on: Day | None = None


class SubscriptionAnswer(Answer):
    """One term with the plan version, price and registrations that it has in the end, all amendments counted (S9).

    `cancelled_on` is the last day that a cancellation named (S11).
    """

    id: int
    client_id: int
    seller_id: int
    contract_id: int
    contract_number: str
    plan: str
    plan_version: int
    starts_on: date
    last_day: date
    serves_from: date
    term_months: int
    price: Told
    gap_price: Told
    currency: str
    promotion: str | None
    registrations: list[str]
    predecessor_id: int | None
    successor_id: int | None
    cancelled_on: date | None


class CoveredAnswer(Answer):
    """A registration under a subscription: the main one, another one, or one that an upgrade replaced by now."""

    number: str
    role: RegistrationRole
    entity_id: int
    surrendered_on: date | None


class StandingSubscription(SubscriptionAnswer):
    """A subscription with its standing now, and its registrations of whichever entities, the main one first."""

    standing: Standing
    covered: list[CoveredAnswer]


class SaleAnswer(Answer):
    """What a sale or a renewal made; of `preambles` the contract leaves out what has doubts (P3)."""

    subscription: SubscriptionAnswer
    free_periods: list[FreePeriodAnswer]
    invoice: InvoiceAnswer
    paper_ids: list[int]
    preambles: list[PartyPreamble]


class PackageSold(Answer):
    """The hours of a sold package, and its invoice."""

    grant: GrantAnswer
    invoice: InvoiceAnswer


@router.post("/v1/subscriptions", status_code=CREATED, response_model=SaleAnswer)
def sell(new: OrderInput, once: Once) -> Response:
    """Sell: contract number, subscription, free periods, hours, invoice and papers, all or nothing."""
    order = new.order()
    return once.answer(lambda call: _sale(call.session, sell_subscription(call.session, order, at=call.at)))


@router.get("/v1/subscriptions/{subscription_id}")
def one(subscription_id: PathId, call: Reader) -> StandingSubscription:
    """A subscription and its standing now."""
    row = known_row(call.session, Subscription, subscription_id)
    views = [decision.cover for decision in each_cover(facts_at(call.session, row.client_id, call.at), call.at)]
    standing = next(
        view.standing for view in views if view and (view.kind, view.id) == (CoverKind.SUBSCRIPTION, row.id)
    )
    on = known_row(call.session, Seller, row.seller_id).day_of(call.at)
    covered = [CoveredAnswer.model_validate(one) for one in covered_registrations(call.session, row, on)]
    shown = _subscription(call.session, row).model_dump()
    return StandingSubscription(**shown, standing=standing, covered=covered)


@router.post("/v1/subscriptions/{subscription_id}:renew", status_code=CREATED, response_model=SaleAnswer)
def renew(subscription_id: PathId, new: RenewalInput, once: Once) -> Response:
    """Renew from the day after the last day at the continuous price, or after a lapse as the plan's policy says."""
    return once.answer(
        lambda call: _sale(
            call.session,
            renew_subscription(
                call.session, subscription_id, new.term_months, new.kind, new.agreed(), new.promotion, at=call.at
            ),
        )
    )


@router.post("/v1/subscriptions/{subscription_id}:claim-gap", status_code=CREATED, response_model=ClaimAnswer)
def claim(subscription_id: PathId, new: ClaimInput, once: Once) -> Response:
    """Let a renewal that was bought after a lapse cover the days before it too, with their hours."""
    return once.answer(
        lambda call: ClaimAnswer.model_validate(
            claim_service(call.session, subscription_id, new.claimed_by, new.reason, at=call.at)
        )
    )


@router.post("/v1/contracts/{contract_id}/packages", status_code=CREATED, response_model=PackageSold)
def sell_hours(contract_id: PathId, new: PackageInput, once: Once) -> Response:
    """Sell an hour package under a contract."""
    return once.answer(
        lambda call: _package(*sell_package(call.session, contract_id, new.package, new.starts_on, at=call.at))
    )


def _package(grant: Grant, invoice: Invoice) -> PackageSold:
    return PackageSold(grant=grant_answer(grant), invoice=InvoiceAnswer.model_validate(invoice))


def _sale(session: Session, sold: Sold) -> SaleAnswer:
    return SaleAnswer(
        subscription=_subscription(session, sold.sale.subscription),
        free_periods=[free_period(free) for free in sold.sale.free_periods],
        invoice=InvoiceAnswer.model_validate(sold.invoice),
        paper_ids=[paper.id for paper in sold.papers],
        preambles=preambles_of(parties_of(session, sold.sale.contract.id)),
    )


_REPEATED = {"id", "client_id", "seller_id", "contract_id", "starts_on", "serves_from", "term_months", "cancelled_on"}
"""What an answer repeats of a subscription's row."""


def _subscription(session: Session, row: Subscription) -> SubscriptionAnswer:
    last = last_specification(session, row)
    version = session.get_one(PlanVersion, last.plan_version_id)
    covered = select(Registration.number).join(Coverage).where(Coverage.specification_id == last.id)
    successor = successor_of(session, row)
    return SubscriptionAnswer(
        **row.model_dump(include=_REPEATED),
        contract_number=session.get_one(Contract, row.contract_id).number,
        plan=session.get_one(Plan, version.plan_id).code,
        plan_version=version.version,
        last_day=row.term.last_day,
        price=str(price_now(session, row)),
        gap_price=str(row.gap_price),
        currency=row.currency,
        promotion=None if row.promotion_id is None else session.get_one(PlanPromotion, row.promotion_id).code,
        registrations=list(session.exec(covered.order_by(Registration.number))),
        predecessor_id=row.predecessor_id,
        successor_id=None if successor is None else successor.id,
    )
