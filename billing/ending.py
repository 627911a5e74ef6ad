"""Reading the subscriptions that end, with all that the pipeline says of them, by a fixed number of selects."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from billing.pipeline import Chosen, Line
from contracts.catalogue import Plan, PlanPrice, PlanVersion, Registration
from contracts.money import Money
from contracts.on_sale import term_price
from contracts.parties import Client, Seller
from contracts.renewal_choices import Renewable, TermPrice, renewal_choices
from contracts.standing import days_left, standing_on
from contracts.subscriptions import Amendment, Block, Contract, Coverage, Specification, Subscription
from contracts.succession import succeeded
from contracts.terms import ONE_DAY

_IN_TURN = (col(Subscription.ends_on), col(Subscription.id))


def ending(
    session: Session, chosen: Chosen, *, at: datetime, after: Subscription | None = None, limit: int | None = None
) -> list[Line]:
    """The chosen subscriptions, the first to end first, without their risks; what was cancelled has left the pipeline.

    How many there are makes no difference to the number of selects. `after` is the last one of the page before; no
    more than `limit` are read where the plan and the renewals, which only the whole tells, make no difference.
    """
    own = ends_in(chosen)
    if after is not None:
        same_day = and_(col(Subscription.ends_on) == after.ends_on, col(Subscription.id) > after.id)
        own.append(or_(col(Subscription.ends_on) > after.ends_on, same_day))
    if limit is not None and chosen.plan is None and chosen.renewed is None:
        page = select(Subscription.id).where(*own).order_by(*_IN_TURN).limit(limit)
        own = [col(Subscription.id).in_(page)]
    reader = _Reader(session, own, at)
    sold = select(Subscription, Client, Contract.number, Seller).select_from(Subscription)
    for table, key in ((Client, "client_id"), (Seller, "seller_id"), (Contract, "contract_id")):
        sold = sold.join(table, table.id == getattr(Subscription, key))
    rows = session.exec(sold.where(*own).order_by(*_IN_TURN)).all()
    lines = (reader.line(*row) for row in rows)
    return [line for line in lines if chosen.plan in (None, line.plan) and chosen.renewed in (None, line.renewed)]


def ends_in(chosen: Chosen) -> list[ColumnElement[bool]]:
    """What is true of the chosen subscriptions, but for their plan and renewals."""
    own = [
        col(Subscription.cancelled_on).is_(None),
        col(Subscription.ends_on) > chosen.ends_from,
        col(Subscription.ends_on) <= chosen.ends_until + ONE_DAY,
    ]
    if chosen.seller_id is not None:
        own.append(col(Subscription.seller_id) == chosen.seller_id)
    if chosen.manager is not None:
        looked_after = select(Client.id).where(Client.manager == chosen.manager)
        own.append(col(Subscription.client_id).in_(looked_after))
    return own


@dataclass(frozen=True, slots=True)
class _Specified:
    """What a subscription comes to at its end."""

    specification_id: int
    plan_version_id: int


class _Reader:
    """What stands beside the chosen subscriptions: what they are at their end, prices, blocks and renewals."""

    def __init__(self, session: Session, own: list[ColumnElement[bool]], at: datetime) -> None:
        self._session, self._at = session, at
        self._ids = select(Subscription.id).where(*own).scalar_subquery()
        self._clients = select(Subscription.client_id).where(*own).scalar_subquery()
        self._specified = self._specifications()
        self._amended = self._amended_prices()
        self._numbers = self._registrations()
        self._plans = {plan.id: plan for plan in session.exec(select(Plan))}
        self._versions = {version.id: version for version in session.exec(select(PlanVersion))}
        self._prices = self._list_prices()
        self._blocks = self._raised_blocks()
        self._renewed = self._succeeded()

    def line(self, sold: Subscription, client: Client, contract_number: str, seller: Seller) -> Line:
        """The subscription as it ends."""
        on, specified = seller.day_of(self._at), self._specified[sold.id]
        version = self._versions[specified.plan_version_id]
        renewed = sold.id in self._renewed
        return Line(
            subscription_id=sold.id,
            client_id=client.id,
            client=client.name,
            manager=client.manager,
            seller_id=seller.id,
            seller=seller.code,
            seller_inn=seller.inn,
            contract_number=contract_number,
            plan=self._plans[version.plan_id].code,
            plan_version_id=version.id,
            registrations=tuple(self._numbers[specified.specification_id]),
            sold_on=seller.day_of(sold.sold_at),
            starts_on=sold.starts_on,
            last_day=sold.last_day,
            days_left=days_left(on, sold.term),
            term_months=sold.term_months,
            last_price=Money(self._amended.get(sold.id, sold.price_minor), sold.currency),
            price=self._price(sold, version, on),
            standing=standing_on(
                on,
                sold.term,
                grace_days=version.grace_days,
                expiring_days=version.expiring_days,
                has_successor=renewed,
                cancelled_on=None,
                suspended=any(self._stops(block, sold) for block in self._blocks[sold.client_id]),
            ),
            renewed=renewed,
        )

    def _price(self, sold: Subscription, version: PlanVersion, on: date) -> Money | None:
        """What the one way to renew that is open costs; none without a list price for the term."""
        offered = self._in_force(version.plan_id, on)
        price = self._prices.get((offered.id, sold.term_months)) if offered is not None else None
        if offered is None or price is None:
            return None
        old = Renewable(sold.ends_on, version.grace_days, version.lapse_renewal)
        choices = renewal_choices(old, price, sold.term_months, offered.alignment, on)
        return next((choice.total for choice in choices if choice.is_open), None)

    def _in_force(self, plan_id: int, on: date) -> PlanVersion | None:
        """The version of a plan that is on sale on the day."""
        known = [one for one in self._versions.values() if one.plan_id == plan_id and one.valid_from <= on]
        return max(known, key=lambda one: (one.valid_from, one.version), default=None)

    def _stops(self, block: Block, sold: Subscription) -> bool:
        if block.subscription_id is not None:
            return block.subscription_id == sold.id
        return block.contract_id in (None, sold.contract_id)

    def _specifications(self) -> dict[int, _Specified]:
        rows = select(Specification.subscription_id, Specification.id, Specification.plan_version_id)
        rows = rows.where(col(Specification.subscription_id).in_(self._ids)).order_by(col(Specification.starts_on))
        return {sold_id: _Specified(own_id, version_id) for sold_id, own_id, version_id in self._session.exec(rows)}

    def _amended_prices(self) -> dict[int, int]:
        """The price that was agreed last, of what was amended (S9)."""
        agreed = select(Amendment.subscription_id, Amendment.price_minor).order_by(col(Amendment.effective_on))
        return dict(self._session.exec(agreed.where(col(Amendment.subscription_id).in_(self._ids))).all())

    def _registrations(self) -> Mapping[int, list[str]]:
        covered = select(Coverage.specification_id, Registration.number).join(Registration).join(Specification)
        covered = covered.where(col(Specification.subscription_id).in_(self._ids)).order_by(Registration.number)
        numbers: dict[int, list[str]] = defaultdict(list)
        for specification_id, number in self._session.exec(covered):
            numbers[specification_id].append(number)
        return numbers

    def _list_prices(self) -> dict[tuple[int, int], TermPrice]:
        return {
            (row.plan_version_id, row.term_months): term_price(row, self._versions[row.plan_version_id].currency)
            for row in self._session.exec(select(PlanPrice))
        }

    def _raised_blocks(self) -> Mapping[int, list[Block]]:
        """The blocks that stop service now, by client."""
        at = self._at
        raised = select(Block).where(col(Block.client_id).in_(self._clients), Block.from_at <= at)
        for end in (col(Block.until_at), col(Block.lifted_at)):
            raised = raised.where(or_(end.is_(None), end > at))
        blocks: dict[int, list[Block]] = defaultdict(list)
        for block in self._session.exec(raised):
            blocks[block.client_id].append(block)
        return blocks

    def _succeeded(self) -> set[int]:
        renewals = select(Subscription).where(
            col(Subscription.client_id).in_(self._clients), col(Subscription.predecessor_id).is_not(None)
        )
        rows = self._session.exec(renewals).all()
        return succeeded({one.id: one.predecessor_id for one in rows}, {one.id for one in rows if one.never_serves})
