"""The accountant's pages: what acts once, what is refused and kept as typed, what an auditor is not offered."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from api.database import reading, transaction
from api.journeys import renew_subscription, sell_subscription
from api.pages import months
from api.roles import PersonRole
from api.worker import close_what_waits
from billing.bank_lines import BankLine
from billing.bills import Invoice, InvoiceKind
from billing.month_runs import MonthTask, TaskState
from billing.payments import Payment
from contracts.money import Money
from contracts.parties import Client
from documents import archive
from documents.papers import Paper, PaperState
from documents.scans import SignedScan
from entitlements.objecting import object_to
from entitlements.objections import ObjectionDecision
from tests.api.conftest import TODAY, House
from tests.api.pages.conftest import Pages
from tests.api.test_v1_bank_files import file_of
from tests.api.test_v1_coverage import counted
from tests.builders import a_client, an_order, closed, moment, worked
from tests.documents.test_scanning import PDF

ACCOUNTANT, AUDITOR = PersonRole.ACCOUNTANT, PersonRole.AUDITOR
NAMES = ("Ромашка", "Василёк")


def sent(pages: Pages, path: str, *, file: tuple[str, bytes] | None = None, **form: Any) -> Any:
    """The answer to a form of the accountant's; `form_key` is a fresh one unless it is given."""
    files = {file[0]: ("file", file[1])} if file is not None else None
    return pages.browser(ACCOUNTANT).post(path, data={"form_key": uuid4().hex} | form, files=files)


def shown(pages: Pages, path: str, role: PersonRole = ACCOUNTANT) -> str:
    answer = pages.browser(role).get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def one(house: House, table: Any) -> Any:
    with reading(house.engine) as session:
        return session.exec(select(table)).one()


def by_hand(house: House, **changes: Any) -> dict[str, Any]:
    """The form of a payment of the own client."""
    form = {"seller_id": house.seller.id, "entity_id": house.own.entity.id, "number": "118", "paid_on": "05.10.2026"}
    return form | {"amount": "5 000,00", "currency": "RUB", "purpose": "Оплата по счёту", "form_key": "1"} | changes


def test_a_payment_by_hand_is_recorded_once_put_and_reversed_m5(pages: Pages) -> None:
    house, number = pages.house, pages.house.sold.invoice.number
    assert house.own.entity.inn in shown(pages, f"/payments/new?q={number}")
    wrong = sent(pages, "/payments/new", **by_hand(house, amount="пять", q=number, form_key="0"))
    assert (wrong.status_code, 'value="пять"' in wrong.text, 'id="amount-told"' in wrong.text) == (422, True, True)
    early = sent(pages, "/payments/new", **by_hand(house, paid_on="2026-10-06", q=number, form_key="0"))
    assert (early.status_code, 'id="paid_on-told"' in early.text) == (422, True)
    places = {sent(pages, "/payments/new", **by_hand(house)).headers["location"] for _ in range(2)}
    payment = one(house, Payment)
    path = f"/payments/{payment.id}"
    assert places == {f"{path}?said=payment"}
    assert "5,000.00" in shown(pages, "/payments")
    over = sent(pages, f"{path}:put", invoice_id=house.sold.invoice.id, amount="6000")
    assert (over.status_code, 'value="6000"' in over.text) == (422, True)
    assert sent(pages, f"{path}:put", invoice_id=house.sold.invoice.id, amount="4000").status_code == 303
    invoice = shown(pages, f"/invoices/{house.sold.invoice.id}")
    assert ("partly paid" in invoice, "8,000.00" in invoice, "order 118" in invoice) == (True, True, True)
    assert sent(pages, f"{path}:reverse", reason="Банк отозвал").headers["location"] == f"{path}?said=reversed"
    assert "accountant\u00a0person: Банк отозвал" in shown(pages, path)
    assert ":reverse" not in shown(pages, path)
    assert sent(pages, f"{path}:reverse", reason="Ещё раз").status_code == 409


