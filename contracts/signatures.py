"""Marking contracts as signed, for plans that serve only then (rule D2)."""

from datetime import date, datetime

from sqlmodel import Session, select

from contracts.appending import append
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.parties import Seller
from contracts.requisites import require_text
from contracts.subscriptions import Contract, ContractSigning


def mark_signed(
    session: Session, contract_id: int, signed_on: date | None, recorded_by: str, *, at: datetime
) -> ContractSigning:
    """A contract was signed on a day, the seller's today unless it is named; who recorded it stays with it.

    Raises `Refusal` with CONTRACT_UNKNOWN, DAY_IN_FUTURE, ALREADY_SIGNED, naming the day, or TEXT_WRONG.
    """
    contract = known_row(session, Contract, contract_id)
    today = session.get_one(Seller, contract.seller_id).day_of(at)
    day = today if signed_on is None else signed_on
    if day > today:
        raise Refusal("DAY_IN_FUTURE", field="signed_on", value=day, allowed=f"until {today}")
    recorded_by = require_text(recorded_by, "recorded_by", 200)
    lock_client(session, contract.client_id)
    known = signing_of(session, contract.id)
    if known is not None:
        raise Refusal("ALREADY_SIGNED", field="contract_id", value=contract.id, signed_on=known.signed_on)
    signing = {"contract_id": contract.id, "signed_on": day, "recorded_by": recorded_by, "recorded_at": at}
    return append(session, ContractSigning, signing)


def signing_of(session: Session, contract_id: int) -> ContractSigning | None:
    """When a contract was signed, if it is marked so."""
    return session.exec(select(ContractSigning).where(ContractSigning.contract_id == contract_id)).first()
