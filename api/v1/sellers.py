"""Sellers: our own legal entities."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BeforeValidator, Field
from sqlmodel import col, select

from api.calls import CREATED, MaybeOnce, Once
from api.inputs import Day, Input, PathId, line
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from billing.taxing import take_in_seller
from contracts.changing_requisites import change_seller
from contracts.parties import Seller
from contracts.paying import follow_payments
from contracts.reminders import read_days
from contracts.tax_modes import TaxMode

router = APIRouter(route_class=GuardedRoute, tags=["sellers"])


class ChangeableRequisites(Input):
    """What papers print of a legal entity or a sole trader besides its name and number, by the rules of its country.

    Outside Russia `bank_account` is an IBAN and `bic` has 8 or 11 characters; KPP, OGRN and correspondent account are
    Russian.
    """

    full_name: str | None = Field(default=None, max_length=1000)
    kpp: str | None = Field(default=None, max_length=20, examples=["770901001"])
    ogrn: str | None = Field(default=None, max_length=20)
    address: str | None = Field(default=None, max_length=1000)
    postcode: str | None = Field(default=None, max_length=20)
    city: str | None = Field(default=None, max_length=100)
    bank_account: str | None = Field(default=None, max_length=40)
    bank_name: str | None = Field(default=None, max_length=300)
    bic: str | None = Field(default=None, max_length=20)
    correspondent_account: str | None = Field(default=None, max_length=40)
    signatory_post: str | None = Field(default=None, max_length=200)
    signatory_name: str | None = Field(default=None, max_length=200)
    signatory_basis: str | None = Field(default=None, max_length=200)
    signatory_phrase: str | None = Field(default=None, max_length=600)
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=254)
    name_en: str | None = Field(default=None, max_length=300, examples=["Camomile LLC"])
    signatory_name_en: str | None = Field(default=None, max_length=200)
    signatory_post_en: str | None = Field(default=None, max_length=200)
    signatory_basis_en: str | None = Field(default=None, max_length=200)

    def given(self) -> dict[str, str]:
        """The requisites that were given."""
        return self.model_dump(
            include={"name", "inn", "country", *ChangeableRequisites.model_fields}, exclude_none=True
        )


class Requisites(ChangeableRequisites):
    """What papers print of a legal entity or a sole trader.

    `inn` is the number of the taxpayer: ИНН, in Kazakhstan БИН or ИИН, in Belarus УНП, in the European Union the VAT
    number.
    """

    name: str = line(300, examples=["ООО «Ромашка»"])
    inn: str = line(20, examples=["7707083893"])
    country: str = line(2, default="RU", examples=["RU"])


class RequisitesChange(ChangeableRequisites):
    """The requisites that are other from now on; an empty one is taken away, what is not named stays."""

    name: str | None = line(300, default=None, examples=["ООО «Василёк»"])


class NewSeller(Requisites):
    """A seller, taxed in a mode from a day on."""

    code: str = line(40, examples=["north"])
    tax_mode: TaxMode = Field(strict=False)
    taxed_from: Day
    time_zone: str = Field(default="Europe/Moscow", max_length=60)
    late_entry_days: int = Field(default=0, ge=0, le=60)


def _days(stored: str) -> list[int]:
    return list(read_days(stored))


class SellerAnswer(Answer):
    """A seller."""

    id: int
    code: str
    name: str
    inn: str
    kpp: str
    city: str
    time_zone: str
    country: str
    late_entry_days: int
    payments_from: date | None
    reminder_days: Annotated[list[int], BeforeValidator(_days)]
    reminder_email: str


class PaymentsInput(Input):
    """The day from which what is sold serves only while it is paid; none to follow payments no longer."""

    payments_from: Day | None = Field(examples=["2026-12-01"])


@router.post("/v1/sellers", status_code=CREATED, response_model=SellerAnswer)
def add(new: NewSeller, once: MaybeOnce) -> Response:
    """Take in one of our own legal entities."""
    return once.answer(
        lambda call: SellerAnswer.model_validate(
            take_in_seller(
                call.session,
                new.code,
                new.given(),
                tax_mode=new.tax_mode,
                taxed_from=new.taxed_from,
                time_zone=new.time_zone,
                late_entry_days=new.late_entry_days,
            )
        )
    )


@router.get("/v1/sellers")
def every(call: Reader) -> list[SellerAnswer]:
    """All sellers."""
    return [
        SellerAnswer.model_validate(seller) for seller in call.session.exec(select(Seller).order_by(col(Seller.id)))
    ]


@router.post("/v1/sellers/{seller_id}:change", status_code=CREATED, response_model=SellerAnswer)
def change(seller_id: PathId, new: RequisitesChange, once: Once) -> Response:
    """Change requisites: papers issued from now on print the new ones, and issued ones stay as they are."""
    return once.answer(lambda call: SellerAnswer.model_validate(change_seller(call.session, seller_id, new.given())))


@router.post("/v1/sellers/{seller_id}:follow-payments", status_code=CREATED, response_model=SellerAnswer)
def follow(seller_id: PathId, new: PaymentsInput, once: MaybeOnce) -> Response:
    """Let the payment of what is sold from a day on be a clock of its service; what was sold stays as it was."""
    return once.answer(
        lambda call: SellerAnswer.model_validate(follow_payments(call.session, seller_id, new.payments_from))
    )
