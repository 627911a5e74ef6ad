"""The page of reconciliation acts: shown before it is issued, issued once, mailed from its paper's page (P1, P2)."""

from sqlmodel import select

from api.database import reading
from api.roles import PersonRole
from billing.reconciliation_acts import ReconciliationAct
from documents.letters import Letter
from documents.papers import Paper
from tests.api.pages.conftest import Pages
from tests.api.pages.test_books_pages import by_hand, one, sent, shown
from tests.api.test_v1_letters import EMAIL, named, printed

DAYS = {"starts_on": "2026-10-01", "last_day": "2026-10-05"}


def asked(pages: Pages, **more: str) -> str:
    values = DAYS | {"entity_id": str(pages.house.own.entity.id)} | more
    return "/reconciliation?" + "&".join(f"{name}={value}" for name, value in values.items())


def test_an_act_is_seen_before_it_is_issued_and_issued_once_p1(pages: Pages) -> None:
    house = pages.house
    assert sent(pages, "/payments/new", **by_hand(house)).status_code == 303
    told = shown(pages, asked(pages))
    assert ("5,000.00" in told, "we owe the client" in told, "payment 118" in told) == (True, True, True)
    with reading(house.engine) as session:
        assert session.exec(select(ReconciliationAct)).all() == []
    act = {"seller_id": house.seller.id, "entity_id": house.own.entity.id, "currency": "RUB", "form_key": "r1"} | DAYS
    places = {sent(pages, "/reconciliation", **act).headers["location"] for _ in range(2)}
    issued = one(house, ReconciliationAct)
    with reading(house.engine) as session:
        paper = session.exec(select(Paper).where(Paper.number == issued.number, Paper.kind == "reconciliation")).one()
    assert places == {f"/papers/{paper.id}?said=reconciled"}


def test_days_that_go_on_and_an_entity_of_nobody_are_refused_at_their_fields_p1(pages: Pages) -> None:
    late = pages.browser(PersonRole.ACCOUNTANT).get(asked(pages, last_day="2026-10-06"))
    assert (late.status_code, 'id="last_day-told" class="wrong"' in late.text) == (422, True)
    assert pages.browser(PersonRole.ACCOUNTANT).get(asked(pages, entity_id="999")).status_code == 422
    turned = pages.browser(PersonRole.ACCOUNTANT).get(asked(pages, last_day="2026-09-01"))
    assert (turned.status_code, 'class="refused"' in turned.text) == (422, True)
    act = {"seller_id": pages.house.seller.id, "entity_id": pages.house.own.entity.id, "currency": "RUB"} | DAYS
    wrong = sent(pages, "/reconciliation", **(act | {"last_day": "2026-10-06"}))
    assert (wrong.status_code, 'id="last_day-told" class="wrong"' in wrong.text) == (422, True)


def test_an_auditor_reads_and_is_offered_no_button(pages: Pages) -> None:
    told = shown(pages, asked(pages), PersonRole.AUDITOR)
    assert ("Closing balance" in told, "Issue the act" in told) == (True, False)


def test_a_printed_paper_that_was_never_mailed_is_sent_to_the_chosen_addresses_once_p2(pages: Pages) -> None:
    house = pages.house
    act = {"seller_id": house.seller.id, "entity_id": house.own.entity.id, "currency": "RUB"} | DAYS
    place = sent(pages, "/reconciliation", **act).headers["location"].partition("?")[0]
    assert "Send by mail" not in shown(pages, place)
    printed(house)
    told = shown(pages, place)
    assert ("no address for papers is chosen" in told, "Send by mail" in told) == (True, False)
    named(house)
    assert EMAIL in shown(pages, place)
    sends = [sent(pages, f"{place}:mail", form_key=key) for key in ("m1", "m1", "m2")]
    assert [answer.status_code for answer in sends] == [303, 303, 409]
    letter = one(house, Letter)
    assert (letter.recipient, "Send by mail" in shown(pages, place)) == (EMAIL, False)
