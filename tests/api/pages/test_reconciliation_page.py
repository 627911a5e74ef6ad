"""The accounts with a client on a page: shown first, issued once, and an auditor issues nothing (P1)."""

from billing.reconciliation_acts import ReconciliationAct
from tests.api.pages.conftest import Pages
from tests.api.pages.test_books_pages import AUDITOR, by_hand, one, sent, shown


def test_an_act_is_shown_before_it_is_issued_once_with_its_paper_p1(pages: Pages) -> None:
    house, entity = pages.house, pages.house.own.entity
    assert entity.name in shown(pages, f"/reconciliation?q={entity.inn}")
    assert "/reconciliation?entity_id=" in shown(pages, f"/clients/{entity.client_id}")
    sent(pages, "/payments/new", **by_hand(house, amount="13 000,00"))
    path = f"/reconciliation?seller_id={house.seller.id}&entity_id={entity.id}&starts_on=2026-09-01&last_day=2026-10-05"
    page = shown(pages, path)
    assert [f"No. {house.sold.invoice.number}" in page, "Payment, order 118" in page] == [True, True]
    assert page.count("13,000.00") == 2  # its line, and the turnover
    assert "1,000.00" in page.rpartition("Closing balance")[2]
    assert "Issue the act" not in shown(pages, path, AUDITOR)
    span = {"seller_id": house.seller.id, "entity_id": entity.id, "starts_on": "2026-09-01", "currency": "RUB"}
    early = sent(pages, "/reconciliation", **span, last_day="2026-10-06")
    assert (early.status_code, 'id="last_day-told"' in early.text, 'value="2026-10-06"' in early.text) == (
        422,
        True,
        True,
    )
    empty = sent(pages, "/reconciliation", **span, last_day="2026-08-01")
    assert empty.status_code == 422
    places = {
        sent(pages, "/reconciliation", **span, last_day="2026-10-05", form_key="r").headers["location"] for _ in "12"
    }
    act = one(house, ReconciliationAct)
    [place] = places
    assert place.startswith("/papers/")
    assert (act.debit_minor - act.credit_minor, act.closing_minor) == (-1000_00, -1000_00)
    assert "The reconciliation act is issued" in shown(pages, place)
