"""Reports of a seller over months: how hours went down, what demand was denied, and what contracts bring."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.inputs import Month, PathId, Searched
from api.outputs import Amount, Answer
from api.request import Call, GuardedRoute, Reader
from api.v1.renewal_reports import SumAnswer
from billing.denied_demand import DeniedForReason, DeniedRequest, by_reason, denied_requests
from billing.profitability import profitability
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Client, Seller
from contracts.terms import Term, next_month
from entitlements.hours import day_starts_at
from entitlements.pool_months import PoolMonth, pool_clients, pool_months
from entitlements.reasons import Reason

router = APIRouter(route_class=GuardedRoute, tags=["reports"])

MOST_MONTHS = 60


class PoolMonthAnswer(Answer):
    """A client's hours over a calendar month: opening + given - used - burnt = closing; rolled minutes stay inside."""

    client_id: int
    client: str
    month: str
    is_closed: bool
    opening_minutes: int
    given_minutes: int
    used_minutes: int
    burnt_minutes: int
    rolled_minutes: int
    closing_minutes: int
    overage_minutes: int
    paid_minutes: int


class DeniedAnswer(Answer):
    """A request that nobody served: the minutes it would have taken, and their price, null where none is known."""

    decision_id: str
    client_id: int
    client: str
    asked_on: date
    ticket: str
    reason: Reason
    minutes: int
    worth: Amount | None
    currency: str | None


class DeniedReasonAnswer(Answer):
    """The requests that were denied for one reason; `unpriced_minutes` are those in no sum."""

    reason: Reason
    requests: int
    minutes: int
    unpriced_minutes: int
    sums: list[SumAnswer]


class DeniedDemandAnswer(Answer):
    """The denied demand: by reason, and request by request; the sums are those of the requests."""

    by_reason: list[DeniedReasonAnswer]
    requests: list[DeniedAnswer]


class ContractProfitAnswer(Answer):
    """A contract in one currency, without tax; no margin while the cost of some of its work is not known."""

    client_id: int
    client: str
    contract_id: int | None
    contract_number: str
    currency: str
    prepaid: Amount
    packages: Amount
    charged: Amount
    revenue: Amount
    cost: Amount
    margin: Amount | None
    worked_minutes: int
    unrated_minutes: int


class UnratedAnswer(Answer):
    """Work of an engineer whose cost on its day nobody said."""

    work_entry_id: int
    client: str
    contract_number: str
    work_on: date
    engineer: str
    worked_minutes: int


class ProfitAnswer(Answer):
    """The contracts, and the work without a rate; `unpriced` are subscriptions that cannot be taxed here, and why."""

    contracts: list[ContractProfitAnswer]
    unrated: list[UnratedAnswer]
    unpriced: dict[int, str]


@dataclass(frozen=True, slots=True)
class Span:
    """Whose report is asked for, and over which months."""

    call: Call
    seller: Seller
    months: list[date]

    @property
    def term(self) -> Term:
        """All days of the months."""
        return Term(self.months[0], next_month(self.months[-1]))


def span_of(
    call: Reader,
    seller_id: Annotated[PathId, Query(description="Whose report.")],
    first: Annotated[Month, Query(alias="from", description="The first month, YYYY-MM.")],
    last: Annotated[Month, Query(alias="until", description="The last month, YYYY-MM.")],
) -> Span:
    """The seller and the months that are asked for."""
    return Span(call, known_row(call.session, Seller, seller_id), months_between(first, last))


def months_between(first: date, last: date) -> list[date]:
    """The months from one to another, both inside. Raises `Refusal("FIELD_WRONG")` for none, or for too many."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= count <= MOST_MONTHS:
        allowed = f"{first:%Y-%m} or later, {MOST_MONTHS} months at most"
        raise Refusal("FIELD_WRONG", field="until", value=f"{last:%Y-%m}", allowed=allowed)
    return [part.starts_on for part in Term(first, next_month(last)).calendar_months()]


Asked = Annotated[Span, Depends(span_of)]
ClientId = Annotated[PathId | None, Query(description="Only this client.")]
Manager = Annotated[Searched | None, Query(description="Only clients that this manager looks after.")]


def burnt_down(span: Span, client_id: int | None, manager: str | None) -> tuple[dict[int, str], list[PoolMonth]]:
    """The chosen clients by id, and the months of their hours."""
    session = span.call.session
    if client_id is not None:
        known_row(session, Client, client_id)
    clients = pool_clients(session, span.seller.id, client_id=client_id, manager=manager)
    return clients, pool_months(session, span.seller, list(clients), span.months, at=span.call.at)


@router.get("/v1/reports/hours")
def hours(span: Asked, client_id: ClientId = None, manager: Manager = None) -> list[PoolMonthAnswer]:
    """How the hours of clients went down, month by month: given, used, burnt, left."""
    clients, months = burnt_down(span, client_id, manager)
    return [
        PoolMonthAnswer(
            client_id=one.client_id,
            client=clients[one.client_id],
            month=f"{one.month:%Y-%m}",
            is_closed=one.is_closed,
            overage_minutes=one.overage_minutes,
            paid_minutes=one.paid_minutes,
            **{name: getattr(one.moved, name) for name in one.moved.__struct_fields__},
        )
        for one in months
    ]


def denied_in(span: Span) -> list[DeniedRequest]:
    """The requests of the months that nobody served."""
    bounds = [day_starts_at(day, span.seller.time_zone) for day in (span.term.starts_on, span.term.ends_on)]
    return denied_requests(span.call.session, from_at=bounds[0], before=bounds[1], seller_id=span.seller.id)


@router.get("/v1/reports/denied-demand")
def denied(span: Asked) -> DeniedDemandAnswer:
    """What requests were not served, for how long, why, and what they were worth."""
    requests = denied_in(span)
    return DeniedDemandAnswer(
        by_reason=[_reason_told(one) for one in by_reason(requests)],
        requests=[_denied_told(one, span.seller) for one in requests],
    )


def _reason_told(one: DeniedForReason) -> DeniedReasonAnswer:
    sums = [SumAnswer(amount=str(amount), currency=amount.currency) for amount in one.sums]
    told = {name: getattr(one, name) for name in ("reason", "requests", "minutes", "unpriced_minutes")}
    return DeniedReasonAnswer(**told, sums=sums)


def _denied_told(one: DeniedRequest, seller: Seller) -> DeniedAnswer:
    told = {name: getattr(one, name) for name in ("decision_id", "client_id", "client", "ticket", "reason", "minutes")}
    worth, currency = (None, None) if one.worth is None else (str(one.worth), one.worth.currency)
    return DeniedAnswer(**told, asked_on=seller.day_of(one.asked_at), worth=worth, currency=currency)


@router.get("/v1/reports/profitability")
def profit(span: Asked) -> ProfitAnswer:
    """What each contract brought without tax, and what its engineers cost."""
    report = profitability(span.call.session, span.seller, span.term)
    return ProfitAnswer(
        contracts=[ContractProfitAnswer.model_validate(row) for row in report.contracts],
        unrated=[UnratedAnswer.model_validate(one) for one in report.unrated],
        unpriced=dict(report.unpriced),
    )
