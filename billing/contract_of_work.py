"""Which contract work belongs to: work entries name a client and a plan, not the paper."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, select
from sqlmodel import Session, col

from contracts.queries import contract_on
from contracts.subscriptions import Contract, Specification, Subscription


class ContractOfWork:
    """The contracts of a seller and what was sold under them, read once."""

    def __init__(self, session: Session, seller_id: int) -> None:
        self._signed = _signed(session, seller_id)
        self._sold = _sold(session, seller_id)
        self.numbers = {contract.id: contract.number for own in self._signed.values() for contract in own}
        """The number of each contract, by its id."""

    def id_on(self, client_id: int, plan_version_id: int | None, day: date) -> int | None:
        """The contract of the plan that the work was billed by, else of one that ran on the day, else the one signed.

        None for a client without a contract.
        """
        running = [one for one in self._sold.get(client_id, ()) if one.starts_on <= day < one.ends_on]
        own = [one for one in running if one.plan_version_id == plan_version_id] or running
        if own:
            return int(own[0].contract_id)
        signed = contract_on(self._signed.get(client_id, ()), day)
        return None if signed is None else signed.id


def _signed(session: Session, seller_id: int) -> Mapping[int, Sequence[Contract]]:
    """The contracts of each client, in the order of their signing."""
    signed: dict[int, list[Contract]] = defaultdict(list)
    own = select(Contract).where(col(Contract.seller_id) == seller_id)
    for contract in session.execute(own.order_by(col(Contract.signed_on), col(Contract.id))).scalars():
        signed[contract.client_id].append(contract)
    return signed


def _sold(session: Session, seller_id: int) -> Mapping[int, Sequence[Row[Any]]]:
    """What was sold to each client, the first to end first (D3)."""
    columns = (getattr(Specification, name) for name in ("client_id", "plan_version_id", "starts_on", "ends_on"))
    own: Select[Any] = select(*columns, col(Subscription.contract_id)).join(
        Subscription, col(Subscription.id) == col(Specification.subscription_id)
    )
    own = own.where(col(Specification.seller_id) == seller_id)
    sold: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in session.connection().execute(own.order_by(col(Specification.ends_on), col(Specification.id))):
        sold[row.client_id].append(row)
    return sold
