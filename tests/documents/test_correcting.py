"""A paper that names a party wrong is corrected by a revision of its own; the wrong one stays as it was sent (P2)."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import reading, transaction
from api.journeys import cancel_subscription, renew_subscription, settle_accounts, start_free_period
from contracts.changing_requisites import change_entity, change_seller
from contracts.enrolling import add_contact
from contracts.paper_addresses import choose_paper_address
from contracts.paper_ways import PaperWay
from contracts.signatures import mark_signed
from contracts.terms import Term
from documents.archive import record
from documents.correcting import Change, changes_of, correct_paper
from documents.correction import Correction
from documents.issuing import issue_offer
from documents.letters import Letter
from documents.mailing import queue_mailings, still_to_be_mailed
from documents.paper_kinds import PaperKind
from documents.papers import Paper, PaperState
from documents.parties import BankSheet, PartySheet
from documents.requisite_names import REQUISITE_NAMES
from documents.scanning import KeptScan, add_scan
from documents.scans import ScanFormat, ScanOf
from documents.words import Language
from entitlements.hours_facts import Charge
from tests.builders import a_client, a_plan, a_registration, a_seller, at_once, its_catalogue, moment, refused
from tests.documents.market import CLOSED_AT, SOLD_AT, Market, sheet_of
from tests.documents.reading import whole_text

FOUND_AT = moment("2026-11-26 12:00")
FOUND_ON = date(2026, 11, 26)
ADDRESS = "300041, г. Тула, пр-т Ленина, д. 1"
WHY, WHO = "Клиент переехал", "Котова И. Л."


def corrected(session: Session, paper: Paper) -> Paper:
    return correct_paper(session, paper.id, WHY, by=WHO, at=FOUND_AT)


def papers_of(market: Market) -> dict[PaperKind, Paper]:
    """One paper of each kind that there is."""
    session, customer = market.session, market.customer
    sold = market.sell()
    market.work("2026-10-20 10:00", 60, charge=Charge.PAID)
    market.close()
    copy = a_registration(session, customer.entity, bought_on=date(2026, 11, 1), at=CLOSED_AT)
    start_free_period(session, market.seller.id, copy.number, "its-prof", at=CLOSED_AT)
    cancel_subscription(session, sold.sale.subscription.id, date(2026, 12, 31), WHO, "Закрытие", at=CLOSED_AT)
    span = Term(date(2026, 9, 1), date(2026, 11, 1))
    settle_accounts(session, market.seller, customer.entity.id, span, at=CLOSED_AT)
    return {paper.kind: paper for paper in session.exec(select(Paper).order_by(col(Paper.id).desc()))}


def test_each_kind_is_issued_again_with_the_parties_as_they_are_and_all_else_as_it_was(market: Market) -> None:
    known = papers_of(market)
    change_entity(market.session, market.customer.entity.id, {"address": ADDRESS, "name": "ООО «Василёк»"})
    change_seller(market.session, market.seller.id, {"signatory_name": "Дёмин Олег Викторович", "city": "Тула"})
    for kind in set(known) - {PaperKind.STATEMENT}:
        paper, was = known[kind], known[kind].sheet
        new = corrected(market.session, paper)
        assert (new.kind, new.subject_id, new.number, new.language) == (kind, paper.subject_id, paper.number, "ru")
        assert (new.revision, new.reason, new.issued_by, new.state) == (2, WHY, WHO, PaperState.QUEUED)
        old, sheet = sheet_of(paper), sheet_of(new)
        side = "owner" if kind is PaperKind.CERTIFICATE else "client"
        party = getattr(sheet, side)
        assert (party.address, party.name, sheet.seller.signatory_name) == (
            ADDRESS,
            "ООО «Василёк»",
            "Дёмин Олег Викторович",
        )
        assert sheet.correction == Correction(1, FOUND_ON)
        same = {"seller": old.seller, side: getattr(old, side), "correction": None}
        if kind is PaperKind.CONTRACT:
            assert sheet.city == "Тула"
            same["city"] = old.city
        if kind is PaperKind.CERTIFICATE:
            assert sheet.registration.user == "ООО «Василёк»"
            same["registration"] = old.registration
        assert replace(sheet, **same) == old
        market.session.refresh(paper)
        assert (paper.sheet, paper.revision) == (was, 1)
    assert set(known) == set(PaperKind) - {PaperKind.OFFER}


def test_it_says_which_correction_it_is_and_the_wrong_one_does_not(
    market: Market, render: Callable[..., bytes]
) -> None:
    _, invoice = market.sell().papers
    change_entity(market.session, market.customer.entity.id, {"address": ADDRESS})
    sheet = sheet_of(corrected(market.session, invoice))
    russian, english = (whole_text(render("invoice", sheet, language)) for language in ("ru", "en"))
    assert russian.startswith("Исправление № 1 от 26 ноября 2026 г. вместо выпущенного")
    assert english.startswith("Correction No. 1 of 26 November 2026, in place of")
    assert ADDRESS in russian
    wrong = whole_text(render("invoice", sheet_of(invoice), "ru"))
    assert "Исправление" not in wrong
    assert ADDRESS not in wrong


def test_only_the_last_revision_is_corrected_and_only_where_something_changed(market: Market) -> None:
    session, entity = market.session, market.customer.entity
    _, first = market.sell().papers
    with refused(session, "PAPER_UNCHANGED"):
        corrected(session, first)
    change_entity(session, entity.id, {"address": ADDRESS})
    second = corrected(session, first)
    with refused(session, "PAPER_UNCHANGED"):
        corrected(session, second)
    change_entity(session, entity.id, {"kpp": "710601001"})
    with refused(session, "PAPER_SUPERSEDED", allowed=second.id):
        corrected(session, first)
    third = corrected(session, second)
    assert (third.revision, sheet_of(third).correction.number, sheet_of(third).client.kpp) == (3, 2, "710601001")
    with refused(session, "PAPER_UNKNOWN"):
        correct_paper(session, 999, WHY, by=WHO, at=FOUND_AT)
    with refused(session, "TEXT_WRONG", field="reason"):
        correct_paper(session, third.id, " ", by=WHO, at=FOUND_AT)


def test_what_would_change_is_said_first_field_by_field(market: Market) -> None:
    _, invoice = market.sell().papers
    entity, seller = market.customer.entity, market.seller
    bank = seller.bank_name
    change_entity(market.session, entity.id, {"address": ADDRESS})
    change_seller(market.session, seller.id, {"bank_name": "Банк «Тула»"})
    assert changes_of(market.session, invoice.id) == [
        Change("seller", "bank_name", bank, "Банк «Тула»"),
        Change("client", "address", "", ADDRESS),
    ]


@pytest.mark.parametrize("language", Language)
def test_every_requisite_that_can_differ_has_a_name(language: Language) -> None:
    plain = {field.name for field in fields(PartySheet)} - {"bank"}
    assert set(REQUISITE_NAMES[language]) == plain | {f"bank_{field.name}" for field in fields(BankSheet)}


def test_a_statement_and_an_offer_stand_as_they_are(market: Market) -> None:
    sold = market.sell()
    statement = market.paper(PaperKind.STATEMENT, market.close().statement.id)
    offer = issue_offer(market.session, sold.sale.subscription.id, at=FOUND_AT)
    change_entity(market.session, market.customer.entity.id, {"address": ADDRESS})
    for paper in (statement, offer):
        with refused(market.session, "PAPER_STANDS"):
            corrected(market.session, paper)


def test_a_signed_contract_stands_and_its_invoice_can_be_corrected(market: Market) -> None:
    sold = market.sell()
    contract, invoice = sold.papers
    mark_signed(market.session, sold.sale.contract.id, None, WHO, at=FOUND_AT)
    change_entity(market.session, market.customer.entity.id, {"address": ADDRESS})
    with refused(market.session, "PAPER_SIGNED"):
        corrected(market.session, contract)
    assert corrected(market.session, invoice).revision == 2


def test_an_agreement_stands_once_its_own_signed_copy_came_back_whether_its_contract_is_signed_or_not(
    market: Market,
) -> None:
    sold = market.sell()
    agreement = renew_subscription(market.session, sold.sale.subscription.id, None, at=CLOSED_AT).papers[0]
    mark_signed(market.session, sold.sale.contract.id, None, WHO, at=FOUND_AT)
    change_entity(market.session, market.customer.entity.id, {"address": ADDRESS})
    again = corrected(market.session, agreement)
    assert sheet_of(again).agreement == sheet_of(agreement).agreement
    scan = KeptScan(ScanFormat.PDF, "0" * 64, 1, "scan/0.pdf")
    add_scan(market.session, ScanOf.AGREEMENT, agreement.subject_id, scan, WHO, at=FOUND_AT)
    change_entity(market.session, market.customer.entity.id, {"address": "Тула"})
    with refused(market.session, "PAPER_SIGNED"):
        corrected(market.session, again)


def mailed(session: Session, seller_id: int) -> list[Letter]:
    """The letters that printing what waits gives."""
    waiting = select(Paper).where(Paper.state == PaperState.QUEUED)
    for paper in session.exec(waiting).all():
        record(session, paper.id, f"{paper.kind}/{paper.id:064x}.pdf", 1000, at=paper.issued_at)
    session.expire_all()
    known = len(session.exec(select(Letter.id)).all())
    queue_mailings(session, seller_id, None, at=FOUND_AT)
    return list(session.exec(select(Letter).order_by(col(Letter.id))))[known:]


def test_a_correction_is_mailed_by_itself_and_takes_the_place_of_a_letter_that_waits(market: Market) -> None:
    session = market.session
    add_contact(session, market.customer.id, "Бухгалтер", at=SOLD_AT, emails=("buh@romashka.example",))
    choose_paper_address(session, market.customer.id, "buh@romashka.example", PaperWay.ATTACHMENT, at=SOLD_AT)
    contract, invoice = market.sell().papers
    [first] = mailed(session, market.seller.id)
    assert still_to_be_mailed(session, first.mailing_id or 0)
    change_entity(session, market.customer.entity.id, {"address": ADDRESS})
    corrected(session, session.get_one(Paper, invoice.id))
    [second] = mailed(session, market.seller.id)
    assert second.subject == f"Счёт № {invoice.number}, исправление № 1"
    assert f"Счёт № {invoice.number}, исправление № 1 от 26 ноября 2026" in second.body.replace("\u00a0", " ")
    assert still_to_be_mailed(session, first.mailing_id or 0), "the contract in it is news still"
    corrected(session, session.get_one(Paper, contract.id))
    assert not still_to_be_mailed(session, first.mailing_id or 0)
    assert still_to_be_mailed(session, second.mailing_id or 0)


def test_two_people_who_correct_the_same_paper_at_once_issue_one_correction(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        market = Market(session, a_seller(session), a_client(session))
        _, invoice = market.sell().papers
        change_entity(session, market.customer.entity.id, {"address": ADDRESS})
    with reading(engine) as session:
        assert [one.field for one in changes_of(session, invoice.id)] == ["address"]
    told = at_once(engine, *[lambda session: corrected(session, invoice).revision] * 4)
    assert sorted(getattr(one, "code", str(one)) for one in told) == ["2", *["PAPER_SUPERSEDED"] * 3]
