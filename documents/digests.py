"""The monthly digest to account managers: due once the month is over, once for a manager and month (rule H13)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlmodel import Session, col, select

from billing.denied_demand import denied_requests
from billing.ending import ending
from billing.pipeline import Chosen
from contracts.appending import append
from contracts.parties import Client, Seller
from contracts.terms import first_of_month, next_month
from documents.addressing import manager_addresses, staff_address, writer
from documents.digest_text import ClientDigest, Digest, PoolDigest
from documents.letters import Letter, ManagerDigest
from documents.reminder_text import Wording
from entitlements.hours import day_starts_at
from entitlements.listed_warnings import list_warnings
from entitlements.objection_facts import count_undecided
from entitlements.pool_months import pool_clients, pool_months

SOON = timedelta(days=60)
"""How long before its last day a subscription ends soon."""


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A manager who is to be told of a month, where, and in whose name: the first seller's, whose days hold."""

    manager: str
    month: date
    recipient: str
    seller_id: int


def due_digests(session: Session, *, at: datetime) -> list[DueDigest]:
    """Of which month who is to be told now; nothing where there is no address.

    It is always the month before: what was missed earlier is in the statements.
    """
    seller = session.exec(select(Seller).order_by(col(Seller.id)).limit(1)).first()
    if seller is None:
        return []
    month = first_of_month(first_of_month(seller.day_of(at)) - timedelta(days=1))
    told = select(ManagerDigest.manager).where(ManagerDigest.month == month)
    managers = select(Client.manager).where(Client.manager != "", col(Client.manager).not_in(told)).distinct()
    addresses = manager_addresses(session)
    due = (
        DueDigest(manager, month, addresses.get(manager) or staff_address(seller), seller.id)
        for manager in session.exec(managers.order_by(Client.manager))
    )
    return [one for one in due if one.recipient]


def made_digest(session: Session, due: DueDigest, *, at: datetime) -> Digest:
    """What a manager is told of a month: the clients of whom there is something to say."""
    looked_after = select(Client).where(Client.manager == due.manager).order_by(Client.search_key, col(Client.id))
    clients = session.exec(looked_after).all()
    first = session.get_one(Seller, due.seller_id)
    from_at, before = (day_starts_at(day, first.time_zone) for day in (due.month, next_month(due.month)))
    ids, sellers = [one.id for one in clients], session.exec(select(Seller).order_by(col(Seller.id))).all()
    pools, objections = _pools(session, due, sellers, at), _objections(session, sellers, ids)
    warned: dict[int, list[int]] = defaultdict(list)
    for warning in list_warnings(session, client_ids=ids, from_at=from_at, before=before):
        warned[warning.client_id].append(warning.percent)
    denied: dict[int, int] = defaultdict(int)
    for request in denied_requests(session, from_at=from_at, before=before, client_ids=ids):
        denied[request.client_id] += 1
    ends = _ends(session, due.manager, first.day_of(at), at)
    told = (
        ClientDigest(
            one.name,
            tuple(pools[one.id]),
            tuple(warned[one.id]),
            denied[one.id],
            objections[one.id],
            tuple(ends[one.id]),
        )
        for one in clients
    )
    return Digest(due.manager, due.month, tuple(one for one in told if not one.is_empty))


def queue_digest(session: Session, due: DueDigest, words: Wording | None, *, at: datetime) -> int:
    """Record that a manager was told of a month, with the letter unless there is nothing to tell; returns how many.

    The seller's row is taken first, so of two workers the second finds it told.
    """
    seller = session.exec(select(Seller).where(Seller.id == due.seller_id).with_for_update(key_share=True)).one()
    told = select(ManagerDigest.id).where(ManagerDigest.manager == due.manager, ManagerDigest.month == due.month)
    if session.exec(told).first() is not None:
        return 0
    fact = {"manager": due.manager, "month": due.month, "is_sent": words is not None, "recorded_at": at}
    digest = append(session, ManagerDigest, fact)
    if words is None:
        return 0
    key = sha256(due.manager.encode()).hexdigest()[:16]
    letter = Letter(
        digest_id=digest.id,
        recipient=due.recipient,
        sender_name=writer(seller, words.language),
        reply_to=staff_address(seller),
        subject=words.subject,
        body=words.body,
        language=words.language,
        message_key=f"{seller.inn}.digest.{due.month:%Y-%m}.{key}",
        queued_at=at,
    )
    session.add(letter)
    session.flush()
    return 1


def _pools(session: Session, due: DueDigest, sellers: Sequence[Seller], at: datetime) -> Mapping[int, list[PoolDigest]]:
    pools: dict[int, list[PoolDigest]] = defaultdict(list)
    for seller in sellers:
        clients = list(pool_clients(session, seller.id, manager=due.manager))
        for one in pool_months(session, seller, clients, [due.month], at=at):
            moved = one.moved
            told = (
                moved.given_minutes,
                moved.used_minutes,
                moved.burnt_minutes,
                moved.closing_minutes,
                one.overage_minutes,
            )
            pools[one.client_id].append(PoolDigest(seller.code, *told))
    return pools


def _objections(session: Session, sellers: Sequence[Seller], client_ids: Sequence[int]) -> Mapping[int, int]:
    waiting: dict[int, int] = defaultdict(int)
    for seller in sellers:
        for client_id, count in count_undecided(session, seller.id, client_ids).items():
            waiting[client_id] += count
    return waiting


def _ends(session: Session, manager: str, on: date, at: datetime) -> Mapping[int, list[tuple[str, date]]]:
    ends: dict[int, list[tuple[str, date]]] = defaultdict(list)
    for line in ending(session, Chosen(on, on + SOON, manager=manager, renewed=False), at=at):
        ends[line.client_id].append((line.contract_number, line.last_day))
    return ends
