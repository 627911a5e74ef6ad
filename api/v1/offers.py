"""What renewing can be: as data, as a part of a page, and as a paper; all three are the same value."""

from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Input, PathId
from api.outputs import Amount as Told
from api.outputs import Answer
from api.request import GuardedRoute, Reader, language_of
from api.v1.papers import PaperAnswer
from contracts.policies import LapseRenewal
from documents.drawing_offer import draw_offer
from documents.issuing import issue_offer
from documents.offer import ChoiceSheet, OfferSheet, PackageSheet
from documents.templating import fragment_source
from documents.words import Language

router = APIRouter(route_class=GuardedRoute, tags=["selling"])


class IssueInput(Input):
    """The language of the paper; the client's own when it is left out."""

    language: Language | None = Field(default=None, strict=False)


class PromotionTold(Answer):
    """The promotion that a price is from, and what is saved against the list price; `last_day` to choose it."""

    code: str
    name: str
    pay_months: int
    list_price: Told | None
    saved: Told | None
    last_day: date | None


class RenewalChoiceTold(Answer):
    """One way to renew: dates, what is paid with the VAT inside it, and what the lapse costs (S4, S5).

    Only the one that `is_open` can be taken now; while the subscription runs, the others show what waiting would cost.
    """

    kind: LapseRenewal
    term_months: int
    starts_on: date
    last_day: date
    serves_from: date
    price: Told
    gap_price: Told
    total: Told
    vat: Told | None
    currency: str
    lost_days: int
    lost_money: Told
    is_open: bool
    promotion: PromotionTold | None


class PackageTold(Answer):
    """A package of hours on sale, with the first and the last day of its hours if it is bought today (H8)."""

    code: str
    minutes: int
    price: Told
    hour_price: Told
    currency: str
    life_months: int
    starts_on: date
    last_day: date


class RenewalOfferAnswer(Answer):
    """Every way to renew, for every term on sale, side by side; none for what is renewed already.

    `valid_until` is the last day on which every figure stands as it is; `vat` is none for what is without VAT.
    """

    on: date
    valid_until: date
    choices: list[RenewalChoiceTold]
    packages: list[PackageTold]


@router.get("/v1/subscriptions/{subscription_id}/renewal-choices")
def renewal_choices(subscription_id: PathId, call: Reader) -> RenewalOfferAnswer:
    """What renewing now can be: the choices side by side, with dates, prices and what a lapse costs."""
    sheet = draw_offer(call.session, subscription_id, at=call.at)
    return _told(sheet)


@router.get("/v1/subscriptions/{subscription_id}/renewal-choices.html", response_class=HTMLResponse)
def renewal_choices_shown(subscription_id: PathId, call: Reader, request: Request) -> HTMLResponse:
    """The same as a part of a page, a table in the language of the reader, to be put into a page of yours."""
    language = language_of(request)
    sheet = draw_offer(call.session, subscription_id, at=call.at, language=language)
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return HTMLResponse(fragment_source("offer", language, sheet), headers=headers)


@router.post("/v1/subscriptions/{subscription_id}:offer", status_code=CREATED, response_model=PaperAnswer)
def issue(subscription_id: PathId, new: IssueInput, once: Once) -> Response:
    """Issue the offer as a paper; a further one supersedes it as the next revision."""
    return once.answer(
        lambda call: PaperAnswer.model_validate(
            issue_offer(call.session, subscription_id, at=call.at, language=new.language)
        )
    )


def package_told(package: PackageSheet) -> PackageTold:
    """The package as it is told."""
    return PackageTold(
        code=package.code,
        minutes=package.minutes,
        price=str(package.price),
        hour_price=str(package.hour_price),
        currency=package.price.currency,
        life_months=package.life_months,
        starts_on=package.term.starts_on,
        last_day=package.term.last_day,
    )


def _told(sheet: OfferSheet) -> RenewalOfferAnswer:
    return RenewalOfferAnswer(
        on=sheet.issued_on,
        valid_until=sheet.valid_until,
        choices=[_choice(choice) for choice in sheet.choices],
        packages=[package_told(package) for package in sheet.packages],
    )


def _choice(choice: ChoiceSheet) -> RenewalChoiceTold:
    return RenewalChoiceTold(
        kind=choice.kind,
        term_months=choice.term_months,
        starts_on=choice.term.starts_on,
        last_day=choice.term.last_day,
        serves_from=choice.serves_from,
        price=str(choice.price),
        gap_price=str(choice.gap),
        total=str(choice.total),
        vat=None if choice.by_rate[0].vat_rate is None else str(choice.vat),
        currency=choice.total.currency,
        lost_days=choice.lost_days,
        lost_money=str(choice.lost_money),
        is_open=choice.is_open,
        promotion=_promotion(choice),
    )


def _promotion(choice: ChoiceSheet) -> PromotionTold | None:
    named = choice.promotion
    if named is None:
        return None
    return PromotionTold(
        code=named.code,
        name=named.name,
        pay_months=named.pay_months,
        list_price=None if named.list_price is None else str(named.list_price),
        saved=None if choice.saved is None else str(choice.saved),
        last_day=named.last_day,
    )
