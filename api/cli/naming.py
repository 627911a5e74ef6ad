"""Finding what a person names on the command line: a seller by its code, an entity by its INN, a contract by number."""

from sqlmodel import Session, select

from billing.bills import Invoice
from contracts.errors import Refusal
from contracts.parties import Entity, Seller
from contracts.subscriptions import Contract


def seller_named(session: Session, code: str | None) -> Seller:
    """The seller of that code; without a code the only one there is.

    Raises `Refusal` with SELLER_UNKNOWN or SELLER_REQUIRED, naming the codes.
    """
    sellers = {seller.code: seller for seller in session.exec(select(Seller).order_by(Seller.code))}
    if code is None and len(sellers) == 1:
        return next(iter(sellers.values()))
    if code is None:
        raise Refusal("SELLER_REQUIRED", field="seller", value=None, allowed=list(sellers))
    if code not in sellers:
        raise Refusal("SELLER_UNKNOWN", field="seller", value=code, allowed=list(sellers))
    return sellers[code]


def sellers_named(session: Session, code: str | None) -> list[Seller]:
    """The seller of that code; without a code all of them, in the order of their codes."""
    if code is not None:
        return [seller_named(session, code)]
    return list(session.exec(select(Seller).order_by(Seller.code)))


def entity_named(session: Session, inn: str, kpp: str | None) -> Entity:
    """The entity of that INN, or taxpayer's number of another country; of several with the same one, that of the KPP.

    Raises `Refusal` with INN_WRONG, ENTITY_UNKNOWN or ENTITY_AMBIGUOUS, naming the KPPs.
    """
    from contracts.requisites import require_any_tax_number

    same = session.exec(select(Entity).where(Entity.inn == require_any_tax_number(inn)).order_by(Entity.kpp)).all()
    chosen = [entity for entity in same if kpp in (None, entity.kpp)]
    if len(chosen) > 1:
        raise Refusal("ENTITY_AMBIGUOUS", field="kpp", value=kpp, allowed=[entity.kpp for entity in chosen])
    if not chosen:
        raise Refusal("ENTITY_UNKNOWN", field="inn", value=inn)
    return chosen[0]


def contract_named(session: Session, number: str, seller_id: int, client_id: int | None = None) -> Contract:
    """The seller's contract of that number. Raises `Refusal("CONTRACT_UNKNOWN")`, also for another client's."""
    found = session.exec(select(Contract).where(Contract.seller_id == seller_id, Contract.number == number)).first()
    if found is None or client_id not in (None, found.client_id):
        raise Refusal("CONTRACT_UNKNOWN", field="contract", value=number)
    return found


def invoice_named(session: Session, number: str, seller_id: int) -> Invoice:
    """The seller's invoice of that number. Raises `Refusal("INVOICE_UNKNOWN")`."""
    found = session.exec(select(Invoice).where(Invoice.seller_id == seller_id, Invoice.number == number)).first()
    if found is None:
        raise Refusal("INVOICE_UNKNOWN", field="invoice", value=number)
    return found


def local_zone(session: Session, seller_code: str | None) -> str:
    """The time zone in which moments are typed: the seller's, where several disagree Moscow's."""
    sellers = session.exec(select(Seller)).all()
    zones = {seller.time_zone for seller in sellers if seller_code in (None, seller.code)}
    return zones.pop() if len(zones) == 1 else "Europe/Moscow"
