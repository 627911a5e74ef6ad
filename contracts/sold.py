"""All that a client bought, as it stands after its amendments, read with a fixed number of selects."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanVersion, Registration
from contracts.money import Money
from contracts.parties import Seller
from contracts.subscriptions import Amendment, Contract, Coverage, Specification, Subscription
from contracts.succession import successors


@dataclass(frozen=True, slots=True)
class SoldSubscription:
    """A subscription with its contract and seller, and the plan, price and registrations that it has in the end (S9).

    `price` is that of the whole term; `registrations` has the main one first; `successor_id` is what renewed it.
    """

    row: Subscription
    contract: Contract
    seller: Seller
    plan: Plan
    version: PlanVersion
    price: Money
    registrations: tuple[str, ...]
    successor_id: int | None

    @property
    def id(self) -> int:
        """The id of the subscription."""
        return self.row.id


def sold_to(session: Session, client_id: int) -> list[SoldSubscription]:
    """The subscriptions of a client, the last to end first."""
    own = select(Subscription, Contract, Seller).join(Contract, col(Contract.id) == col(Subscription.contract_id))
    own = own.join(Seller, col(Seller.id) == col(Subscription.seller_id)).where(Subscription.client_id == client_id)
    rows = session.exec(own.order_by(col(Subscription.ends_on).desc(), col(Subscription.id).desc())).all()
    plans, prices = _plans(session, client_id), _prices(session, client_id)
    numbers = _numbers(session, client_id)
    never_served = {row.id for row, _, _ in rows if row.never_serves}
    renewed = successors({row.id: row.predecessor_id for row, _, _ in rows}, never_served)
    return [
        SoldSubscription(
            row,
            contract,
            seller,
            *plans[row.id][1:],
            Money(prices.get(row.id, row.price_minor), row.currency),
            tuple(numbers[plans[row.id][0].id]),
            renewed.get(row.id),
        )
        for row, contract, seller in rows
    ]


def _plans(session: Session, client_id: int) -> Mapping[int, tuple[Specification, Plan, PlanVersion]]:
    """What each subscription comes to at its end, by its id."""
    own = select(Specification, Plan, PlanVersion)
    own = own.join(PlanVersion, col(PlanVersion.id) == col(Specification.plan_version_id))
    own = own.join(Plan, col(Plan.id) == col(PlanVersion.plan_id)).where(Specification.client_id == client_id)
    rows = session.exec(own.order_by(col(Specification.starts_on)))
    return {row[0].subscription_id: row for row in rows}


def _prices(session: Session, client_id: int) -> Mapping[int, int]:
    """The price that was last agreed in an amendment, by the subscription's id."""
    own = select(Amendment.subscription_id, Amendment.price_minor).join(Subscription)
    own = own.where(Subscription.client_id == client_id).order_by(col(Amendment.effective_on))
    return dict(session.exec(own).all())


def _numbers(session: Session, client_id: int) -> Mapping[int, list[str]]:
    """The registrations of each specification, the main one first."""
    own = select(Coverage.specification_id, Registration.number).join(Registration)
    own = own.join(Specification, col(Specification.id) == col(Coverage.specification_id))
    own = own.where(Specification.client_id == client_id)
    numbers: dict[int, list[str]] = defaultdict(list)
    for specification_id, number in session.exec(own.order_by(col(Coverage.is_main).desc(), Registration.number)):
        numbers[specification_id].append(number)
    return numbers
