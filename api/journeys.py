"""The journeys that cross the packages: sale, renewal, free period, package, month close, the printing of papers."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlmodel import Session, select

from api.database import reading, transaction
from billing.bills import Invoice
from billing.invoicing import invoice_package, invoice_subscription
from billing.month import close_clients, require_over
from billing.month_queue import claim, count_tasks, earlier_open, first_open_month, open_run, parked
from billing.month_runs import TaskState
from contracts.catalogue import Registration
from contracts.claiming import claim_gap
from contracts.errors import Refusal
from contracts.free_periods import grant_free_period
from contracts.locking import lock_client, lock_clients
from contracts.money import Money
from contracts.on_sale import package_on_sale, package_start, plan_in_force
from contracts.parties import Seller
from contracts.policies import LapseRenewal
from contracts.renewing import renew
from contracts.selling import Order, Sale, sell
from contracts.subscriptions import Contract, FreePeriod, GapClaim, Subscription
from contracts.terms import next_month
from documents import archive, issuing
from documents.papers import Paper
from documents.render import PaperFailed, Press
from documents.store import Store, StoreDamaged
from entitlements.calendar import load_calendar
from entitlements.granting import give_for_free_period, give_for_gap, give_for_subscription, give_package
from entitlements.grants import Grant

CHUNK = 25
"""How many clients of a month, or papers, one transaction takes."""


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale with its invoice and the papers that were queued."""

    sale: Sale
    invoice: Invoice
    papers: tuple[Paper, ...]


def sell_subscription(session: Session, order: Order, *, at: datetime) -> Sold:
    """Sell: contract number, subscription, free periods, included hours, invoice and papers, all or nothing."""
    return _complete(session, sell(session, order, at=at), at)


def renew_subscription(
    session: Session,
    subscription_id: int,
    term_months: int | None,
    kind: LapseRenewal | None = None,
    price: Money | None = None,
    promotion: str | None = None,
    *,
    at: datetime,
) -> Sold:
    """Renew: the successor with its hours, invoice and papers, all or nothing (S4, S5)."""
    sale = renew(session, subscription_id, term_months=term_months, kind=kind, price=price, promotion=promotion, at=at)
    return _complete(session, sale, at)


def claim_service(session: Session, subscription_id: int, claimed_by: str, reason: str, *, at: datetime) -> GapClaim:
    """Claim the gap before a continuous renewal: it is covered, and has its hours, from the start of its term (S5)."""
    claim = claim_gap(session, subscription_id, claimed_by, reason, at=at)
    give_for_gap(session, session.get_one(Subscription, subscription_id), claim.served_from, at=at)
    return claim


def _complete(session: Session, sale: Sale, at: datetime) -> Sold:
    for free in sale.free_periods:
        give_for_free_period(session, free, at=at)
    give_for_subscription(session, sale.subscription, at=at)
    invoice = invoice_subscription(session, sale.subscription, at=at)
    papers = (
        issuing.issue_contract(session, sale.subscription, at=at),
        issuing.issue_invoice(session, invoice, at=at),
        *(issuing.issue_certificate(session, free, at=at) for free in sale.free_periods),
    )
    return Sold(sale, invoice, papers)


def start_free_period(
    session: Session, seller_id: int, registration_number: str, plan_code: str, *, at: datetime
) -> FreePeriod:
    """Free service for a bought registration without a sale, with its hours and its certificate (S1, S3).

    Raises `Refusal` with SELLER_UNKNOWN, REGISTRATION_UNKNOWN, PLAN_UNKNOWN, or those of `grant_free_period`.
    """
    seller = seller_of(session, seller_id)
    registration = session.exec(select(Registration).where(Registration.number == registration_number)).first()
    if registration is None:
        raise Refusal("REGISTRATION_UNKNOWN", field="registration_number", value=registration_number)
    lock_client(session, registration.client_id)
    on = load_calendar(seller.calendar, seller.time_zone).day_of(at)
    _, version = plan_in_force(session, plan_code, on)
    free = grant_free_period(session, registration, version, seller.id, at=at)
    give_for_free_period(session, free, at=at)
    issuing.issue_certificate(session, free, at=at)
    return free


def sell_package(
    session: Session, contract_id: int, package_code: str, starts_on: date | None = None, *, at: datetime
) -> tuple[Grant, Invoice]:
    """Sell an hour package under a contract, from today or a later day on: grant, invoice and paper (H8, S9).

    Raises `Refusal` with CONTRACT_UNKNOWN, PACKAGE_UNKNOWN or START_OUT_OF_RANGE.
    """
    contract = session.get(Contract, contract_id)
    if contract is None:
        raise Refusal("CONTRACT_UNKNOWN", field="contract_id", value=contract_id)
    client = lock_client(session, contract.client_id)
    package = package_on_sale(session, package_code)
    seller = seller_of(session, contract.seller_id)
    on = package_start(starts_on, load_calendar(seller.calendar, seller.time_zone).day_of(at))
    source_key = f"package:{contract.id}:{client.state_version}"  # one version, one change: it cannot come twice
    grant = give_package(session, client.id, seller.id, package, source_key, on=on, at=at)
    invoice = invoice_package(session, contract.id, grant, package, at=at)
    issuing.issue_invoice(session, invoice, at=at)
    return grant, invoice


def seller_of(session: Session, seller_id: int) -> Seller:
    """The seller. Raises `Refusal("SELLER_UNKNOWN")`."""
    seller = session.get(Seller, seller_id)
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    return seller


