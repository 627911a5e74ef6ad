"""Which papers are a month's, and what their files are called (P2, P7)."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from api.journeys import renew_subscription
from api.papers_export import SIGNED
from documents.month_papers import papers_of_month
from documents.paper_kinds import PaperKind
from documents.paper_names import KINDS, paper_name, plain_name
from documents.papers import Paper
from tests.builders import a_client, a_seller
from tests.documents.market import SOLD_AT, Market

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def named(market: Market, month: date, client_id: int | None = None) -> list[str]:
    return [one.name for one in papers_of_month(market.session, market.seller, month, client_id)]


def test_what_is_about_a_month_is_of_it_whenever_it_was_issued_p2(market: Market) -> None:
    """The statement, acts and invoice of October are issued in November; the contract of its year in October."""
    market.sell()
    market.work("2026-10-12 10:00", 120)
    market.close()
    issued = market.session.exec(select(Paper).order_by(col(Paper.id))).all()
    months = {month: named(market, month) for month in (OCTOBER, NOVEMBER, date(2026, 9, 1))}
    assert sum(map(len, months.values())) == len(issued)
    assert [name.split(" — ")[1] for name in months[OCTOBER][-4:]] == [
        "отчёт о часах 2026-0001.pdf",
        "акт 2026-0001.pdf",
        "акт 2026-0002.pdf",
        "счёт 2026-0002.pdf",
    ]
    assert months[NOVEMBER] == []


def test_a_file_has_no_sign_that_a_system_could_take_for_a_way_p7(market: Market) -> None:
    market.customer.client.name = name = 'ООО «../Ро:ма"шка»\\'
    market.sell()
    assert named(market, date(2026, 9, 1)) == [
        "ООО ..Ромашка — договор 2026-0001.pdf",
        "ООО ..Ромашка — счёт 2026-0001.pdf",
    ]
    assert paper_name(name, "ru", "contract", "../C:\\1/26") == "ООО ..Ромашка — договор ..C126"


def test_an_agreement_to_a_contract_is_called_one_p2(market: Market) -> None:
    """Also among rows, which are read without their sheets."""
    sold = market.sell().sale.subscription
    renewed = renew_subscription(market.session, sold.id, None, at=SOLD_AT).papers
    assert [paper.called for paper in renewed] == ["agreement", "invoice"]
    names = named(market, date(2026, 9, 1))
    begins = names[0].partition(" — ")[0]
    assert names == [
        f"{begins} — договор 2026-0001.pdf",
        f"{begins} — счёт 2026-0001.pdf",
        f"{begins} — соглашение 2026-0001.pdf",
        f"{begins} — счёт 2026-0002.pdf",
    ]


UNIVERSITY = (
    "Федеральное государственное бюджетное образовательное учреждение высшего образования «Северный национальный "
    "исследовательский университет информационных технологий, механики и оптики имени академика И. П. Примерного»"
)


@pytest.mark.parametrize("number", ["2026-0001", "Ж" * 60])
@pytest.mark.parametrize("client", [UNIVERSITY, "я" * 300, "Ромашка", "𠀀" * 200])
def test_a_file_of_any_paper_can_be_unpacked_on_any_system_p2(client: str, number: str, tmp_path: Path) -> None:
    for language, kinds in KINDS.items():
        for kind in PaperKind:
            name = paper_name(client, language, kind, number)
            longest = f"{name} ({2**31}) — {SIGNED[language]}.jpg"
            assert len(longest.encode()) < 200
            assert name.endswith(f" — {kinds[kind]} {number}")
            begins = name.partition(" — ")[0]
            assert begins
            assert plain_name(client).startswith(begins)
            (tmp_path / longest).write_bytes(b"")


def test_names_of_long_clients_are_cut_on_a_letter_and_stay_distinct_p2(market: Market) -> None:
    market.customer.client.name = UNIVERSITY
    sold = market.sell().sale.subscription
    for _ in range(2):
        renewal = renew_subscription(market.session, sold.id, None, at=SOLD_AT)
        sold = renewal.sale.subscription
    names = named(market, date(2026, 9, 1))
    begins = "Федеральное государственное бюджетное образовательное учреждение"
    assert [names[place] for place in (0, 2, 4)] == [
        f"{begins} выс — договор 2026-0001.pdf",
        f"{begins} — соглашение 2026-0001.pdf",
        f"{begins} — соглашение 2026-0001 ({renewal.papers[0].id}).pdf",
    ]


def test_papers_of_others_are_not_among_them(market: Market) -> None:
    market.sell()
    other = a_client(market.session, "Лютик")
    for month in (date(2026, 9, 1), OCTOBER):
        assert named(market, month, other.id) == []
        assert list(papers_of_month(market.session, a_seller(market.session, f"s{month:%m}"), month)) == []
