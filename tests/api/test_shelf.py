"""The shelf of the demonstration: papers in folders of the months that they are about."""

from pathlib import Path

from sqlmodel import Session, select

from api.demonstration.shelf import put_on_shelf
from api.journeys import sell_subscription
from documents.papers import Paper, PaperState
from documents.store import Store, content_key
from tests.builders import a_client, a_plan, a_seller, an_order, its_catalogue, moment


def test_papers_of_a_sale_lie_in_the_month_of_the_sellers_day_t4(session: Session, tmp_path: Path) -> None:
    its_catalogue(session)
    a_plan(session)
    order = an_order(a_seller(session), a_client(session))
    sell_subscription(session, order, at=moment("2026-11-01 00:30"))
    store, shelf = Store((tmp_path / "papers").as_uri()), tmp_path / "shelf"
    key = content_key("paper", b"%PDF", "pdf")
    store.put(key, b"%PDF")
    for paper in session.exec(select(Paper)):
        paper.sha256, paper.store_key, paper.state = "1" * 64, key, PaperState.RENDERED
    session.flush()
    assert {file.parent.name for file in put_on_shelf(session, store, shelf)} == {"2026-11"}
