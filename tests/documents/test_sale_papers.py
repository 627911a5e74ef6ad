"""The papers of one sale, and of no other of the client (P2)."""

from sqlmodel import Session

from api.journeys import sell_subscription
from documents.paper_kinds import PaperKind
from documents.sale_papers import letters_with, papers_of_sale
from tests.builders import a_client, a_plan, a_registration, a_seller, an_order, its_catalogue, moment

NOW = moment("2026-10-05 10:00")


def test_a_sale_has_its_contract_its_invoice_and_its_certificates_p2_s1(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    seller, customer = a_seller(session), a_client(session)
    new = a_registration(session, customer.entity, bought_on=NOW.date()).number
    sold = [
        sell_subscription(session, an_order(seller, customer, plan, registrations=(number,)), at=NOW)
        for plan, number in (("support", customer.registrations[0]), ("its-prof", new))
    ]
    first, second = (papers_of_sale(session, one.sale.subscription) for one in sold)
    assert [paper.kind for paper in first] == [PaperKind.CONTRACT, PaperKind.INVOICE]
    assert [paper.kind for paper in second] == [PaperKind.CONTRACT, PaperKind.INVOICE, PaperKind.CERTIFICATE]
    assert [paper.id for one in sold for paper in one.papers] == [paper.id for paper in (*first, *second)]
    assert letters_with(session, second) == []