@dataclass(frozen=True, slots=True)
class Problem:
    """A client that could not be closed, and why."""

    month: date
    client_id: int
    text: str


@dataclass(frozen=True, slots=True)
class MonthReport:
    """What closing came to: how many clients were closed in this run, and who is parked."""

    closed: int
    parked: tuple[Problem, ...]


OnProgress = Callable[[date, int, int], None]
"""Told the month, how many of its clients are done, and how many there are."""


def close_months(
    engine: Engine, seller_id: int, through: date, *, clock: Callable[[], datetime], tell: OnProgress
) -> MonthReport:
    """Close every open month of the seller up to `through`, in order, one chunk of clients a transaction (M6).

    It may be killed at any point and started again, and several processes may run it at once. Raises `Refusal` with
    SELLER_UNKNOWN or MONTH_NOT_OVER.
    """
    with reading(engine) as session:
        require_over(seller_of(session, seller_id), through, clock())
        month = first_open_month(session, seller_id) or through
    closed, problems = 0, []
    while month <= through:
        with transaction(engine) as session:
            run_id = open_run(session, seller_id, month, at=clock()).id
        while (done := _close_chunk(engine, seller_id, run_id, month, clock)) is not None:
            closed += done
            with reading(engine) as session:
                tell(month, *count_tasks(session, run_id))
        with reading(engine) as session:
            problems += [Problem(month, task.client_id, task.problem) for task in parked(session, run_id)]
        month = next_month(month)
    return MonthReport(closed, tuple(problems))


def _close_chunk(engine: Engine, seller_id: int, run_id: int, month: date, clock: Callable[[], datetime]) -> int | None:
    """Close or park the next clients of the run; how many were closed, none when no client is left."""
    with transaction(engine) as session:
        tasks = claim(session, run_id, CHUNK)
        problems = close_or_explain(session, seller_id, [task.client_id for task in tasks], month, clock())
        for task in tasks:
            task.problem = problems.get(task.client_id, "")[:1000]
            task.state = TaskState.PARKED if task.problem else TaskState.CLOSED
        return len(tasks) - len(problems) if tasks else None


def close_or_explain(
    session: Session, seller_id: int, client_ids: Sequence[int], month: date, at: datetime
) -> dict[int, str]:
    """Close the clients' month and queue their papers; who could not be closed, and why.

    They are closed together; when the database refuses any of it, one by one, each undone alone on a problem of its
    own. All their rows are taken first, so that the number series come last.
    """
    lock_clients(session, client_ids)
    seller = seller_of(session, seller_id)
    waiting = earlier_open(session, seller_id, client_ids, month)
    problems = {client_id: f"PREVIOUS_MONTH_OPEN: {earlier:%Y-%m}" for client_id, earlier in waiting.items()}
    ready = [client_id for client_id in client_ids if client_id not in waiting]
    try:
        return problems | _close_together(session, seller, ready, month, at)
    except Exception as broken:
        if not _is_of_the_data(broken):
            raise
    for client_id in ready:
        try:
            problems |= _close_together(session, seller, [client_id], month, at)
        except Exception as broken:
            if not _is_of_the_data(broken):
                raise
            problems[client_id] = _explained(broken)
    return problems


def _close_together(
    session: Session, seller: Seller, client_ids: Sequence[int], month: date, at: datetime
) -> dict[int, str]:
    with session.begin_nested():
        closed, broken = close_clients(session, seller, client_ids, month, at=at)
        for one in closed:
            issuing.issue_statement(session, one.statement, one.month, at=at)
            if one.act is not None and one.invoice is not None:
                issuing.issue_act(session, one.act, at=at)
                issuing.issue_invoice(session, one.invoice, at=at)
    return {client_id: _explained(problem) for client_id, problem in broken.items()}


def _is_of_the_data(broken: Exception) -> bool:
    """Whether the problem is one client's; when the database itself is in trouble nobody is parked for it."""
    return not isinstance(broken, DBAPIError) or isinstance(broken, IntegrityError | DataError)


def _explained(broken: Exception) -> str:
    if isinstance(broken, Refusal):
        return str(broken)
    said = str(broken.orig if isinstance(broken, DBAPIError) else broken)
    first_line, _, _ = said.partition("\n")  # a database goes on with the whole row
    return f"{type(broken).__name__}: {first_line}"


def print_papers(
    engine: Engine, store: Store, press: Press, *, clock: Callable[[], datetime], tell: Callable[[Paper], None]
) -> int:
    """Print every queued paper, as many at once as the press has children; returns how many were printed."""
    printed = 0
    with ThreadPoolExecutor(press.children) as threads:
        while True:
            with transaction(engine) as session:
                papers = archive.claim(session, 4 * press.children, at=clock())
            if not papers:
                return printed
            for paper in threads.map(partial(print_one, engine, store, press, clock), papers):
                if paper is not None:
                    printed += 1
                    tell(paper)


def print_one(engine: Engine, store: Store, press: Press, clock: Callable[[], datetime], paper: Paper) -> Paper | None:
    """Print a paper and record it; none when it failed, which is recorded too."""
    try:
        pdf = press.render(paper.kind, paper.template, paper.language, paper.sheet.encode())
        key = archive.keep(store, paper, pdf)
    except (PaperFailed, StoreDamaged) as failed:
        with transaction(engine) as session:
            archive.record_failure(session, paper, str(failed))
        return None
    with transaction(engine) as session:
        archive.record(session, paper.id, key, len(pdf), at=clock())
    return paper