def test_what_is_free_of_a_payment_goes_back_once_and_no_more_of_it_m5(pages: Pages) -> None:
    house = pages.house
    path = sent(pages, "/payments/new", **by_hand(house)).headers["location"].partition("?")[0]
    refund = {"back": "1 500,00", "paid_on": "05.10.2026", "number": "77", "form_key": "2"}
    assert sent(pages, f"{path}:pay-back", **(refund | {"back": "6000", "form_key": "3"})).status_code == 422
    assert sent(pages, f"{path}:pay-back", **(refund | {"paid_on": "04.10.2026", "form_key": "4"})).status_code == 422
    places = {sent(pages, f"{path}:pay-back", **refund).headers["location"] for _ in range(2)}
    assert places == {f"{path}?said=paid_back"}
    page = shown(pages, path)
    assert ("1,500.00" in page, "3,500.00" in page) == (True, True)
    assert "refund" in shown(pages, "/payments")


def test_a_file_with_faults_changes_nothing_and_lines_are_set_aside_and_taken_back_m5(pages: Pages) -> None:
    house = pages.house
    before, content = house.rows(), file_of(house, "1_000", "7000.00")
    for path in ("/payments/bank:preview", "/payments/bank"):
        answer = sent(pages, path, file=("file", content))
        assert (answer.status_code, "Сумма" in answer.text, "1_000" in answer.text) == (
            200 if path.endswith("preview") else 422,
            True,
            True,
        )
    assert sent(pages, "/payments/bank").status_code == 422  # no file
    assert sent(pages, "/payments/bank", file=("file", b"MT940")).status_code == 422
    assert sent(pages, "/payments/bank:preview", file=("file", file_of(house, "7000.00"))).status_code == 200
    assert house.rows() == before
    taken = sent(pages, "/payments/bank", file=("file", content), skip_faulty="true")
    assert taken.headers["location"] == "/payments/bank?matched=1&known=0"
    line = one(house, BankLine)
    path = f"/payments/bank/{line.id}"
    assert "matched by rules" in shown(pages, path)
    assert sent(pages, f"{path}:set-aside", reason="Заём").status_code == 409
    assert sent(pages, f"{path}:take-back").status_code == 422  # no reason
    assert sent(pages, f"{path}:take-back", reason="Не тот").headers["location"] == f"{path}?said=taken_back"
    assert sent(pages, f"{path}:set-aside", reason="Заём").status_code == 303
    assert "Заём" in shown(pages, "/payments/bank?state=set_aside")
    assert "reversed" in shown(pages, "/payments")


def test_months_are_asked_for_once_and_parked_clients_have_their_reason_m6(pages: Pages) -> None:
    house = pages.house
    form = {"seller_id": str(house.seller.id)}
    early = sent(pages, "/months/2026-10:close", **form)
    assert (early.status_code, "cannot be closed yet" in early.text) == (409, True)
    house.clock.at = moment("2026-11-02 10:00")
    pages.sign_in_again(ACCOUNTANT, AUDITOR)
    place = f"/months/2026-10?seller_id={house.seller.id}"
    assert {sent(pages, "/months/2026-10:close", form_key="1", **form).headers["location"] for _ in range(2)} == {place}
    with transaction(house.engine) as session:
        for task in session.exec(select(MonthTask)):
            task.state, task.problem = TaskState.CLOSED, ""
            if task.client_id == house.own.id:
                task.state, task.problem = TaskState.PARKED, "RATE_UNKNOWN (plan): value=support"
    told = shown(pages, place)
    assert ("There is no rate for hours" in told, "RATE_UNKNOWN" in told) == (True, False)
    assert "waiting for you: 1" in shown(pages, "/months")
    assert ":close" not in shown(pages, place, AUDITOR)
    sent(pages, "/months/2026-10:close", **form)
    assert "Being closed: 1 of 2" in shown(pages, place)


