"""Reading what covers a client: specifications of subscriptions, free periods, the blocks on them, registrations.

All of it as it was known at a moment (D1): a specification ends where the next one that was known begins.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from itertools import zip_longest

from sqlmodel import Session, col, select

from contracts.catalogue import PlanVersion, Product, Registration
from contracts.parties import Seller
from contracts.register import Partner
from contracts.register_queries import LatestAnswer, latest_answers
from contracts.subscriptions import (
    Block,
    Cancellation,
    Contract,
    ContractSigning,
    Coverage,
    FreePeriod,
    GapClaim,
    PaymentMark,
    Specification,
    Subscription,
)
from contracts.succession import successors
from entitlements.calendar import load_calendar
from entitlements.covers import Cover, CoverKind, RegisteredPeriod, RegistrationFacts, Stop


def read_covers(session: Session, client_id: int, known_at: datetime | None) -> tuple[Cover, ...]:
    """The covers of a client: what was sold in the order of its sale, then the free periods."""
    blocks = _blocks(session, client_id, known_at)
    return _subscriptions(session, client_id, blocks, known_at) + _free_periods(session, client_id, blocks, known_at)


def _subscriptions(
    session: Session, client_id: int, blocks: list[Block], known_at: datetime | None
) -> tuple[Cover, ...]:
    rows = _sold(session, client_id, known_at)
    subscriptions = [row[0] for row in rows]
    cancelled = _cancelled(session, subscriptions, known_at)
    never_served = {one.id for one in subscriptions if one.id in cancelled and cancelled[one.id] < one.starts_on}
    heirs = successors({one.id: one.predecessor_id for one in subscriptions}, never_served)
    specified = _specifications(session, client_id, known_at)
    covered = _covered(session, client_id)
    paid = _paid(session, subscriptions, known_at)
    begins = {
        one.id: _serves_from(one, claim, specified[one.id][0], known_at) or one.starts_on
        for one, _, claim, _ in rows
        if specified[one.id]
    }
    return tuple(
        Cover(
            kind=CoverKind.SUBSCRIPTION,
            id=subscription.id,
            seller_id=subscription.seller_id,
            contract_number=number,
            plan_version_id=one.plan_version_id,
            starts_on=subscription.starts_on,
            ends_on=subscription.ends_on,
            term_months=subscription.term_months,
            registrations=tuple(covered[one.id]) or None,
            has_successor=following is not None or subscription.id in heirs,
            succeeded_on=begins.get(heirs.get(subscription.id, 0)) if following is None else None,
            stops=tuple(_stop(block, known_at) for block in blocks if _stops(block, subscription)),
            serves_from=_serves_from(subscription, claim, one, known_at),
            serves_until=None if following is None else following.starts_on,
            cancelled_on=cancelled.get(subscription.id) if following is None else None,
            **paid.get(subscription.id, {}),
            signed_on=signed_on,
        )
        for subscription, number, claim, signed_on in rows
        for one, following in _in_turn(specified[subscription.id], cancelled.get(subscription.id))
    )


def _sold(
    session: Session, client_id: int, known_at: datetime | None
) -> list[tuple[Subscription, str, GapClaim | None, date | None]]:
    """What was sold, the number of its contract, the claim of its gap and the day on which it was signed."""
    signed = col(ContractSigning.contract_id) == col(Contract.id)
    if known_at is not None:
        signed &= col(ContractSigning.recorded_at) <= known_at
    sold = select(Subscription, Contract.number, GapClaim, col(ContractSigning.signed_on)).select_from(Subscription)
    sold = sold.join(Contract).outerjoin(GapClaim).outerjoin(ContractSigning, signed)
    sold = sold.where(Subscription.client_id == client_id)
    if known_at is not None:
        sold = sold.where(Subscription.sold_at <= known_at)
    return list(session.exec(sold.order_by(col(Subscription.id))))


def _cancelled(session: Session, sold: list[Subscription], known_at: datetime | None) -> dict[int, date]:
    """The last day that was named for each subscription of which it was known to be cancelled (S11)."""
    ended = {one.id: one.cancelled_on for one in sold if one.cancelled_on is not None}
    if known_at is not None and ended:
        later = select(Cancellation.subscription_id).where(col(Cancellation.subscription_id).in_(ended))
        for subscription_id in session.exec(later.where(Cancellation.cancelled_at > known_at)):
            del ended[subscription_id]
    return ended


def _paid(session: Session, sold: list[Subscription], known_at: datetime | None) -> dict[int, dict[str, date | None]]:
    """Until when each subscription is paid, or its payment awaited, and the end of the payment grace after it (S8)."""
    by_id = {one.id: one for one in sold}
    marks = select(PaymentMark, PlanVersion.payment_grace_days, Seller).where(
        col(PaymentMark.subscription_id).in_(by_id),
        Subscription.id == PaymentMark.subscription_id,
        PlanVersion.id == Subscription.plan_version_id,
        Seller.id == Subscription.seller_id,
    )
    if known_at is not None:
        marks = marks.where(PaymentMark.marked_at <= known_at)
    paid: dict[int, dict[str, date | None]] = {}
    for mark, grace_days, seller in session.exec(marks.order_by(col(PaymentMark.id))):
        whole = mark.until >= by_id[mark.subscription_id].term.last_day
        calendar = load_calendar(seller.calendar, seller.time_zone)
        unpaid_until = None if whole else calendar.add_working_days(mark.until, grace_days)
        paid[mark.subscription_id] = {"paid_until": mark.until, "served_unpaid_until": unpaid_until}
    return paid


def _in_turn(
    specified: list[Specification], cancelled_on: date | None
) -> Iterator[tuple[Specification, Specification | None]]:
    """Each specification that serves and the one that follows it; of what never serves at all, the first."""
    begun = [one for one in specified if cancelled_on is None or one.starts_on <= cancelled_on]
    return zip_longest(begun or specified[:1], begun[1:])


def _specifications(session: Session, client_id: int, known_at: datetime | None) -> dict[int, list[Specification]]:
    """What each subscription is from which day on, the earliest first."""
    known = select(Specification).where(Specification.client_id == client_id)
    if known_at is not None:
        known = known.where(Specification.recorded_at <= known_at)
    specified: dict[int, list[Specification]] = defaultdict(list)
    for one in session.exec(known.order_by(col(Specification.starts_on))):
        specified[one.subscription_id].append(one)
    return specified


def _covered(session: Session, client_id: int) -> dict[int, list[str]]:
    """The numbers of the registrations that each specification covers."""
    numbers = select(Coverage.specification_id, Registration.number).join(Registration).join(Specification)
    covered: dict[int, list[str]] = defaultdict(list)
    for specification_id, number in session.exec(
        numbers.where(Specification.client_id == client_id).order_by(Registration.number)
    ):
        covered[specification_id].append(number)
    return covered


def _serves_from(
    sold: Subscription, claim: GapClaim | None, one: Specification, known_at: datetime | None
) -> date | None:
    """The first day of service where it was known to be later than the start of the term (S5, S9)."""
    unclaimed = claim is not None and known_at is not None and known_at < claim.claimed_at
    first = claim.served_from if claim is not None and unclaimed else sold.serves_from
    first = max(first, one.starts_on)
    return first if first > sold.starts_on else None


def _free_periods(
    session: Session, client_id: int, blocks: list[Block], known_at: datetime | None
) -> tuple[Cover, ...]:
    granted = select(FreePeriod, Registration.number).join(Registration).where(FreePeriod.client_id == client_id)
    if known_at is not None:
        granted = granted.where(FreePeriod.granted_at <= known_at)
    whole_client = tuple(
        _stop(block, known_at) for block in blocks if block.contract_id is None and block.subscription_id is None
    )
    return tuple(
        Cover(
            kind=CoverKind.FREE_PERIOD,
            id=free.id,
            seller_id=free.seller_id,
            contract_number="",
            plan_version_id=free.plan_version_id,
            starts_on=free.starts_on,
            ends_on=free.ends_on,
            term_months=len(list(free.term.months())),
            registrations=(number,),
            stops=whole_client,
        )
        for free, number in session.exec(granted.order_by(col(FreePeriod.id)))
    )


def _blocks(session: Session, client_id: int, known_at: datetime | None) -> list[Block]:
    raised = select(Block).where(Block.client_id == client_id)
    if known_at is not None:
        raised = raised.where(Block.raised_at <= known_at)
    return list(session.exec(raised.order_by(col(Block.id))))


def _stops(block: Block, subscription: Subscription) -> bool:
    """Whether a block is on the client as a whole, on this subscription's contract, or on it."""
    if block.subscription_id is not None:
        return block.subscription_id == subscription.id
    return block.contract_id is None or block.contract_id == subscription.contract_id


