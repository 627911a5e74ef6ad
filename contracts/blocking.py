"""Raising and lifting blocks; each is lifted on its own, so that two blocks with one lifted still block (rule S10)."""

from datetime import datetime

from sqlmodel import Session

from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.requisites import require_text
from contracts.subscriptions import Block, Contract, Subscription


def raise_block(
    session: Session,
    client_id: int,
    reason: str,
    *,
    at: datetime,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    contract_id: int | None = None,
    subscription_id: int | None = None,
) -> Block:
    """Stop service for the client, or for one contract or subscription of it, from now or a later moment.

    Raises `Refusal` with CLIENT_UNKNOWN, CONTRACT_UNKNOWN, SUBSCRIPTION_UNKNOWN, ONE_SUBJECT, BLOCK_EMPTY, or
    TEXT_WRONG for the reason.
    """
    lock_client(session, client_id)
    if contract_id is not None and subscription_id is not None:
        raise Refusal("ONE_SUBJECT", field="contract_id", value=contract_id)
    if contract_id is not None:
        _require_own(session.get(Contract, contract_id), client_id, "contract", contract_id)
    if subscription_id is not None:
        _require_own(session.get(Subscription, subscription_id), client_id, "subscription", subscription_id)
    starts_at = max(at, from_at) if from_at is not None else at
    if until_at is not None and until_at <= starts_at:
        raise Refusal("BLOCK_EMPTY", field="until_at", value=until_at, from_at=starts_at)
    block = Block(
        client_id=client_id,
        contract_id=contract_id,
        subscription_id=subscription_id,
        reason=require_text(reason, "reason", 300),
        from_at=starts_at,
        until_at=until_at,
        raised_at=at,
    )
    session.add(block)
    session.flush()
    return block


def _require_own(subject: Contract | Subscription | None, client_id: int, noun: str, subject_id: int) -> None:
    if subject is None or subject.client_id != client_id:
        raise Refusal(f"{noun.upper()}_UNKNOWN", field=f"{noun}_id", value=subject_id)


def lift_block(session: Session, block_id: int, *, at: datetime) -> Block:
    """Lift one block; the others stay. Raises `Refusal` with BLOCK_UNKNOWN or BLOCK_LIFTED."""
    block = known_row(session, Block, block_id)
    lock_client(session, block.client_id)
    session.refresh(block)  # somebody else may have lifted it while this one waited
    if block.lifted_at is not None:
        raise Refusal("BLOCK_LIFTED", field="block_id", value=block_id, lifted_at=block.lifted_at)
    block.lifted_at = at
    session.flush()
    return block
