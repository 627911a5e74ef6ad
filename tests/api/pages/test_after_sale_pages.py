"""Pages of what is done after a sale: hours sold, signing, gaps, free periods, preambles, letters, contacts."""

import re
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import col, select

from api.database import reading, transaction
from api.roles import PersonRole
from billing.bills import Invoice
from contracts.introducing import introduce_contact
from contracts.paper_addresses import choose_paper_address
from contracts.paper_ways import PaperWay
from contracts.parties import ClientContact, Entity, PaperAddress, Seller
from contracts.subscriptions import ContractSigning, FreePeriod, GapClaim, Subscription
from documents import archive
from documents.letters import Letter, LetterState
from documents.mailing_by_hand import send_papers
from documents.papers import Paper
from entitlements.grants import Grant
from tests.api.pages.conftest import Pages
from tests.builders import a_client, a_plan, a_registration, a_sale, moment

SALES, OWN = PersonRole.SALES, PersonRole.CLIENT_ADMIN


def sent(pages: Pages, path: str, role: PersonRole = SALES, **form: Any) -> Any:
    return pages.browser(role).post(path, data={"form_key": uuid4().hex} | form)


def every(pages: Pages, table: Any) -> list[Any]:
    with reading(pages.house.engine) as session:
        return list(session.exec(select(table).order_by(col(table.id))))


def place(pages: Pages) -> str:
    return f"/sales/{pages.house.sold.sale.subscription.id}"


def test_a_package_is_sold_once_at_the_price_that_was_shown_h8(pages: Pages) -> None:
    grants, invoices = len(every(pages, Grant)), len(every(pages, Invoice))
    shown = pages.browser(SALES).get(f"{place(pages)}/package").text
    package = re.findall(r'name="package" value="([^"]+)"', shown)[0]
    for wrong in (f"{package}0", "nothing"):
        refused = sent(pages, f"{place(pages)}:sell-package", package=wrong)
        assert (refused.status_code, 'class="wrong"' in refused.text) == (422, True)
    for _ in range(2):
        told = sent(pages, f"{place(pages)}:sell-package", package=package, form_key="once-and-no-more")
        assert told.headers["location"] == f"/clients/{pages.house.own.id}?said=package_sold"
    assert (len(every(pages, Grant)), len(every(pages, Invoice))) == (grants + 1, invoices + 1)
    assert str(every(pages, Invoice)[-1].total.minor) == package.split()[-1]


def test_a_contract_is_marked_as_signed_once_d2(pages: Pages) -> None:
    late = sent(pages, f"{place(pages)}:sign", signed_on="2026-10-06")
    assert (late.status_code, 'id="signed_on-told"' in late.text) == (422, True)
    assert sent(pages, f"{place(pages)}:sign", signed_on="04.10.2026").status_code == 303
    (signing,) = every(pages, ContractSigning)
    assert (f"{signing.signed_on}", signing.recorded_by) == ("2026-10-04", "sales person")
    page = pages.browser(SALES).get(place(pages)).text
    assert ("Signed on 04.10.2026" in page, ":sign" in page) == (True, False)
    assert sent(pages, f"{place(pages)}:sign").status_code == 409


def test_the_gap_before_a_renewal_is_claimed_with_a_reason_s5(pages: Pages) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        a_plan(session, "unbroken", lapse_renewal="continuous")
        customer = a_client(session, "Сирень")
        a_sale(session, house.seller, customer, "unbroken", at=house.clock(), starts_on=house.clock().date())
    first = f"/sales/{every(pages, Subscription)[-1].id}"
    assert ":claim" not in pages.browser(SALES).get(first).text
    house.clock.at = moment("2027-11-15 10:00")
    pages.sign_in_again(SALES)
    shown = pages.browser(SALES).get(f"{first}/renew").text
    choice = next(one for one in re.findall(r'value="([^"]+)"', shown) if one.startswith("continuous 12"))
    renewed = sent(pages, f"{first}:renew", choice=choice).headers["location"].partition("?")[0]
    assert ":claim" in pages.browser(SALES).get(renewed).text
    assert sent(pages, f"{renewed}:claim", reason="").status_code == 422
    assert sent(pages, f"{renewed}:claim", reason="Договорились").status_code == 303
    assert [(one.claimed_by, one.reason) for one in every(pages, GapClaim)] == [("sales person", "Договорились")]
    assert ":claim" not in pages.browser(SALES).get(renewed).text
    assert sent(pages, f"{renewed}:claim", reason="Ещё раз").status_code == 409


