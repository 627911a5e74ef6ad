"""Drawing up from rows what every paper names: the parties, the contract, the registrations, plans and services."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanPromotion, PlanService, PlanVersion, Product, Registration, Service
from contracts.due_times import PlanDueTime
from contracts.money import Money
from contracts.parties import Client, Entity, Party, Seller
from contracts.subscriptions import Contract
from contracts.support_lines import SupportLine
from documents.contract import ServiceSheet
from documents.english_names import english_ground, english_organisation, english_person, english_post
from documents.genitive import genitive_of_ground, is_organisation
from documents.parties import BankSheet, ContractReference, PartySheet, RegistrationSheet
from documents.preamble import Preamble, is_sole_trader, preamble_of
from documents.promotion import PromotionSheet
from documents.typography import quotes
from documents.words import Language


@dataclass(frozen=True, slots=True)
class Parties:
    """The rows that a paper under a contract names."""

    seller: Seller
    client: Client
    entity: Entity
    contract: Contract

    @property
    def language(self) -> Language:
        """The language in which the client gets its papers."""
        return Language(self.client.locale)


def parties_of(session: Session, contract_id: int) -> Parties:
    """The two sides of a contract."""
    rows = select(Seller, Client, Entity, Contract).where(
        Contract.id == contract_id,
        Seller.id == Contract.seller_id,
        Client.id == Contract.client_id,
        Entity.id == Contract.entity_id,
    )
    return Parties(*session.exec(rows).one())


def party_sheet(party: Party) -> PartySheet:
    """A seller or a client's entity with its requisites as they are now."""
    return PartySheet(
        name=party.name,
        full_name=party.full_name,
        inn=party.inn,
        kpp=party.kpp or None,
        ogrn=party.ogrn or None,
        address=party.address,
        bank=_bank_sheet(party),
        sole_trader=is_sole_trader(party),
        signatory_name=party.signatory_name,
        signatory_post=party.signatory_post,
        signatory_basis=party.signatory_basis,
        signatory_phrase=party.signatory_phrase,
        phone=party.phone,
        email=party.email,
        country=party.country,
        postcode=party.postcode,
        city=party.city,
        **_in_english(party),
    )


def client_sheet(client: Client, entity: Entity | None) -> PartySheet:
    """A client by the entity that is known to have signed, else by its name alone."""
    if entity is not None:
        return party_sheet(entity)
    name = english_organisation(client.name)
    return PartySheet(client.name, name_en=name, full_name_en=_with_official(name, client.name))


def _with_official(english: str, name: str) -> str:
    """The English name with that behind it by which the party is known at home."""
    return f"{english} ({quotes(name)})" if english else ""


def _in_english(party: Party) -> dict[str, Any]:
    """What English papers say of a party: its own English names, else those that follow from its Russian ones."""
    official = party.full_name or party.name
    name = party.name_en or english_organisation(party.name)
    whole = party.name_en or english_organisation(official if is_sole_trader(party) else party.name)
    signs = english_organisation if is_organisation(party.signatory_name) else english_person
    return {
        "name_en": name,
        "full_name_en": _with_official(whole, official),
        "signatory_name_en": party.signatory_name_en or signs(party.signatory_name),
        "signatory_post_en": party.signatory_post_en or english_post(party.signatory_post),
        "signatory_basis_en": party.signatory_basis_en or english_ground(party.signatory_basis),
    }


def introduced(party: Party, language: Language) -> PartySheet:
    """A party with the phrase about who signs for it; English papers say it without declension (P3)."""
    sheet = party_sheet(party)
    if language is Language.EN:
        return sheet
    phrase = preamble_of(party).printed
    ground = party.signatory_basis if phrase else _certain_ground(party.signatory_basis)
    return replace(sheet, signatory_phrase=phrase, signatory_basis=ground)


def _certain_ground(basis: str) -> str:
    """A ground as it follows "на основании": in the genitive where that is certain, else as it was typed."""
    ground = genitive_of_ground(basis)
    return basis if ground.doubts else ground.text


def introductions(parties: Parties) -> dict[str, Preamble]:
    """The phrases of a contract by side, "seller" and "client"; an English one needs no declension and has none."""
    if parties.language is Language.EN:
        return {}
    return {"seller": preamble_of(parties.seller), "client": preamble_of(parties.entity)}


def _bank_sheet(party: Party) -> BankSheet | None:
    if not party.bank_account:
        return None
    return BankSheet(party.bank_name, party.bic, party.bank_account, party.correspondent_account or None)


def contract_reference(contract: Contract) -> ContractReference:
    """The contract as the papers under it name it."""
    return ContractReference(contract.number, contract.signed_on)


def registration_sheets(session: Session, chosen: ColumnElement[bool]) -> tuple[RegistrationSheet, ...]:
    """The chosen registrations with their products and users, by number."""
    rows = select(Registration.number, Product.name, Entity.name).join(Product).join(Entity)
    return tuple(RegistrationSheet(*row) for row in session.exec(rows.where(chosen).order_by(Registration.number)))


def service_sheets(session: Session, version: PlanVersion, language: Language) -> tuple[ServiceSheet, ...]:
    """The services that a plan version includes, in the order of the plan."""
    rows = select(PlanService, Service).join(Service).where(PlanService.plan_version_id == version.id)
    return tuple(
        ServiceSheet(
            called(service, language),
            included.draws_hours,
            included.minimum_minutes,
            included.included_count,
            included.count_months,
            None if included.price_minor is None else Money(included.price_minor, version.currency),
        )
        for included, service in session.exec(rows.order_by(col(PlanService.id)))
    )


def promotion_sheet(row: PlanPromotion, language: Language, list_price: Money | None) -> PromotionSheet:
    """A promotion beside the list price of its term."""
    name = called(row, language)
    return PromotionSheet(row.code, name, row.term_months, row.pay_months, list_price, row.valid_until)


def called(noun: Plan | Service | PlanPromotion | PlanDueTime | SupportLine, language: Language) -> str:
    """The name of a plan, a service, a promotion, a priority or a support line in the paper's language."""
    return noun.name if language is Language.RU else noun.name_en


def plan_names(session: Session, language: Language) -> dict[str, str]:
    """What every plan of the catalogue is called, by its code."""
    return {plan.code: called(plan, language) for plan in session.exec(select(Plan).order_by(col(Plan.id)))}