def _stop(block: Block, known_at: datetime | None) -> Stop:
    lifted = block.lifted_at if known_at is None or (block.lifted_at or known_at) <= known_at else None
    return Stop(block.from_at, min((end for end in (block.until_at, lifted) if end is not None), default=None))


def read_registrations(session: Session, client_id: int, known_at: datetime | None) -> tuple[RegistrationFacts, ...]:
    """The client's registered copies, by number, with what the vendor's register was known to say of them."""
    answers = latest_answers(session, client_id, known_at=known_at)
    owned = select(Registration, Product.vendor_services).join(Product).where(Registration.client_id == client_id)
    if known_at is not None:
        owned = owned.where(Registration.recorded_at <= known_at)
    return tuple(
        RegistrationFacts(
            registration.number,
            tuple(services.split()),
            _surrendered_on(registration, known_at),
            _registered(answer),
            None if answer is None else answer.observed_at,
        )
        for registration, services in session.exec(owned.order_by(Registration.number))
        for answer in (answers.get(registration.id),)
    )


def _surrendered_on(copy: Registration, known_at: datetime | None) -> date | None:
    unknown = known_at is not None and copy.surrendered_at is not None and known_at < copy.surrendered_at
    return None if unknown else copy.surrendered_on


def _registered(answer: LatestAnswer | None) -> tuple[RegisteredPeriod, ...]:
    return tuple(
        RegisteredPeriod(
            known.plan_kind_id,
            known.period.starts_on,
            known.period.ends_on,
            known.period.partner is Partner.OTHER,
        )
        for known in (answer.periods if answer is not None else ())
    )