def test_what_closing_a_month_would_come_to_is_shown_before_it_is_asked_for_m6(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, asked = pages.house, f"/months/2026-10/closing?seller_id={pages.house.seller.id}"
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-12 10:00", 90)
        session.get_one(Client, house.foreign.id).locale = "xx"  # nobody prints it, so its month is parked
    assert pages.browser(ACCOUNTANT).get(asked).status_code == 409
    house.clock.at = moment("2026-11-02 10:00")
    pages.sign_in_again(ACCOUNTANT, AUDITOR)
    assert (":close" in shown(pages, "/months"), asked in shown(pages, "/months")) == (False, True)
    before = house.rows()
    page = shown(pages, asked)
    assert house.rows() == before
    assert ('action="/months/2026-10:close"' in page, "Would be parked: 1" in page) == (True, True)
    rows = {name: re.sub(r"<[^>]+>|\\s+", " ", row) for row in page.split("<tr>") for name in NAMES if name in row}
    assert ("An unexpected fault" in rows["Василёк"], "1,350.00" in rows["Ромашка"]) == (True, True), rows
    assert pages.browser(AUDITOR).get(asked).status_code == 403
    monkeypatch.setattr(months, "TRIED_ON_A_PAGE", 1)
    first = shown(pages, asked)
    assert ("Below are 1 of 2 clients" in first, "Василёк" in first) == (True, False)
    assert "Василёк" in shown(pages, f"{asked}&after={house.own.id}")
    sent(pages, "/months/2026-10:close", seller_id=str(house.seller.id))
    close_what_waits(house.engine, house.clock)
    with reading(house.engine) as session:
        (invoice,) = session.exec(select(Invoice).where(Invoice.kind == InvoiceKind.MONTH)).all()
    assert invoice.total == Money.parse("1350.00")


def test_a_paper_is_printed_again_signed_and_given_out_p2(pages: Pages) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        paper = session.exec(select(Paper).where(Paper.client_id == house.own.id, Paper.kind == "contract")).one()
        paper.state, paper.problem = PaperState.FAILED, "OSError: no space left"
    path, mine = f"/papers/{paper.id}", f"seller_id={house.seller.id}"
    for month in ("2026-10", "2026-12"):  # whichever month is looked at
        assert "OSError: no space left" in shown(pages, f"/papers?{mine}&month={month}")
    assert sent(pages, f"{path}:print").headers["location"] == f"{path}?said=print_again"
    assert sent(pages, f"{path}:print").status_code == 409
    with transaction(house.engine) as session:
        key = archive.keep(house.app.state.store, paper, PDF)
        archive.record(session, paper.id, key, len(PDF), at=house.clock())
    file = pages.browser(ACCOUNTANT).get(f"{path}/file")
    assert (file.content, file.headers["x-frame-options"]) == (PDF, "SAMEORIGIN")
    unreadable = sent(pages, f"{path}/scans", file=("scan", b"no scan"))
    assert (unreadable.status_code, 'id="scan-told"' in unreadable.text) == (422, True)
    assert sent(pages, f"{path}/scans").status_code == 422
    signed = sent(pages, f"{path}/scans", file=("scan", PDF), signed_on="05.10.2026")
    assert signed.headers["location"] == f"{path}?said=scan"
    scan = one(house, SignedScan)
    assert pages.browser(AUDITOR).get(f"{path}/scans/{scan.id}").content == PDF
    assert pages.browser(AUDITOR).get(f"/papers/{paper.id + 1}/scans/{scan.id}").status_code in (404, 422)
    for name in ("papers.zip", "books.zip", "journal.csv", "journal.xlsx"):
        given = pages.browser(ACCOUNTANT).get(f"/exports/2026-10/{name}?{mine}")
        assert (given.status_code, len(given.content) > 100) == (200, True), name
        same = {"papers.zip": "papers/2026-10.zip", "books.zip": "accounting/2026-10.zip"}.get(name)
        if same is not None:
            assert house.get("accountant", f"/v1/{same}?{mine}").content[:2] == given.content[:2] == b"PK"


def test_the_scan_of_a_renewal_is_of_its_own_paper_and_signs_no_contract_p2(pages: Pages) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        renewed = renew_subscription(session, house.sold.sale.subscription.id, None, at=house.clock())
        papers = [house.sold.papers[0].id, renewed.papers[0].id]
    first, later = (f"/papers/{paper_id}" for paper_id in papers)
    assert 'name="signed_on"' in shown(pages, first)
    assert 'name="signed_on"' not in shown(pages, later)
    assert sent(pages, f"{later}/scans", file=("scan", PDF)).status_code == 303
    scan = one(house, SignedScan)
    assert f"{later}/scans/{scan.id}" in shown(pages, later)
    assert "/scans/" not in shown(pages, first).replace(f"{first}/scans", "")
    assert pages.browser(ACCOUNTANT).get(f"{later}/scans/{scan.id}").content == PDF
    assert pages.browser(ACCOUNTANT).get(f"{first}/scans/{scan.id}").status_code in (404, 422)


def test_an_objection_is_answered_and_decided_once_p6(pages: Pages) -> None:
    house = pages.house
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-06 10:00", 30)
        done = closed(session, house.seller, house.own, date(2026, 10, 1))
        assert done is not None
        house.clock.at = moment("2026-11-03 10:00")
        words = {"text": "Звонок длился десять минут", "said_by": "Седова А. П."}
        objection = object_to(session, done.statement.id, 1, **words, at=house.clock())
    pages.sign_in_again(ACCOUNTANT, AUDITOR)
    path = f"/objections/{objection.id}"
    assert words["text"] in shown(pages, "/objections")
    assert ":decide" not in shown(pages, path, AUDITOR)
    assert sent(pages, f"{path}:comment", text="Проверяем запись").status_code == 303
    wrong = sent(pages, f"{path}:decide", outcome="upheld", reason="По записи", standing_minutes="30")
    assert (wrong.status_code, 'id="standing_minutes-told"' in wrong.text, 'value="По записи"' in wrong.text) == (
        422,
        True,
        True,
    )
    odd = sent(pages, f"{path}:decide", outcome="rejected", reason="Нет", standing_minutes="5")
    assert (odd.status_code, 'id="standing_minutes-told"' in odd.text) == (422, True)
    form = {"outcome": "upheld", "reason": "По записи", "standing_minutes": "10", "form_key": "1"}
    assert {sent(pages, f"{path}:decide", **form).status_code for _ in range(2)} == {303}
    decision = one(house, ObjectionDecision)
    assert (decision.standing_minutes, decision.decided_by) == (10, "accountant person")
    assert sent(pages, f"{path}:decide", outcome="rejected", reason="Нет").status_code == 409
    told = shown(pages, path)
    assert ("Проверяем запись" in told, "The next statement corrects" in told, ":decide" in told) == (True, True, False)


LISTS = ("/months", "/payments", "/payments/bank", "/invoices", "/papers?month=2026-10", "/objections")


def test_each_list_takes_as_many_statements_however_long_it_is(pages: Pages) -> None:
    house = pages.house

    def fill(*numbers: str) -> None:
        for number in numbers:
            sent(pages, "/payments/new", **by_hand(house, number=number, amount="1", form_key=number))
        content = file_of(house, *(f"{number}.00" for number in numbers), ПлательщикИНН="7736050003")
        assert sent(pages, "/payments/bank", file=("file", content)).status_code == 303
        with transaction(house.engine) as session:
            for number in numbers:
                order = an_order(house.seller, a_client(session, f"Сосна {number}"), starts_on=TODAY.date())
                sell_subscription(session, order, at=TODAY)

    counts = []
    for numbers in (("1",), ("2", "3", "4")):
        fill(*numbers)
        counts.append([_statements(house, lambda path=path: shown(pages, path)) for path in LISTS])  # type: ignore[misc]
    assert counts[0] == counts[1]
    assert 0 < min(counts[0]) <= max(counts[0]) <= 12


def _statements(house: House, ask: Callable[[], object]) -> int:
    with counted(house.app.state.engine) as seen:
        ask()
    return len(seen)


def test_a_payer_is_found_by_name_wherever_one_is_looked_for_m5(pages: Pages) -> None:
    own, foreign = pages.house.own.entity, pages.house.foreign.entity
    word = own.name.split("«")[1].split()[0].strip("»").lower()[:5]
    for place in ("/payments/new", "/reconciliation"):
        found = shown(pages, f"{place}?q={word}")
        assert own.inn in found, place
        assert foreign.inn not in found, place
    assert own.inn in shown(pages, f"/reconciliation?q={own.inn[:5]}")
