"""The report of a month: what ended, what was renewed, what was lost, and what was won back."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.inputs import PathId
from api.outputs import Amount, Answer
from api.request import GuardedRoute, Reader
from api.v1.months import PathMonth
from api.v1.pipeline import InLanguage, as_file, named, spoken
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.renewal_report import Ended, Group
from contracts.renewals import renewals_of
from documents.renewal_table import renewal_table
from documents.tables import CSV, as_csv

router = APIRouter(route_class=GuardedRoute, tags=["pipeline"])

SellerId = Annotated[PathId, Query(description="Whose month.")]


class SumAnswer(Answer):
    """A sum in one currency."""

    amount: Amount
    currency: str


class FollowingAnswer(Answer):
    """The subscription that serves after the ended one."""

    subscription_id: int
    sold_on: date
    price: Amount


class EndedAnswer(Answer):
    """A subscription that ended; `served_until` is the last day on which a renewal counted as continuous."""

    subscription_id: int
    client_id: int
    client: str
    contract_number: str
    plan: str
    last_day: date
    served_until: date
    price: Amount
    currency: str
    following: FollowingAnswer | None


class GroupAnswer(Answer):
    """How many there are, what they come to at their last price, and which they are."""

    count: int
    sums: list[SumAnswer]
    subscriptions: list[EndedAnswer]


class RenewalReportAnswer(Answer):
    """A month of a seller as it is known now: ended = renewed + lapsed + cancelled + in_grace.

    `won_back` is what was renewed after a lapse in this month, at the price of the renewal, whenever it had ended.
    """

    month: str
    seller_id: int
    ended: GroupAnswer
    renewed: GroupAnswer
    lapsed: GroupAnswer
    cancelled: GroupAnswer
    in_grace: GroupAnswer
    won_back: GroupAnswer


@router.get("/v1/renewal-reports/{month}.csv", response_class=Response, responses=as_file(CSV))
def csv_file(
    month: PathMonth, seller_id: SellerId, call: Reader, request: Request, language: InLanguage = None
) -> Response:
    """The subscriptions of the report as a CSV file, one in a row with what became of it."""
    seller = known_row(call.session, Seller, seller_id)
    report = renewals_of(call.session, seller, month, at=call.at)
    table = renewal_table([(seller.code, report)], spoken(request, language))
    return Response(as_csv(table), media_type=CSV, headers=named(f"renewals-{month:%Y-%m}.csv"))


@router.get("/v1/renewal-reports/{month}")
def report(month: PathMonth, seller_id: SellerId, call: Reader) -> RenewalReportAnswer:
    """What became of the subscriptions that ended in a month, and what was won back in it."""
    seller = known_row(call.session, Seller, seller_id)
    found = renewals_of(call.session, seller, month, at=call.at)
    groups = {str(outcome): _group(group) for outcome, group in found.outcomes.items()}
    return RenewalReportAnswer(
        month=f"{month:%Y-%m}",
        seller_id=seller.id,
        ended=_group(found.ended),
        won_back=_group(found.won_back),
        **groups,
    )


def _group(group: Group) -> GroupAnswer:
    return GroupAnswer(
        count=len(group.lines),
        sums=[SumAnswer(amount=str(one), currency=one.currency) for one in group.sums],
        subscriptions=[_told(line) for line in group.lines],
    )


def _told(line: Ended) -> EndedAnswer:
    following = line.following
    return EndedAnswer(
        subscription_id=line.subscription_id,
        client_id=line.client_id,
        client=line.client,
        contract_number=line.contract_number,
        plan=line.plan,
        last_day=line.last_day,
        served_until=line.served_until,
        price=str(line.price),
        currency=line.price.currency,
        following=None
        if following is None
        else FollowingAnswer(
            subscription_id=following.subscription_id, sold_on=following.sold_on, price=str(following.price)
        ),
    )
