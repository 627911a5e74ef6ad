"""Which papers are a month's, and what their files are called (P2, P7)."""

from datetime import date

from sqlmodel import col, select

from documents.month_papers import papers_of_month
from documents.papers import Paper
from tests.builders import a_client, a_seller
from tests.documents.market import Market

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


def test_papers_of_one_name_get_names_of_their_own_and_no_foreign_sign_p7(market: Market) -> None:
    market.customer.client.name = 'ООО «../Ро:ма"шка»\\'
    market.sell()
    for paper in market.session.exec(select(Paper)):
        paper.number = "../1"
    names = [name for month in (date(2026, 9, 1), OCTOBER) for name in named(market, month)]
    assert len(set(names)) == len(names) > 1
    assert not any(set(name) & set('/\\:"') for name in names)


def test_papers_of_others_are_not_among_them(market: Market) -> None:
    market.sell()
    other = a_client(market.session, "Лютик")
    for month in (date(2026, 9, 1), OCTOBER):
        assert named(market, month, other.id) == []
        assert list(papers_of_month(market.session, a_seller(market.session, f"s{month:%m}"), month)) == []
