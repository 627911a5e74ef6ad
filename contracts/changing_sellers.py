"""Changing what papers print of a seller and the days that it gives; what is issued stays as it was (P2)."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from contracts.errors import Refusal
from contracts.locking import touch_every_client
from contracts.parties import Requisites, Seller
from contracts.requisites import checked_requisites

FIXED = ("inn", "country")
"""With another number, or in another country, it would be another legal entity: add that one."""
CHANGEABLE = (*(name for name in Requisites.model_fields if name not in FIXED), "city", "postcode")
SIGNS = ("signatory_post", "signatory_name", "signatory_basis")


def change_requisites(session: Session, seller_id: int, given: Mapping[str, str]) -> Seller:
    """The requisites that papers print from now on; those not given stay, an empty text takes one away.

    With another signatory the approved phrase about the one before goes (P3). Raises `Refusal` with SELLER_UNKNOWN,
    FIELD_UNKNOWN for the number or the country, or those of `checked_requisites`.
    """
    seller = _taken(session, seller_id)
    for name, value in given.items():
        if name not in CHANGEABLE:
            raise Refusal("FIELD_UNKNOWN", field=name, value=value, allowed=list(CHANGEABLE))
    was = {name: getattr(seller, name) for name in (*CHANGEABLE, *FIXED)}
    wanted = {name: value for name, value in {**was, **given}.items() if value}
    if any(wanted.get(name, "") != was[name] for name in SIGNS) and "signatory_phrase" not in given:
        wanted.pop("signatory_phrase", None)
    fine: dict[str, Any] = checked_requisites(wanted)
    for name in CHANGEABLE:
        setattr(seller, name, fine.get(name, ""))
    touch_every_client(session)
    session.flush()
    return seller


def choose_days(session: Session, seller_id: int, *, late_entry_days: int, payment_days: int) -> Seller:
    """How many days after a month its work may still be entered, and how many working days an invoice gives.

    Raises `Refusal` with SELLER_UNKNOWN, or FIELD_WRONG for fewer than none or more than 60.
    """
    seller = _taken(session, seller_id)
    for name, days in (("late_entry_days", late_entry_days), ("payment_days", payment_days)):
        if not 0 <= days <= 60:
            raise Refusal("FIELD_WRONG", field=name, value=days, allowed="0 to 60")
        setattr(seller, name, days)
    session.flush()
    return seller


def _taken(session: Session, seller_id: int) -> Seller:
    seller = session.get(Seller, seller_id, with_for_update={"key_share": True})
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    return seller