def test_a_free_period_begins_once_for_a_copy_of_the_client_s1(pages: Pages) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        own = a_registration(session, house.own.entity, at=house.clock(), bought_on=house.clock().date()).number
    path = f"/clients/{house.own.id}/free-period"
    assert own in pages.browser(SALES).get(path).text
    form = {"plan": "its-prof", "seller_id": house.seller.id}
    assert sent(pages, path, **form, number=house.foreign.registrations[0]).status_code == 422
    assert sent(pages, path, **form, number=own).headers["location"].endswith("said=free_period")
    assert len(every(pages, FreePeriod)) == 1
    assert sent(pages, path, **form, number=own).status_code == 409


def test_a_preamble_is_approved_by_page_p3(pages: Pages) -> None:
    house, phrase = pages.house, "в лице директора Заяц Анны Ильиничны"
    for path, role, table in (("entities", SALES, Entity), ("sellers", PersonRole.ADMIN, Seller)):
        one = house.own.entity.id if table is Entity else house.seller.id
        assert pages.browser(role).get(f"/{path}/{one}/preamble").status_code == 200
        assert sent(pages, f"/{path}/{one}/preamble", role, phrase="").status_code == 422
        assert sent(pages, f"/{path}/{one}/preamble", role, phrase=phrase).status_code == 303
        with reading(house.engine) as session:
            assert session.get_one(table, one).signatory_phrase == phrase
        assert "is approved" in pages.browser(role).get(f"/{path}/{one}/preamble").text


@pytest.fixture
def mailed(pages: Pages) -> Letter:
    """A letter with the first paper of the own client, which was sent."""
    house = pages.house
    with transaction(house.engine) as session:
        introduce_contact(session, house.own.id, "Седова", email="buh@romashka.example", at=house.clock())
        choose_paper_address(session, house.own.id, "buh@romashka.example", PaperWay.ATTACHMENT, at=house.clock())
        paper = session.exec(select(Paper).where(Paper.client_id == house.own.id).order_by(col(Paper.id))).first()
        assert paper is not None
        archive.record(session, paper.id, f"invoice/{'0' * 64}.pdf", 1, at=house.clock())
        session.flush()
        session.refresh(paper)
        (letter,) = send_papers(session, [paper.id], "Котова", None, at=house.clock())
        letter.state, letter.sent_at = LetterState.SENT, house.clock()
    return letter


def test_a_paper_is_mailed_again_with_a_reason_only_p2(pages: Pages, mailed: Letter) -> None:
    with reading(pages.house.engine) as session:
        paper = session.exec(
            select(Paper.id).where(Paper.client_id == pages.house.own.id).order_by(col(Paper.id))
        ).first()
    assert "buh@romashka.example" in pages.browser(SALES).get(f"/papers/{paper}").text
    again = f"/papers/{paper}/letters/{mailed.id}:resend"
    assert sent(pages, again, reason="").status_code == 422
    assert sent(pages, f"/papers/{paper}/letters/99:resend", reason="Просили").status_code == 422
    for _ in range(2):
        assert sent(pages, again, reason="Просили", form_key="once-and-no-more").status_code == 303
    assert [one.state for one in every(pages, Letter)] == [LetterState.SENT, LetterState.QUEUED]


@pytest.mark.parametrize("role", [SALES, OWN])
def test_who_is_withdrawn_speaks_for_the_client_no_more_d4(pages: Pages, role: PersonRole) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        own, foreign = (
            introduce_contact(session, client.id, "Седова", email=email, at=house.clock()).id
            for client, email in ((house.own, "buh@romashka.example"), (house.foreign, "buh@lyutik.example"))
        )
        choose_paper_address(session, house.own.id, "buh@romashka.example", PaperWay.LINK, at=house.clock())
        choose_paper_address(session, house.foreign.id, "buh@lyutik.example", PaperWay.LINK, at=house.clock())
    page = f"/clients/{house.own.id}" if role is SALES else "/my/contacts"
    path = f"{page}:withdraw-contact" if role is SALES else f"{page}:withdraw"
    assert "Седова" in pages.browser(role).get(page).text
    for wrong in (foreign, 999_999):
        assert sent(pages, path, role, contact_id=wrong).status_code == 422
    assert sent(pages, path, role, contact_id=own).headers["location"] == f"{page}?said=contact_withdrawn"
    left = [(one.client_id, one.withdrawn_at) for one in every(pages, ClientContact)]
    assert left == [(house.own.id, house.clock()), (house.foreign.id, None)]
    assert [one.client_id for one in every(pages, PaperAddress)] == [house.foreign.id]
    assert "Седова" not in pages.browser(role).get(page).text
